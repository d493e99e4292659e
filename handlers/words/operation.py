"""Declares operations. One declaration is all that a new operation needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any, Literal

from handlers.words import arguments
from handlers.words.arguments import Argument, Mistake
from policies.access.people import Role


class Reach(StrEnum):
    """What an operation concerns."""

    ENVIRONMENT = "environment"
    ONE_OR_ALL = "one or all"
    """One environment if one is named, otherwise every environment that this actor may view."""
    VIEWABLE = "viewable"
    """The environments that this actor may view."""
    INSTALLATION = "installation"


class Purpose(StrEnum):
    """What people want when they ask for an operation: the groups of help, in this order."""

    LOOK = "look"
    MEND = "mend"
    TONIGHT = "tonight"
    SCHEDULE = "schedule"
    MONEY = "money"
    MORE = "more"


NAMING = (Reach.ENVIRONMENT, Reach.ONE_OR_ALL)
"""The reaches that are typed with an environment's name, required or optional."""


_AS_DECLARED: Mapping[str, str] = MappingProxyType({})


class Target(StrEnum):
    """What is named after the environment."""

    NOTHING = "nothing"
    SERVICE = "service"
    SERVICE_OR_ALL = "service or all"
    """A service, or the whole environment if none is named."""


@dataclass(frozen=True)
class Verb:
    """How an operation's states are worded about its subject: `orders-api` *is* ``going`` (*restarting*),
    then ``done`` (*restarted*) or ``failed`` (*was not restarted*).

    ``broke``: the same where what it started failed by itself (*failed to start*). ``whole``: what its steps
    say is the sentence, once all is well. ``subject``: what is spoken of, where that is neither a service nor
    an environment. ``several``: what several services ``done`` (*were redeployed*), where that is said
    otherwise. ``named_by``: the argument that names what is spoken of, where that is neither of these.
    ``late``: the same where it has not ended in time (*still runs*).
    """

    going: str
    done: str
    failed: str
    broke: str = ""
    whole: bool = False
    subject: str = ""
    several: str = ""
    named_by: str = ""
    late: str = ""


@dataclass(frozen=True)
class Operation:
    """Something that can be asked for, declared by one handler file.

    ``run`` is the handler: ``(scope, target?, **arguments)`` for an environment, ``(desk, **arguments)``
    otherwise, where ``desk.named`` is the named environment. Target and arguments are read from its signature
    (``handlers.words.arguments``). ``conflicts`` names the group of operations that exclude each other on one
    target. ``recorded`` makes a read leave an audit entry. ``console`` keeps the operation away from Slack.
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
    mistaken: Callable[..., Any] | None = None
    """Takes what ``run`` takes, and answers in its place if the arguments cannot be meant: a refusal, or what
    may be named; else ``None``. It judges by the catalog, the rows and the moment alone, and never asks AWS.
    The gate asks it before it says that something else is in the way: whoever waits for that, and asks again,
    would only then learn of a typing error.
    """
    verb: Verb | None = None
    """How a change is worded. A test requires one for every change."""
    conflicts: str = ""
    cancels: tuple[str, ...] = ()
    """The operations that this one cancels when they are in its way: ``start`` cancels an unfinished
    ``stop``, and the reverse.
    """
    confirm: bool = False
    """The plan is shown first and runs only when exactly that plan is confirmed."""
    danger: bool = False
    """The operation takes away what people may be using, so the button that confirms it is red."""
    recorded: bool = False
    role_setting: str = ""
    """The setting of the catalog that can demand a higher role than ``role``; empty if there is none."""
    includes: str = ""
    """The operation that by itself reads what a part of this one's answer shows, such as lines of a log. Its
    rule governs that part (``Scope.logs_need``), and an answer that has it is recorded (``Answer.quotes``).
    """
    brings: Literal["up", "down", ""] = ""
    """The state that the operation brings a whole environment to. The clock may ask for the operation where a
    schedule row acts, as long as no override holds the environment in the other state.
    """
    undone_by: str = ""
    """The operation that ends the override which this one leaves: offered once this one has succeeded."""
    reversible: bool = False
    """Its steps leave what brings back the state before (``handlers.words.step.Left.undo``). **Undo** is
    offered for a day, and goes through the gate as this same operation."""
    apart: bool = False
    """Each has a message of its own, however soon one follows another: an argument names what it is done to,
    so the latest one says nothing about the others."""
    stopped_by: tuple[str, str] | None = None
    """The operation that ends what a step of this one has under way, and the label of its button. The button
    stands on the message while the step says that there is something to end
    (``handlers.words.step.Left.ends``). Where this operation is ``reversible`` and ended before it could be
    stopped, its message tells that it was undone."""
    noticed: bool = False
    """The outcome is told by the notice of the present stop, or by the message of the operation that this one
    ends (``Plan.of``). Where there is such a message, the operation needs none of its own.
    """
    further: str = ""
    """The operation that is meant where more is typed than this one takes: ``owner staging`` is a question,
    ``owner staging @dev`` a change.
    """
    question: str = ""
    """The operation that is meant where less is typed than this one needs: ``flag staging new-checkout on``
    is a change, ``flag staging new-checkout`` a question.
    """
    sample: str = "orders-api"
    """The service of which the example speaks, in the environment *staging* of the playground."""
    anyone: bool = False
    """Every admitted person gets an answer, whatever their grants (help, whoami)."""
    console: bool = False
    purpose: Purpose = Purpose.MORE
    """The group of help that lists the operation. If none is declared, a read belongs to ``LOOK`` and a
    change to ``MORE``.
    """

    def demanding(self, settings: Mapping[str, str]) -> Operation:
        """Return the same operation with the role that the settings demand, if that is higher."""
        wanted = settings.get(self.role_setting, "").upper() if self.role_setting else ""
        return replace(self, role=max(self.role, Role[wanted])) if wanted in Role.__members__ else self

    def bound(self, given: Mapping[str, str]) -> Operation:
        """Return the same operation with these arguments, converted. Raises ``Mistake`` on a text that does
        not fit, a name that the operation does not take, or a missing value.
        """
        known = {argument.name: argument for argument in self.arguments}
        for name in given:
            if name not in known:
                raise Mistake(f"`{self.name}` takes no `{name[:40]}`.")
        missing = [f"`{a.name}`" for a in self.arguments if a.required and a.name not in given]
        if missing:
            raise Mistake(f"`{self.name}` needs {' and '.join(missing)}.")
        values = {name: known[name].value(text) for name, text in given.items()}
        mistaken = partial(self.mistaken, **values) if self.mistaken else None
        return replace(self, run=partial(self.run, **values), mistaken=mistaken)

    def example(
        self,
        command: str,
        environment: str = "staging",
        service: str = "",
        said: Mapping[str, str] = _AS_DECLARED,
    ) -> str:
        """Return the command as somebody would type it, with every positional argument that has an example.
        ``service``: another than the declared one. ``said``: what stands for these arguments there, by name;
        empty for nothing.
        """
        words = [command, self.name]
        if self.reach in NAMING:
            words.append(environment)
        if self.target is not Target.NOTHING:
            words.append(service or self.sample)
        words += [said.get(a.name, a.example) for a in self.arguments if a.example and a.positional]
        return " ".join(filter(None, words))


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
