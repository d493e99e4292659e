"""What ``handlers.ports.store`` promises of opening: decision, delivery, lock and offer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers.ports.store import (
    AuditQuery,
    Busy,
    CatalogChange,
    CatalogState,
    Opened,
    Seen,
    Spent,
    StoredOffer,
    TurnedDown,
)
from handlers.words.message import Offer
from handlers.words.plan import Plan, Step
from handlers.words.step import StepState
from policies.access.decision import NeedsApproval
from policies.access.grants import Grant
from policies.access.people import Role
from policies.record.endings import Ended
from policies.record.lifecycle import State
from tests.contracts.asking import EVERYTHING, kinds, opened
from tests.contracts.values import (
    NOW,
    PLAN,
    STAGING,
    closing,
    later,
    no,
    opening,
    yes,
)

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


def test_the_operations_on_a_service_are_the_newest_first_and_no_others(store: Any) -> None:
    first, elsewhere = opened(store, target="web"), opened(store, environment="other")
    store.operations.close(first, closing())
    second = opened(store, target="worker", now=later(minutes=1))
    assert [r.id for r in store.records.concerning("staging", "orders-api", 9)] == [second.id, first.id]
    assert [r.id for r in store.records.concerning("staging", "orders-api", 1)] == [second.id]
    assert [r.id for r in store.records.concerning("other", "orders-api", 9)] == [elsewhere.id]
    assert list(store.records.concerning("staging", "web", 9)) == []
    assert [r.id for r in store.records.concerning("staging", "", 9)] == [second.id, first.id]
    assert [r.id for r in store.records.concerning("staging", "", 1)] == [second.id]
    assert [r.id for r in store.records.concerning("staging", "", 1, without=("share",))] == [second.id]
    assert list(store.records.concerning("staging", "", 1, without=(first.name, second.name))) == []


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


def test_the_decision_is_made_on_the_catalog_inside_the_transaction(store: Any) -> None:
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


def test_an_instant_of_any_zone_comes_back_as_the_same_instant_in_utc(store: Any) -> None:
    berlin = NOW.astimezone(ZoneInfo("Europe/Berlin"))
    record = opened(store, now=berlin)
    store.catalog.write(CatalogChange(put_grants=(Grant("slack:T:U", Role.VIEWER, until=berlin),)))
    found = store.records.find(record.id)
    assert (found.opened_at, found.next_look) == (NOW, NOW)
    assert store.operations.due(berlin) == [record.id]
    assert store.operations.due(berlin - timedelta(microseconds=1)) == []
    assert store.catalog.read().grants[0].until == NOW
    assert len(store.audit.entries(AuditQuery(since=berlin))) == 1


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


def test_an_operation_that_only_waits_holds_itself_and_the_targets_yet_to_be_touched(store: Any) -> None:
    """*web* is being looked at, and *late* comes after it. *done* and every target without a step are
    free.
    """
    steps = (Step("x", "done"), Step("x", "web", after=(0,)), Step("x", "late", after=(1,)))
    record = opened(store, target="*", plan=Plan("starting", steps))
    done, looked_at, _ = record.steps
    for moved in (
        replace(done, state=StepState.DONE, began_at=NOW, ended_at=NOW),
        replace(looked_at, state=StepState.BEGAN, began_at=NOW, answered=True),
    ):
        assert isinstance(store.operations.open(opening(target="done"), yes), Busy), "not all of it waits yet"
        assert store.operations.mark(record, moved, later(minutes=1))
    answers = {
        target: type(store.operations.open(opening(target=target), yes))
        for target in ("done", "elsewhere", "web", "late", "*")
    }
    assert answers == {"done": Opened, "elsewhere": Opened, "web": Opened, "late": Busy, "*": Busy}


def test_other_targets_groups_and_environments_are_free(store: Any) -> None:
    opened(store)
    opened(store, target="web")
    opened(store, conflicts="scaling")
    opened(store, environment="qa-eu")


def test_operations_without_a_conflicts_group_exclude_nothing(store: Any) -> None:
    opened(store, conflicts="")
    opened(store, conflicts="")


def test_a_closed_operation_releases_the_lock(store: Any) -> None:
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
    assert "used" in result.decision.reason
    assert kinds(catalogued) == ["started", "closed", "refused"]


def test_a_repeatable_offer_is_never_spent(catalogued: Any) -> None:
    offer = offered(catalogued, once=False)
    catalogued.operations.close(opened(catalogued, offer=offer), closing())
    opened(catalogued, offer=offer)
    assert catalogued.offers.find(offer).spent_by == ""


def test_an_operation_that_needs_an_approval_is_recorded_and_not_opened(store: Any) -> None:
    result = store.operations.open(opening(), lambda _: NeedsApproval("access.approval", "Olu has to"))
    assert isinstance(result, TurnedDown)
    (row,) = store.audit.entries(EVERYTHING)
    assert (row.entry.kind, row.entry.decision) == ("refused", "needs approval")


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


# Who made a setting


@pytest.mark.parametrize(("one", "other"), [("file", "slack"), ("slack", "file")])
def test_a_setting_is_changed_and_removed_only_by_its_own_origin(store: Any, one: str, other: str) -> None:
    made = CatalogChange(put_settings={"a": "1", "b": "1"}, settings_origin=one)
    store.catalog.write(made)
    put = {"a": "2", "c": "2"}
    store.catalog.write(CatalogChange(put_settings=put, remove_settings=("b",), settings_origin=other))
    slack = {"slack": {"a", "b"}, "file": {"c"}}[one]
    expected = CatalogState(settings={"a": "1", "b": "1", "c": "2"}, slack_settings=frozenset(slack))
    assert store.catalog.read() == expected
    store.catalog.write(replace(made, put_settings={"a": "3"}, remove_settings=("b",)))
    assert store.catalog.read().settings == {"a": "3", "c": "2"}
    store.catalog.write(CatalogChange(remove_settings=("a", "c"), settings_origin=one))
    store.catalog.write(CatalogChange(put_settings={"a": "4"}, settings_origin=other))
    assert store.catalog.read().slack_settings == ({"a", "c"} if other == "slack" else frozenset())


def test_operations_that_closed_within_a_time_are_listed_in_order_without_steps(store: Any) -> None:
    for state in (State.FAILED, State.SUCCEEDED):
        record = store.operations.open(opening(), yes).record
        now = later(seconds=40 if state is State.FAILED else 60)
        assert store.operations.close(record, replace(closing(state), now=now))
    store.operations.open(opening(), yes)
    first, second = store.records.ended(["staging"], NOW, later(hours=1))
    assert first == Ended("restart", "staging", "orders-api", State.FAILED, later(seconds=40))
    assert (second.state, second.fine) == (State.SUCCEEDED, True)
    assert list(store.records.ended(["staging"], later(seconds=41), later(seconds=60))) == []
    assert list(store.records.ended(["staging"], later(seconds=60), later(hours=1))) == [second]
    assert list(store.records.ended(["other"], NOW, later(hours=1))) == []
