"""What ``handlers.ports.store`` promises of open operations: steps, holders, the end, the message."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.ports.messages import Followed, MessageRow
from handlers.ports.store import Lease
from handlers.words.step import StepState
from policies.record.lifecycle import State
from tests.contracts.asking import kinds, opened
from tests.contracts.conftest import Process
from tests.contracts.values import (
    NOW,
    closing,
    later,
)

# Steps


def test_a_marked_step_is_read_back_whole(store: Any) -> None:
    record = opened(store)
    step = replace(
        record.steps[0],
        state=StepState.BEGAN,
        before={"deployments": ["a"]},
        evidence={"request_ids": ["r-1"], "n": 1.5, "none": None},
        answered=True,
        sentence="restarting",
        fence=1,
        began_at=NOW,
        ended_at=later(seconds=3),
    )
    assert store.operations.mark(record, step, later(seconds=5))
    found = store.records.find(record.id)
    assert found.steps == (step, record.steps[1])
    assert found.next_look == later(seconds=5)


def test_a_step_that_does_not_exist_cannot_be_marked(store: Any) -> None:
    record = opened(store)
    with pytest.raises(LookupError):
        store.operations.mark(record, replace(record.steps[0], position=9), NOW)


def test_only_changes_that_people_are_shown_make_the_message_fall_behind(store: Any) -> None:
    record = opened(store)
    step = record.steps[0]
    store.operations.mark(record, replace(step, began_at=NOW, fence=1), NOW)
    assert store.messages.find(record.id).version_wanted == 1
    changes: tuple[dict[str, Any], ...] = (
        {"state": StepState.BEGAN},
        {"sentence": "new"},
    )
    for version, change in enumerate(changes, start=2):
        step = replace(step, **change)
        store.operations.mark(record, step, NOW)
        store.operations.mark(record, step, NOW)
        assert store.messages.find(record.id).version_wanted == version
    store.operations.mark(record, replace(step, evidence={"a": 1}), NOW)
    assert store.messages.find(record.id).version_wanted == 3


# Closing


def test_a_closed_operation_has_its_end_and_its_entry(store: Any) -> None:
    record = opened(store)
    assert store.operations.close(record, closing())
    found = store.records.find(record.id)
    assert (found.state, found.summary, found.closed_at) == (State.SUCCEEDED, "healthy", later(seconds=40))
    assert found.after == {"desired": 2}
    assert list(store.records.running(["staging"])) == []
    assert kinds(store) == ["started", "closed"]


def test_an_operation_closes_once(store: Any) -> None:
    record = opened(store)
    assert store.operations.close(record, closing())
    assert not store.operations.close(record, closing(State.FAILED))
    assert not store.operations.mark(record, record.steps[0], NOW)
    assert store.operations.take(record.id) is None
    assert kinds(store) == ["started", "closed"]
    assert store.records.find(record.id).state is State.SUCCEEDED


def test_an_operation_closes_only_as_an_end_state(store: Any) -> None:
    record = opened(store)
    for state in (State.RUNNING, State.REFUSED, State.AWAITING_APPROVAL):
        with pytest.raises(ValueError, match="does not end"):
            store.operations.close(record, closing(state))


# Holding and taking over


def test_taking_an_operation_that_we_hold_keeps_the_fence(process: Process) -> None:
    one, two = process("one"), process("two")
    record = opened(one)
    assert one.operations.take(record.id) == record
    assert two.operations.take(record.id) is None
    assert one.operations.take("no such") is None


def test_a_released_hold_is_taken_over_with_a_new_fence(process: Process) -> None:
    one, two = process("one"), process("two")
    record = opened(one)
    one.leases.release()
    taken = two.operations.take(record.id)
    assert taken == replace(record, fence=2)
    assert one.operations.take(record.id) is None


def test_a_stale_holder_writes_nothing(process: Process) -> None:
    one, two = process("one"), process("two")
    record = opened(one)
    one.leases.release()
    taken = two.operations.take(record.id)
    began = replace(record.steps[0], state=StepState.BEGAN)
    assert not one.operations.mark(record, began, later(hours=1))
    assert not one.operations.close(record, closing())
    assert not one.operations.close(taken, closing())
    assert two.records.find(record.id) == taken
    assert kinds(two) == ["started"]
    assert two.messages.find(record.id).version_wanted == 1
    assert two.operations.mark(taken, began, NOW)
    assert two.operations.close(taken, closing())


def test_a_released_operation_can_still_be_recorded_until_another_process_takes_it(process: Process) -> None:
    one, two = process("one"), process("two")
    record = opened(one)
    one.leases.release()
    assert one.operations.mark(record, replace(record.steps[0], state=StepState.BEGAN), NOW)
    assert two.operations.take(record.id) is None  # marking has renewed the hold


def test_operations_that_we_or_nobody_holds_are_due_the_longest_due_first(process: Process) -> None:
    one, two = process("one"), process("two")
    first, second = opened(one), opened(one, target="web")
    closed = opened(one, target="worker")
    one.operations.close(closed, closing())
    one.operations.mark(first, first.steps[0], later(seconds=20))
    assert one.operations.due(NOW - timedelta(seconds=1)) == []
    assert one.operations.due(NOW) == [second.id]
    assert one.operations.due(later(seconds=20)) == [second.id, first.id]
    assert two.operations.due(later(hours=1)) == []
    one.leases.release()
    assert two.operations.due(later(hours=1)) == [second.id, first.id]


def test_processes_count_one_another_while_they_are_present(process: Process) -> None:
    one, two = process("one"), process("two")
    assert (one.leases.attend(30), one.leases.attend(30)) == (1, 1)
    assert (two.leases.attend(30), one.leases.attend(30)) == (2, 2)
    two.leases.release()
    assert one.leases.attend(30) == 1
    assert two.leases.attend(-1) == 1, "only the other one"
    assert one.leases.attend(30) == 1


def test_a_named_lease_has_one_holder(process: Process) -> None:
    one, two = process("one"), process("two")
    assert one.leases.hold("ticks", 30) is Lease.TAKEN
    assert one.leases.hold("ticks", 30) is Lease.RENEWED
    assert two.leases.hold("ticks", 30) is Lease.ANOTHERS
    assert two.leases.hold("meter", 30) is Lease.TAKEN
    one.leases.release()
    assert two.leases.hold("ticks", 30) is Lease.TAKEN
    assert one.leases.hold("ticks", 30) is Lease.ANOTHERS


def test_a_lease_that_another_process_held_meanwhile_is_taken_and_not_renewed(process: Process) -> None:
    """The same holds if the other holder has released the lease, so that nothing of their time is left."""
    one, two = process("one"), process("two")
    assert one.leases.hold("ticks", 0) is Lease.TAKEN
    assert one.leases.hold("ticks", 0) is Lease.RENEWED, "nobody took it"
    assert two.leases.hold("ticks", 30) is Lease.TAKEN
    two.leases.release()
    assert one.leases.hold("ticks", 30) is Lease.TAKEN


# Messages


def test_a_new_operation_has_a_message_to_be_posted(store: Any) -> None:
    record = opened(store)
    row = MessageRow(record.id, "C0STAGING", "", 1, 0, False)
    assert store.messages.find(record.id) == row
    assert store.messages.behind(later(seconds=10), 10) == [row]


def test_a_tick_leaves_a_new_message_to_whoever_opened_the_operation(store: Any) -> None:
    opened(store)
    assert store.messages.behind(later(seconds=9), 10) == []


def test_a_message_that_is_shown_no_longer_lags(store: Any) -> None:
    record = opened(store)
    shown = MessageRow(record.id, "C0STAGING", "1.1", 1, 1, False, "1.2")
    store.messages.shown(shown)
    assert store.messages.find(record.id) == shown
    assert store.messages.behind(NOW, 10) == []


def test_showing_a_message_never_goes_back_and_never_changes_the_wanted_version(store: Any) -> None:
    record = opened(store)
    store.operations.close(record, closing())
    store.messages.shown(MessageRow(record.id, "C0STAGING", "1.1", 2, 2, True))
    store.messages.shown(MessageRow(record.id, "C0STAGING", "1.1", 1, 1, False))
    assert store.messages.find(record.id) == MessageRow(record.id, "C0STAGING", "1.1", 2, 2, True)


def test_the_message_that_reports_an_operation_in_place_of_its_own_is_kept(store: Any) -> None:
    record = opened(store, told_by="1.5")
    row = MessageRow(record.id, "C0STAGING", "", 1, 0, False, told_by="1.5")
    assert store.messages.find(record.id) == row
    store.messages.shown(replace(row, version_shown=1))
    assert store.messages.find(record.id) == replace(row, version_shown=1)


def test_a_message_about_something_that_goes_on_is_live_until_that_is_over(store: Any) -> None:
    record, other = opened(store), opened(store, target="web")
    assert store.messages.live() == []
    store.operations.close(record, closing(live=True))
    store.operations.close(other, closing())
    row = MessageRow(record.id, "C0STAGING", "1.1", 2, 2, True, live=True)
    store.messages.shown(row)
    assert store.messages.live() == [row]
    stands = Followed(record.id, "so", again=False, over=False)
    store.messages.follow([stands])
    assert store.messages.live() == [replace(row, stands="so")]
    store.messages.follow([replace(stands, stands="else", again=True)])
    assert store.messages.live() == [replace(row, stands="else", version_wanted=3)]
    ends = Followed(record.id, "over", again=True, over=True)
    store.messages.follow([ends, replace(ends, operation_id=other.id)])
    store.messages.follow([ends])
    assert store.messages.live() == []
    settled = MessageRow(record.id, "C0STAGING", "1.1", 4, 2, True, stands="over")
    assert store.messages.find(record.id) == settled
    assert store.messages.behind(later(seconds=40), 10) == [settled]


def test_end_states_are_shown_first(store: Any) -> None:
    first, second = opened(store), opened(store, target="web")
    store.operations.close(second, closing())
    soon = later(hours=1)
    assert [r.operation_id for r in store.messages.behind(soon, 10)] == [second.id, first.id]
    assert [r.final for r in store.messages.behind(soon, 10)] == [True, False]
    assert [r.operation_id for r in store.messages.behind(soon, 1)] == [second.id]


def test_a_postponed_message_is_not_due_until_then(store: Any) -> None:
    record = opened(store)
    store.messages.postpone(record.id, later(seconds=30))
    assert store.messages.behind(later(seconds=29), 10) == []
    assert len(store.messages.behind(later(seconds=30), 10)) == 1


def test_an_end_state_is_tried_soon_by_the_tick_even_if_the_message_was_postponed(store: Any) -> None:
    record = opened(store)
    store.messages.postpone(record.id, later(hours=1))
    ended = closing()
    store.operations.close(record, ended)
    assert store.messages.behind(ended.now, 10) == []
    soon = ended.now + timedelta(seconds=10)
    assert [r.operation_id for r in store.messages.behind(soon, 10)] == [record.id]


def test_an_abandoned_message_is_not_tried_again(store: Any) -> None:
    record = opened(store)
    store.messages.give_up(record.id, "not_in_channel")
    assert store.messages.find(record.id).given_up == "not_in_channel"
    assert store.messages.behind(later(days=1), 10) == []


def test_the_end_of_an_abandoned_message_has_yet_to_be_told(store: Any) -> None:
    record = opened(store)
    store.messages.give_up(record.id, "not_in_channel")
    store.operations.close(record, closing())
    (row,) = store.messages.behind(later(days=1), 10)
    store.messages.shown(replace(row, version_shown=row.version_wanted))
    assert store.messages.behind(later(days=1), 10) == []
