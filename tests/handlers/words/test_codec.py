"""Intents and evidence go to rows and come back, including from rows of another release."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.steps.deploy import Deployed, Deploying
from handlers.words.codec import decode, encode, laid_over
from handlers.words.message import Log
from handlers.words.plan import Facts
from handlers.words.step import Left, Nothing
from policies.capacity.facts import GroupFacts
from tests.handlers.stage import REGISTRY


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Whole:
    """One field of each kind that a row can have."""

    text: str = ""
    count: int = 0
    share: float = 0.0
    sure: bool = False
    maybe: int | None = None
    at: datetime | None = None
    span: timedelta = timedelta(0)
    colour: Colour | None = None
    state: Literal["up", "down"] = "up"
    names: tuple[str, ...] = ()
    sizes: GroupFacts | None = None
    logs: tuple[Log, ...] = ()
    held: Mapping[str, int] = field(default_factory=dict)
    free: Facts = field(default_factory=dict)


instants = st.datetimes(timezones=st.just(UTC))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
wholes = st.builds(
    Whole,
    text=st.text(), count=st.integers(), share=st.floats(allow_nan=False), sure=st.booleans(),
    maybe=st.none() | st.integers(), at=st.none() | instants,
    span=st.timedeltas(timedelta(days=-9), timedelta(days=9)), colour=st.none() | st.just(Colour.RED),
    state=st.sampled_from(["up", "down"]), names=st.lists(st.text()).map(tuple),
    sizes=st.none() | st.builds(GroupFacts, st.integers(), st.integers(), st.integers()),
    logs=st.lists(st.builds(Log, st.text(), st.lists(st.text()).map(tuple), st.booleans())).map(tuple),
    held=st.dictionaries(st.text(), st.integers()), free=st.dictionaries(st.text(), json_values),
)  # fmt: skip


@given(wholes)
def test_a_value_comes_out_of_a_row_as_it_went_in(value: Whole) -> None:
    assert decode(Whole, json.loads(json.dumps(encode(value)))) == value


@given(st.dictionaries(st.sampled_from([f.name for f in fields(Whole)] + ["unknown"]), json_values))
def test_any_row_is_read_and_a_missing_field_gets_its_default(row: dict[str, Any]) -> None:
    found = decode(Whole, row)
    assert isinstance(found, Whole)
    assert decode(Whole, encode(found)) == found


def test_a_row_says_only_what_is_known() -> None:
    assert encode(Whole()) == encode(Nothing()) == {}
    assert encode(Deployed(deployment="d-1", settled_polls=2)) == {"deployment": "d-1", "settled_polls": 2}


@pytest.mark.parametrize(
    ("row", "known"),
    [
        ({"count": True}, Whole()),
        ({"count": "3"}, Whole()),
        ({"at": "yesterday"}, Whole()),
        ({"colour": "blue"}, Whole()),
        ({"state": "sideways"}, Whole()),
        ({"share": 2}, Whole(share=2.0)),
        ({"names": ["a", 7, "b"]}, Whole(names=("a", "b"))),
        ({"logs": [{"title": "t"}, {"title": "t", "lines": ["l"]}, 3]}, Whole(logs=(Log("t", ("l",)),))),
        ({"sizes": {"minimum": 1}}, Whole()),
        ({"span": 1e300}, Whole()),
        ({"share": 10**400}, Whole()),
    ],
)
def test_a_field_of_another_form_gets_its_default(row: Facts, known: Whole) -> None:
    assert decode(Whole, row) == known


def test_a_missing_field_without_a_default_is_an_error() -> None:
    @dataclass(frozen=True)
    class Needs:
        task: str

    with pytest.raises(TypeError):
        decode(Needs, {})


def test_new_evidence_replaces_its_own_fields_and_leaves_the_rest() -> None:
    row = {"deployment": "d-1", "healthy_at": "2026-11-23T08:00:00+00:00", "code": "Throttled"}
    assert laid_over(row, Deployed(deployment="d-1")) == {"code": "Throttled", "deployment": "d-1"}


def test_rows_of_the_previous_release_are_read() -> None:
    """The rows are as that release wrote them: a deployment under way, and one whose answer was lost."""
    before: dict[str, Any] = {"deployments": ["ecs-svc/1"], "revision": "arn:web:7"}
    assert decode(Deployed, before) == Deployed(("ecs-svc/1",), "arn:web:7")
    looked: dict[str, Any] = {
        "deployment": "ecs-svc/2", "service_deployment": "arn:sd", "revision": "arn:web:7",
        "settled_polls": 1, "looked_at": "2026-11-23T08:00:05+00:00", "healthy_at": None,
        "not_counted_seconds": 600,
        "request_ids": ["r-1"], "after": {"web": {"desired": 2}},
        "captured": [{"title": "Log /web", "lines": ["bye"]}],
    }  # fmt: skip
    at = datetime(2026, 11, 23, 8, 0, 5, tzinfo=UTC)
    assert decode(Deployed, looked) == Deployed(
        (), "arn:web:7", "ecs-svc/2", "arn:sd", None, 1, at, not_counted_seconds=600.0
    )
    assert decode(Left, looked) == Left({"web": {"desired": 2}}, (Log("Log /web", ("bye",)),))
    assert decode(Deploying, {"revision": "arn:web:7"}) == Deploying("arn:web:7")


@pytest.mark.parametrize("name", sorted(REGISTRY.step_kinds))
def test_every_kind_has_an_intent_and_an_evidence_that_may_know_nothing(name: str) -> None:
    kind = REGISTRY.step_kinds[name]
    for part in (kind.intent, kind.evidence):
        assert is_dataclass(part)
        assert cast(Any, part).__dataclass_params__.frozen
    assert all(
        f.default is not MISSING or f.default_factory is not MISSING for f in fields(cast(Any, kind.evidence))
    ), "an evidence begins with nothing known"
    assert encode(kind.evidence()) == {}
