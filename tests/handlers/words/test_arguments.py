"""Arguments are read from a handler's signature, and converted before it is called."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.words.arguments import (
    CONVERTERS,
    EnvironmentName,
    Hidden,
    Mistake,
    ServiceName,
    arguments,
    named,
    sentence,
    word,
)
from handlers.words.operation import Target, operation
from handlers.words.request import Request
from handlers.words.result import Answer, NotUnderstood
from policies.access.people import Role
from policies.cost.periods import THIS_MONTH, Period
from policies.times.instants import When
from tests.golden import Golden
from tests.handlers.stage import REGISTRY, Stage, request
from tests.handlers.world import ADA, ROOT, World

STAGING = EnvironmentName("staging")


class Image(StrEnum):
    SAME = "same"
    NEW = "new"


def whole(
    scope: Any,
    service: ServiceName | None = None,
    image: Annotated[Image | None, named("which image")] = None,
    environment: Annotated[EnvironmentName, word("where")] = STAGING,
    until: Annotated[When | None, sentence("until when", "4h")] = None,
    skip: Hidden[int] = 0,
    sure: Hidden[bool] | None = None,
) -> Any:
    """Takes one of each kind."""
    return (image, environment, until, skip, sure)


WHOLE = operation("whole", role=Role.VIEWER)(whole)


def test_a_signature_says_what_is_typed_and_how(golden: Golden) -> None:
    assert WHOLE.target is Target.SERVICE_OR_ALL
    assert WHOLE.example("/env") == golden
    assert [(a.name, a.help, a.hidden, a.rest) for a in WHOLE.arguments] == [
        ("image", "which image", False, False),
        ("environment", "where", False, False),
        ("until", "until when", False, True),
        ("skip", "", True, False),
        ("sure", "", True, False),
    ]


def test_a_service_that_must_be_named_has_no_default() -> None:
    def one(scope: Any, service: ServiceName) -> None: ...

    def none(scope: Any) -> None: ...

    assert operation("one", role=Role.VIEWER)(one).target is Target.SERVICE
    assert operation("none", role=Role.VIEWER)(none).target is Target.NOTHING


def test_texts_become_values_of_the_declared_types() -> None:
    given = {"image": "NEW", "environment": " Staging", "until": '"23:00"', "skip": "20", "sure": "yes"}
    assert WHOLE.bound(given).run(None) == (Image.NEW, "staging", When("23:00"), 20, True)
    assert WHOLE.bound({}).run(None) == (None, "staging", None, 0, None)


@pytest.mark.parametrize(
    ("texts", "named", "why"),
    [
        ({"image": "nwe"}, "`nwe`", "nearest"),
        ({"image": ""}, "``", "choice"),
        ({"until": "bananas"}, '"bananas"', "time"),
        ({"skip": "-1"}, "`-1`", "number"),
        ({"skip": "9" * 5_000}, f"`{'9' * 40}…`", "number"),
        ({"skip": "\u0662"}, "`\u0662`", "number"),
        ({"sure": "maybe"}, "`maybe`", "yes or no"),
        ({"since": "2d"}, "`since`", "unknown"),
    ],
)
def test_a_text_that_does_not_fit_is_refused_in_one_sentence(
    texts: dict[str, str], named: str, why: str, golden: Golden
) -> None:
    with pytest.raises(Mistake) as wrong:
        WHOLE.bound(texts)
    assert named in str(wrong.value)
    assert str(wrong.value).replace(named, "…") == golden(name=why)


def test_a_missing_argument_is_named() -> None:
    with pytest.raises(Mistake, match=r"^`keep` needs `words`\.$"):
        REGISTRY.operations["keep"].bound({})


def _no_type(scope, why):  # type: ignore[no-untyped-def]
    ...


def _no_help(scope: Any, why: str = "") -> None: ...


def _nothing_reads(scope: Any, why: Annotated[complex, named("why")] = 1j) -> None: ...


def _either(scope: Any, why: Annotated[int | str, named("why")] = "") -> None: ...


def _no_such_default(scope: Any, skip: Hidden[int] = "0") -> None:  # type: ignore[assignment]
    ...


def _true_for_a_number(scope: Any, skip: Hidden[int] = True) -> None: ...


def _none_though_never(scope: Any, skip: Hidden[int] = None) -> None:  # type: ignore[assignment]
    ...


def _no_such_example(scope: Any, skip: Annotated[int, named("how many", "a few")] = 0) -> None: ...


def _whatever(scope: Any, **anything: str) -> None: ...


@pytest.mark.parametrize(
    "run",
    [
        _no_type,
        _no_help,
        _nothing_reads,
        _either,
        _no_such_default,
        _true_for_a_number,
        _none_though_never,
        _no_such_example,
        _whatever,
    ],
)
def test_a_signature_that_cannot_be_typed_stops_the_start(run: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="the operation 'probe': "):
        operation("probe", role=Role.VIEWER)(run)


def test_every_handler_declares_all_that_it_takes() -> None:
    for declared in REGISTRY.operations.values():
        assert declared.arguments == arguments(declared.run), declared.name


@given(st.sampled_from(sorted(CONVERTERS, key=str)), st.text())
def test_a_converter_gives_a_value_or_a_sentence_for_any_text(kind: Any, text: str) -> None:
    try:
        CONVERTERS[kind](text)
    except ValueError as wrong:
        assert str(wrong)


def _asked(name: str, texts: dict[str, str]) -> Request:
    who = ROOT if REGISTRY.operations[name].console else ADA
    return request(name, "staging", "", who=who, arguments=texts)


@pytest.mark.parametrize("name", sorted(REGISTRY.operations))
def test_no_argument_makes_the_gate_raise_an_error(world: World, name: str) -> None:
    """Fails if a handler is called with whatever was given, which raises a TypeError from within."""
    stage = Stage(world)
    names = [a.name for a in REGISTRY.operations[name].arguments] or ["whatever"]
    for wrong in (*names, "no such argument", "scope", "self"):
        reply = stage.gate.handle(_asked(name, {wrong: "\x00 {"}))
        taken = wrong in names and wrong != "whatever" and not isinstance(reply, NotUnderstood)
        assert isinstance(reply, NotUnderstood) or taken, (name, wrong, reply)


def test_a_bad_value_is_never_recorded_as_a_read(world: World) -> None:
    """Fails if the text is recorded before it is read: "read logs" although nothing was read."""

    def peek(scope: Any, since: Annotated[When | None, named("from when")] = None) -> Answer:
        """Look."""
        return Answer("looked")

    stage = Stage(world, operations=[operation("peek", role=Role.VIEWER, recorded=True)(peek)])
    assert isinstance(stage.ask("peek", "staging", arguments={"since": "a while"}), NotUnderstood)
    assert stage.kinds() == []
    assert isinstance(stage.ask("peek", "staging", arguments={"since": "4h"}), Answer)
    assert stage.kinds() == ["read"]


def test_a_period_takes_all_the_words_that_follow() -> None:
    def cost(scope: Any, days: Annotated[Period, sentence("which days", "last week")] = THIS_MONTH) -> Any:
        """What it cost."""

    (days,) = arguments(cost)
    assert days.rest and days.example == "last week"
    assert days.value("since 1 Nov") == Period("since 1 Nov")
    with pytest.raises(Mistake, match="is not a period"):
        days.value("lots")
