"""Whoever is not a known, active, internal person is refused, and refusals fill the log with one entry a
minute.
"""

from __future__ import annotations

import pytest

from policies.record.evidence import Entry
from tests.scenarios.stage import DEV, NIA, SHARED, Stage

MINUTE = 61


def _refusals(stage: Stage, user: str, team: str = "T0HOME") -> list[Entry]:
    return stage.evidence.entries(actor=f"slack:{team}:{user}")


@pytest.mark.parametrize(
    ("user", "rule", "said"),
    [
        ("U0GUS", "people.guest", "Guests cannot use this bot"),
        ("U0FLOW", "people.bot", "no orders from other bots"),
    ],
)
def test_a_guest_and_a_bot_are_refused(stage: Stage, user: str, rule: str, said: str) -> None:
    stage.types(user, "/env restart staging orders-api", force=True)
    stage.nobody_else_sees(stage.hears(user, said))
    assert [(e.kind, e.rule) for e in _refusals(stage, user)] == [("refused", rule)]
    assert stage.world.asked("ecs.UpdateService", "staging") == []


@pytest.mark.everywhere
def test_an_outsider_who_presses_a_button_in_a_shared_channel_is_refused(stage: Stage) -> None:
    place = stage.names.fresh()
    stage.world.create(place, {"name": "web", "image": f"{place}-web:latest"})
    stage.world.order("push", repository=f"{place}-web", tag="latest")
    stage.types(DEV, f"/env restart {place} web", channel=SHARED)
    asked = stage.hears(DEV, "its image tag has moved", channel=SHARED)
    stage.presses("U0SID", asked, "Redeploy the new image", force=True)
    stage.hears("U0SID", "only answers people of the company", channel=SHARED)
    assert [e.rule for e in _refusals(stage, "U0SID", "T0SIDCO")] == ["people.external"]
    assert stage.world.deploys(place, "web") == 0


def test_a_flood_of_refusals_is_one_entry_a_minute_with_a_count(stage: Stage) -> None:
    for _ in range(4):
        stage.types("U0REX", "/env list", force=True)
    stage.until("four answers", lambda: len(stage.told("U0REX")) == 4)
    assert [(e.count, e.rule) for e in _refusals(stage, "U0REX")] == [(1, "people.deactivated")]
    stage.control.post("/clock", {"advance": MINUTE})

    def second() -> bool:
        before = len(stage.told("U0REX"))
        stage.types("U0REX", "/env list", force=True)
        stage.until("an answer", lambda: len(stage.told("U0REX")) > before)
        return len(_refusals(stage, "U0REX")) == 2

    stage.until("a second entry once the minute is over", second)
    assert sum(e.count for e in _refusals(stage, "U0REX")) == len(stage.told("U0REX"))


def test_when_slack_cannot_say_who_somebody_is_they_are_refused(stage: Stage) -> None:
    stage.control.post("/event", {"type": "user_change", "user": NIA, "changes": {}})
    stage.fault("status", "users.info", status=500, times=0)

    def refused() -> bool:
        stage.types(NIA, "/env whoami")
        return bool(_refusals(stage, NIA))

    stage.until("Nia is refused once her account is not remembered", refused)
    stage.nobody_else_sees(stage.hears(NIA, "Slack could not say who you are, so nothing was done"))
    assert _refusals(stage, NIA)[0].rule == "people.unknown"
    stage.control.delete("/faults")
    stage.types(NIA, "/env whoami")
    stage.hears(NIA, "You are Nia Noor")


def test_somebody_who_was_just_deactivated_is_refused_at_once(stage: Stage) -> None:
    stage.types(NIA, "/env whoami")
    stage.hears(NIA, "You are Nia Noor")
    stage.control.post("/event", {"type": "user_change", "user": NIA, "changes": {"deleted": True}})
    try:

        def refused() -> bool:
            stage.types(NIA, "/env list", force=True)
            return bool(_refusals(stage, NIA))

        stage.until("Nia is refused", refused)
        stage.until("it is recorded as that", lambda: _refusals(stage, NIA)[-1].rule == "people.deactivated")
    finally:
        stage.control.post("/event", {"type": "user_change", "user": NIA, "changes": {"deleted": False}})
