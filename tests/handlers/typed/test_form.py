"""A form, a line and a button make the same request: one declaration feeds all three."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from handlers.gate.bind import bind
from handlers.gate.case import Case
from handlers.gate.offering import recorded
from handlers.tell.typed import run_it
from handlers.typed import form
from handlers.typed.form import ENVIRONMENT, SERVICE, Filled
from handlers.typed.reading import read
from handlers.typed.room import Room
from handlers.typed.values import Names, Parsed
from handlers.words.arguments import Argument
from handlers.words.operation import NAMING, Operation, Target
from tests.handlers.example.uptime import uptime
from tests.handlers.stage import REGISTRY, Stage, request

ROOM = Room(REGISTRY, "/env", Names(frozenset({"staging"}), services=lambda _: ("orders-api",)))
IN_SLACK = [o for o in REGISTRY.operations.values() if not o.console]
WITH = [(operation, fully) for operation in IN_SLACK for fully in (True, False)]


def _value(argument: Argument) -> str:
    if argument.field == "person":
        return "<@U0DEV>"
    if argument.field == "choice":
        return argument.choices[-1]
    if argument.container:
        return "since 30m grep timeout container envoy"
    return argument.example or {"number": "3", "yes": "yes", "environment": "staging"}.get(
        argument.field, "web"
    )


def _given(operation: Operation, *, fully: bool) -> tuple[Argument, ...]:
    return tuple(a for a in form.asked(operation) if fully or a.required)


def _line(operation: Operation, *, fully: bool) -> str:
    words = [operation.name, "staging" if operation.reach in NAMING else ""]
    words.append("orders-api" if operation.target is not Target.NOTHING else "")
    for argument in _given(operation, fully=fully):
        value = _value(argument)
        words.append(value if argument.positional else f"{argument.name}={value}")
    return " ".join(filter(None, words))


def _filled(operation: Operation, *, fully: bool) -> Mapping[str, str]:
    values = {ENVIRONMENT: "staging", SERVICE: "orders-api"}
    for argument in _given(operation, fully=fully):
        values[form.at(argument)] = _value(argument)
        if argument.why:
            time, _, reason = _value(argument).partition(' "')
            values |= {form.at(argument): time, form.why(argument): reason.removesuffix('"')}
        if argument.container:
            words, _, named = _value(argument).partition(" container ")
            values |= {form.at(argument): words, form.container(argument): named}
    return values


@pytest.mark.parametrize(("operation", "fully"), WITH, ids=lambda value: getattr(value, "name", str(value)))
def test_a_form_a_line_and_a_button_are_the_same_request(
    stage: Stage, operation: Operation, fully: bool
) -> None:
    typed = read(_line(operation, fully=fully), ROOM)
    if isinstance(typed, Parsed) and typed.operation != operation.name:
        pytest.skip("the line is one of the operation that takes more")
    filled = form.read(operation, Filled(_filled(operation, fully=fully)))
    assert isinstance(typed, Parsed), typed
    assert filled == typed
    state, now = stage.parts.catalog.read(), stage.parts.clock.now()
    (offer,) = recorded(stage.parts.offers, run_it([typed]), state, now)
    bound = bind(stage.parts, Case(request("", offer=offer.id, source="button"), now))
    assert isinstance(bound, Case)
    asked = bound.request
    assert Parsed(asked.operation, asked.environment, asked.target, asked.arguments) == filled


def test_an_added_operation_has_a_form_too() -> None:
    """The example of CONTRIBUTING.md is one file and nothing else."""
    asked = form.read(uptime, Filled({ENVIRONMENT: "staging", SERVICE: "web"}))
    assert asked == Parsed("uptime", "staging", "web")


@pytest.mark.parametrize("operation", IN_SLACK, ids=lambda operation: operation.name)
def test_a_missing_value_is_reported_at_its_field(operation: Operation) -> None:
    wrong = form.read(operation, Filled())
    needed = {form.at(a) for a in form.asked(operation) if a.required}
    needed |= {ENVIRONMENT} if operation.reach is NAMING[0] else set()
    needed |= {SERVICE} if operation.target is Target.SERVICE else set()
    assert set(() if isinstance(wrong, Parsed) else wrong) == needed


@pytest.mark.parametrize(
    ("operation", "values"),
    [
        ("keep", {"argument:words": "whenever"}),
        ("keep", {"reason:words": "smoke test"}),
        ("pause", {"argument:until": "the end"}),
        ("restart", {SERVICE: "web", "argument:image": "other"}),
        ("reschedule", {"argument:when": "now and then"}),
        ("help", {"argument:about": "x" * 256}),
    ],
)
def test_an_unreadable_value_is_reported_at_its_field_without_marks(
    operation: str, values: Mapping[str, str]
) -> None:
    wrong = form.read(REGISTRY.operations[operation], Filled({ENVIRONMENT: "staging", **values}))
    assert not isinstance(wrong, Parsed)
    ((field, said),) = wrong.items()
    assert field.startswith("argument:") and "`" not in said


def test_a_reason_may_have_quotes_and_lines_of_its_own() -> None:
    values = {ENVIRONMENT: "staging", "argument:words": "2h", "reason:words": 'the "big"\ndemo'}
    asked = form.read(REGISTRY.operations["keep"], Filled(values))
    assert isinstance(asked, Parsed)
    assert asked.arguments == {"words": "2h \"the 'big' demo\""}


def test_a_default_choice_counts_as_no_choice() -> None:
    asked = form.read(REGISTRY.operations["list"], Filled({"argument:sort": "name"}))
    assert asked == Parsed("list")
