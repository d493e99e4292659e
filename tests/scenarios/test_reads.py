"""Commands that only read: status, list, help, whoami, audit. Each shows what this person may see and no
more.
"""

from __future__ import annotations

from tests.scenarios.seen import Seen
from tests.scenarios.stage import ADA, DEV, NIA, OLU, VIC, Stage
from tests.scenarios.world import API, EXITS, WAITING


def test_the_status_of_an_environment_lists_unhealthy_services_first_with_reasons(stage: Stage) -> None:
    place = stage.environment(API, {**API, "name": "worse", "breaker": "on", "behave": EXITS})
    stage.types(DEV, f"/env restart {place} worse")
    stage.message_of(place, "failed")
    stage.types(VIC, f"/env status {place}")
    told = stage.hears(VIC, f"`{place}`: 1 of 2 services healthy")
    stage.nobody_else_sees(told)
    assert told.words.index("worse") < told.words.index("api")
    assert "nonproduction, owner Olu" in told.words


def test_the_status_of_a_service_has_its_tasks_revision_image_and_last_events(stage: Stage) -> None:
    place = stage.environment()
    stage.types(VIC, f"/env status {place} api")
    told = stage.hears(VIC, f"api in {place}")
    for words in ("1 running, 0 pending, 1 desired", f"{place}-api:1", "api:v1.4.0", "Last events"):
        assert words in told.words
    assert stage.audit(place) == []


def test_the_status_names_the_running_operation_and_its_author(stage: Stage) -> None:
    place = stage.environment(WAITING)
    stage.types(DEV, f"/env restart {place} api")
    stage.message_of(place, "is restarting")
    stage.types(VIC, f"/env status {place}")
    stage.hears(VIC, "restarting, begun by Dev Das")
    stage.bring_on(place)
    stage.message_of(place, "succeeded")


def test_the_list_has_the_environments_a_person_may_view_and_no_other(stage: Stage) -> None:
    stage.types(VIC, "/env list")
    told = stage.hears(VIC, "environments you may view", "staging")
    assert not [name for name in ("qa-eu", "dev-alex", "production") if f"\n{name}\n" in told.words]
    stage.nobody_else_sees(told)
    stage.types(NIA, "/env list")
    stage.hears(NIA, "no environment here for you yet")


def test_a_long_list_continues_by_a_button(stage: Stage) -> None:
    stage.types(OLU, "/env list")
    first = stage.hears(OLU, "environments you may view")
    more, live = first.buttons
    assert live == "Ask AWS now"
    stage.presses(OLU, first, more)
    assert "demo-acme" in first.words

    def replaced() -> list[Seen]:
        now = [m for m in stage.told(OLU) if m.ts == first.ts]
        return [m for m in now if "demo-acme" not in m.words]

    second = stage.until("the rest takes the place of what only they see", replaced)[0]
    assert "environments you may view" in second.words


def test_help_has_only_what_this_person_may_do(stage: Stage) -> None:
    stage.types(VIC, "/env help")
    viewer = stage.hears(VIC, "/env status")
    assert "/env restart" not in viewer.words and "apply" not in viewer.words
    stage.types(DEV, "/env help")
    stage.hears(DEV, "/env status", "/env restart")
    stage.types(NIA, "/env help")
    nobody = stage.hears(NIA, "/env whoami")
    assert "/env restart" not in nobody.words and "/env status" not in nobody.words


def test_help_on_one_command_says_how_to_type_it(stage: Stage) -> None:
    stage.types(DEV, "/env help restart")
    stage.hears(DEV, "/env restart", "developer", "bounce")


def test_whoami_says_what_i_may_do_and_why(stage: Stage) -> None:
    stage.types(ADA, "/env whoami")
    told = stage.hears(ADA, "You are Ada Ames", "admin on production, given to you")
    assert "(closed to changes)" in told.words
    stage.types(DEV, "/env me")
    assert "developer on t-*, given to you" in stage.hears(DEV, "You are Dev Das").words
    stage.types(NIA, "/env whoami")
    stage.hears(NIA, "You have no grant on any environment yet")


def test_the_audit_log_pages_to_older_entries_by_a_button(stage: Stage) -> None:
    place = stage.environment()
    for _ in range(12):
        stage.types(VIC, f"/env restart {place} api")
    stage.until("twelve refusals", lambda: len(stage.audit(place)) == 12)
    stage.types(DEV, f"/env audit {place}")
    newest = stage.hears(DEV, "10 entries, newest first")
    assert "Vic Vega" in newest.words and "refused" in newest.words
    assert newest.buttons == ["Older"]
    stage.presses(DEV, newest, "Older")
    older = stage.hears(DEV, "2 entries, newest first")
    stage.nobody_else_sees(older)
    assert older.buttons == []


def test_developers_see_the_audit_log_of_their_own_environments_alone(stage: Stage) -> None:
    place = stage.environment()
    stage.types(DEV, f"/env restart {place} api")
    stage.message_of(place, "succeeded")
    stage.types(VIC, f"/env audit {place}")
    stage.hears(VIC, "is for developers of an environment")
    stage.types(DEV, "/env audit demo-acme")
    unknown = stage.hears(DEV, "is for developers of an environment")
    assert "demo-acme" in unknown.words
    stage.types(DEV, f"/env audit {place} operation=restart")
    stage.hears(DEV, "2 entries", f"restart {place} api", "succeeded after")


def test_the_changes_of_an_environment_are_ours_and_those_of_others_on_one_timeline(stage: Stage) -> None:
    place = stage.environment()
    stage.types(DEV, f"/env restart {place} api")
    stage.message_of(place, "succeeded")
    stage.world.order("deploy", cluster=place, service="api", by="alice")
    stage.types(VIC, f"/env changes {place} since 1h")
    told = stage.hears(
        VIC, f"in `{place}` since", "alice", f"deployment of {place}-api:2", "Dev Das", "api restarted"
    )
    assert told.words.index("alice") < told.words.index("Dev Das"), "the newest comes first"
    stage.nobody_else_sees(told)
    stage.types(VIC, f"/env changes {place} since lunch")
    stage.hears(VIC, "is not a time", "yesterday 18:00")
    stage.types(VIC, f"/env changes {place} since 2020-01-01")
    stage.hears(VIC, "the last 14 days")
