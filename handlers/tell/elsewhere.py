"""Composes the true answer to a word of other tools: its name here, or that there is no such thing.

``{word}`` is the word that was typed.
"""

from __future__ import annotations

CALLED = "`{word}` is called `{means}` here."
KILL = (
    "Nothing is killed here. `restart` replaces the tasks of one service; `stop` stops a whole environment."
)
UNDO = (
    "Undo is a button on the message of what was done. `resume` ends a pause or a keep, and `rollback` takes "
    "a service back to the revision before."
)
CANCEL = (
    "`rollback` stops a deployment that is under way. `start` ends a stop that is under way, `stop` ends a "
    "start, and `resume` ends a pause or a keep."
)
DEPLOY = (
    "Lamplighter deploys no new version; your pipeline does. `redeploy` deploys the image that a service's "
    "tag points at now."
)
SHELL = "Lamplighter opens no shell and runs no command in a task."
DELETE = (
    "Lamplighter deletes nothing. `stop` stops an environment and saves what is needed to start it again as "
    "it was."
)
CREATE = "Environments are added in the catalog, by an admin, with `lamplighter apply`."
CONFIG = "Lamplighter neither shows nor sets a service's configuration or secrets."
ACCESS = (
    "Grants stand in the catalog, which an admin changes. `whoami` says what you may do, and `ask` who can "
    "give you more."
)
EXTEND = "`{word}` is called `keep` here, with until when."
SNOOZE = "`{word}` is called `pause` here: no stop tonight, or until the time you name."
CLEAR = "`{word}` is called `flush` here: it deletes the keys of a pattern from the environment's cache."
FLAG = "`{word}` is called `flag` here, with `on` or `off` at the end."
OVERRIDE = (
    "An override is `keep` here, which keeps an environment on until a time, or `pause`, which leaves out "
    "the next stop."
)
TOOL = "This is not `{word}`; leave that word out."
