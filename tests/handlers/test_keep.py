"""`/env keep`: always with an end, a maximum, a reason and a name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.errors import Unanswered
from handlers.words.result import NotUnderstood, Reply
from policies.access.people import SlackPerson
from policies.capacity.facts import Capacity, SavedCapacity
from policies.schedule.overrides import Override
from policies.schedule.rows import ScheduleRow
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import ADA, DEV, OLU, VIC

ROW = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin", since=datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def scheduled(stage: Stage) -> Stage:
    """Monday 10:00 in Berlin; up until 20:00."""
    stage.store.catalog.write(CatalogChange(put_schedules=(ROW,)))
    return stage


def keep(stage: Stage, words: str, **rest: Any) -> Reply:
    return stage.ask("keep", "staging", arguments={"words": words}, **rest)


def overrides(stage: Stage) -> list[Override]:
    return list(stage.store.book.overrides.current(stage.world.clock.now()))


def put_to_sleep(stage: Stage) -> None:
    for name in ("orders-api", "web"):
        stage.world.aws().services.change(name, desired=0, running=0)


def test_a_keep_lasts_until_the_given_time_with_a_reason_and_a_name(stage: Stage, golden: Golden) -> None:
    done = keep(stage, 'until 23:00 "smoke test"')
    assert telling.status(done) == "succeeded"
    assert done.headline == golden
    [made] = overrides(stage)
    assert (made.state, made.reason, made.actor, made.actor_name) == ("up", "smoke test", DEV.id, "Dev")
    assert made.until == datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
    assert made.id == stage.operation().id
    until = "2026-03-02T22:00:00+00:00"
    kept = {"id": made.id, "state": "up", "until": until, "zone": "Europe/Berlin", "undoable": True}
    assert stage.last().after == {"override": kept}


@pytest.mark.parametrize(
    ("words", "until"),
    [("until 23:00 UTC", (2, 23, 0)), ('until 03:00 Asia/Kolkata "load test"', (2, 21, 30))],
)
def test_a_time_in_another_zone_is_shown_in_both_zones(
    stage: Stage, words: str, until: tuple[int, int, int], golden: Golden
) -> None:
    done = keep(stage, words)
    assert telling.status(done) == "succeeded"
    assert done.headline == golden
    [made] = overrides(stage)
    day, hour, minute = until
    assert made.until == datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def test_a_span_counts_from_now(stage: Stage) -> None:
    keep(stage, "14h")
    [made] = overrides(stage)
    assert made.until == stage.world.clock.now() + timedelta(hours=14)


def test_a_longer_keep_replaces_the_one_before_and_names_it(stage: Stage, golden: Golden) -> None:
    keep(stage, 'until 21:00 "load test"')
    keep(stage, "until 23:00", who=OLU)
    assert [(o.actor_name, o.until.hour) for o in overrides(stage)] == [("Olu", 22)]
    assert stage.operations()[1].notes == golden


@pytest.mark.parametrize(("words", "ends"), [("2h", 19), ("until 21:30", 20), ("11h", 20)])
def test_a_shorter_keep_leaves_the_one_before_and_offers_to_shorten_it(
    stage: Stage, golden: Golden, words: str, ends: int
) -> None:
    """At 10:00, two hours are within the window, which no keep ends early."""
    keep(stage, 'until 23:00 "load test"')
    answer = keep(stage, words, who=OLU)
    assert telling.status(answer) == "unchanged"
    assert answer.headline == golden(name="already")
    assert [(o.actor_name, o.until.hour) for o in overrides(stage)] == [("Dev", 22)]
    [offer] = telling.offers(answer)
    assert offer.label == golden
    assert telling.status(stage.press(offer, who=OLU)) == "succeeded"
    assert [(o.actor_name, o.until.hour) for o in overrides(stage)] == ([] if ends == 19 else [("Olu", ends)])


def test_a_button_shortens_only_the_keep_that_it_was_shown_for(stage: Stage) -> None:
    keep(stage, "until 23:00")
    [offer] = telling.offers(keep(stage, "until 21:00", who=OLU))
    keep(stage, "until 23:30", who=OLU)
    assert telling.status(stage.press(offer, who=DEV)) == "unchanged"
    assert [(o.actor_name, o.until.minute) for o in overrides(stage)] == [("Olu", 30)]


def test_shortening_a_keep_cannot_be_undone(stage: Stage) -> None:
    """The override would not come back: the schedule would hold."""
    keep(stage, "until 23:00")
    [offer] = telling.offers(keep(stage, "until 21:00", who=OLU))
    assert telling.offers(stage.press(offer, who=OLU)) == ()


def test_a_span_that_ends_in_the_window_says_what_follows_and_offers_the_span_after_it(
    stage: Stage, golden: Golden
) -> None:
    answer = keep(stage, "2h")
    assert telling.status(answer) == "unchanged"
    assert answer.headline == golden
    assert overrides(stage) == []
    [offer] = telling.offers(answer)
    assert offer.label == golden
    stage.press(offer)
    assert [o.until for o in overrides(stage)] == [datetime(2026, 3, 2, 21, 0, tzinfo=UTC)]


def test_a_keep_that_ends_in_a_later_window_says_that_the_schedule_goes_on(
    stage: Stage, golden: Golden
) -> None:
    assert keep(stage, "until tomorrow 10:00").headline == golden


def test_two_keeps_planned_at_once_leave_the_longer(stage: Stage, golden: Golden) -> None:
    """The second was planned before the first was written."""

    def meanwhile(method: str) -> None:
        if method == "operations.open":
            stage.world.store.before_call(str)
            keep(stage, "until 23:00", who=OLU)

    stage.world.store.before_call(meanwhile)
    done = keep(stage, "until 22:00")
    assert telling.status(done) == "succeeded"
    assert done.headline == golden
    assert telling.offers(done) == (), "theirs is not Dev's to undo"
    assert [(o.actor_name, o.until.hour) for o in overrides(stage)] == [("Olu", 22)]


@pytest.mark.parametrize(
    ("first", "second"),
    [("keep", "pause"), ("pause", "keep"), ("keep", "keep"), ("pause", "pause")],
)
def test_the_longer_of_a_keep_and_a_pause_holds_in_any_order(stage: Stage, first: str, second: str) -> None:
    def ask(what: str, who: SlackPerson) -> Reply:
        return (
            keep(stage, "until 22:00", who=who) if what == "keep" else stage.ask("pause", "staging", who=who)
        )

    ask(first, DEV)
    ask(second, OLU)
    morning, night = datetime(2026, 3, 3, 7, 0, tzinfo=UTC), datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
    [made] = overrides(stage)
    assert made.until == (morning if "pause" in (first, second) else night)
    assert made.actor_name == ("Olu" if (first, second) == ("keep", "pause") else "Dev")


def test_an_undo_restores_the_keep_that_was_replaced(stage: Stage, golden: Golden) -> None:
    keep(stage, 'until 21:00 "load test"')
    longer = keep(stage, "until 23:00", who=OLU)
    [undo] = telling.offers(longer)
    stage.world.forward(60)
    done = stage.ask(undo.operation, "staging", arguments=undo.arguments, who=OLU)
    assert done.headline == golden
    assert stage.operations()[2].notes == golden
    [made] = overrides(stage)
    assert (made.actor_name, made.until.hour, made.reason) == ("Dev", 20, "load test")
    stage.world.forward(60)
    assert telling.status(stage.ask("resume", "staging")) == "succeeded"
    assert overrides(stage) == []


def test_the_longer_of_two_keeps_off_holds_too(stage: Stage, golden: Golden) -> None:
    put_to_sleep(stage)
    keep(stage, "off until Thu 08:00", who=OLU)
    answer = keep(stage, "off until Wed 08:00", who=ADA)
    assert telling.status(answer) == "unchanged"
    assert answer.headline == golden
    assert [o.until.day for o in overrides(stage)] == [5]
    stage.press(telling.offers(answer)[0], who=ADA)
    assert [(o.state, o.until.day) for o in overrides(stage)] == [("down", 4)]


def test_a_stop_only_schedule_leaves_an_environment_on_until_the_next_stop(
    stage: Stage, golden: Golden
) -> None:
    row = replace(ROW, text="Mon-Fri stop 19:00 Europe/Berlin")
    stage.store.catalog.write(CatalogChange(put_schedules=(row,)))
    answer = keep(stage, "until 18:00")
    assert telling.status(answer) == "unchanged"
    assert answer.headline == golden
    assert telling.status(keep(stage, "until 22:00")) == "succeeded"


def test_the_same_keep_again_makes_no_second_override(stage: Stage, golden: Golden) -> None:
    keep(stage, "until 23:00")
    again = keep(stage, "until 23:00", who=OLU)
    assert telling.status(again) == "unchanged"
    assert again.headline == golden
    assert [(o.label, o.operation) for o in telling.offers(again)] == [("Undo", "resume")]
    assert len(overrides(stage)) == 1


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("until yesterday", '"yesterday"'),
        ("10h 90m", "59 minutes"),
        ("", "How long?"),
        ("until 22:00 IST", "Asia/Kolkata"),
        ("until 23:00 Uhr", "Uhr"),
    ],
)
def test_a_text_that_is_no_time_is_refused(stage: Stage, words: str, named: str) -> None:
    answer = keep(stage, words)
    assert isinstance(answer, NotUnderstood)
    assert named in answer.headline
    assert (overrides(stage), stage.operations(), stage.entries()) == ([], [], [])


@pytest.mark.parametrize("words", ["today 08:00", "2026-03-01T08:00"])
def test_a_time_that_has_passed_is_refused(stage: Stage, words: str) -> None:
    answer = keep(stage, words)
    assert telling.rule(answer) == "keep.time"
    assert f'"{words}" has passed;' in answer.headline
    assert (overrides(stage), stage.operations()) == ([], [])


def test_a_keep_longer_than_the_maximum_is_refused_whoever_asks(stage: Stage, golden: Golden) -> None:
    answer = keep(stage, "until 2026-03-12T08:00", who=OLU)
    assert telling.status(answer) == "not possible"
    assert answer.headline == golden
    assert (stage.last().rule, overrides(stage)) == ("overrides.longest", [])


def test_a_long_keep_needs_an_operator_and_counts_time_outside_the_schedule(
    stage: Stage,
    golden: Golden,
) -> None:
    refused = keep(stage, "until tomorrow 11:00")
    assert telling.status(refused) == "refused"
    assert refused.headline == golden
    assert stage.last().rule == "access.bounded"
    assert overrides(stage) == []
    assert telling.status(keep(stage, "until tomorrow 10:00")) == "succeeded"  # 24 hours, 14 of them outside
    assert telling.status(keep(stage, "until tomorrow 11:00", who=OLU)) == "succeeded"


def test_a_viewer_keeps_nothing(stage: Stage) -> None:
    assert telling.status(keep(stage, "4h", who=VIC)) == "refused"
    assert overrides(stage) == []


def test_production_is_closed_to_keep(stage: Stage) -> None:
    answer = stage.ask("keep", "production", arguments={"words": "4h"}, who=OLU)
    assert telling.status(answer) == "not found"
    assert overrides(stage) == []


def test_without_a_schedule_there_is_nothing_to_keep_on_for(stage: Stage, golden: Golden) -> None:
    answer = stage.ask("keep", "qa-eu", arguments={"words": "4h"})
    assert telling.status(answer) == "unchanged"
    assert answer.headline == golden
    assert overrides(stage) == []


def test_an_environment_already_stopped_is_offered_a_start(stage: Stage, golden: Golden) -> None:
    put_to_sleep(stage)
    answer = keep(stage, "until 23:00")
    assert telling.status(answer) == "unchanged"
    assert answer.headline == golden
    [start] = telling.offers(answer)
    assert (start.operation, dict(start.arguments)) == ("start", {"until": "4h"})
    assert start.label == golden
    assert overrides(stage) == []


@pytest.mark.parametrize("saved", [False, True])
def test_an_environment_unreadable_in_aws_counts_as_it_was_left(stage: Stage, saved: bool) -> None:
    if saved:
        stage.store.book.capacities.write("staging", SavedCapacity({"web": Capacity(2)}))
    stage.world.aws().script.fail("members", Unanswered("No answer."))
    answer = keep(stage, "until 23:00")
    assert telling.status(answer) == ("unchanged" if saved else "succeeded")


def test_an_environment_that_runs_is_not_kept_off(stage: Stage, golden: Golden) -> None:
    answer = keep(stage, "off until Mon 08:00", who=OLU)
    assert telling.status(answer) == "not now"
    assert answer.headline == golden
    assert [o.operation for o in telling.offers(answer)] == ["stop"]
    assert telling.offers(keep(stage, "off until Mon 08:00")) == ()
    assert overrides(stage) == []


def test_only_an_operator_keeps_a_stopped_environment_off(stage: Stage, golden: Golden) -> None:
    put_to_sleep(stage)
    assert telling.status(keep(stage, "off until Thu 08:00")) == "refused"
    done = keep(stage, "off until Thu 08:00 holiday", who=OLU)
    assert telling.status(done) == "succeeded"
    assert done.headline == golden
    assert [o.state for o in overrides(stage)] == ["down"]


def test_a_secret_in_a_reason_is_not_kept(stage: Stage) -> None:
    keep(stage, '14h "password=hunter2hunter2"')
    [made] = overrides(stage)
    assert "hunter2" not in made.reason


def test_a_keep_says_what_the_schedule_would_do_anyway(stage: Stage, golden: Golden) -> None:
    answer = keep(stage, "until 12:00")
    assert telling.status(answer) == "unchanged"
    assert answer.headline == golden
    stage.store.catalog.write(CatalogChange(put_schedules=(replace(ROW, mode="observe"),)))
    keep(stage, "until 23:00")
    assert stage.operation().notes == golden
