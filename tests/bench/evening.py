"""A fleet goes down in real time while people keep asking: the real bot in a playground at real speed.

The clock is moved to five seconds before the stop time; from then on nothing is faster than it would be on
AWS. The bot stops environments as fast as its share of ECS's rates allows. Meanwhile people type commands,
and every few seconds one of them restarts a service elsewhere.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.aws.throttle import RATES, Allowance
from playground.slack.cast import SIGNING_SECRET
from tests.bench.load import Shape, loading
from tests.bench.memory import resident_megabytes
from tests.bench.processor import cpu_seconds
from tests.bench.rig import Playing, playing
from tests.bench.showing import CHANNEL
from tests.scenarios.control import Control
from tests.scenarios.pool import ACCOUNT, OWN, REGION
from tests.scenarios.world import World
from tests.waiting import until

PREFIX = "fleet-"
CALM = "calm"
"""The environment in which people work meanwhile."""
CHANNELS = (CHANNEL, "C0OPS")
ACTION = "ecs.UpdateService"


@dataclass(frozen=True)
class Evening:
    """An evening to measure for ``seconds``.

    In each second ``rate`` commands are typed, and every ``every`` seconds a service is restarted. ``scaled``
    services of each environment have autoscaling. The evening lasts until ``at_least`` counts were set,
    because a busy machine needs longer for the first.
    """

    environments: int = 500
    services: int = 15
    scaled: int = 5
    seconds: float = 180.0
    rate: float = 5.0
    every: float = 10.0
    at_least: int = 0

    @property
    def restarted(self) -> list[str]:
        """A different service for each restart, because after a restart the old task stays for minutes."""
        return [f"api-{number:02}" for number in range(1, int(self.seconds / self.every) + 1)]

    def allowed(self, seconds: float) -> float:
        """Return the UpdateService calls allowed in that time: our share of the burst and of the rate
        (facts/ecs 1.4).
        """
        rate, share = RATES["service modify"], Allowance().share
        return min(self.environments * self.services, (rate.burst + rate.per_second * seconds) * share)


@dataclass(frozen=True)
class Watched:
    """What was watched in the evening.

    ``began``: seconds from each restart's command to its call at AWS. ``resident``: the largest ``VmRSS`` of
    ``serve`` in MiB. ``counts``: how many counts were set in ``seconds``, which is the time it really took.
    ``serve``, ``world``: processor seconds of the bot and of the playground in that time.
    """

    began: list[float]
    resident: float
    counts: int
    seconds: float
    serve: float
    world: float


@dataclass(frozen=True)
class Held:
    """What was measured. ``acknowledged``: milliseconds of each command."""

    evening: Evening
    acknowledged: list[float]
    watched: Watched

    @property
    def allowed(self) -> float:
        return self.evening.allowed(self.watched.seconds)

    @property
    def ratio(self) -> float:
        return self.watched.counts / self.allowed


def hold(evening: Evening, *, plainly: bool) -> Held:
    """Run and measure one evening, without waiting until the last environment is down. ``plainly``: as
    ``playing`` has it.
    """
    with (
        tempfile.TemporaryDirectory(prefix="lamplighter-evening-") as folder,
        _fleet(folder, evening, plainly) as rig,
    ):
        return asyncio.run(_measured(rig, evening))


async def _measured(rig: Playing, evening: Evening) -> Held:
    commands = int(evening.rate * evening.seconds)
    clients = max(1, int(evening.rate))
    async with loading(SIGNING_SECRET) as load:
        watching = asyncio.create_task(asyncio.to_thread(_watch, rig, evening))
        taken = await load.send(rig.bot, commands, Shape(evening.rate, clients))
        await load.answers.until(commands)
        watched = await watching
    return Held(evening, taken, watched)


def _watch(rig: Playing, evening: Evening) -> Watched:
    """Restart each service at its time, and watch the fleet meanwhile."""
    seen, start = Seen(rig.control), time.monotonic()
    serve, world = cpu_seconds(rig.pid), cpu_seconds(rig.world)
    began, resident, end = [], 0.0, start + evening.seconds
    for service in evening.restarted:
        next_at = time.monotonic() + evening.every
        began.append(_restart(rig.control, service))
        resident = max(resident, resident_megabytes(rig.pid))
        seen.look()
        time.sleep(max(0.0, min(next_at, end) - time.monotonic()))
    until("enough counts are set", lambda: seen.look() >= evening.at_least)
    taken = time.monotonic() - start
    serve, world = cpu_seconds(rig.pid) - serve, cpu_seconds(rig.world) - world
    return Watched(began, resident, seen.counts, taken, serve, world)


def _restart(control: Control, service: str) -> float:
    """Return the seconds from sending the command to the arrival of the call that restarts."""
    sent = datetime.fromisoformat(control.get("/clock")["now"])
    text = f"/env restart {CALM} {service}"
    answer = control.post("/command", {"user": "U0DEV", "channel": CHANNEL, "text": text})
    assert answer["failed"] is None, answer

    def arrived() -> list[dict[str, Any]]:
        rows = control.get("/traffic", method=ACTION)["traffic"]
        return [row for row in rows if _cluster(row) == CALM and _service(row) == service]

    def instead() -> str:
        found = control.get("/messages", channel=CHANNEL, viewer="U0DEV")["messages"]
        return "\n".join(str(raw)[:400] for raw in found[-5:])

    row = until(f"{text} has begun; told:", arrived, why=instead)[0]
    return (datetime.fromisoformat(row["at"]) - sent).total_seconds()


@dataclass
class Seen:
    """Counts what the clock set. Looks must be frequent so that the playground forgets nothing in between."""

    control: Control
    counts: int = 0
    mark: int = 0

    def look(self) -> int:
        """Return how many counts were set so far."""
        rows = self.control.get("/traffic", method=ACTION, after=self.mark)["traffic"]
        self.counts += sum(_cluster(row).startswith(PREFIX) and row["status"] == 200 for row in rows)
        self.mark = max([self.mark, *(row["id"] for row in rows)])
        return self.counts


def _service(row: dict[str, Any]) -> str:
    return str(row["request"].get("service", "")).rsplit("/", 1)[-1]


def _cluster(row: dict[str, Any]) -> str:
    return str(row["request"].get("cluster", "")).rsplit("/", 1)[-1]


# preparing the evening


@contextmanager
def _fleet(folder: str, evening: Evening, plainly: bool) -> Iterator[Playing]:
    """Yield the playground when everything is up, the notices stand, and the stop is five seconds away."""
    now = datetime.now(UTC)
    stop = (now + timedelta(hours=2)).replace(second=0, microsecond=0)
    catalog = Path(folder) / "environments.yaml"
    catalog.write_text(yaml.safe_dump(_catalog(evening, stop), sort_keys=False))
    options = ["--transport", "http", "--pace", "1", "--tick", "1"]
    for setting in (f"CATALOG_FILE={catalog}", "PER_MINUTE=1000"):
        options += ["--env", f"LAMPLIGHTER_{setting}"]
    with playing(Path(folder), options, plainly=plainly) as rig:
        _furnish(World(rig.control), evening)
        _forward(rig.control, stop - timedelta(minutes=29))
        until("the notices stand", lambda: all(_told(rig.control, c) for c in CHANNELS))
        _forward(rig.control, stop - timedelta(seconds=5))
        yield rig


def _catalog(evening: Evening, stop: datetime) -> dict[str, Any]:
    catalog: dict[str, Any] = yaml.safe_load(OWN.read_text())
    catalog["grants"].append({"person": "U0DEV", "role": "developer", "environment": CALM})
    for number, name in enumerate([CALM, *_names(evening)]):
        catalog["environments"][name] = {
            "tier": "nonproduction",
            "account": ACCOUNT,
            "region": REGION,
            "role_arn": f"arn:aws:iam::{ACCOUNT}:role/lamplighter-{name}",
            "channel": CHANNELS[number % len(CHANNELS)],
            "owner": "Olu",
            "cluster": name,
            **({"databases": [f"db-{name}"]} if name != CALM else {}),
        }
    window = f"{stop + timedelta(hours=12):%H:%M}-{stop:%H:%M}"
    catalog["schedules"] = [{"environments": f"{PREFIX}*", "when": f"Mon-Sun {window} UTC"}]
    return catalog


def _furnish(world: World, evening: Evening) -> None:
    world.create(CALM, *({"name": service, "desired": 1} for service in evening.restarted))
    for name in _names(evening):
        scaling = {"scaling": {"min": 1, "max": 4}}
        services = [
            {"name": f"service-{n:02}", "desired": 1, **(scaling if n < evening.scaled else {})}
            for n in range(evening.services)
        ]
        world.create(name, *services)
        world.order("database.create", id=f"db-{name}", environment=name)


def _names(evening: Evening) -> list[str]:
    return [f"{PREFIX}{number:03}" for number in range(1, evening.environments + 1)]


def _forward(control: Control, instant: datetime) -> None:
    control.post("/clock", {"to": instant.isoformat()})


def _told(control: Control, channel: str) -> bool:
    found = control.get("/messages", channel=channel, viewer="U0OLU")["messages"]
    return any(PREFIX in str(raw) and "stops at" in str(raw) for raw in found)
