"""Environments go off and on again under the real process: notices, buttons, kills, drift."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from handlers.ports.store import CatalogChange
from tests.scenarios.killing import kill, rows_of, start
from tests.scenarios.seen import Seen
from tests.scenarios.stage import ADA, AS_IT_IS, DEV, NIA, OLU, Stage
from tests.waiting import until

SCALED = {"name": "web", "desired": 3, "drain_seconds": 1, "scaling": {"min": 2, "max": 5}}
PLAIN = {"name": "api", "desired": 2, "drain_seconds": 1}
WAS = {"web": 3, "api": 2}
BOUNDS = {"min": 2, "max": 5, "suspended": {"scaling_in": False, "scaling_out": False, "scheduled": False}}
DOWN = {"web": 0, "api": 0}


class Evening:
    """An environment under a schedule whose window ends in forty minutes and begins twelve hours later.

    The clock is moved so that the window ends at an evening hour, whenever the tests run. Each environment
    has a minute of its own, because one notice tells of all environments that stop together.
    """

    def __init__(self, stage: Stage, *services: dict[str, Any]) -> None:
        self.stage = stage
        self.place = stage.environment(*(services or (SCALED, PLAIN)))
        soonest = datetime.fromtimestamp(stage.now(), UTC) + timedelta(minutes=40)
        self.stop = _next(soonest, hour=20, minute=int(self.place[-3:]) % 60)
        self.forward_to(self.stop - timedelta(minutes=40))
        self.start = self.stop + timedelta(hours=12)
        window = f"{self.start:%H:%M}-{self.stop:%H:%M}"
        stage.types(OLU, f"/env schedule {self.place} set Mon-Sun {window} UTC")
        asked = stage.hears(OLU, f"`{self.place}`", "of 168")
        stage.presses(OLU, asked, asked.buttons[0])
        stage.until("the schedule is set", lambda: self.entries("closed"))

    def forward_to(self, instant: datetime, *, followed: bool = True) -> None:
        """Move the clock. ``followed``: whether to wait until the bot follows the moved clock."""
        self.stage.control.post("/clock", {"to": instant.isoformat(), "followed": followed})

    def entries(self, *kinds: str, operation: str = "") -> list[Any]:
        found = self.stage.audit(self.place)
        return [
            e for e in found if e.kind in (kinds or (e.kind,)) and (not operation or e.operation == operation)
        ]

    def notice(self, *containing: str) -> Seen:
        def look() -> list[Seen]:
            found = self.stage.public(f"`{self.place}`", *containing)
            return [m for m in found if not m.menu]

        return until(f"a notice for {self.place} says {containing}", look, why=self.happened)[-1]

    def happened(self) -> str:
        said = [m.words for m in (*self.stage.public(f"`{self.place}`"), *self.stage.told(OLU)[-3:])]
        done = [
            f"{e.at} {e.actor}: {e.operation} {e.kind} {e.outcome} {e.reason}{e.summary}"
            for e in self.entries()
        ]
        return "\n".join((*said, *done, f"desired: {self.desired()}"))

    def notices(self) -> list[Seen]:
        found = self.stage.public(f"`{self.place}`")
        return [m for m in found if not m.menu]

    def desired(self) -> dict[str, int]:
        return {name: self.stage.world.service(self.place, name)["desired"] for name in WAS}

    def becomes(self, counts: dict[str, int]) -> None:
        until(f"{self.place} has {counts}", lambda: self.desired() == counts, why=self.happened)

    def ended(self, operation: str, count: int = 1) -> list[Any]:
        found = self.stage.until(
            f"{count} {operation} of {self.place} closed",
            lambda: len(self.entries("closed", operation=operation)) >= count,
        )
        assert found
        return self.entries("closed", operation=operation)

    def scaling(self) -> Any:
        return self.stage.world.service(self.place, "web")["scaling"]


@pytest.fixture(autouse=True)
def no_schedule_is_left(stage: Stage) -> Iterator[None]:
    """Take away the schedules of each test, or each of its environments would stop and start again whenever
    a later test moves the clock.
    """
    yield
    with rows_of(stage) as rows:
        rows.catalog.write(CatalogChange(remove_schedules=rows.catalog.read().schedules))


@pytest.mark.everywhere
def test_an_environment_is_announced_stopped_and_started_again_as_it_was(stage: Stage) -> None:
    evening = Evening(stage)
    evening.forward_to(evening.stop - timedelta(minutes=29))
    told = evening.notice(" stops at ")
    assert told.buttons == ["Pause tonight", "+2 h", "Until…", "Stop now"]
    evening.forward_to(evening.stop)
    evening.becomes(DOWN)
    assert [e.outcome for e in evening.ended("stop")] == ["succeeded"]
    assert evening.notice("stopped").ts == told.ts
    suspended = {"scaling_in": True, "scaling_out": True, "scheduled": True}
    assert evening.scaling() == {"min": 0, "max": 5, "suspended": suspended}
    evening.forward_to(evening.start)
    evening.becomes(WAS)
    assert [e.outcome for e in evening.ended("start")] == ["succeeded"]
    assert evening.scaling() == BOUNDS
    assert len(evening.notices()) == 1
    assert {e.actor for e in evening.entries("started", operation="stop")} == {"clock"}


def test_a_pause_from_the_notice_keeps_an_environment_on_and_undo_removes_it(stage: Stage) -> None:
    evening = Evening(stage)
    evening.forward_to(evening.stop - timedelta(minutes=20))
    stage.presses(DEV, evening.notice(" stops at "), "Pause tonight")
    kept = evening.notice("kept on by Dev")
    evening.forward_to(evening.stop + timedelta(minutes=15))
    assert evening.desired() == WAS
    stage.presses(DEV, kept, "Undo")
    evening.ended("resume")
    until("it is told anew, and stopped", lambda: _later(evening), why=evening.happened)
    assert len(evening.ended("stop")) == 1


def test_a_planned_keep_starts_an_environment_in_the_night_and_ends_by_itself(stage: Stage) -> None:
    evening = Evening(stage)
    begins = evening.stop + timedelta(hours=4)
    ends = begins + timedelta(hours=2)
    evening.forward_to(evening.stop - timedelta(minutes=29))
    told = evening.notice(" stops at ")
    words = f'on {begins:%Y-%m-%d %H:%M}-{ends:%H:%M} UTC "demo"'
    stage.types(DEV, f"/env keep {evening.place} {words}")
    planned = _told(evening, "will be kept on from", "demo")
    assert (planned.buttons, planned.ts != told.ts) == (["Cancel"], True)
    evening.forward_to(evening.stop)
    evening.becomes(DOWN)
    evening.forward_to(begins)
    evening.becomes(WAS)
    assert _told(evening, "stays on until", "demo").ts == planned.ts
    started = evening.entries("started", operation="keep")
    assert [(e.source, e.actor_name) for e in started] == [("slash", "Dev Das"), ("clock", "Dev Das")]
    evening.forward_to(ends - timedelta(minutes=20))
    until("the end is announced", lambda: len(_announced(evening)) == 2, why=evening.happened)
    evening.forward_to(ends)
    evening.becomes(DOWN)
    assert _told(evening, "was kept on until").ts == planned.ts


def _told(evening: Evening, *containing: str) -> Seen:
    """Return the message of an operation that says this."""
    look = partial(evening.stage.public, f"`{evening.place}`", *containing)
    return until(f"{evening.place} is told {containing}", look, why=evening.happened)[-1]


def _announced(evening: Evening) -> list[Seen]:
    """Return the notices of stops, as they stand."""
    return [m for m in evening.notices() if " stop" in m.words]


def test_until_on_the_notice_keeps_an_environment_on_and_nia_is_told_whom_to_ask(
    stage: Stage,
) -> None:
    evening = Evening(stage)
    evening.forward_to(evening.stop - timedelta(minutes=25))
    told = evening.notice(" stops at ")

    stage.presses(NIA, told, "Stop now")
    refused = stage.hears(NIA, f"You have no grant on `{evening.place}`; Ada Ames can give one")
    stage.nobody_else_sees(refused)
    stage.presses(NIA, refused, "Ask")
    stage.hears(NIA, "Ada Ames was told in a direct message")
    asked = stage.direct(ADA, f"Nia Noor asks for operator on `{evening.place}`")
    assert f"- {{ person: {NIA}, role: operator, environment: {evening.place} }}" in asked.words
    stage.presses(NIA, told, "Stop now")
    again = stage.hears(NIA, "You have no grant", after=refused)
    stage.presses(NIA, again, "Ask")
    stage.hears(NIA, "so nothing new was sent")

    stage.presses(DEV, told, "Until…")
    form = stage.modal(DEV, "Until when")
    past = stage.submits(DEV, form, {"until:moment": int((evening.stop - timedelta(days=1)).timestamp())})
    assert "That has passed" in past["errors"]["until:moment"]
    chosen = evening.stop + timedelta(minutes=40)
    values = {"until:moment": int(chosen.timestamp()), "until:why": "load test"}
    assert not stage.submits(DEV, form, values)["errors"]
    kept = evening.notice("kept on by Dev", "load test")
    assert (kept.ts, len(evening.notices())) == (told.ts, 1)
    (started,) = evening.entries("started", operation="keep")
    assert (started.source, started.actor_name) == ("modal", "Dev Das")
    evening.forward_to(evening.stop + timedelta(minutes=15))
    assert evening.desired() == WAS


def test_a_bot_that_was_down_announces_first_and_then_stops_once(stage: Stage) -> None:
    evening = Evening(stage)
    kill(stage)
    evening.forward_to(evening.stop + timedelta(minutes=20), followed=False)
    start(stage, lease_over=True, env=AS_IT_IS)
    evening.notice("stop")
    assert evening.desired() == WAS
    evening.forward_to(evening.stop + timedelta(minutes=31))
    evening.becomes(DOWN)
    assert len(evening.ended("stop")) == 1
    assert len(evening.notices()) == 1


@pytest.mark.parametrize("phase", ["before_effect", "after_effect"])
def test_a_stop_killed_at_its_calls_ends_and_a_start_restores_everything(stage: Stage, phase: str) -> None:
    """The bot is held, killed and started again at each kind of call; each call may be made again."""
    evening = Evening(stage)
    evening.forward_to(evening.stop - timedelta(minutes=29))
    evening.notice(" stops at ")
    about = f"lamplighter-{evening.place}"
    methods = ("application-autoscaling.RegisterScalableTarget", "ecs.UpdateService")
    rules = [stage.fault("hold", method, about=about, phase=phase) for method in methods]
    evening.forward_to(evening.stop)
    for rule in rules:
        stage.until(f"call {rule} of {evening.place} is held", partial(_holds, stage, rule))
        kill(stage)
        stage.control.post("/faults", {"release": rule, "drop": phase == "before_effect"})
        start(stage, lease_over=True, env=AS_IT_IS)
    evening.becomes(DOWN)
    assert evening.ended("stop")[-1].outcome == "succeeded"
    stage.types(DEV, f"/env start {evening.place} 2h")
    evening.becomes(WAS)
    assert evening.ended("start")[-1].outcome == "succeeded"
    assert evening.scaling() == BOUNDS
    stage.until("nothing else was stopped", lambda: len(evening.entries("closed", operation="stop")) == 1)


def test_a_service_that_terraform_starts_again_is_reported_once_and_left(stage: Stage) -> None:
    evening = Evening(stage)
    evening.forward_to(evening.stop - timedelta(minutes=29))
    evening.notice(" stops at ")
    evening.forward_to(evening.stop)
    evening.becomes(DOWN)
    evening.ended("stop")
    stage.world.order("terraform", cluster=evening.place, service="api", desired=2)
    evening.forward_to(evening.stop + timedelta(minutes=30))
    drift = evening.notice("drifted", "ignore_changes")
    assert drift.buttons == ["Keep on for 4 h", "Stop now"]
    evening.forward_to(evening.stop + timedelta(minutes=90))
    stage.types(DEV, f"/env status {evening.place}")
    stage.hears(DEV, f"`{evening.place}`: ")
    assert evening.desired()["api"] == 2
    assert len([m for m in evening.notices() if "drifted" in m.words]) == 1
    stage.presses(OLU, drift, "Stop now")
    asked = stage.hears(OLU, f"Stop `{evening.place}`?")
    assert evening.desired()["api"] == 2, "it asks first"
    stage.presses(OLU, asked, "Stop it")
    evening.becomes(DOWN)


def test_a_start_by_hand_has_an_announced_end(stage: Stage) -> None:
    evening = Evening(stage)
    evening.forward_to(evening.stop - timedelta(minutes=29))
    evening.notice(" stops at ")
    evening.forward_to(evening.stop)
    evening.becomes(DOWN)
    evening.ended("stop")
    stage.types(DEV, f"/env restart {evening.place} api")
    asleep = stage.hears(DEV, "stopped by schedule until")
    stage.presses(DEV, asleep, "Start for 4 h")
    evening.becomes(WAS)
    evening.ended("start")
    again = evening.stop + timedelta(hours=4)
    evening.forward_to(again - timedelta(minutes=5))
    assert len(evening.notices()) == 2 or evening.notice(" stops at ")
    evening.forward_to(again + timedelta(minutes=15))
    evening.becomes(DOWN)


def _next(soonest: datetime, *, hour: int, minute: int) -> datetime:
    today = soonest.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today if today >= soonest else today + timedelta(days=1)


def _later(evening: Evening) -> bool:
    """Move the clock by two minutes each time, because the bot follows a moved clock within a moment and a
    notice stands for ten minutes.
    """
    evening.stage.control.post("/clock", {"advance": 120})
    return evening.desired() == DOWN


def _holds(stage: Stage, rule: int) -> bool:
    return any(r["id"] == rule and r["holding"] for r in stage.control.get("/faults")["rules"])
