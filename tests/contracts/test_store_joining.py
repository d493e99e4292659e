"""What ``handlers.ports.store`` promises of messages that tell of several operations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.ports.messages import MessageRow
from policies.record.joining import MOST
from tests.contracts.asking import kinds, opened
from tests.contracts.conftest import Process
from tests.contracts.values import NOW, claim, clocked, closing, entry, later, opening, yes


def joined(store: Any, operation_id: str) -> str:
    row = store.messages.find(operation_id)
    assert row is not None
    return str(row.joined)


def test_the_same_kind_within_a_minute_joins_the_message_of_the_first(store: Any) -> None:
    first = opened(store)
    second = opened(store, target="web", now=later(seconds=20))
    third = opened(store, target="worker", now=later(seconds=59))
    late = opened(store, target="late", now=later(seconds=60))
    found = [joined(store, one.id) for one in (first, second, third, late)]
    assert found == ["", first.id, first.id, ""]
    assert kinds(store) == ["started"] * 4


def test_whoever_opens_it_the_rows_of_one_message_are_found_its_owner_first(process: Process) -> None:
    one, two = process("one"), process("two")
    first, second = opened(one), opened(two, target="web")
    for name in (first.id, second.id):
        assert [row.operation_id for row in one.messages.together(name)] == [first.id, second.id]
    assert one.messages.together("none") == []


def test_what_stands_at_a_place_is_found_by_its_message_its_thread_or_the_notice_that_tells_of_it(
    process: Process,
) -> None:
    one, two = process("one"), process("two")
    first, second = opened(one), opened(two, target="web")
    told = opened(one, environment="qa-eu", message_channel="C0STAGING", told_by="1.7")
    assert one.messages.at("C0STAGING", "") == one.messages.at("C0STAGING", "1.1") == []
    for record in (first, second):
        one.messages.shown(replace(one.messages.find(record.id), ts="1.1", detail_ts=f"2.{record.target}"))
    assert [row.operation_id for row in one.messages.at("C0STAGING", "1.1")] == [first.id, second.id]
    assert [row.operation_id for row in one.messages.at("C0STAGING", "2.web")] == [second.id]
    assert [row.operation_id for row in one.messages.at("C0STAGING", "1.7")] == [told.id]
    assert one.messages.at("C0OPS", "1.1") == []
    rows = one.messages.these([first.id, told.id, "none"])
    assert {row.operation_id: row.place for row in rows} == {
        first.id: ("C0STAGING", "1.1"),
        told.id: ("C0STAGING", "1.7"),
    }
    assert list(one.messages.these([])) == []


@pytest.mark.parametrize(
    "other",
    [
        {"environment": "qa-eu"},
        {"message_channel": "C0OPS"},
        {"operation": "redeploy"},
        {"entry": entry(actor="slack:T0HOME:U0OLU")},
        {"told_by": "1.5"},
        {"apart": True},
        {"generation": 0, "message_channel": ""},
    ],
    ids=["environment", "channel", "kind", "person", "told elsewhere", "apart", "no message"],
)
def test_what_differs_has_a_message_of_its_own_or_none(store: Any, other: dict[str, Any]) -> None:
    opened(store)
    second = opened(store, target="web", **other)
    row = store.messages.find(second.id)
    assert row is None or row.joined == ""


def test_a_message_that_cannot_be_shown_or_that_another_tells_of_is_joined_by_nobody(store: Any) -> None:
    opened(store, told_by="1.5")
    second = opened(store, target="web")
    assert joined(store, second.id) == ""
    store.messages.give_up(second.id, "the channel is archived")
    assert joined(store, opened(store, target="worker").id) == ""


def test_a_full_message_is_followed_by_another(store: Any) -> None:
    made = [opened(store, target=f"s{n}", now=later(seconds=n)) for n in range(MOST + 2)]
    found = [joined(store, one.id) for one in made]
    assert found == ["", *[made[0].id] * (MOST - 1), "", made[MOST].id]


def test_one_that_is_delivered_again_changes_nothing(store: Any) -> None:
    first, again = opened(store), opening(target="web")
    store.operations.open(again, yes)
    store.operations.open(replace(again, id="another"), yes)
    assert [row.operation_id for row in store.messages.together(first.id)] == [first.id, again.id]


def test_what_the_clock_does_joins_nobody(store: Any) -> None:
    first = opened(store)
    store.operations.open(clocked(claim()), yes)
    assert [row.operation_id for row in store.messages.together(first.id)] == [first.id]


def test_each_is_behind_by_itself(store: Any) -> None:
    first = opened(store)
    store.messages.shown(MessageRow(first.id, "C0STAGING", "1.1", 1, 1, False))
    second = opened(store, target="web")
    soon = later(seconds=10)
    assert [row.operation_id for row in store.messages.behind(soon, 10)] == [second.id]
    row = store.messages.find(second.id)
    store.messages.shown(replace(row, ts="1.1", version_shown=1))
    assert store.messages.behind(soon, 10) == []
    store.operations.close(second, closing())
    assert [row.operation_id for row in store.messages.behind(later(minutes=2), 10)] == [second.id]


def test_where_another_drew_meanwhile_the_message_is_drawn_once_more(store: Any) -> None:
    record = opened(store)
    read = store.messages.find(record.id)
    store.messages.drew(read)
    store.messages.shown(replace(read, ts="1.1", version_shown=1))
    assert store.messages.behind(NOW, 10) == []
    store.messages.drew(read)
    (again,) = store.messages.behind(NOW, 10)
    assert (again.drawn, again.version_wanted, again.version_shown) == (2, 2, 1)
