"""What ``handlers.ports.store`` promises, held against the fake and both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.gate.outcome import Offer
from handlers.gate.plan import Plan, StepState
from handlers.ports.store import (
    AuditQuery,
    Busy,
    CatalogChange,
    CatalogState,
    MessageRow,
    Opened,
    OperationRecord,
    Seen,
    Spent,
    StoredOffer,
    TurnedDown,
)
from policies.access import Grant
from policies.environment import TagPick, Tier
from policies.lifecycle import State
from policies.people import Role
from tests.contracts.conftest import Process
from tests.contracts.values import (
    NOW,
    PLAN,
    STAGING,
    closing,
    entry,
    later,
    named,
    no,
    opening,
    yes,
)

EVERYTHING = AuditQuery()


def opened(store: Any, **kw: Any) -> OperationRecord:
    result = store.operations.open(opening(**kw), yes)
    assert isinstance(result, Opened), result
    return result.record


def kinds(store: Any) -> list[str]:
    """Of all entries, oldest first."""
    return [row.entry.kind for row in reversed(store.audit.entries(EVERYTHING))]


# The catalog


def test_an_empty_catalog_reads_as_empty(store: Any) -> None:
    assert store.catalog.read() == CatalogState((), (), {})


def test_what_is_written_to_the_catalog_is_read_back(store: Any) -> None:
    tagged = named(
        "qa-eu",
        tier=Tier.PRODUCTION,
        pick=TagPick(("a", "b"), "env", "qa-eu"),
        open_to=frozenset({"restart", "logs"}),
        shared_channel=True,
        owner="Ada",
        time_zone="Europe/Berlin",
        role_arn="arn:aws:iam::111111111111:role/lamp",
        origin="slack",
    )
    grants = (
        Grant("console:root", Role.ADMIN),
        Grant("slack:T:U", Role.DEVELOPER, "qa-*", later(days=1), "slack"),
    )
    change = CatalogChange((STAGING, tagged), put_grants=grants, put_settings={"colour": "blue"})
    store.catalog.write(change)
    assert store.catalog.read() == CatalogState((tagged, STAGING), grants, {"colour": "blue"})


def test_putting_the_same_again_keeps_the_generation(store: Any) -> None:
    change = CatalogChange((STAGING,))
    store.catalog.write(change)
    store.catalog.write(change)
    assert store.catalog.read().environment("staging").generation == 1


def test_each_real_change_grows_the_generation_by_one(store: Any) -> None:
    store.catalog.write(CatalogChange((STAGING, named("web"))))
    store.catalog.write(CatalogChange((replace(STAGING, owner="Olu"), named("web"))))
    found = store.catalog.read()
    assert found.environment("staging").generation == 2
    assert found.environment("web").generation == 1


def test_a_removed_environment_never_repeats_a_generation(store: Any) -> None:
    store.catalog.write(CatalogChange((STAGING,)))
    store.catalog.write(CatalogChange(remove_environments=("staging",)))
    assert store.catalog.read().environment("staging") is None
    store.catalog.write(CatalogChange((STAGING,)))
    assert store.catalog.read().environment("staging").generation == 2


def test_grants_are_put_and_removed_by_subject_pattern_and_origin(store: Any) -> None:
    one, other = Grant("slack:T:U", Role.VIEWER), Grant("slack:T:U", Role.ADMIN, origin="slack")
    store.catalog.write(CatalogChange(put_grants=(one, other), put_settings={"a": "1", "b": "2"}))
    better = replace(one, role=Role.OPERATOR, until=later(hours=1))
    store.catalog.write(CatalogChange(put_grants=(better,), put_settings={"a": "3"}))
    assert store.catalog.read().grants == (better, other)
    away = replace(other, role=Role.VIEWER)
    store.catalog.write(CatalogChange(remove_grants=(away,), remove_settings=("b",)))
    assert store.catalog.read() == CatalogState((), (better,), {"a": "3"})


# Opening


def test_an_opened_operation_is_running_and_all_of_it_can_be_read(store: Any) -> None:
    wanted = opening()
    result = store.operations.open(wanted, yes)
    assert isinstance(result, Opened)
    record = result.record
    assert (record.id, record.state, record.fence) == (wanted.id, State.RUNNING, 1)
    assert (record.opened_at, record.next_look) == (NOW, NOW)
    assert [s.step for s in record.steps] == list(PLAN.steps)
    assert {s.state for s in record.steps} == {StepState.PLANNED}
    assert (record.before, record.notes, record.doing) == (PLAN.before, PLAN.notes, "restarting")
    assert (record.arguments, record.plan_hash) == (wanted.arguments, PLAN.hash)
    assert (record.actor_id, record.actor_name, record.source) == ("slack:T0HOME:U0DEV", "Dev", "slash")
    assert store.records.find(wanted.id) == record
    assert store.records.running(["staging", "other"]) == [record]


def test_only_the_environments_asked_for_are_read(store: Any) -> None:
    opened(store)
    assert list(store.records.running([])) == []
    assert list(store.records.running(["other"])) == []
    assert store.records.find("nothing") is None


def test_opening_leaves_an_entry_with_the_grounds(store: Any) -> None:
    record = opened(store)
    (row,) = store.audit.entries(EVERYTHING)
    assert (row.seq, row.entry.kind, row.entry.operation_id) == (1, "started", record.id)
    assert (row.entry.decision, row.entry.rule) == ("allowed", "access.grant")
    assert row.entry.reason == "developer on staging"


def test_an_operation_without_steps_or_message_can_be_opened(store: Any) -> None:
    record = opened(store, plan=Plan("checking", ()), message_channel="", conflicts="")
    assert record.steps == ()
    assert store.messages.find(record.id) is None


def test_the_decision_is_made_on_the_catalog_as_it_stands_inside(store: Any) -> None:
    store.catalog.write(CatalogChange((STAGING,)))
    seen: list[CatalogState] = []

    def decide(state: CatalogState) -> Any:
        seen.append(state)
        return yes(state)

    store.operations.open(opening(), decide)
    assert seen == [store.catalog.read()]


def test_a_refusal_writes_the_delivery_and_one_entry_and_nothing_else(store: Any) -> None:
    wanted = opening()
    result = store.operations.open(wanted, no)
    assert isinstance(result, TurnedDown)
    assert result.decision.rule == "access.role"
    (row,) = store.audit.entries(EVERYTHING)
    assert (row.entry.kind, row.entry.operation_id) == ("refused", "")
    assert (row.entry.decision, row.entry.reason) == ("refused", "needs developer")
    assert store.records.find(wanted.id) is None
    assert store.messages.find(wanted.id) is None
    assert store.operations.open(wanted, yes) == Seen("")


def test_a_delivery_seen_before_writes_nothing_and_names_its_operation(store: Any) -> None:
    first = opening()
    store.operations.open(first, yes)
    again = opening(delivery=first.request.delivery, target="web")
    assert store.operations.open(again, yes) == Seen(first.id)
    assert store.records.find(again.id) is None
    assert kinds(store) == ["started"]


def test_a_replay_after_the_end_does_not_act_again(store: Any) -> None:
    first = opening()
    record = store.operations.open(first, yes).record
    store.operations.close(record, closing())
    assert store.operations.open(replace(first, id="another"), yes) == Seen(first.id)


def test_a_request_without_a_delivery_is_not_taken_for_another(store: Any) -> None:
    assert opened(store, delivery="").id != opened(store, delivery="", target="web").id


def test_a_forgotten_delivery_is_new_again(store: Any) -> None:
    first = opening()
    store.operations.open(first, no)
    assert store.operations.forget(NOW) == 0
    assert store.operations.forget(later(seconds=1)) == 1
    assert isinstance(store.operations.open(first, yes), Opened)


def test_a_decision_that_raises_leaves_nothing(store: Any) -> None:
    def breaks(state: CatalogState) -> Any:
        raise RuntimeError("no decision")

    wanted = opening()
    with pytest.raises(RuntimeError):
        store.operations.open(wanted, breaks)
    assert kinds(store) == []
    assert isinstance(store.operations.open(wanted, yes), Opened)


# The lock


def test_a_second_operation_on_the_same_target_is_busy_and_recorded(store: Any) -> None:
    first = opened(store)
    second = opening()
    result = store.operations.open(second, yes)
    assert result == Busy(first)
    assert store.records.find(second.id) is None
    newest = store.audit.entries(EVERYTHING)[0].entry
    assert newest.kind == "refused"
    assert first.id in newest.reason
    assert "Dev" in newest.reason
    assert store.operations.open(second, yes) == Seen("")


@pytest.mark.parametrize(("first", "second"), [("*", "web"), ("web", "*"), ("*", "*")])
def test_the_whole_environment_excludes_each_service(store: Any, first: str, second: str) -> None:
    record = opened(store, target=first)
    assert store.operations.open(opening(target=second), yes) == Busy(record)


def test_other_targets_groups_and_environments_are_free(store: Any) -> None:
    opened(store)
    opened(store, target="web")
    opened(store, conflicts="scaling")
    opened(store, environment="qa-eu")


def test_without_a_conflicts_group_nothing_excludes(store: Any) -> None:
    opened(store, conflicts="")
    opened(store, conflicts="")


def test_a_closed_operation_gives_the_lock_back(store: Any) -> None:
    assert store.operations.close(opened(store), closing(State.FAILED))
    opened(store)


# Offers


def offered(store: Any, *, generation: int = 1, **kw: Any) -> str:
    given = {"label": "Restart", "operation": "restart", "environment": "staging", **kw}
    return str(store.offers.record([Offer(**given)], generation=generation, now=NOW)[0].id)


@pytest.fixture
def catalogued(store: Any) -> Any:
    store.catalog.write(CatalogChange((STAGING,)))
    return store


def test_an_offer_is_kept_as_it_was_behind_an_id_of_its_own(store: Any) -> None:
    offer = Offer(
        "Older",
        "logs",
        "staging",
        "web",
        {"cursor": "7"},
        once=False,
        style="primary",
        confirm="Sure?",
        plan_hash="abc",
        expires_in=timedelta(minutes=90),
    )
    first, second = store.offers.record([offer, offer], generation=3, now=NOW)
    assert first.id
    assert first.id != second.id
    assert first == replace(offer, id=first.id)
    assert store.offers.find(first.id) == StoredOffer(first, "staging", 3, later(minutes=90))
    assert store.offers.find("no such") is None
    assert store.offers.record([], generation=1, now=NOW) == ()


def test_expired_offers_can_be_forgotten(store: Any) -> None:
    offer = offered(store)
    assert store.offers.forget(later(minutes=59)) == 0
    assert store.offers.forget(later(minutes=61)) == 1
    assert store.offers.find(offer) is None


def test_a_once_offer_is_spent_by_the_first_press(catalogued: Any) -> None:
    offer = offered(catalogued)
    record = opened(catalogued, offer=offer)
    assert catalogued.offers.find(offer).spent_by == "slack:T0HOME:U0DEV"
    catalogued.operations.close(record, closing())
    result = catalogued.operations.open(opening(offer=offer), yes)
    assert isinstance(result, Spent)
    assert "used" in result.reason
    assert kinds(catalogued) == ["started", "closed", "refused"]


def test_a_repeatable_offer_is_never_spent(catalogued: Any) -> None:
    offer = offered(catalogued, once=False)
    catalogued.operations.close(opened(catalogued, offer=offer), closing())
    opened(catalogued, offer=offer)
    assert catalogued.offers.find(offer).spent_by == ""


def test_a_refused_or_busy_press_does_not_spend_the_offer(catalogued: Any) -> None:
    offer, running = offered(catalogued), opened(catalogued)
    assert isinstance(catalogued.operations.open(opening(offer=offer), no), TurnedDown)
    assert isinstance(catalogued.operations.open(opening(offer=offer), yes), Busy)
    catalogued.operations.close(running, closing())
    opened(catalogued, offer=offer)


def test_an_expired_offer_is_spent(catalogued: Any) -> None:
    offer = offered(catalogued)
    pressed = opening(offer=offer, now=later(hours=1))
    assert isinstance(catalogued.operations.open(pressed, yes), Spent)
    opened(catalogued, offer=offer, now=later(minutes=59))


def test_an_offer_of_an_older_generation_is_spent(catalogued: Any) -> None:
    offer = offered(catalogued)
    catalogued.catalog.write(CatalogChange((replace(STAGING, owner="Olu"),)))
    assert isinstance(catalogued.operations.open(opening(offer=offer), yes), Spent)


def test_an_offer_for_an_environment_that_is_gone_or_another_is_spent(catalogued: Any) -> None:
    offer = offered(catalogued)
    assert isinstance(catalogued.operations.open(opening(offer=offer, environment="qa-eu"), yes), Spent)
    catalogued.catalog.write(CatalogChange(remove_environments=("staging",)))
    assert isinstance(catalogued.operations.open(opening(offer=offer), yes), Spent)


def test_an_unknown_offer_is_spent(store: Any) -> None:
    assert isinstance(store.operations.open(opening(offer="forged"), yes), Spent)


def test_a_plan_made_on_an_older_environment_is_not_opened(catalogued: Any) -> None:
    assert isinstance(catalogued.operations.open(opening(generation=2), yes), Spent)
    opened(catalogued, generation=1)


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


def test_only_what_people_are_shown_makes_the_message_fall_behind(store: Any) -> None:
    record = opened(store)
    step = record.steps[0]
    store.operations.mark(record, replace(step, began_at=NOW, fence=1), NOW)
    assert store.messages.find(record.id).version_wanted == 1
    changes = ({"state": StepState.BEGAN}, {"sentence": "new"}, {"evidence": {"a": 1}})
    for version, change in enumerate(changes, start=2):
        step = replace(step, **change)
        store.operations.mark(record, step, NOW)
        store.operations.mark(record, step, NOW)
        assert store.messages.find(record.id).version_wanted == version


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


def test_taking_what_we_hold_keeps_the_fence(process: Process) -> None:
    one, two = process("one"), process("two")
    record = opened(one)
    assert one.operations.take(record.id) == record
    assert two.operations.take(record.id) is None
    assert one.operations.take("no such") is None


def test_a_hold_that_was_given_back_is_taken_over_with_a_new_fence(process: Process) -> None:
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


def test_what_was_given_back_can_still_be_recorded_until_another_takes_it(process: Process) -> None:
    one, two = process("one"), process("two")
    record = opened(one)
    one.leases.release()
    assert one.operations.mark(record, replace(record.steps[0], state=StepState.BEGAN), NOW)
    assert two.operations.take(record.id) is None  # marking renewed the hold


def test_due_is_what_we_hold_or_nobody_does_the_longest_due_first(process: Process) -> None:
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


def test_a_named_lease_has_one_holder(process: Process) -> None:
    one, two = process("one"), process("two")
    assert one.leases.hold("ticks", 30)
    assert one.leases.hold("ticks", 30)
    assert not two.leases.hold("ticks", 30)
    assert two.leases.hold("meter", 30)
    one.leases.release()
    assert two.leases.hold("ticks", 30)
    assert not one.leases.hold("ticks", 30)


# Messages


def test_a_new_operation_has_a_message_to_be_posted(store: Any) -> None:
    record = opened(store)
    row = MessageRow(record.id, "C0STAGING", "", 1, 0, False)
    assert store.messages.find(record.id) == row
    assert store.messages.behind(NOW, 10) == [row]


def test_a_shown_message_lags_no_more(store: Any) -> None:
    record = opened(store)
    shown = MessageRow(record.id, "C0STAGING", "1.1", 1, 1, False, "1.2")
    store.messages.shown(shown)
    assert store.messages.find(record.id) == shown
    assert store.messages.behind(NOW, 10) == []


def test_showing_never_goes_back_and_never_touches_what_is_wanted(store: Any) -> None:
    record = opened(store)
    store.operations.close(record, closing())
    store.messages.shown(MessageRow(record.id, "C0STAGING", "1.1", 2, 2, True))
    store.messages.shown(MessageRow(record.id, "C0STAGING", "1.1", 1, 1, False))
    assert store.messages.find(record.id) == MessageRow(record.id, "C0STAGING", "1.1", 2, 2, True)


def test_end_states_are_shown_first(store: Any) -> None:
    first, second = opened(store), opened(store, target="web")
    store.operations.close(second, closing())
    assert [r.operation_id for r in store.messages.behind(NOW, 10)] == [second.id, first.id]
    assert [r.final for r in store.messages.behind(NOW, 10)] == [True, False]
    assert [r.operation_id for r in store.messages.behind(NOW, 1)] == [second.id]


def test_a_postponed_message_is_not_due_until_then(store: Any) -> None:
    record = opened(store)
    store.messages.postpone(record.id, later(seconds=30))
    assert store.messages.behind(later(seconds=29), 10) == []
    assert len(store.messages.behind(later(seconds=30), 10)) == 1


def test_an_end_state_is_tried_at_once_even_if_the_message_was_postponed(store: Any) -> None:
    record = opened(store)
    store.messages.postpone(record.id, later(hours=1))
    store.operations.close(record, closing())
    assert [r.operation_id for r in store.messages.behind(NOW, 10)] == [record.id]


def test_a_message_given_up_is_not_tried_again(store: Any) -> None:
    record = opened(store)
    store.messages.give_up(record.id, "not_in_channel")
    store.operations.close(record, closing())
    assert store.messages.behind(later(days=1), 10) == []


# Evidence


def test_entries_are_numbered_and_linked_and_read_newest_first(store: Any) -> None:
    assert store.audit.append(entry(summary="é — “x”", request_ids=("r-1",), seconds=1.5)) == 1
    assert store.audit.append(entry(kind="closed", before={"a": [1, {"b": None}]})) == 2
    rows = store.audit.entries(EVERYTHING)
    assert [row.seq for row in rows] == [2, 1]
    assert rows[1].entry == entry(summary="é — “x”", request_ids=("r-1",), seconds=1.5)
    assert rows[0].hash != rows[1].hash


def test_a_delivery_that_was_seen_appends_nothing(store: Any) -> None:
    assert store.audit.append(entry(), delivery="d-1") == 1
    assert store.audit.append(entry(), delivery="d-1") == 0
    assert store.operations.open(opening(delivery="d-1"), yes) == Seen("")
    assert store.audit.append(entry()) == 2
    assert len(store.audit.entries(EVERYTHING)) == 2


@pytest.mark.parametrize(
    ("query", "seqs"),
    [
        (AuditQuery(), [4, 3, 2, 1]),
        (AuditQuery(environments=("qa-eu", "other")), [2]),
        (AuditQuery(actor="console:root"), [3]),
        (AuditQuery(operation="logs"), [4]),
        (AuditQuery(since=later(minutes=2)), [4, 3]),
        (AuditQuery(until=later(minutes=2)), [2, 1]),
        (AuditQuery(limit=2), [4, 3]),
        (AuditQuery(before_seq=3), [2, 1]),
        (AuditQuery(environments=("staging",), before_seq=4, limit=1), [3]),
    ],
)
def test_entries_are_found_by_what_is_asked(store: Any, query: AuditQuery, seqs: list[int]) -> None:
    different = ({}, {"environment": "qa-eu"}, {"actor": "console:root"}, {"operation": "logs"})
    for minute, change in enumerate(different):
        store.audit.append(entry(at=later(minutes=minute), **change))
    assert [row.seq for row in store.audit.entries(query)] == seqs


def test_a_person_turned_away_is_recorded_once_a_minute_with_the_count(store: Any) -> None:
    for second in (0, 1, 2, 59):
        store.audit.turn_away(entry(kind="refused", at=later(seconds=second)))
    store.audit.turn_away(entry(kind="refused", actor="slack:T0HOME:U0SID", at=later(seconds=59)))
    store.audit.turn_away(entry(kind="refused", at=later(seconds=60)))
    rows = reversed(store.audit.entries(EVERYTHING))
    found = [(row.entry.actor[-5:], row.entry.at, row.entry.count) for row in rows]
    assert found == [
        ("U0DEV", NOW, 1),
        ("U0SID", later(seconds=59), 1),
        ("U0DEV", later(seconds=60), 4),
    ]


def test_a_count_still_owed_is_settled_once_the_minute_is_over(store: Any) -> None:
    for second in (0, 10, 20):
        store.audit.turn_away(entry(kind="refused", at=later(seconds=second)))
    assert store.audit.settle(later(seconds=59)) == 0
    assert store.audit.settle(later(seconds=60)) == 1
    assert store.audit.settle(later(seconds=200)) == 0
    newest = store.audit.entries(EVERYTHING)[0].entry
    assert (newest.at, newest.count) == (later(seconds=20), 2)
