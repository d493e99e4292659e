"""Delivers to the bot: the three seconds, the ordered faults, the retries of events, the traffic."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from playground.slack import faulty, payloads
from playground.slack.capabilities import PATIENCE
from playground.slack.parcels import CUT, TOO_LATE, Ack, Kind, Parcel, Transport
from playground.slack.state import SlackState
from playground.slack.words import Json, PersonRefusal

FORGERIES = ("bad_signature", "stale_timestamp")
RETRY_AFTER = (1.0, 60.0, 300.0)
"""Seconds before the retries of an event (facts/slack 1.5); they pass at the playground's pace."""
REASONS = {TOO_LATE: "http_timeout", CUT: "connection_failed"}
KEPT_EVENTS = 500


class Delivery:
    """Passes on everything that goes from Slack to the bot."""

    def __init__(self, state: SlackState, transport: Transport) -> None:
        self._state, self._transport = state, transport
        self._tasks: set[asyncio.Task[Any]] = set()
        self._last: dict[Kind, Parcel] = {}
        self._events: dict[str, Json] = {}

    async def deliver(self, kind: Kind, payload: Json) -> Ack:
        """Send a new command or interaction; return the ack, or one with status 0 if none came in time."""
        parcel = Parcel(kind, payload, self._state.mint("envelope-"))
        self._last[kind] = parcel
        return await self._in_time(parcel)

    async def replay(self, kind: Kind) -> tuple[Ack, Json]:
        """Send the last parcel of a kind again, byte for byte; return the ack and the payload."""
        parcel = self._last.get(kind)
        if parcel is None:
            raise PersonRefusal(f"no {kind} has been sent yet")
        return await self._in_time(parcel), parcel.payload

    def announce(self, event: Json) -> str:
        """Send an event, and again up to three times while it is not acknowledged; return its event id."""
        event_id = self._state.mint("Ev")
        now, organisation = self._state.clock.now(), self._state.organisation
        payload = payloads.event_callback(event, event_id, now, organisation=organisation)
        self._events[event_id] = payload
        while len(self._events) > KEPT_EVENTS:
            del self._events[next(iter(self._events))]
        self._spawn(self._until_acked(payload))
        return event_id

    async def redeliver(self, event_id: str, retry: int, reason: str) -> Ack:
        """Send an event once more under its own id, marked as a retry."""
        payload = self._events.get(event_id)
        if payload is None:
            raise PersonRefusal(f"there is no event {event_id}", 404)
        return await self._in_time(Parcel("event", payload, self._state.mint("envelope-"), retry, reason))

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._transport.close()

    async def _until_acked(self, payload: Json) -> None:
        reason = ""
        for retry, pause in enumerate((0.0, *RETRY_AFTER)):
            await asyncio.sleep(pause / self._state.clock.pace)
            parcel = Parcel("event", payload, self._state.mint("envelope-"), retry, reason)
            ack = await self._in_time(parcel)
            if ack.ok or ack.final:
                return
            reason = REASONS.get(ack.reason, "http_error")

    async def _in_time(self, parcel: Parcel) -> Ack:
        """Return the ack if it comes while Slack waits. A later ack is recorded in the traffic
        and ignored.
        """
        exchange, patience = self._spawn(self._exchange(parcel)), self._state.patience
        done, _ = await asyncio.wait({exchange}, timeout=patience)
        return exchange.result() if done else Ack(0, ms=patience * 1000, reason=TOO_LATE)

    async def _exchange(self, parcel: Parcel) -> Ack:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            ack = await self._faulty_exchange(parcel)
        except faulty.Dropped:
            wait = min(PATIENCE, self._state.patience)  # no ack comes, however long the wait
            left = wait - (loop.time() - began)
            self._trace(parcel, Ack(0, ms=(loop.time() - began) * 1000, reason="dropped"))
            await asyncio.sleep(max(0.0, left))
            return Ack(0, ms=wait * 1000, reason=TOO_LATE)
        ack = replace(ack, ms=round((loop.time() - began) * 1000, 1))
        self._trace(parcel, ack)
        return ack

    async def _faulty_exchange(self, parcel: Parcel) -> Ack:
        faults, method = self._state.faults, f"deliver.{parcel.kind}"
        rule = faults.at(method, "before_effect")
        if rule is not None and rule.kind == "error" and rule.code in FORGERIES:
            parcel.forgery, parcel.wire = rule.code, None
        elif await faulty.carry_out(faults, rule) is not None:
            raise faulty.Dropped
        if rule is not None and rule.kind == "duplicate":
            self._spawn(self._twin(parcel))
        ack = await self._transport.send(parcel)
        if await faulty.strike(faults, method, "after_effect") is not None:
            raise faulty.Dropped
        return ack

    async def _twin(self, parcel: Parcel) -> None:
        self._trace(parcel, await self._transport.send(parcel), "duplicate")

    def _trace(self, parcel: Parcel, ack: Ack, note: str = "") -> None:
        late = ["late"] if ack.ms > PATIENCE * 1000 else []
        reasons = [reason for reason in (ack.reason, note) if reason]
        self._state.traffic.add(
            {
                "direction": "to_bot", "method": f"deliver.{parcel.kind}", "payload": parcel.payload,
                "envelope_id": parcel.envelope_id, "retry": parcel.retry, "status": ack.status,
                "answer": ack.body, "latency_ms": round(ack.ms, 1), "errors": [*reasons, *late, *ack.errors],
            }
        )  # fmt: skip

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
