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
LEAVE_OUT = "`{word}` is not needed here; leave that word out."
RETRY = (
    "Where something can be tried again, its message has `Try again` or `Try now`. Otherwise type the "
    "command again."
)
UNFOLLOW = "A log that you follow has `Stop following` below it, and ends by itself after five minutes."
GREETING = "Lamplighter reads commands, not talk."
ANSWER = "A question of Lamplighter is answered with the buttons below it."
FREEZE = (
    "Nothing is locked here by hand: whatever is being changed is locked until that is done. `pause` leaves "
    "out the next stop, and `keep` keeps an environment on or off until a time."
)
TOGGLE = (
    "`{word}` does not say what. A feature flag is switched with `flag`, and an environment with `start` and "
    "`stop`."
)
OWN = "`{word}` is called `owner` here, with the person."
ASK_FOR = "`{word}` is called `ask` here; a refusal for want of a role has a button that asks for it."
VERSION = (
    "`diff` compares the revisions of a service. Which version of Lamplighter runs is told at a terminal, by "
    "`lamplighter --version`."
)
WHO = "`changes` tells what was changed, and by whom."
METRICS = "Lamplighter draws no metrics. `status` says how a service is, and `cost` what it costs."
EXTEND = "`{word}` is called `keep` here, with until when."
SNOOZE = "`{word}` is called `pause` here: no stop tonight, or until the time you name."
CLEAR = "`{word}` is called `flush` here: it deletes the keys of a pattern from the environment's cache."
FLAG = "`{word}` is called `flag` here, with `on` or `off` at the end."
OVERRIDE = (
    "An override is `keep` here, which keeps an environment on until a time, or `pause`, which leaves out "
    "the next stop."
)
TOOL = "This is not `{word}`; leave that word out."
