"""Reads an operation's arguments from its handler's signature and converts their texts before the gate.

A handler declares its arguments as any function does, and this table says how each type is read from text::

    def start(scope: Scope, until: Annotated[When | None, sentence("for how long: 4h")] = None) -> Plan: ...

A type that no converter reads stops the start of the process. A text that does not fit its argument never
reaches the gate. (The converters follow pallets/click ``types.py``.)
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from handlers.words.choices import not_one_of
from handlers.words.elements import Element
from policies.capacity.saved_values import SavedLog, saved_log
from policies.catalog.values import Wanted, from_json
from policies.cost.periods import Period, period
from policies.logs.asked import LogsAsked, logs_asked
from policies.logs.lines import Between, between
from policies.orphans.keeping import KeptFor, kept_for
from policies.schedule.overrides import Keep, keep
from policies.schedule.rows import AskedSchedule, asked_schedule
from policies.service.approved import Given, given
from policies.times.gone_by import GoneBy, gone_by
from policies.times.instants import When, when

T = TypeVar("T")
ServiceName = NewType("ServiceName", str)
"""A live service of the environment, by its canonical name. The gate resolves it; it is no argument."""
EnvironmentName = NewType("EnvironmentName", str)
"""The name as typed, in lower case. The handler finds out whether the asker may view such an environment."""

RevisionNamed = NewType("RevisionNamed", str)
"""A revision of a task definition: its number, or its family and number (``orders-api:41``)."""
REVISION = re.compile(r"(?:[A-Za-z0-9_-]{1,255}:)?[1-9][0-9]{0,9}", re.ASCII)

TaskNamed = NewType("TaskNamed", str)
FlagNamed = NewType("FlagNamed", str)
"""An approved task or a flag, as typed. The handler finds out whether the catalog names it."""
PersonNamed = NewType("PersonNamed", str)
"""The person as typed: a mention or a Slack id. The handler finds out who that is, if anybody."""
KeyPattern = NewType("KeyPattern", str)
"""A pattern of key names, exactly as it was typed: Slack's own escapes are undone, and nothing else is
changed. The handler finds out whether it may be used."""
PATTERN = "pattern"
"""The name of every argument that is a ``KeyPattern``: it is known by its name where no declaration is at
hand."""

OtherEnvironment = NewType("OtherEnvironment", str)
"""Another environment to compare with, in lower case, typed as *with qa-eu*. The handler finds out whether
the asker may view such an environment.
"""
WITH = frozenset({"with", "vs", "versus", "against"})
"""The words before an environment to compare with."""
OperationNamed = NewType("OperationNamed", str)
"""An operation's name, or the id of an operation that ran. The handler finds out whether it exists."""
OPERATION_ID = re.compile(r"[0-9]{6}t[0-9]{6}-[0-9a-f]{10}", re.IGNORECASE)
"""The pattern of an operation's id. No other word looks like that."""


class Mistake(ValueError):
    """A text does not fit its argument; the message is one sentence fit for a channel."""


@dataclass(frozen=True)
class Argument:
    """An argument after the names, written ``name=value`` (or as the next word, if ``positional``)."""

    name: str
    help: str
    choices: tuple[str, ...] = ()
    positional: bool = False
    required: bool = False
    hidden: bool = False
    """Only offers, the clock and the console set it; it is never taken from typed text and never shown in
    help.
    """
    rest: bool = False
    """It takes all remaining words as they were typed, with their quotes, and is the last positional one."""
    example: str = ""
    """An example as somebody would type it. The process does not start if the example cannot be converted."""
    forms: tuple[str, ...] = ()
    """Ways of writing a value, each of which can be converted."""
    kind: Literal["environment", "person", "operation", ""] = ""
    """What the argument names, where such a word can be recognised: a known environment, a person with an @,
    or the id of an operation.
    """
    field: Element = "text"
    """The element that a form asks with."""
    default: str = ""
    """The choice that applies if none is made; empty if there is no such choice."""
    why: str = ""
    """An example of the reason, for a time that takes a reason after it. A form asks for the reason
    separately.
    """
    container: bool = False
    """The words may name a container. A form asks for the container separately."""
    label: str = ""
    """What the argument is for, without the reason."""
    verbatim: bool = False
    """The value is taken as it was typed, where dashes, quotes and spaces of other words are made plain."""
    convert: Callable[[str], Any] = str
    """Converts a text. Raises ``ValueError``, with a sentence, if the text is no such value."""

    @property
    def told(self) -> str:
        """What the argument is for, and how a value may look."""
        if self.choices:
            return f"{self.help}: {', '.join(self.choices)}"
        return f"{self.help}, for example {self.example}" if self.example else self.help

    def value(self, text: str) -> Any:
        """Convert the text. Raises ``Mistake``."""
        try:
            return self.convert(self.chosen(text))
        except ValueError as wrong:
            raise Mistake(str(wrong)) from None

    def chosen(self, text: str) -> str:
        """Return a choice as it is declared, whatever the case of the text. Raises ``Mistake`` if the text is
        not one of the choices.
        """
        if not self.choices or text in self.choices:
            return text
        if text.lower() in self.choices:
            return text.lower()
        name = "" if self.positional else self.name
        raise Mistake(not_one_of(self.choices, _shown(text), text, name=name))


@dataclass(frozen=True)
class Typed:
    """How an argument is typed, in addition to its type in the signature."""

    help: str = ""
    positional: bool = False
    rest: bool = False
    hidden: bool = False
    example: str = ""
    why: str = ""


def named(help: str, example: str = "") -> Typed:
    """Declare an argument that is written ``name=value``."""
    return Typed(help, example=example)


def word(help: str, example: str = "") -> Typed:
    """Declare an argument that is the next word."""
    return Typed(help, positional=True, example=example)


def sentence(help: str, example: str, *, why: str = "") -> Typed:
    """Declare an argument that takes all remaining words. ``why`` is an example of the reason that may follow
    in quotes.
    """
    return Typed(help, positional=True, rest=True, example=example, why=why)


LONGEST_ID = 60
"""The longest id of an operation, in characters; the ids of this product have 24."""
Hidden = Annotated[T, Typed(hidden=True)]
"""An argument that is never typed: a button binds it, or the clock or the console sets it."""


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ValueError(f"{_shown(text)} is not a whole number of 0 or more.")
    return int(text)


def _yes(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise ValueError(f"{_shown(text)} is neither yes nor no.")
    return text.lower() == "yes"


def _environment(text: str) -> EnvironmentName:
    return EnvironmentName(text.strip().lower())


def _other(text: str) -> OtherEnvironment:
    words = text.lower().split()
    named = words[1:] if words and words[0] in WITH else words
    if len(named) != 1:
        raise ValueError(f"{_shown(text)} is not an environment to compare with: say `with` and its name.")
    return OtherEnvironment(named[0])


def _person(text: str) -> PersonNamed:
    return PersonNamed(text.strip())


def _revision(text: str) -> RevisionNamed:
    found = re.sub(r"^[vV#](?=[0-9]+$)", "", text.strip().rsplit("/", 1)[-1])
    if not REVISION.fullmatch(found):
        raise ValueError(
            f"{_shown(text)} is no revision: a number, or a family and a number, as in `web:41`."
        )
    return RevisionNamed(found)


def _operation(text: str) -> OperationNamed:
    found = text.strip()
    if not found or len(found) > LONGEST_ID or not found.replace("-", "").isalnum():
        raise ValueError(f"{_shown(text)} is neither an operation nor the id of one.")
    return OperationNamed(found.lower())


CONVERTERS: Mapping[Any, Callable[[str], Any]] = {
    str: str,
    int: _number,
    bool: _yes,
    EnvironmentName: _environment,
    OtherEnvironment: _other,
    PersonNamed: _person,
    TaskNamed: TaskNamed,
    FlagNamed: FlagNamed,
    KeyPattern: KeyPattern,
    OperationNamed: _operation,
    RevisionNamed: _revision,
    When: when,
    GoneBy: gone_by,
    Keep: keep,
    KeptFor: kept_for,
    Period: period,
    AskedSchedule: asked_schedule,
    Given: given,
    Wanted: from_json,
    SavedLog: saved_log,
    LogsAsked: logs_asked,
    Between: between,
}
"""The one table of converters. Each raises ``ValueError`` with a sentence. A ``StrEnum`` is read as one of
its values.
"""


_TIMES = ("2h", "90 min", "until 22:00", "until 10pm", "tomorrow 9am", "Mon 08:00", "tonight", "until Friday")
FORMS: Mapping[Any, tuple[str, ...]] = {
    When: _TIMES,
    GoneBy: ("30m", "3pm", "yesterday 18:00", "Mon 08:00", "2026-03-02 15:00"),
    Keep: (*_TIMES, "off until Mon 08:00", "Tue 06:30-09:00", '2h "load test"'),
    KeptFor: ("30d", "6w", "until 2026-12-24"),
    Period: ("today", "yesterday", "last week", "since Monday", "October"),
    LogsAsked: ("since 2h", "since 3pm", 'grep "connection refused"', "container envoy"),
    AskedSchedule: ("weekdays 8am-8pm", "Mon-Fri 08:00-20:00 Europe/Berlin", "8-20", "always"),
}
"""Ways of writing each type, for help."""
KINDS: Mapping[Any, Literal["environment", "person", "operation"]] = {
    EnvironmentName: "environment",
    PersonNamed: "person",
    OperationNamed: "operation",
}
"""The types whose words can be recognised before anything is converted."""
ELEMENTS: Mapping[Any, Element] = {
    int: "number",
    bool: "yes",
    When: "time",
    Keep: "span",
    KeptFor: "time",
    EnvironmentName: "environment",
    OtherEnvironment: "environment",
    PersonNamed: "person",
    TaskNamed: "task",
    FlagNamed: "flag",
    RevisionNamed: "revision",
}
"""The form element of each type. Any other type is asked for with a line of text, and a ``StrEnum`` with
choices.
"""


def with_reason(said: str, reason: str) -> str:
    """Return a time and its reason, in the quotes in which a reason is typed."""
    bare = " ".join(reason.replace('"', "'").split())
    return f'{said} "{bare}"' if bare else said


def arguments(run: Callable[..., Any]) -> tuple[Argument, ...]:
    """Return a handler's arguments in order, without its place (the first parameter) and its target.

    Raises ``ValueError`` on an argument that no converter reads, that has no help, or whose default or
    example does not fit.
    """
    return tuple(_argument(p, kind) for p, kind in _parameters(run) if kind.type is not ServiceName)


def target(run: Callable[..., Any]) -> bool | None:
    """Tell whether a service must be named for the handler; ``None`` if the handler takes none."""
    found = [p for p, kind in _parameters(run) if kind.type is ServiceName]
    return found[0].default is inspect.Parameter.empty if found else None


@dataclass(frozen=True)
class _Kind:
    type: Any
    typed: Typed | None
    optional: bool


def _parameters(run: Callable[..., Any]) -> Iterator[tuple[inspect.Parameter, _Kind]]:
    hints = get_type_hints(run, include_extras=True)
    for parameter in list(inspect.signature(run).parameters.values())[1:]:
        if parameter.name not in hints or parameter.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD:
            raise ValueError(f"{_where(run, parameter)}: an argument has a name and a type")
        yield parameter, _kind(hints[parameter.name])


def _kind(hint: Any) -> _Kind:
    """Unwrap ``Annotated`` and ``| None``, in either order."""
    if get_origin(hint) is Annotated:
        inner, *said = get_args(hint)
        found = _kind(inner)
        typed = next((t for t in said if isinstance(t, Typed)), found.typed)
        return _Kind(found.type, typed, found.optional)
    if get_origin(hint) in (Union, UnionType):
        members = [member for member in get_args(hint) if member is not NoneType]
        if len(members) == 1:
            found = _kind(members[0])
            return _Kind(found.type, found.typed, optional=True)
    return _Kind(hint, None, optional=False)


def _argument(parameter: inspect.Parameter, kind: _Kind) -> Argument:
    name, typed = parameter.name, kind.typed
    if (kind.type is KeyPattern) is not (name == PATTERN):
        raise ValueError(
            f"the argument {name!r}: {PATTERN!r} is the name of patterns of keys, and of them alone"
        )
    if typed is None or not (typed.hidden or typed.help):
        raise ValueError(f"the argument {name!r} says neither what it is for nor that it is hidden")
    choices: tuple[str, ...] = ()
    if isinstance(kind.type, type) and issubclass(kind.type, StrEnum):
        choices = tuple(member.value for member in kind.type)
        convert: Callable[[str], Any] = kind.type
    elif kind.type in CONVERTERS:
        convert = CONVERTERS[kind.type]
    else:
        raise ValueError(f"the argument {name!r} is {kind.type!r}, which nothing reads from text")
    required = parameter.default is inspect.Parameter.empty
    if not required and not _fits(parameter.default, kind):
        raise ValueError(f"the default of the argument {name!r} is no {kind.type!r}")
    return _with_example(
        Argument(
            name,
            f"{typed.help}, and why" if typed.why else typed.help,
            choices,
            positional=typed.positional,
            required=required,
            hidden=typed.hidden,
            rest=typed.rest,
            example=with_reason(typed.example, typed.why),
            forms=FORMS.get(kind.type, ()),
            kind=KINDS.get(kind.type, ""),
            field="choice" if choices else ELEMENTS.get(kind.type, "text"),
            default=str(parameter.default) if choices and isinstance(parameter.default, StrEnum) else "",
            why=typed.why,
            label=typed.help,
            container=kind.type is LogsAsked,
            verbatim=kind.type is KeyPattern,
            convert=convert,
        )
    )


def _with_example(argument: Argument) -> Argument:
    try:
        if argument.example:
            argument.value(argument.example)
    except Mistake as wrong:
        raise ValueError(f"the example of the argument {argument.name!r}: {wrong}") from None
    return argument


def _fits(default: Any, kind: _Kind) -> bool:
    if default is None:
        return kind.optional
    expected = getattr(kind.type, "__supertype__", kind.type)
    expected = get_origin(expected) or expected
    return isinstance(default, expected) and isinstance(default, bool) == (expected is bool)


def _shown(text: str) -> str:
    """Return the person's text, shortened and in back-ticks. The edge neutralises mark-up when it draws the
    message.
    """
    return f"`{text[:40]}{'…' if len(text) > 40 else ''}`"


def _where(run: Callable[..., Any], parameter: inspect.Parameter) -> str:
    return f"{getattr(run, '__name__', run)}({parameter.name})"
