"""Reads a filled-in form as the same request that the typed line would be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers.tell import picker as tell
from handlers.typed.line import LONGEST_WORD
from handlers.typed.values import Parsed
from handlers.words.arguments import Argument, Mistake, with_reason
from handlers.words.elements import Element
from handlers.words.operation import NAMING, Operation, Reach, Target
from policies.schedule.apart import NoBeginning, joined
from policies.times.reading import TimeError

ENVIRONMENT, SERVICE = "environment", "service"
"""The fields of the two names; every other field belongs to an argument."""


def at(argument: Argument) -> str:
    """Return the name of the argument's field. The prefix is there because an argument may be called
    *environment* too.
    """
    return argument_field(argument.name)


def argument_field(name: str) -> str:
    return f"argument:{name}"


def why(argument: Argument) -> str:
    """Return the name of the field for the reason that follows this argument."""
    return f"reason:{argument.name}"


def begins(argument: Argument) -> str:
    """Return the name of the field for the time from which this argument's span counts."""
    return f"begins:{argument.name}"


def container(argument: Argument) -> str:
    """Return the name of the field for the container that this argument's words may name."""
    return f"container:{argument.name}"


def element(operation: Operation, name: str) -> Element | None:
    """Return the element of an argument's field; ``None`` if the operation has no such field."""
    for argument in asked(operation):
        if name == at(argument):
            return argument.field
        if argument.container and name == container(argument):
            return "container"
    return None


@dataclass(frozen=True)
class Filled:
    """The contents of the fields, by field name. An empty field counts as an absent field."""

    values: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        return self.values.get(name, "").strip()


def asked(operation: Operation) -> tuple[Argument, ...]:
    """Return the arguments that a form asks for: those that may be typed."""
    return tuple(argument for argument in operation.arguments if not argument.hidden)


def read(operation: Operation, filled: Filled) -> Parsed | Mapping[str, str]:
    """Return what is asked for, or a mapping from each wrong field to a plain sentence that says what is
    wrong. A choice that equals the default is left out, because nobody would type it.
    """
    wrong = _names_missing(operation, filled)
    given: dict[str, str] = {}
    for argument in asked(operation):
        try:
            if (text := _text(argument, filled)) and text != argument.default:
                given[argument.name] = argument.chosen(text)
                argument.value(text)
            elif argument.required:
                wrong[at(argument)] = tell.needed(argument)
        except NoBeginning as mistake:
            wrong[begins(argument)] = tell.plainly(str(mistake))
        except (Mistake, TimeError) as mistake:
            wrong[at(argument)] = tell.plainly(str(mistake))
    if wrong:
        return wrong
    place = filled.of(ENVIRONMENT) if operation.reach in NAMING else ""
    target = filled.of(SERVICE) if operation.target is not Target.NOTHING else ""
    return Parsed(operation.name, place, target, given)


def _names_missing(operation: Operation, filled: Filled) -> dict[str, str]:
    wrong = {}
    if operation.reach is Reach.ENVIRONMENT and not filled.of(ENVIRONMENT):
        wrong[ENVIRONMENT] = tell.NO_ENVIRONMENT
    if operation.target is Target.SERVICE and not filled.of(SERVICE):
        wrong[SERVICE] = tell.NO_SERVICE
    return wrong


def _text(argument: Argument, filled: Filled) -> str:
    """Return the field with its beginning, its reason or its container as somebody would type them. Raises
    ``Mistake``, or ``TimeError`` for a beginning and an end that are no span.
    """
    text, reason = filled.of(at(argument)), filled.of(why(argument)) if argument.why else ""
    since = filled.of(begins(argument)) if argument.field == "span" else ""
    if argument.container and (named := filled.of(container(argument))):
        text = " ".join((text, "container", named)).strip()
    if (reason or since) and not text:
        raise Mistake(tell.needed(argument))
    text = joined(since, text) if since else text
    if not argument.rest and len(text) > LONGEST_WORD:
        raise Mistake(tell.too_long(LONGEST_WORD))
    return with_reason(text, reason)
