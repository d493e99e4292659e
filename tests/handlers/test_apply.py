"""`lamplighter apply`: shown first, whole or not at all, always recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.ports.store import CatalogChange
from handlers.tell.apply import next_refused
from handlers.words.result import Refusal, Reply
from policies.access.grants import Grant
from policies.access.people import ConsoleUser, Role
from policies.catalog.values import Wanted, to_json
from policies.record.lifecycle import State
from policies.schedule.rows import ScheduleRow, Terms, governing
from policies.schedule.standing import set_by
from policies.service.environment import ClusterPick, Environment, TagPick
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import ADA, DEV, GRANTS, PRODUCTION, QA, ROOT, STAGING, World, environment

ADMIN = Grant(ADA.id, Role.ADMIN)
MINE = Grant(ROOT.id, Role.ADMIN)
NEXT = next_refused("root")


def show(stage: Stage, *environments: Environment, who: ConsoleUser = ROOT, **rest: Any) -> Reply:
    wanted = Wanted(environments, rest.get("grants", (ADMIN, MINE)), rest.get("settings", {}))
    content = {"content": to_json(wanted), "file": "catalog.yaml"}
    return stage.ask("apply", who=who, arguments=content)


def warns(said: Reply) -> bool:
    """Assert the warning that no console user may apply the next file."""
    return any("LAMPLIGHTER_CATALOG_FILE" in note for note in telling.notes(said))


def apply(stage: Stage, *environments: Environment, **rest: Any) -> Reply:
    return stage.press(telling.offers(show(stage, *environments, **rest))[0], who=ROOT)


@pytest.fixture
def empty() -> Stage:
    return Stage(World())


def test_naming_an_ops_channel_shows_who_reads_what_there(empty: Stage, golden: Golden) -> None:
    settings = {"ops_channel": "C0OPS"}
    assert telling.notes(show(empty, STAGING, settings=settings)) == golden
    apply(empty, STAGING, settings=settings)
    assert empty.store.catalog.read().settings == settings
    again = show(empty, STAGING, QA, settings=settings)
    assert not any("C0OPS" in note for note in telling.notes(again)), "what stays is not told anew"
    assert any("ops_channel" in note for note in telling.notes(show(empty, STAGING)))


def test_the_first_apply_shows_every_line_and_is_entry_one(empty: Stage, golden: Golden) -> None:
    shown = show(empty, STAGING, PRODUCTION, grants=(ADMIN,), settings={"group_admins": "false"})
    assert telling.status(shown) == "needs confirmation"
    assert shown.headline == golden
    assert telling.notes(shown) == golden
    assert empty.store.catalog.read().environments == ()
    done = empty.press(telling.offers(shown)[0], who=ROOT)
    assert telling.status(done) == "succeeded"
    assert done.headline == golden
    first = empty.entries()[0]
    assert (first.kind, first.actor, first.rule) == ("started", "console:root", "access.first")
    assert [e.name for e in empty.store.catalog.read().environments] == ["production", "staging"]
    assert empty.entries()[1].after == {"environments": 2, "grants": 1}


@pytest.mark.parametrize(
    "grants",
    [
        (),
        (Grant(DEV.id, Role.DEVELOPER, "staging"),),
        (MINE,),
        (replace(ADMIN, until=World().clock.now()),),
    ],
)
def test_the_first_catalog_must_name_a_person_as_admin_for_good(
    empty: Stage, grants: tuple[Grant, ...], golden: Golden
) -> None:
    answer = show(empty, STAGING, grants=grants)
    assert telling.status(answer) == "refused"
    assert answer.headline == golden(name="whole")
    assert " person " in telling.fields(answer)[0].value
    assert (empty.operations(), empty.store.catalog.read().environments) == ([], ())


def test_a_change_is_shown_field_by_field_and_a_removal_by_name(empty: Stage, golden: Golden) -> None:
    apply(empty, STAGING, QA)
    lowered = replace(ADMIN, subject=DEV.id), replace(ADMIN, role=Role.OPERATOR)
    shown = show(empty, replace(STAGING, owner="team-web"), grants=(MINE, *lowered))
    assert [note[0] for note in telling.notes(shown)] == ["~", "-", "+", "~"]
    assert telling.notes(shown) == golden
    empty.press(telling.offers(shown)[0], who=ROOT)
    state = empty.store.catalog.read()
    assert [(e.name, e.owner, e.generation) for e in state.environments] == [("staging", "team-web", 2)]
    assert {g.role for g in state.grants if g.subject == ADA.id} == {Role.OPERATOR}


@pytest.mark.parametrize(
    ("mine", "warned"),
    [
        (MINE, False),
        (replace(MINE, until=World().clock.now() + timedelta(days=1)), False),
        (replace(MINE, until=World().clock.now()), True),
        (replace(MINE, role=Role.OPERATOR), True),
        (replace(MINE, pattern="staging"), True),
        (replace(MINE, subject="console:deploy"), True),
    ],
)
def test_the_first_apply_says_who_cannot_apply_the_next_file(empty: Stage, mine: Grant, warned: bool) -> None:
    shown = show(empty, STAGING, grants=(ADMIN, mine))
    assert (NEXT[1] in telling.notes(shown)) is warned
    empty.press(telling.offers(shown)[0], who=ROOT)
    later = show(empty, STAGING, QA, grants=(ADMIN, mine), who=ConsoleUser("serve"))
    assert telling.status(later) == "needs confirmation"
    assert NEXT[1] not in telling.notes(later)


def test_the_last_admin_is_not_removed_by_a_later_file(empty: Stage) -> None:
    apply(empty, STAGING)
    answer = show(empty, STAGING, grants=(MINE,))
    assert telling.status(answer) == "refused"
    assert " person " in telling.fields(answer)[0].value


def test_the_same_file_again_changes_nothing_and_opens_nothing(empty: Stage, golden: Golden) -> None:
    apply(empty, STAGING)
    answer = show(empty, STAGING)
    assert telling.status(answer) == "unchanged"
    assert answer.headline == golden
    assert len(empty.operations()) == 1


def test_grants_added_in_slack_are_shown_and_left_alone(empty: Stage, golden: Golden) -> None:
    apply(empty, STAGING)
    lent = Grant(DEV.id, Role.OPERATOR, "staging", origin="slack")
    empty.store.catalog.write(CatalogChange(put_grants=(lent,)))
    (kept,) = telling.notes(show(empty, STAGING))
    assert kept == golden
    shown = show(empty, STAGING, QA)
    assert telling.notes(shown)[-1] == kept
    empty.press(telling.offers(shown)[0], who=ROOT)
    assert lent in empty.store.catalog.read().grants


def test_environments_and_settings_made_in_slack_are_shown_and_left_alone(empty: Stage) -> None:
    apply(empty, STAGING, settings={"group_admins": "false"})
    made = replace(environment("pr-7"), origin="slack")
    change = CatalogChange(put_environments=(made,), put_settings={"colour": "blue"}, settings_origin="slack")
    empty.store.catalog.write(change)
    shown = show(empty, STAGING, QA, settings={"colour": "blue"})
    assert [note[0] for note in telling.notes(shown)] == ["+", "-", " ", " "]
    for kept in (" pr-7 ", " colour = blue"):
        assert telling.note(shown, kept).endswith(", from slack")
    empty.press(telling.offers(shown)[0], who=ROOT)
    state = empty.store.catalog.read()
    assert [(e.name, e.origin) for e in state.environments] == [
        ("pr-7", "slack"),
        ("qa-eu", "file"),
        ("staging", "file"),
    ]
    assert state.settings == {"colour": "blue"}
    assert state.slack_settings == {"colour"}


def test_an_environment_made_in_slack_is_not_taken_over(empty: Stage) -> None:
    apply(empty, STAGING)
    empty.store.catalog.write(CatalogChange(put_environments=(replace(QA, origin="slack"),)))
    answer = show(empty, STAGING, QA)
    assert (telling.status(answer), telling.offers(answer)) == ("refused", ())
    assert "'qa-eu'" in telling.fields(answer)[0].value


@pytest.mark.parametrize("name", ["Staging", "-qa"])
def test_a_mistake_refuses_the_file_whole(empty: Stage, name: str) -> None:
    answer = show(empty, STAGING, QA, environment(name))
    assert telling.status(answer) == "refused"
    assert any(f"'{name}'" in f.value for f in telling.fields(answer))
    assert (telling.offers(answer), empty.operations()) == ((), [])


def test_every_mistake_is_named_at_once(empty: Stage) -> None:
    answer = show(empty, environment("A"), environment("B"), grants=())
    assert len(telling.fields(answer)) == 3


def test_a_console_user_without_a_grant_may_fill_only_an_empty_catalog(empty: Stage) -> None:
    apply(empty, STAGING, grants=(ADMIN,))
    answer = show(empty, who=ConsoleUser("eve"))
    assert telling.status(answer) == "refused"
    assert (empty.last().actor, empty.last().rule) == ("console:eve", "access.console")
    assert [e.name for e in empty.store.catalog.read().environments] == ["staging"]


def test_two_first_applies_at_once_cannot_both_rest_on_an_empty_catalog(empty: Stage) -> None:
    """The second plan was shown while the catalog was empty; at the press it no longer is."""
    mallory = ConsoleUser("mallory")
    shown = show(empty, QA, grants=(replace(ADMIN, subject="slack:T0HOME:U0MALLORY"),), who=mallory)
    apply(empty, STAGING, grants=(ADMIN,))
    answer = empty.press(telling.offers(shown)[0], who=mallory)
    assert telling.status(answer) == "refused"
    assert [e.name for e in empty.store.catalog.read().environments] == ["staging"]


def test_a_catalog_filled_by_another_apply_is_found_inside_the_opening(empty: Stage) -> None:
    mallory = ConsoleUser("mallory")
    shown = show(empty, QA, grants=(ADMIN,), who=mallory)

    def meanwhile(method: str) -> None:
        if method == "operations.open":
            empty.world.store.before_call(str)
            apply(empty, STAGING, grants=(ADMIN,))

    empty.world.store.before_call(meanwhile)
    answer = empty.press(telling.offers(shown)[0], who=mallory)
    assert telling.status(answer) == "refused"
    assert (empty.last().actor, empty.last().rule) == ("console:mallory", "access.console")
    assert [e.name for e in empty.store.catalog.read().environments] == ["staging"]


def test_a_file_mounted_by_serve_is_applied_without_a_grant(empty: Stage) -> None:
    apply(empty, STAGING, grants=(ADMIN,))
    shown = show(empty, STAGING, QA, grants=(ADMIN,), who=ConsoleUser("serve"))
    done = empty.press(telling.offers(shown)[0], who=ConsoleUser("serve"))
    assert telling.status(done) == "succeeded"
    assert empty.entries("started")[-1].rule == "access.mounted-file"


def test_a_catalog_changed_after_it_was_shown_is_shown_again(empty: Stage) -> None:
    apply(empty, STAGING)
    shown = show(empty, STAGING, QA)
    empty.store.catalog.write(CatalogChange(remove_environments=("staging",)))
    again = empty.press(telling.offers(shown)[0], who=ROOT)
    assert telling.status(again) == "needs confirmation"
    assert len(telling.notes(again)) == 2


def test_nobody_in_slack_can_apply(stage: Stage) -> None:
    content = to_json(Wanted((), GRANTS))
    assert telling.status(stage.ask("apply", who=ADA, arguments={"content": content})) == "not found"
    assert stage.operations() == []


def test_the_catalog_itself_is_recorded_by_its_hash_and_its_lines(empty: Stage) -> None:
    many = tuple(environment(f"pr-{n:03}") for n in range(210))
    shown = show(empty, *many)
    assert len(telling.notes(shown)) == 201
    assert telling.notes(shown)[-1] == "and 12 more"
    empty.press(telling.offers(shown)[0], who=ROOT)
    started, closed = empty.entries()
    assert started.arguments["content"].startswith("sha256:")
    assert started.arguments["file"] == "catalog.yaml"
    assert started.plan["notes"][0] == telling.notes(shown)[0]
    assert closed.outcome == "succeeded"
    assert empty.operation().state is State.SUCCEEDED


@pytest.mark.parametrize(
    "pick",
    [ClusterPick("staging"), TagPick(("staging",), "env", "copy")],
    ids=["the same cluster", "a tag in it"],
)
def test_an_overlap_is_listed_and_not_refused(
    empty: Stage, pick: ClusterPick | TagPick, golden: Golden
) -> None:
    answer = show(empty, STAGING, environment("copy", pick=pick))
    assert telling.status(answer) == "needs confirmation"
    assert telling.note(answer, "'copy' and 'staging'") == golden(name="overlap")


WEEK = "Mon-Fri 08:00-20:00 Europe/Berlin"


def schedule(stage: Stage, *rows: ScheduleRow, who: ConsoleUser = ROOT) -> Reply:
    wanted = Wanted((STAGING, PRODUCTION), (ADMIN, MINE), schedules=rows)
    return stage.ask("apply", who=who, arguments={"content": to_json(wanted)})


def test_a_schedule_of_a_file_that_serve_applies_is_nobodys_but_the_files(empty: Stage) -> None:
    serve = ConsoleUser("serve")
    empty.press(telling.offers(schedule(empty, ScheduleRow("staging", WEEK), who=serve))[0], who=serve)
    (row,) = empty.store.catalog.read().schedules
    assert set_by(row) == "the catalog file"


def test_schedules_are_shown_with_their_hours_and_hold_once_applied(empty: Stage) -> None:
    rows = (ScheduleRow("staging", WEEK), ScheduleRow("pr-*", "always", "observe"))
    shown = schedule(empty, *rows)
    assert f"+ schedule {WEEK} on" in telling.note(shown, "60 of 168")
    assert "+ schedule always" in telling.note(shown, "168 of 168")
    assert telling.notes(shown)[-1].startswith("! ") and "'pr-*'" in telling.notes(shown)[-1]
    empty.press(telling.offers(shown)[0], who=ROOT)
    first = empty.world.clock.now()
    stored = {r.pattern: r for r in empty.store.catalog.read().schedules}
    assert stored["staging"] == replace(rows[0], since=first, set_by="root (terminal)")
    assert empty.last().after == {"environments": 2, "grants": 2, "schedules": 2}
    empty.world.forward(3_600)
    assert telling.status(schedule(empty, *rows)) == "unchanged"
    again = schedule(empty, replace(rows[0], terms=Terms(notice=timedelta(minutes=45))), rows[1])
    assert telling.notes(again)[0].startswith("~ schedule ")
    empty.press(telling.offers(again)[0], who=ROOT)
    assert {r.since for r in empty.store.catalog.read().schedules} == {first}
    later = schedule(empty, replace(rows[0], text="always"), rows[1])
    empty.press(telling.offers(later)[0], who=ROOT)
    stored = {r.pattern: r for r in empty.store.catalog.read().schedules}
    assert (stored["staging"].since, stored["pr-*"].since) == (empty.world.clock.now(), first)
    gone = schedule(empty, rows[1])
    assert telling.notes(gone)[0].startswith("- schedule ")
    empty.press(telling.offers(gone)[0], who=ROOT)
    assert [r.pattern for r in empty.store.catalog.read().schedules] == ["pr-*"]


def test_a_schedule_set_in_slack_is_kept_and_gives_way_to_the_files(empty: Stage) -> None:
    empty.press(telling.offers(schedule(empty))[0], who=ROOT)
    now = empty.world.clock.now()
    mine = ScheduleRow("staging", "always", since=now, origin="slack", set_by="Olu")
    empty.store.catalog.write(CatalogChange(put_schedules=(mine,)))
    shown = schedule(empty, ScheduleRow("staging", WEEK))
    assert "(set by Olu)" in telling.notes(shown)[-1]
    empty.press(telling.offers(shown)[0], who=ROOT)
    state = empty.store.catalog.read()
    assert mine in state.schedules
    held = governing(state.environments[1], state.schedules)
    assert held is not None
    assert (held.pattern, held.origin) == ("staging", "file")


def test_a_schedule_on_production_is_refused_unless_the_catalog_opens_it(empty: Stage) -> None:
    answer = schedule(empty, ScheduleRow("production", WEEK))
    assert telling.status(answer) == "refused"
    assert "'production'" in telling.fields(answer)[0].value
    assert empty.store.catalog.read().schedules == ()


@pytest.mark.parametrize(
    "text",
    [
        "Sun-Fri 00:00-23:59 Europe/Berlin",
        "2025-12-24T08:00/2025-12-26T20:00 Europe/Berlin",
        f"{WEEK} except 2024-12-24",
    ],
)
def test_a_schedule_that_stops_everything_for_a_moment_or_is_over_is_refused(
    empty: Stage, text: str, golden: Golden
) -> None:
    answer = schedule(empty, ScheduleRow("staging", text))
    assert telling.status(answer) == "refused"
    assert telling.fields(answer)[0].value == golden
    assert empty.store.catalog.read().schedules == ()


def test_a_row_with_a_day_passed_since_is_told_and_holds_up_no_file(empty: Stage, golden: Golden) -> None:
    row = ScheduleRow("staging", f"{WEEK} except 2026-03-03")
    empty.press(telling.offers(schedule(empty, row))[0], who=ROOT)
    empty.world.forward(3 * 86_400)
    again = schedule(empty, row)
    assert telling.status(again) == "unchanged"
    assert telling.notes(again) == golden
    edited = schedule(empty, replace(row, text=f"{row.text}, 2026-04-03"), ScheduleRow("pr-*", WEEK))
    assert telling.status(edited) == "needs confirmation"
    assert telling.notes(edited)[-2] == golden


def test_a_file_confirmed_on_a_catalog_that_changes_meanwhile_is_not_applied(
    empty: Stage, golden: Golden
) -> None:
    (offer,) = telling.offers(show(empty, STAGING))

    def other(call: str) -> None:
        if call == "operations.open":
            empty.store.before_call(lambda _: None)
            empty.store.catalog.write(CatalogChange((QA,)))

    empty.store.before_call(other)
    said = empty.press(offer, who=ROOT)
    assert isinstance(said, Refusal)
    assert said.headline == golden
    assert [e.name for e in empty.store.catalog.read().environments] == [QA.name]
