"""What ``handlers.ports.store`` promises the clock: schedules, claims, and the operations that an opening
replaces.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.ports.store import Busy, CatalogChange, CatalogState, Opened, Seen, TurnedDown
from handlers.words.step import StepState
from policies.record.lifecycle import State
from policies.schedule.claims import Claim
from policies.schedule.rows import ScheduleRow, Terms
from tests.contracts.asking import EVERYTHING, kinds, opened
from tests.contracts.conftest import Process
from tests.contracts.values import (
    NOW,
    OFFICE,
    STAGING,
    claim,
    clocked,
    closing,
    entry,
    later,
    no,
    opening,
    yes,
)
from tests.golden import Golden

# Schedules and what goes with environments


def put(store: Any, *rows: ScheduleRow) -> tuple[ScheduleRow, ...]:
    store.catalog.write(CatalogChange(put_schedules=rows))
    return store.catalog.read().schedules  # type: ignore[no-any-return]


def test_schedules_are_read_back_whole_by_pattern_and_origin(store: Any) -> None:
    terms = Terms(timedelta(minutes=15), timedelta(hours=2), timedelta(hours=1.5), timedelta(days=3))
    fleet = ScheduleRow("pr-*", "never", "observe", terms, later(hours=1), "slack", "Olu")
    own = replace(OFFICE, origin="slack")
    assert put(store, OFFICE, fleet, own) == (fleet, OFFICE, own)


def test_the_same_schedule_put_again_keeps_its_beginning_and_who_set_it(store: Any) -> None:
    put(store, OFFICE)
    assert put(store, replace(OFFICE, since=later(hours=1), set_by="Ada")) == (OFFICE,)
    assert put(store, replace(OFFICE, since=None)) == (OFFICE,)


@pytest.mark.parametrize(
    "change", [{"text": "always"}, {"mode": "observe"}, {"terms": Terms(notice=timedelta(minutes=31))}]
)
def test_another_schedule_mode_or_terms_have_a_new_beginning(store: Any, change: dict[str, Any]) -> None:
    put(store, OFFICE)
    changed = replace(OFFICE, since=later(hours=1), set_by="Ada", **change)
    assert put(store, changed) == (changed,)


def test_a_schedule_is_removed_by_pattern_and_origin(store: Any) -> None:
    own = replace(OFFICE, origin="slack")
    put(store, OFFICE, own)
    store.catalog.write(CatalogChange(remove_schedules=(replace(OFFICE, text="always"),)))
    assert store.catalog.read().schedules == (own,)
    begun = replace(OFFICE, since=later(hours=1))
    assert put(store, begun) == (begun, own)


def test_a_schedule_without_a_beginning_fails_the_whole_change(store: Any) -> None:
    unset = replace(OFFICE, pattern="pr-*", since=None)
    with pytest.raises(ValueError, match="since when"):
        store.catalog.write(CatalogChange(put_settings={"colour": "blue"}, put_schedules=(OFFICE, unset)))
    assert store.catalog.read() == CatalogState()


def test_databases_and_start_order_belong_to_the_definition(store: Any) -> None:
    more = replace(
        STAGING, databases=("orders-db", "cluster:ledger"), start_order=(("web", "worker"), ("edge",))
    )
    for wanted, generation in ((STAGING, 1), (more, 2), (more, 2), (replace(more, start_order=()), 3)):
        store.catalog.write(CatalogChange((wanted,)))
        assert store.catalog.read().environments == (replace(wanted, generation=generation),)


def test_a_change_by_another_replica_is_seen_at_the_next_look(process: Process) -> None:
    one, two = process("one"), process("two")
    assert put(one, OFFICE) == two.catalog.read().schedules == (OFFICE,)
    one.catalog.write(CatalogChange(remove_schedules=(OFFICE,)))
    assert two.catalog.read().schedules == ()


def test_the_version_grows_with_each_entry_alone(process: Process) -> None:
    one, two = process("one"), process("two")
    assert one.catalog.version() == 0
    put(one, OFFICE)
    assert one.catalog.version() == 0
    two.audit.append(entry())
    opened(two)
    assert one.catalog.version() == 2
    one.catalog.read()
    assert one.catalog.version() == 2


# Claims


def recorded(store: Any) -> list[Claim]:
    return list(store.book.claims.since(NOW).get("staging", []))


@pytest.mark.parametrize("before", [[], [claim(next_try=later(hours=10))]])
def test_an_opening_of_the_clock_is_claimed_with_its_operation(store: Any, before: list[Claim]) -> None:
    store.book.claims.record(before)
    wanted = clocked(claim(at=later(hours=9), reason="", next_try=later(hours=11)), now=later(hours=9))
    assert isinstance(store.operations.open(wanted, yes), Opened)
    opened = claim(at=later(hours=9), reason="", state="opened", operation_id=wanted.id)
    assert recorded(store) == [opened]
    assert store.messages.find(wanted.id) is None
    assert store.records.find(wanted.id).source == "clock"


def test_an_opening_whose_claim_is_taken_is_seen_and_nothing_is_written(store: Any) -> None:
    first, second = clocked(claim()), clocked(claim(), target="web")
    store.operations.close(store.operations.open(first, yes).record, closing())
    assert store.operations.open(second, yes) == Seen(first.id)
    assert store.records.find(second.id) is None
    assert kinds(store) == ["started", "closed"]
    fresh = replace(second, claim=None)
    assert isinstance(store.operations.open(fresh, yes), Opened), "its delivery was not recorded"


def test_an_opened_claim_is_never_recorded_over(store: Any) -> None:
    wanted = clocked(claim())
    store.operations.open(wanted, yes)
    before = recorded(store)
    store.book.claims.record([claim(state="skipped"), claim()])
    assert recorded(store) == before


@pytest.mark.parametrize("state", ["skipped", "observed"])
def test_an_opening_whose_claim_was_passed_over_is_seen(store: Any, state: Any) -> None:
    store.book.claims.record([claim(state=state)])
    assert store.operations.open(clocked(claim()), yes) == Seen("")
    assert kinds(store) == []


def test_claims_of_other_edges_are_not_in_the_way(store: Any) -> None:
    store.operations.open(clocked(claim()), yes)
    for target, kw in enumerate(({"rule": "override:o-1"}, {"action": "start"}, {"environment": "qa-eu"})):
        other = clocked(claim(**kw), target=f"t-{target}", conflicts="")
        assert isinstance(store.operations.open(other, yes), Opened)


def test_a_refused_or_busy_opening_claims_nothing(store: Any) -> None:
    postponed = claim()
    store.book.claims.record([postponed])
    assert isinstance(store.operations.open(clocked(claim()), no), TurnedDown)
    running = opened(store)
    assert store.operations.open(clocked(claim()), yes) == Busy(running)
    assert recorded(store) == [postponed]
    store.operations.close(running, closing())
    assert isinstance(store.operations.open(clocked(claim()), yes), Opened)


# What an opening replaces


def started(store: Any, **kw: Any) -> Opened:
    given = {"operation": "start", "target": "*", "cancels": ("stop",), "now": later(minutes=3), **kw}
    result = store.operations.open(opening(**given), yes)
    assert isinstance(result, Opened), result
    return result


def test_an_operation_is_cancelled_by_the_one_that_replaces_it(store: Any, golden: Golden) -> None:
    stop = opened(store, operation="stop", target="*")
    store.operations.mark(
        stop, replace(stop.steps[0], state=StepState.DONE, evidence={"request_ids": ["r-1"]}), NOW
    )
    start = started(store).record
    found = store.records.find(stop.id)
    assert (found.state, found.closed_at) == (State.CANCELLED, later(minutes=3))
    assert found.summary == golden(name="by whom")
    assert (found.fence, found.steps[0].state, found.steps[1].state) == (2, StepState.DONE, StepState.PLANNED)
    assert list(store.records.running(["staging"])) == [start]
    assert kinds(store) == ["started", "closed", "started"]


def test_the_entry_of_a_cancelled_operation_says_how_far_it_was_and_who_cancelled_it(store: Any) -> None:
    stop = opened(store, operation="stop", target="*")
    step = replace(stop.steps[0], state=StepState.DONE, evidence={"request_ids": ["r-1"]})
    store.operations.mark(stop, step, NOW)
    start = started(store).record
    _, row, _ = store.audit.entries(EVERYTHING)
    closed = row.entry
    assert (closed.kind, closed.operation_id, closed.operation) == ("closed", stop.id, "stop")
    assert (closed.outcome, closed.summary) == ("cancelled", store.records.find(stop.id).summary)
    assert (closed.at, closed.seconds, closed.before) == (later(minutes=3), 180.0, stop.before)
    assert closed.request_ids == ("r-1",)
    assert closed.evidence["0 deploy orders-api"] == {"request_ids": ["r-1"]}
    by = {"actor": "slack:T0HOME:U0DEV", "operation": "start", "operation_id": start.id}
    assert closed.evidence["cancelled by"] == by


def test_whoever_works_on_a_cancelled_operation_stops_silently(process: Process) -> None:
    one, two = process("one"), process("two")
    stop = opened(one, operation="stop", target="*")
    started(two)
    assert not one.operations.mark(stop, replace(stop.steps[0], state=StepState.DONE), NOW)
    assert not one.operations.close(stop, closing())
    assert one.operations.take(stop.id) is None
    assert stop.id not in two.operations.due(later(days=1))
    assert one.records.find(stop.id).steps == stop.steps


def test_the_message_of_a_cancelled_operation_shows_its_end(store: Any) -> None:
    stop = opened(store, operation="stop", target="*")
    row = store.messages.find(stop.id)
    store.messages.shown(replace(row, ts="1.1", version_shown=1))
    started(store, message_channel="")
    (found,) = store.messages.behind(later(minutes=4), 10)
    assert found == replace(row, ts="1.1", version_wanted=2, version_shown=1, final=True)


def test_every_operation_in_the_way_is_cancelled(store: Any) -> None:
    web, worker = (opened(store, operation="stop", target=target) for target in ("web", "worker"))
    elsewhere = opened(store, operation="stop", target="*", environment="qa-eu")
    aside = opened(store, operation="stop", target="*", conflicts="tasks")
    start = started(store).record
    states = [store.records.find(one.id).state for one in (web, worker, elsewhere, aside, start)]
    assert states == [State.CANCELLED, State.CANCELLED, State.RUNNING, State.RUNNING, State.RUNNING]


def test_an_operation_that_is_not_in_the_way_is_not_cancelled(store: Any) -> None:
    stop = opened(store, operation="stop", target="web")
    started(store, target="worker")
    assert store.records.find(stop.id).state is State.RUNNING


def test_an_unnamed_operation_in_the_way_makes_the_opening_busy_and_cancels_nothing(store: Any) -> None:
    stop = opened(store, operation="stop", target="web")
    restart = opened(store, target="worker", now=later(seconds=1))
    wanted = opening(operation="start", target="*", cancels=("stop",))
    assert store.operations.open(wanted, yes) == Busy(restart)
    assert store.records.find(stop.id) == stop
    assert kinds(store) == ["started", "started", "refused"]


def test_a_refusal_cancels_nothing(store: Any) -> None:
    stop = opened(store, operation="stop", target="*")
    wanted = opening(operation="start", target="*", cancels=("stop",))
    assert isinstance(store.operations.open(wanted, no), TurnedDown)
    assert store.records.find(stop.id) == stop


def test_an_operation_that_ended_before_stays_as_it_ended(store: Any) -> None:
    stop = opened(store, operation="stop", target="*")
    store.operations.close(stop, closing())
    started(store)
    assert store.records.find(stop.id).state is State.SUCCEEDED


def test_an_announced_end_gets_a_message_if_there_was_none(store: Any) -> None:
    silent = store.operations.open(opening(message_channel=""), yes).record
    assert store.messages.find(silent.id) is None
    store.operations.close(silent, replace(closing(), announce="C0STAGING"))
    row = store.messages.find(silent.id)
    assert (row.channel, row.ts, row.final) == ("C0STAGING", "", True)
    assert [m.operation_id for m in store.messages.behind(later(hours=1), 10)] == [silent.id]
