"""Control API, the machinery: what runs where, the clock, the ordered faults, the world, the bot."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, time
from typing import Any, Protocol

from aiohttp import web

from playground.bot_environment import refuse_real
from playground.bot_process import SIGNALS, BotFailed, BotProcess
from playground.clock import PlaygroundClock, next_weekday
from playground.control_orders import order_of
from playground.faults import Faults
from playground.slack.server import SlackServer
from playground.slack.words import Json, PersonRefusal

FOLLOWED = 2
"""Readings after which a bot goes by a moved clock: it uses a reading before it asks for the next one."""


class WorldPort(Protocol):
    """The simulated AWS, as far as the playground controls it."""

    def start(self) -> str: ...

    def seed(self) -> None: ...

    def change(self, order: dict[str, Any]) -> dict[str, Any]: ...

    def stop(self) -> None: ...


class Parts(Protocol):
    """The running parts, as far as these routes need them."""

    clock: PlaygroundClock
    faults: Faults
    slack: SlackServer
    bot: BotProcess
    second: BotProcess
    world: WorldPort | None

    def shown(self) -> Json: ...

    def variables(self) -> dict[str, str]: ...

    async def start_bot(
        self, extra: Mapping[str, str] | None = None, *, wait: bool = True, second: bool = False
    ) -> Json: ...


class Machine:
    """The routes that control the playground itself."""

    def __init__(self, parts: Parts) -> None:
        self._all = parts
        self._clock, self._faults = parts.clock, parts.faults
        self._readings, self._was_read = 0, asyncio.Condition()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/playground", self.shown),
            web.get("/playground/variables", self.variables),
            web.get("/playground/clock", self.clock),
            web.post("/playground/clock", self.move_clock),
            web.get("/playground/faults", self.faults),
            web.post("/playground/faults", self.order_faults),
            web.delete("/playground/faults", self.clear_faults),
            web.post("/playground/world", self.world),
            web.post("/playground/bot", self.bot),
        ]

    async def shown(self, request: web.Request) -> web.Response:
        return web.json_response(self._all.shown())

    async def variables(self, request: web.Request) -> web.Response:
        """Answer the variables as shell exports: ``eval "$(curl -s …)"``."""
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in self._all.variables().items()]
        return web.Response(text="".join(lines))

    async def clock(self, request: web.Request) -> web.Response:
        async with self._was_read:
            self._readings += 1
            self._was_read.notify_all()
        return web.json_response(self._clock.reading())

    async def move_clock(self, request: web.Request) -> web.Response:
        """Move the clock by ``{"advance": seconds}``, ``{"to": instant with a zone}`` or ``{"next":
        "19:29"}``. The last is the next weekday at that time in Berlin, the schedules' zone. With
        ``"followed": true`` the answer comes once the bot goes by the moved clock.
        """
        order = await order_of(request)
        try:
            if "to" in order:
                self._clock.to(datetime.fromisoformat(str(order["to"])))
            elif "next" in order:
                self._clock.to(next_weekday(self._clock.now(), time.fromisoformat(str(order["next"]))))
            else:
                self._clock.advance(float(order["advance"]))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise PersonRefusal(
                f"advance (seconds), to (an instant) or next (19:29): {error}", 400
            ) from error
        self._all.slack.state.changes.tell("clock")
        if order.get("followed"):
            await self._followed()
        return web.json_response(self._clock.reading())

    async def _followed(self) -> None:
        async with self._was_read:
            enough = self._readings + FOLLOWED
            await self._was_read.wait_for(lambda: self._readings >= enough)

    async def faults(self, request: web.Request) -> web.Response:
        return web.json_response({"rules": self._faults.shown()})

    async def order_faults(self, request: web.Request) -> web.Response:
        """Order ``{"rules": [rule, …]}``, or release calls: ``{"release": id or null, "drop": false}``."""
        order = await order_of(request)
        if "release" in order:
            matched = self._faults.release(order["release"], drop=bool(order.get("drop")))
            return web.json_response({"released": matched, "rules": self._faults.shown()})
        rules = order.get("rules", [order])
        try:
            ordered = [self._faults.order(**rule).id for rule in rules]
        except (TypeError, ValueError) as error:
            raise PersonRefusal(str(error), 400) from error
        closed = 0
        if any(rule.get("method") == "socket" for rule in rules):
            closed = await self._all.slack.strike_sockets()
        return web.json_response({"ordered": ordered, "closed": closed, "rules": self._faults.shown()})

    async def clear_faults(self, request: web.Request) -> web.Response:
        """Forget every rule, let every held call go on, and refill Slack's rate limits."""
        self._faults.clear()
        self._all.slack.state.limits.refill()
        return web.json_response({"rules": []})

    async def world(self, request: web.Request) -> web.Response:
        order = await order_of(request)
        if self._all.world is None:
            raise PersonRefusal("this playground runs without a world")
        try:
            changed = await asyncio.to_thread(self._all.world.change, order)
        except (KeyError, TypeError, ValueError, LookupError) as error:
            raise PersonRefusal(f"the world cannot do that: {error}", 400) from error
        return web.json_response(changed)

    async def bot(self, request: web.Request) -> web.Response:
        """Signal or start the bot.

        ``{"signal": "KILL"}`` is answered when the bot has ended, ``{"start": true, "env": {…}}`` when it is
        ready, or at once with ``"wait": false``. ``"second": true`` means the other replica.
        """
        order = await order_of(request)
        name, second = str(order.get("signal", "")).removeprefix("SIG"), bool(order.get("second"))
        if order.get("start"):
            wait, start = bool(order.get("wait", True)), self._all.start_bot
            return await _or_conflict(lambda: start(_extra(order), wait=wait, second=second))
        if name not in SIGNALS:
            raise PersonRefusal(f"signal is one of {', '.join(SIGNALS)}; or start", 400)
        meant = self._all.second if second else self._all.bot
        return await _or_conflict(lambda: meant.signal(name))


async def _or_conflict(act: Callable[[], Awaitable[Json]]) -> web.Response:
    try:
        return web.json_response(await act())
    except BotFailed as failed:
        raise PersonRefusal(str(failed)) from failed


def _extra(order: Json) -> dict[str, str]:
    extra = {str(name): str(value) for name, value in (order.get("env") or {}).items()}
    try:
        refuse_real(extra)
    except ValueError as error:
        raise PersonRefusal(str(error), 400) from error
    return extra
