"""Declaring an operation is the whole cost of adding one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any, Literal

from handlers.words import arguments
from handlers.words.arguments import Argument, Mistake
from policies.access.people import Role


class Reach(StrEnum):
    """What an operation concerns."""

    ENVIRONMENT = "environment"
    ONE_OR_ALL = "one or all"
    """One environment where one is named, else every one that this actor may view."""
    VIEWABLE = "viewable"
    """The environments this actor may view."""
    INSTALLATION = "installation"


class Purpose(StrEnum):
    """What people want who ask for it: the groups of help, in this order."""

    LOOK = "look"
    MEND = "mend"
    TONIGHT = "tonight"
    SCHEDULE = "schedule"
    MONEY = "money"
    MORE = "more"


NAMING = (Reach.ENVIRONMENT, Reach.ONE_OR_ALL)
"""What is typed with an environment's name, needed or not."""


class Target(StrEnum):
    """What is named after the environment."""

    NOTHING = "nothing"
    SERVICE = "service"
    SERVICE_OR_ALL = "service or all"
    """A service, or the whole environment when none is named."""


@dataclass(frozen=True)
class Verb:
    """How its states are said of what it is done to: `orders-api` *is* ``going`` (*restarting*), it ``done``
    (*restarted*), or it ``failed`` (*was not restarted*).

    ``broke``: the same where what it started failed by itself (*failed to start*). ``whole``: what its steps
    say is the sentence, once all is well. ``subject``: what is spoken of, where that is neither a service nor
    an environment.
    """

    going: str
    done: str
    failed: str
    broke: str = ""
    whole: bool = False
    subject: str = ""


@dataclass(frozen=True)
class Operation:
    """Something that can be asked for, declared by one handler file.

    ``run`` is the handler: ``(scope, target?, **arguments)`` for an environment, ``(desk, **arguments)``
    otherwise, where ``desk.named`` is the one that was named. Target and arguments are read from its
    signature (``handlers.words.arguments``). ``conflicts`` names the group of operations that exclude each
    other on one target. ``recorded`` makes a read leave an audit entry. ``console`` keeps it away from Slack.
    """

    name: str
    help: str
    role: Role
    run: Callable[..., Any]
    reach: Reach = Reach.ENVIRONMENT
    target: Target = Target.NOTHING
    aliases: tuple[str, ...] = ()
    arguments: tuple[Argument, ...] = ()
    changes: bool = False
    verb: Verb | None = None
    """Of a change: how it is told. A test holds every change to one."""
    conflicts: str = ""
    cancels: tuple[str, ...] = ()
    """Operations that it ends when they are in its way: ``start`` an unfinished ``stop`` and the reverse."""
    confirm: bool = False
    """Its plan is shown first and runs only when exactly that plan is confirmed."""
    danger: bool = False
    """It takes away what people may be using: the button that confirms it is red."""
    recorded: bool = False
    brings: Literal["up", "down", ""] = ""
    """What it brings a whole environment to. The clock may ask for it, where a schedule row acts and as long
    as no override holds the environment otherwise."""
    undone_by: str = ""
    """The operation that ends the override which this one leaves: offered once this one has succeeded."""
    reversible: bool = False
    """Its steps leave what brings back the state before (``handlers.words.step.Left.undo``). **Undo** is
    offered for a day, and goes through the gate as this same operation."""
    noticed: bool = False
    """What it comes to is told by the notice of the stop that stands meanwhile, or by the message of what it
    ends (``Plan.of``): it needs no message of its own where there is one."""
    further: str = ""
    """The operation that is meant where more is typed than this one takes: ``owner staging`` is a question,
    ``owner staging @dev`` a change."""
    anyone: bool = False
    """Answered to every admitted person, whatever their grants (help, whoami)."""
    console: bool = False
    purpose: Purpose = Purpose.MORE
    """Under what help lists it; where it is not declared, a read is a look and a change is more."""

    def bound(self, given: Mapping[str, str]) -> Operation:
        """The same operation with these arguments, converted. Raises ``Mistake`` on a text that is no such
        value, a name it does not take, or a value that is missing."""
        known = {argument.name: argument for argument in self.arguments}
        for name in given:
            if name not in known:
                raise Mistake(f"`{self.name}` takes no `{name[:40]}`.")
        missing = [f"`{a.name}`" for a in self.arguments if a.required and a.name not in given]
        if missing:
            raise Mistake(f"`{self.name}` needs {' and '.join(missing)}.")
        values = {name: known[name].value(text) for name, text in given.items()}
        return replace(self, run=partial(self.run, **values))

    def example(self, command: str, environment: str = "staging") -> str:
        """As somebody would type it in a room of *staging* and *orders-api*: with every argument that has an
        example, written in its place."""
        words = [command, self.name]
        if self.reach in NAMING:
            words.append(environment)
        if self.target is not Target.NOTHING:
            words.append("orders-api")
        words += [a.example for a in self.arguments if a.example and a.positional]
        return " ".join(words)


def operation(name: str, **declared: Any) -> Callable[[Callable[..., Any]], Operation]:
    """Decorate a handler into an ``Operation``; ``help`` defaults to the first line of its docstring.

    Raises ``ValueError`` on a signature that cannot be typed: the process does not start with it.
    """

    def declare(run: Callable[..., Any]) -> Operation:
        first = (run.__doc__ or "").strip().split("\n", 1)[0].rstrip(".")
        try:
            read = {"target": _target(run), "arguments": arguments.arguments(run)}
        except ValueError as wrong:
            raise ValueError(f"the operation {name!r}: {wrong}") from None
        purpose = Purpose.MORE if declared.get("changes") else Purpose.LOOK
        return Operation(name=name, run=run, **{"help": first, "purpose": purpose, **read, **declared})

    return declare


def _target(run: Callable[..., Any]) -> Target:
    needed = arguments.target(run)
    if needed is None:
        return Target.NOTHING
    return Target.SERVICE if needed else Target.SERVICE_OR_ALL
