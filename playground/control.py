"""The playground as one value: Slack, the world, the bot, and the web server that shows and controls them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from aiohttp import web

from playground.bot_environment import BotSetup, environment
from playground.bot_process import BotFailed, BotProcess, free_port
from playground.bot_start import Starts
from playground.clock import ZONE, PlaygroundClock
from playground.control_access import guard
from playground.control_acts import Acts
from playground.control_machine import Machine, WorldPort
from playground.control_orders import answer_refusals
from playground.control_reads import Reads
from playground.faults import Faults
from playground.slack import page
from playground.slack.capabilities import PATIENCE
from playground.slack.server import SlackServer
from playground.slack.state import new_state
from playground.slack.words import Json
from playground.valkey import Valkey

HOST = "127.0.0.1"
BUDGETED, NEARLY = "qa-eu", Decimal("0.9")
ECS = "Amazon Elastic Container Service"
OUR_OWN = ("PATH", "HOME", "LANG", "LAMPLIGHTER_CATALOG_FILE", "LAMPLIGHTER_DATABASE_URL")
"""Variables meant only for the bot that the playground starts by itself."""
HELD_CALLS = 64
"""Threads for calls that a fault holds or that the world is working on; more than a test ever holds at once.
"""
LARGEST_BODY = 4 * 1024 * 1024


class PortTaken(Exception):
    """Another program listens on the requested port."""


@dataclass
class Playground:
    """Everything that runs, and how the bot is started."""

    clock: PlaygroundClock
    faults: Faults
    slack: SlackServer
    bot: BotProcess
    second: BotProcess
    """Another replica on the same database. Over HTTP, Slack calls only the first."""
    setup: BotSetup
    world: WorldPort | None = None
    world_url: str | None = None
    reads: Reads | None = None
    runner: web.AppRunner | None = None
    valkey: Valkey | None = None
    """Holds the keys of the world's caches."""
    world_starting: asyncio.Task[str] | None = None
    """Kept so that ``end`` can wait for it, because a thread cannot be cancelled."""

    @property
    def url(self) -> str:
        return self.slack.state.url

    async def serve(self, port: int) -> None:
        """Listen on loopback; 0 takes any free port. ``PortTaken`` if another program has the port."""
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(HELD_CALLS, "held"))
        self.reads = Reads(self.slack.state)
        self.runner = web.AppRunner(self._app(self.reads), access_log=None, shutdown_timeout=1.0)
        await self.runner.setup()
        site = web.TCPSite(self.runner, HOST, port)
        try:
            await site.start()
        except OSError as error:
            await self.runner.cleanup()
            raise PortTaken(f"port {port} is taken; choose another with --port or PORT") from error
        self.slack.state.url = f"http://{HOST}:{self.runner.addresses[0][1]}"

    async def start_world(self) -> None:
        """Start and seed the simulated AWS, if the playground has one."""
        if self.world is not None:
            self.valkey = Valkey(self.setup.home / "valkey")
            self.valkey.start()
            starting = asyncio.to_thread(_start, self.world, self.valkey)
            self.world_starting = asyncio.create_task(starting)
            self.world_url = await asyncio.shield(self.world_starting)
            budgets = await asyncio.to_thread(_nearly_spent, self.world, self.clock.now())
            self.setup = replace(self.setup, budgets=budgets)

    async def start_bot(
        self,
        extra: Mapping[str, str] | None = None,
        *,
        migrate: bool = False,
        wait: bool = True,
        second: bool = False,
    ) -> Json:
        """Start the bot and, unless ``wait`` is false, wait until it is ready. ``extra`` is for this start
        alone. ``BotFailed`` if the bot does not get ready, or for a second one on SQLite.
        """
        if second and self.setup.database_url.startswith("sqlite"):
            raise BotFailed("a second replica needs PostgreSQL: start the playground with --database-url")
        bot = self.second if second else self.bot
        setup = replace(self.setup, port=bot.port, extra={**self.setup.extra, **(extra or {})})
        built = environment(setup, self.url, self.world_url)
        return await bot.start(built, migrate=migrate, wait=wait)

    async def end(self) -> None:
        """End the bots first, so that their last messages are still answered, and then everything else."""
        self.faults.clear()
        await asyncio.gather(self.bot.end(), self.second.end())
        if self.world is not None and self.world_starting is not None:
            await asyncio.gather(self.world_starting, return_exceptions=True)
            await asyncio.to_thread(self.world.stop)
        if self.valkey is not None:
            await asyncio.to_thread(self.valkey.stop)
        if self.reads is not None:
            await self.reads.end()
        await self.slack.close()
        if self.runner is not None:
            await self.runner.cleanup()

    def shown(self) -> Json:
        """Return the answer to ``GET /playground``."""
        return {
            "url": self.url, "bot": self.bot.shown(), "second": self.second.shown(),
            "database": without_password(self.setup.database_url), "transport": self.setup.transport,
            "organisation": self.setup.organisation.kind, "now": self.clock.now().isoformat(),
            "pace": self.clock.pace, "world": self.world_url,
            "simulates": "Slack and AWS; nothing here is real",
        }  # fmt: skip

    def variables(self) -> dict[str, str]:
        """Return what points a bot started by hand at this Slack and AWS; the catalog is its starter's."""
        built = environment(self.setup, self.url, self.world_url)
        return {name: value for name, value in built.items() if name not in OUR_OWN}

    def _app(self, reads: Reads) -> web.Application:
        guarded = guard(lambda: urlsplit(self.url).port or 0)
        app = web.Application(middlewares=[guarded, answer_refusals], client_max_size=LARGEST_BODY)
        app.add_routes([*self.slack.routes(), *Acts(self.slack).routes(), *reads.routes()])
        app.add_routes([*Machine(self).routes(), *page.routes(self.slack.state)])
        return app


def _start(world: WorldPort, valkey: Valkey) -> str:
    url = world.start()
    world.seed()
    valkey.seed()
    world.change({"do": "cache.server", "port": valkey.port})
    return url


def _nearly_spent(world: WorldPort, now: datetime) -> dict[str, str]:
    """Return a budget for whoever forgot a weekend: nine tenths of it are spent, whatever the day of the
    month. Only task costs count, because the past weeks can report nothing else.
    """
    first = now.astimezone(ZONE).date().replace(day=1)
    order = {"do": "spent", "environment": BUDGETED, "since": first.isoformat(), "service": ECS}
    spent = world.change(order)["usd"]
    return {BUDGETED: f"{max(Decimal(1), Decimal(spent) / NEARLY):.2f}"}


def new_playground(
    setup: BotSetup, *, pace: float, log: Path, patience: float = PATIENCE, starts: Starts | None = None
) -> Playground:
    """Return a playground without a world, with nothing started yet. ``patience`` is how many real seconds
    its Slack waits; ``starts`` is how its bots are started, by itself by default.
    """
    clock, faults = PlaygroundClock(pace), Faults()
    events_url = None if setup.transport == "socket" else f"http://{HOST}:{setup.port}/slack/events"
    state = new_state(clock, faults, patience=patience, organisation=setup.organisation)
    slack = SlackServer(state, events_url)

    def told() -> None:
        slack.state.changes.tell("bot")

    bot = BotProcess(setup.port, log, told, starts=starts)
    second = BotProcess(free_port(), log.with_name(f"second-{log.name}"), told, starts=starts)
    return Playground(clock, faults, slack, bot, second, setup)


def without_password(url: str) -> str:
    """Return a database URL that is safe to show."""
    parts = urlsplit(url)
    if not parts.password:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":***@", 1)))
