"""Composes what is said of a command that could not be read, or may have been meant otherwise."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Protocol

from handlers.words.arguments import Argument
from handlers.words.message import Offer
from handlers.words.operation import Operation


class Asking(Protocol):
    """A command that may have been meant."""

    @property
    def operation(self) -> str: ...
    @property
    def environment(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def arguments(self) -> Mapping[str, str]: ...


QUOTED = 40
"""The most characters of the person's word that are repeated."""
LATER = "off from 20:00 until 23:00"
"""An example of a stop that is planned, as ``keep`` takes it."""
A_NAME, A_WORD = "a name", "a word"
NO_GRANT = "You have no grant on any environment yet; an admin can give one."
NOTHING_ASKED = "Nothing was asked for."


def quoted(word: str) -> str:
    """Return the person's word, shortened and in back-ticks. The edge neutralises mark-up when it draws the
    message.
    """
    return f"`{word[:QUOTED]}{'…' if len(word) > QUOTED else ''}`"


def too_long(length: int, most: int) -> str:
    return f"That is {length:,} characters; a command has at most {most:,}."


def too_long_a_word(what: str, length: int, most: int) -> str:
    return f"{what.capitalize()} of {length} characters is too long; at most {most}."


def no_command(word: str) -> str:
    return f"There is no command {quoted(word)}."


def no_such_argument(operation: Operation, key: str, known: Sequence[str]) -> str:
    near = near_argument(key, known)
    meant = f" Did you mean `{near}=`?" if near else ""
    return f"`{operation.name}` takes no {quoted(key + '=')}.{meant}"


def near_argument(key: str, known: Sequence[str]) -> str:
    """The argument that may have been meant; empty if there is none."""
    return next(iter(difflib.get_close_matches(key, known, n=1)), "")


def twice(name: str) -> str:
    return f"`{name}` is given twice."


def too_many(word: str, operation: Operation) -> str:
    return f"{quoted(word)} is one word too many for `{operation.name}`."


def one_service(operation: Operation) -> str:
    return f"`{operation.name}` takes one service at a time."


def no_service_alone(operation: Operation, service: str, environment: str) -> str:
    """Say that the operation concerns a whole environment."""
    told = f"{quoted(service)} is a service of `{environment}`"
    return f"{told}, and `{operation.name}` takes a whole environment."


def at_once(operation: Operation, later: str) -> str:
    """Say that an operation takes no time. ``later`` is how something like it is planned; empty if nothing
    is.
    """
    told = f"`{operation.name}` takes no time: it is done at once."
    return f"{told} To plan it for later, type for example `{later}`." if later else told


def needs(operation: Operation, missing: Sequence[str], known: Mapping[str, Argument]) -> str:
    said = " and ".join(_wanting(name, known.get(name)) for name in missing)
    return f"`{operation.name}` needs {said}."


def _wanting(name: str, argument: Argument | None) -> str:
    """Name what is missing: *a service*. A missing sentence is described by its content."""
    if argument is not None and argument.rest:
        return argument.told
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def several(operation: Operation) -> str:
    return f"This may be read in more than one way, so `{operation.name}` was not asked for. Which is meant?"


def chosen_or_small(word: str) -> str:
    return f"{quoted(word)} may say what to do, or only where. Which is meant?"


def no_environment(word: str) -> str:
    return f"You can see no environment called {quoted(word)}."


def here(environment: str) -> str:
    """The remark beneath an answer that does not name its environment."""
    return f"This is about `{environment}`, the environment of this channel."


def which_command(environment: str) -> str:
    return f"What about `{environment}`? No command was named."


def run_it(meant: Sequence[Asking]) -> tuple[Offer, ...]:
    """Return buttons for what may have been meant. If there are several, each label says what the button
    does.
    """
    return tuple(
        Offer(
            "Run it" if len(meant) == 1 else _told(each),
            each.operation,
            each.environment,
            each.target,
            dict(each.arguments),
            style="primary" if len(meant) == 1 else "",
        )
        for each in meant
    )


def _told(asking: Asking) -> str:
    said = [asking.operation, asking.target, "in" if asking.target else "", asking.environment]
    return " ".join(filter(None, [*said, *asking.arguments.values()]))[:QUOTED]
