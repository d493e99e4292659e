"""The same kind of thing several times within a minute: one message, true for all of it at its end."""

from __future__ import annotations

from tests.scenarios.killing import ensure_patient, holds, kill, record_of, release, rows_of, start
from tests.scenarios.seen import Seen
from tests.scenarios.stage import DEV, Stage, kinds_of
from tests.scenarios.world import API, EXITS, LONG, WAITING

BROKEN = {**API, "name": "web", "breaker": "on", "behave": EXITS}
SECOND = {**WAITING, "name": "web"}


def lines(message: Seen) -> list[str]:
    return message.words.splitlines()


def test_one_person_who_restarts_several_services_is_one_message_told_by_the_worst(stage: Stage) -> None:
    place = stage.environment(API, BROKEN)
    for service in ("api", "web"):
        stage.types(DEV, f"/env restart {place} {service}")
    ended = stage.message_of(place, "1 of 2 services restarted")
    assert ended.fallback.startswith(("failed: `web`", "rolled back: `web`"))
    assert any(line.startswith("🟢 `api` restarted") for line in lines(ended))
    assert any(line.startswith("🔴 `web` failed to start") for line in lines(ended))
    assert kinds_of(stage.audit(place)) == ["started", "started", "closed", "closed"]
    opened = {entry.operation_id for entry in stage.audit(place)}
    options = ended.raw["blocks"][0]["accessory"]["options"]
    assert {option["value"] for option in options} == opened
    stage.until("what was captured is in its thread", lambda: len(stage.thread_of(ended)) == 1)
    assert "web: " in stage.thread_of(ended)[0].words


def test_a_kill_between_the_join_and_the_edit_loses_no_line(stage: Stage) -> None:
    ensure_patient(stage)
    place = stage.environment(WAITING, SECOND)
    stage.types(DEV, f"/env restart {place} api")
    stage.message_of(place, "is restarting")
    rule = stage.fault("hold", "chat.update", about=f"`{place}`", nth=1, phase="before_effect")
    stage.types(DEV, f"/env restart {place} web")
    with rows_of(stage) as rows:
        stage.until("the second is open", lambda: getattr(record_of(rows, place), "target", "") == "web")
    stage.until("an edit is held", lambda: holds(stage, rule))
    kill(stage)
    release(stage, rule, drop=True)
    start(stage, lease_over=True)
    stage.message_of(place, "Restarting 2 services", "`web` is restarting")
    stage.until("both are deployed", lambda: all(stage.world.deploys(place, s) == 1 for s in ("api", "web")))
    stage.control.post("/clock", {"advance": LONG})
    ended = stage.message_of(place, "2 services restarted")
    assert ended.fallback.startswith("succeeded: ")
    assert stage.evidence.faults() == ()
