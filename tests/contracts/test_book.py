"""What ``handlers.ports.book`` promises: overrides, saved capacity, claims, notices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers.ports.book import Book, Notice
from handlers.ports.follows import Ending, Follow, Key
from policies.capacity.facts import Capacity, SavedCapacity, ScalingFacts, Suspended
from policies.logs.following import Shown, Tail
from policies.logs.lines import Line
from policies.schedule.claims import Claim
from policies.schedule.overrides import Override, in_force
from tests.contracts.values import NOW, claim, later, override

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def book(store: Any) -> Book:
    return store.book  # type: ignore[no-any-return]


# Overrides


def put(book: Book, **kw: Any) -> Override:
    made = override(**kw)
    book.overrides.put(made)
    return made


def test_an_override_is_read_back_whole(book: Book) -> None:
    made = put(book, since=NOW.astimezone(BERLIN))
    assert book.overrides.current(NOW) == [made]


def test_current_overrides_have_not_ended_or_are_yet_to_begin(book: Book) -> None:
    first = put(book)
    second = put(book, environment="qa-eu", since=later(hours=5), until=later(hours=6))
    assert book.overrides.current(NOW) == [first, second]
    assert book.overrides.current(later(hours=4) - timedelta(microseconds=1)) == [first, second]
    assert book.overrides.current(later(hours=4)) == [second]
    assert book.overrides.current(later(hours=6)) == []


def test_recent_overrides_end_at_or_after_the_given_time(book: Book) -> None:
    made = put(book)
    given_back = put(book, environment="qa-eu")
    book.overrides.end(given_back.id, later(hours=1), "Olu")
    ended = replace(given_back, ended_at=later(hours=1), ended_by="Olu")
    assert book.overrides.recent(later(hours=1)) == [made, ended]
    assert book.overrides.recent(later(hours=1, microseconds=1)) == [made]
    assert book.overrides.recent(later(hours=4)) == [made]
    assert book.overrides.recent(later(hours=4, microseconds=1)) == []


def test_putting_the_same_override_twice_keeps_one(book: Book) -> None:
    made = put(book)
    book.overrides.put(replace(made, until=later(days=2), reason="another"))
    assert book.overrides.current(NOW) == [made]


def test_putting_an_ended_override_again_does_not_revive_it(book: Book) -> None:
    made = put(book)
    book.overrides.end(made.id, later(hours=1), "Olu")
    book.overrides.put(made)
    assert book.overrides.current(later(hours=1)) == []


def test_a_new_override_ends_the_one_in_force_and_names_who(book: Book) -> None:
    first = put(book)
    second = put(book, since=later(hours=1), until=later(hours=9), actor_name="Olu")
    replaced = replace(first, ended_at=later(hours=1), ended_by="Olu")
    assert book.overrides.recent(NOW) == [replaced, second]
    assert book.overrides.current(later(hours=1)) == [second]


def test_one_of_two_overrides_that_begin_at_once_holds(book: Book) -> None:
    put(book)
    second = put(book, actor_name="Olu")
    assert in_force(book.overrides.recent(NOW), "staging", NOW) == second
    assert [o.holds(NOW) for o in book.overrides.recent(NOW)].count(True) == 1


def test_a_new_override_leaves_alone_those_not_in_force_when_it_begins(book: Book) -> None:
    elsewhere = put(book, environment="qa-eu")
    over = put(book, since=later(hours=-2), until=NOW)
    to_come = put(book, since=later(hours=8), until=later(hours=9))
    made = put(book)
    found = {o.id: o for o in book.overrides.recent(later(days=-1))}
    assert found == {o.id: o for o in (elsewhere, over, to_come, made)}


def test_an_override_is_ended_once(book: Book) -> None:
    made = put(book)
    assert book.overrides.end(made.id, later(hours=1), "Olu")
    assert not book.overrides.end(made.id, later(hours=2), "Ada")
    (found,) = book.overrides.recent(NOW)
    assert (found.ended_at, found.ended_by) == (later(hours=1), "Olu")


def test_an_override_is_found_by_its_id_after_its_end_too(book: Book) -> None:
    made = put(book)
    assert book.overrides.find(made.id) == made
    book.overrides.end(made.id, later(hours=1), "Olu")
    assert book.overrides.find(made.id) == replace(made, ended_at=later(hours=1), ended_by="Olu")
    assert book.overrides.find("no such") is None


def test_an_override_that_is_over_or_unknown_cannot_be_ended(book: Book) -> None:
    made = put(book)
    assert not book.overrides.end(made.id, later(hours=4), "Olu")
    assert not book.overrides.end("no such", NOW, "Olu")
    assert book.overrides.recent(NOW) == [made]


def test_an_override_that_has_not_begun_can_be_ended(book: Book) -> None:
    made = put(book, since=later(hours=2))
    assert book.overrides.end(made.id, later(hours=1), "Olu")
    assert book.overrides.current(later(hours=1)) == []


# Planned overrides


def planned(book: Book, **kw: Any) -> Override:
    return put(book, **{"since": later(hours=2), "until": later(hours=5), "planned_at": NOW, **kw})


def test_a_planned_override_ends_nothing_until_it_begins(book: Book) -> None:
    held, made = put(book), planned(book)
    assert book.overrides.current(NOW) == [held, made]
    assert in_force(book.overrides.current(NOW), "staging", later(hours=3)) == held
    assert book.overrides.begin(made.id, later(hours=2, minutes=1))
    begun = replace(made, begun_at=later(hours=2, minutes=1))
    replaced = replace(held, ended_at=made.since, ended_by=made.actor_name)
    assert book.overrides.recent(NOW) == [replaced, begun]
    assert in_force(book.overrides.recent(NOW), "staging", later(hours=3)) == begun


def test_a_planned_override_begins_once_and_not_after_it_was_cancelled_or_is_over(book: Book) -> None:
    made, cancelled, missed = planned(book), planned(book), planned(book)
    assert book.overrides.begin(made.id, later(hours=2))
    assert not book.overrides.begin(made.id, later(hours=3))
    book.overrides.end(cancelled.id, later(hours=1), "Olu")
    assert not book.overrides.begin(cancelled.id, later(hours=2))
    assert not book.overrides.begin(missed.id, later(hours=5))
    assert not book.overrides.begin("no such", later(hours=2))


def test_a_planned_override_ends_only_the_planned_ones_that_it_is_put_in_place_of(book: Book) -> None:
    held, first, second = put(book), planned(book), planned(book)
    made = override(since=later(hours=3), until=later(hours=6), planned_at=later(hours=1), actor_name="Olu")
    book.overrides.put(made, instead_of=(held.id, first.id))
    replaced = replace(first, ended_at=later(hours=1), ended_by="Olu")
    found = {o.id: o for o in book.overrides.recent(later(days=-1))}
    assert found == {o.id: o for o in (held, replaced, second, made)}


def test_why_a_planned_override_does_not_begin_is_kept(book: Book) -> None:
    made = planned(book)
    assert book.overrides.end(made.id, later(hours=2), "", why="Dev may not keep it any more.")
    found = book.overrides.find(made.id)
    assert found is not None
    assert (found.ended_at, found.not_begun) == (later(hours=2), "Dev may not keep it any more.")


def test_why_a_planned_override_waits_is_kept_until_it_begins_or_is_over(book: Book) -> None:
    waits, begun, ended, plain = planned(book), planned(book), planned(book), put(book)
    book.overrides.begin(begun.id, later(hours=2))
    book.overrides.end(ended.id, later(hours=1), "Olu")
    for made in (waits, begun, ended, plain):
        book.overrides.wait(made.id, "Another operation was under way.")
    book.overrides.wait("no such", "Another operation was under way.")
    found = {o.id: o.not_begun for o in book.overrides.these([waits.id, begun.id, ended.id, plain.id])}
    assert found == {waits.id: "Another operation was under way.", begun.id: "", ended.id: "", plain.id: ""}


def test_a_planned_override_that_never_began_is_ended_once_also_after_its_time(book: Book) -> None:
    missed, begun = planned(book), planned(book)
    book.overrides.begin(begun.id, later(hours=2))
    assert not book.overrides.end(begun.id, later(hours=6), "", why="Too late.")
    assert not book.overrides.end(missed.id, later(hours=6), "Olu"), "nobody ends what is over"
    assert book.overrides.end(missed.id, later(hours=6), "", why="Too late.")
    assert not book.overrides.end(missed.id, later(hours=7), "", why="Later still.")
    found = book.overrides.find(missed.id)
    assert found is not None
    assert (found.ended_at, found.end, found.not_begun) == (later(hours=6), missed.until, "Too late.")


def test_what_is_set_now_leaves_a_planned_override_alone_even_when_its_beginning_has_come(book: Book) -> None:
    made = planned(book)
    put(book, since=later(hours=3), until=later(hours=4))
    assert book.overrides.find(made.id) == made


# Saved capacity

SAVED = SavedCapacity(
    services={
        "web": Capacity(3, ScalingFacts(2, 6, Suspended(scaling_in=True, scheduled=True))),
        "worker": Capacity(0),
    },
    databases={"orders-db": "available", "cluster:ledger": "stopped"},
    stop_id="op-1",
    saved_at=NOW,
)


def test_saved_capacity_is_found_whole(book: Book) -> None:
    book.capacities.write("staging", SAVED)
    assert book.capacities.find("staging") == SAVED
    assert book.capacities.find("qa-eu") is None


@pytest.mark.parametrize("instead", [SavedCapacity(), replace(SAVED, databases={}, saved_at=None)])
def test_saving_capacity_again_replaces_the_saved_one(book: Book, instead: SavedCapacity) -> None:
    book.capacities.write("staging", SAVED)
    book.capacities.write("staging", instead)
    assert book.capacities.find("staging") == instead


def test_environments_with_saved_capacity_are_stopped_until_it_is_forgotten(book: Book) -> None:
    assert book.capacities.stopped() == frozenset()
    for name in ("staging", "qa-eu"):
        book.capacities.write(name, SAVED)
    assert book.capacities.stopped() == {"staging", "qa-eu"}
    for _ in range(2):
        book.capacities.forget("staging")
    assert book.capacities.stopped() == {"qa-eu"}
    assert book.capacities.find("staging") is None


# Claims


def recorded(book: Book) -> list[Claim]:
    return [one for claims in book.claims.since(later(days=-30)).values() for one in claims]


def test_claims_are_read_by_environment_in_the_order_of_their_edges(book: Book) -> None:
    stop = claim(next_try=later(hours=10), put_off_by="gate.busy")
    start = claim(action="start", instant=later(hours=-1), state="skipped", day=date(2026, 2, 28))
    other = claim(environment="qa-eu", rule="override:o-1", state="observed")
    book.claims.record([stop, start, other])
    assert book.claims.since(start.instant) == {"staging": [start, stop], "qa-eu": [other]}
    assert book.claims.since(stop.instant) == {"staging": [stop], "qa-eu": [other]}
    assert book.claims.since(later(days=1)) == {}


def test_each_part_of_the_key_tells_one_claim_from_another(book: Book) -> None:
    others: list[dict[str, Any]] = [
        {},
        {"environment": "qa-eu"},
        {"day": date(2026, 3, 3)},
        {"rule": "override:o-1"},
        {"action": "start"},
    ]
    made = [claim(**kw) for kw in others]
    book.claims.record(made)
    assert sorted(map(repr, recorded(book))) == sorted(map(repr, made))


def test_recording_no_claims_writes_nothing(book: Book) -> None:
    book.claims.record([])
    assert recorded(book) == []


@pytest.mark.parametrize("state", ["postponed", "skipped", "observed"])
def test_a_postponed_claim_is_replaced(book: Book, state: Any) -> None:
    book.claims.record([claim(next_try=later(hours=9))])
    instead = claim(state=state, at=later(hours=9), reason="too late")
    book.claims.record([instead])
    assert recorded(book) == [instead]


@pytest.mark.parametrize("state", ["skipped", "observed"])
def test_a_claim_that_has_ended_stays_as_it_is(book: Book, state: Any) -> None:
    ended, new = claim(state=state), claim(rule="another", instant=later(hours=10))
    book.claims.record([ended])
    book.claims.record([claim(at=later(hours=1)), new])
    assert recorded(book) == [ended, new]


def test_only_an_opening_marks_a_claim_as_opened(book: Book) -> None:
    with pytest.raises(ValueError, match="only an opening"):
        book.claims.record([claim(rule="another"), claim(state="opened")])
    assert recorded(book) == []


# Notices


def test_a_notice_is_read_back_whole(book: Book) -> None:
    notice = Notice(
        "C0STAGING",
        later(hours=9).astimezone(BERLIN),
        ("qa-eu", "staging"),
        ts="1.1",
        posted_at=NOW,
        shown="digest",
        offers={"+2 h staging": "offer-1"},
        unsent_since=later(minutes=1),
        closed=True,
    )
    book.notices.write(notice)
    assert book.notices.since(NOW) == [notice]


def test_there_is_one_notice_for_each_channel_and_stop(book: Book) -> None:
    notice = Notice("C0STAGING", later(hours=9), ("staging",), unsent_since=NOW)
    book.notices.write(notice)
    posted = replace(notice, ts="1.1", unsent_since=None, offers={"a": "b"})
    book.notices.write(replace(posted, stop_at=posted.stop_at.astimezone(BERLIN)))
    assert book.notices.since(NOW) == [posted]


def test_notices_are_read_from_a_given_stop_on(book: Book) -> None:
    made = [
        Notice("C0STAGING", later(hours=9), ("staging",)),
        Notice("C0A", later(hours=10), ("a",)),
        Notice("C0B", later(hours=10), ("b",)),
    ]
    for notice in reversed(made):
        book.notices.write(notice)
    assert book.notices.since(later(hours=9)) == made
    assert book.notices.since(later(hours=9, microseconds=1)) == made[1:]


def _follow(**fields: Any) -> Follow:
    key = Key("slack:T0HOME:U0DEV", "staging", "orders-api", 'grep "a"')
    tail = Tail(NOW, {"0a1b": later(seconds=1)})
    said = Shown((Line(NOW, "ecs/app/1", "a line — “é”"),), 3, skipped=True)
    given = {"places": ("1 eu-west-1 /g",), "tails": {"ecs/app/1": tail}, "shown": said, **fields}
    return Follow(key, "Dev", NOW, later(minutes=-1), later(minutes=5), **given)


def test_a_followed_log_is_read_back_whole_and_begun_once(book: Book) -> None:
    made, another = _follow(), replace(_follow(), key=Key("slack:T0HOME:U0DEV", "staging", "web", ""))
    assert book.follows.begin(made)
    assert not book.follows.begin(replace(made, name="another"))
    assert book.follows.begin(replace(another, began=later(hours=-1)))
    assert book.follows.all() == [replace(another, began=later(hours=-1)), made]


def test_a_followed_log_is_written_by_whoever_read_it_last(book: Book) -> None:
    made = _follow()
    book.follows.begin(made)
    ended = book.follows.write(made.over(Ending.ASKED, later(minutes=1)))
    assert ended is not None
    assert book.follows.all() == [ended]
    assert book.follows.write(replace(made, ts="1.1")) is None
    book.follows.forget(made)
    assert book.follows.all() == [ended]
    book.follows.forget(ended)
    assert book.follows.all() == []
    assert book.follows.write(ended) is None
    assert book.follows.begin(made)
