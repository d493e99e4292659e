"""The meter of the real process compared with the world's own: killed, away for a while, started again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.db.database import Database
from policies.cost.rolling import Where
from policies.cost.seconds import billed, midnights
from policies.cost.spans import Kind, Span
from policies.cost.usage import ON
from tests.scenarios.alone import alone
from tests.scenarios.control import Json
from tests.scenarios.killing import kill, rows_of, start
from tests.scenarios.stage import AS_IT_IS, Stage

EVERY = 2
METERED = (f"METER_MINUTES={EVERY}", "LEASE_SECONDS=5")
WEB = {"name": "web", "desired": 2, "drain_seconds": 1}
API = {"name": "api", "desired": 1, "spot": True, "architecture": "ARM64", "cpu": 512, "memory": 1024}
AGES = timedelta(days=99)
NEAR = 0.05
"""The most seconds by which two readings of one instant may differ."""


@pytest.fixture(params=["socket-sqlite"])
def metered(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A stage of its own: its bot has a meter, which looks at every environment there is."""
    with alone(request, size=1, settings=METERED) as stage:
        yield stage


class Place:
    """One environment, as the ledger has it and as the world itself has counted it."""

    def __init__(self, stage: Stage, rows: Database) -> None:
        self.stage, self.ledger = stage, rows.book.ledger
        self.name = stage.environment(WEB, API, prefix="g")

    def order(self, do: str, **fields: object) -> Json:
        return self.stage.world.order(do, cluster=self.name, **fields)

    def pass_time(self, minutes: float) -> None:
        self.stage.control.post("/clock", {"advance": minutes * 60})

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.stage.now(), UTC)

    def seen(self) -> None:
        """Move the clock to when the meter is due, and wait until it has seen the environment once more."""
        began = self.now()
        self.pass_time(EVERY)

        def look() -> bool:
            sighting = self.ledger.sightings.all().get(self.name)
            return bool(sighting and sighting.at and sighting.at > began and not sighting.trouble)

        self.stage.until(f"{self.name} is seen by the meter", look)

    def spans(self) -> dict[str, Span]:
        now = self.now()
        found = self.ledger.spans.overlapping(self.name, now - AGES, now + AGES)
        return {span.id: span for span in found if span.kind is Kind.TASK}

    def counted(self) -> dict[str, Json]:
        """Return what the world counted for each task."""
        tasks: dict[str, Json] = self.order("meter")["tasks"]
        return tasks

    def holds(self) -> bool:
        """Whether all tasks have ended and the ledger has each end."""
        spans = self.spans()
        return all(
            row["end"] and row_id in spans and spans[row_id].ended for row_id, row in self.counted().items()
        )


def test_a_meter_that_was_killed_and_away_counts_the_same_as_the_world(metered: Stage) -> None:
    with rows_of(metered) as rows:
        place = Place(metered, rows)
        place.seen()
        place.order("deploy", service="web", image="web:next")
        place.order("task.run", service="api", seconds=45, by="ci")
        place.pass_time(3)
        kill(metered)
        place.order("task.kill", service="web")
        place.pass_time(10)
        place.order("task.run", service="web", seconds=20, by="ci")
        start(metered, env=AS_IT_IS)
        place.seen()
        kill(metered)
        for service in ("web", "api"):
            place.order("desired", service=service, desired=0)
        place.pass_time(20)
        start(metered, env=AS_IT_IS)
        metered.until("every end is seen", place.holds)
        place.seen()

        _agree(place)


def _agree(place: Place) -> None:
    spans, counted = place.spans(), place.counted()
    assert set(spans) == set(counted)
    for id_, row in counted.items():
        span = spans[id_]
        assert abs((span.until - span.begin).total_seconds() - row["seconds"]) < NEAR, (span, row)
        assert (span.service, span.minimum, span.lost) == (row["service"], 60, False)
        bill = "spot" if row["bought"] == "FARGATE_SPOT" else "fargate"
        kind = "arm" if row["architecture"] == "ARM64" else "x86"
        assert span.parts[0].item == f"{bill}.vcpu.{kind}"
    _days_hold(place, spans)


def _days_hold(place: Place, spans: dict[str, Span]) -> None:
    """Assert that the days add up to the spans, from the day of the first look on."""
    now = place.now()
    rows = place.ledger.days.rows([place.name], (now - AGES).date(), (now + AGES).date())
    where = Where(place.name, ZoneInfo("UTC"), "eu-central-1")
    since, _ = midnights(min(row.day for row in rows), where.clock)
    for service in {span.service for span in spans.values()}:
        mine = [span for span in spans.values() if span.service == service]
        used = sum(row.used for row in rows if row.service == service and ".vcpu." in row.item)
        assert used == sum(
            span.parts[0].milli * (billed(span, by=now, now=now) - billed(span, by=since, now=now))
            for span in mine
        )
    assert any(row.item == ON and row.used for row in rows)
    assert all(row.micros for row in rows if row.item.startswith("fargate.vcpu.x86"))
