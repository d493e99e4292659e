"""Socket Mode: websockets by single-use ticket; one of up to ten gets each envelope (facts/slack 1.6)."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any

from aiohttp import WSMsgType, web

from playground.slack.cast import APP
from playground.slack.parcels import NOBODY, Ack, Parcel
from playground.slack.state import SlackState
from playground.slack.words import Json

MOST = 10
PING_SECONDS = 10.0
TYPES = {"command": "slash_commands", "interaction": "interactive", "event": "events_api"}


@dataclass(eq=False)
class Connection:
    """One websocket of the bot."""

    socket: web.WebSocketResponse
    request: web.Request
    delivered: int = 0


class SocketTransport:
    """The open websockets and the envelopes that wait for an ack."""

    def __init__(self, state: SlackState) -> None:
        self._state = state
        self.connections: list[Connection] = []
        self._waiting: dict[str, deque[asyncio.Future[Ack]]] = defaultdict(deque)
        self._random = random.Random()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer ``GET /socket?ticket=``: 403 for a ticket that is unknown or was used."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._state.tickets:
            return web.Response(status=403, text="this websocket address is unknown or was used")
        self._state.tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=PING_SECONDS)
        await socket.prepare(request)
        if len(self.connections) >= MOST:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        connection = Connection(socket, request)
        self.connections.append(connection)
        try:
            await self._converse(connection)
        finally:
            self._gone(connection)
        return socket

    async def send(self, parcel: Parcel) -> Ack:
        """Send a parcel to a random open websocket and wait for the ack."""
        connection = self._pick()
        if connection is None:
            return Ack(0, reason=NOBODY)
        began = time.monotonic()
        answer = self.expect(parcel.envelope_id)
        connection.delivered += 1
        try:
            await connection.socket.send_json(_envelope(parcel))
            acked = await answer
            return Ack(acked.status, acked.body, (time.monotonic() - began) * 1000)
        except ConnectionError:
            return Ack(0, ms=(time.monotonic() - began) * 1000, reason=NOBODY)
        finally:
            self._stop_waiting(parcel.envelope_id, answer)

    def expect(self, envelope_id: str) -> asyncio.Future[Ack]:
        """Return a future that is done when the bot acknowledges that envelope."""
        answer: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id].append(answer)
        return answer

    async def disconnect(self, *, abruptly: bool) -> int:
        """Close every websocket, politely (Slack's refresh) or by cutting TCP; return how many there were."""
        closed, self.connections = self.connections, []
        for connection in closed:
            if abruptly:
                if connection.request.transport is not None:
                    connection.request.transport.abort()
                continue
            await connection.socket.send_json({"type": "disconnect", "reason": "refresh_requested"})
            await connection.socket.close()
        return len(closed)

    async def close(self) -> None:
        await self.disconnect(abruptly=True)

    async def _converse(self, connection: Connection) -> None:
        await connection.socket.send_json(self._hello())
        self._state.changes.tell("bot", sockets=len(self.connections))
        async for message in connection.socket:
            if message.type == WSMsgType.TEXT:
                self._acked(message.data)

    def _acked(self, data: str) -> None:
        try:
            read: Any = json.loads(data)
        except ValueError:
            return
        waiting = self._waiting.get(str(read.get("envelope_id"))) if isinstance(read, dict) else None
        if waiting:
            answer = waiting.popleft()
            if not answer.done():
                answer.set_result(Ack(200, read.get("payload")))

    def _pick(self) -> Connection | None:
        open_ones = [connection for connection in self.connections if not connection.socket.closed]
        return self._random.choice(open_ones) if open_ones else None

    def _stop_waiting(self, envelope_id: str, answer: asyncio.Future[Ack]) -> None:
        waiting = self._waiting.get(envelope_id)
        if waiting is not None and answer in waiting:
            waiting.remove(answer)
        if not waiting:
            self._waiting.pop(envelope_id, None)

    def _gone(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
        self._state.changes.tell("bot", sockets=len(self.connections))

    def _hello(self) -> Json:
        return {
            "type": "hello", "num_connections": len(self.connections),
            "connection_info": {"app_id": APP},
            "debug_info": {"host": "playground", "approximate_connection_time": 18_060},
        }  # fmt: skip


def _envelope(parcel: Parcel) -> Json:
    told: Json = {
        "envelope_id": parcel.envelope_id, "type": TYPES[parcel.kind], "payload": parcel.payload,
        "accepts_response_payload": parcel.kind != "event",
    }  # fmt: skip
    if parcel.kind == "event":
        told |= {"retry_attempt": parcel.retry, "retry_reason": parcel.retry_reason}
    return told
