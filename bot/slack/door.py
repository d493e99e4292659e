"""The server's door: how many connections it holds, for how long, and what it refuses before reading a body.

Nobody is turned away because others are silent: when there are too many connections, the one that has waited
longest without a request in hand makes room, and a connection that carried a signed request goes last. So all
clients may share one address, as behind a load balancer, and still be answered. Everything runs on the
server's own thread unless a docstring says otherwise.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask
from waitress.utilities import Error

log = logging.getLogger(__name__)
AT_ONCE = 64
"""Connections accepted in one turn of the loop."""
LARGE = 65_536
"""Bytes above which a body is large; commands have about one thousand, requests from a message about ten
thousand.
"""
DISCARDED = 4_000_000
"""Bytes that are read and discarded after a refusal, so that a client that is still sending reads the
refusal.
"""


@dataclass(frozen=True)
class Limits:
    """Limits in seconds, and numbers of connections.

    ``head``: from the connection, or from the first byte of a further request, to the end of the request's
    head; ``body``: from there to the end of the body; ``idle``: between two requests, longer than the minute
    after which AWS's load balancers close, so that they never use a connection that is closed here;
    ``unread``: until the client takes an answer, or closes after its last answer. ``large_bodies``: large
    bodies under way at once.
    """

    head: float = 10.0
    body: float = 10.0
    idle: float = 75.0
    unread: float = 10.0
    connections: int = 1_000
    of_one_address: int = 600
    large_bodies: int = 32


LANES = {"refused": 1, "/healthz": 1, "/readyz": 1, "/metrics": 1}
"""Threads of their own: health pages and refusals are answered even while all other threads wait."""


class Application(Protocol):
    """A WSGI application that can judge a request by its head."""

    def refusal(self, method: str, path: str, headers: Mapping[str, str], length: int) -> int: ...

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]: ...


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Ends a request at its head if the application refuses the request."""

    error: Any
    judge: Callable[[str, str, Mapping[str, str], int], int] = staticmethod(lambda *_: 0)
    _judged = False

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if self.headers_finished and not self._judged and not self.empty:
            self._judged = True
            self._judge()
        return consumed

    def _judge(self) -> None:
        if self.error is None:
            length = max(self.content_length, 1 if self.chunked else 0)
            headers = {name.lower().replace("_", "-"): value for name, value in self.headers.items()}
            status = self.judge(self.command, self.path, headers, length)
            if status:
                self.error, self.completed = _refused(status), True
        if self.error is not None:
            self.expect_continue = False  # otherwise the server asks for the body after all


class Answering(WSGITask):  # type: ignore[misc]
    """Marks a connection whose request was accepted, which takes a signature. The health pages do not count:
    anybody may read them.
    """

    def finish(self) -> None:
        super().finish()
        if self.status.startswith("2") and self.request.path not in LANES:
            self.channel.known = True


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection. ``since``: when its present stage began, on the monotonic clock. ``known``: whether a
    request on this connection was accepted.
    """

    parser_class = Parser
    task_class = Answering
    known = False
    server: Door
    close_when_flushed: bool

    def __init__(self, server: Door, sock: socket.socket, addr: Any, adj: Adjustments, **where: Any) -> None:
        self.since = time.monotonic()
        self.place = place(str(addr[0]))
        self._lingering = self._served = False
        self._discarded = 0
        super().__init__(server, sock, addr, adj, **where)

    @property
    def in_hand(self) -> bool:
        """Whether a whole request is being answered."""
        return bool(self.requests)

    def received(self, data: bytes) -> None:
        if self._lingering:
            self._discarded += len(data)
            self.will_close = self._discarded > DISCARDED
            return
        before = self._stage()
        super().received(data)
        if self._stage() != before:
            self.since = time.monotonic()
            if self.large:
                self.server.make_room_for_body(self)

    @property
    def large(self) -> bool:
        """Whether a body is under way whose size is unknown or larger than Slack usually sends."""
        return self._stage() == "body" and (self.request.chunked or self.request.content_length > LARGE)

    def service(self) -> None:
        """Runs on a thread that answers."""
        super().service()
        self._served, self.since = True, time.monotonic()

    def handle_write(self) -> None:
        """After the last answer, end the sending side and listen on for a moment: closing at once, while the
        client still sends, would discard the answer (RFC 9112, 9.6).
        """
        if not self.close_when_flushed or self.will_close:
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if not self.total_outbufs_len:
            self.close_when_flushed = False
            self._linger()

    def overdue(self, now: float) -> bool:
        return not self.in_hand and now - self.since > self._allowed() and not self.begins()

    def begins(self) -> bool:
        """Whether a new request has arrived that was not read yet. Closing would lose that request."""
        if self.request is not None or self._lingering:
            return False
        try:
            return bool(self.socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except OSError:
            return False

    def _linger(self) -> None:
        self._lingering, self.since = True, time.monotonic()
        with contextlib.suppress(OSError):  # the client has gone: the next read says so
            self.socket.shutdown(socket.SHUT_WR)

    def _stage(self) -> str:
        if self.request is None:
            return "between"
        return "body" if self.request.headers_finished else "head"

    def _allowed(self) -> float:
        limits = self.server.limits
        if self._lingering or self.total_outbufs_len:
            return limits.unread
        match self._stage():
            case "body":
                return limits.body
            case "between" if self._served:
                return limits.idle
            case _:
                return limits.head


class Door(TcpWSGIServer):  # type: ignore[misc]
    """Accepts connections, counts them, and closes those that are overdue."""

    channel_class: type[Channel]

    def __init__(self, application: Application, limits: Limits, *, adj: Adjustments, **how: Any) -> None:
        self.limits = limits
        self.channel_class = _channel(application)
        self._lanes = {name: _threads(count) for name, count in LANES.items()}
        super().__init__(application, adj=adj, **how)

    def handle_accept(self) -> None:
        for _ in range(AT_ONCE):
            before = len(self.active_channels)
            super().handle_accept()
            if len(self.active_channels) <= before:
                return
            self._make_room(next(reversed(self.active_channels.values())))

    def maintenance(self, now: float) -> None:
        """Do nothing: Waitress's own maintenance goes by the wall clock and knows only silence."""

    def close_overdue(self) -> None:
        now = time.monotonic()
        for channel in self._channels():
            if channel.overdue(now):
                channel.handle_close()

    def add_task(self, channel: Channel) -> None:
        """Hand a request to its threads, so that no request waits for those of another lane. Also runs on a
        thread that answers.
        """
        request = channel.requests[0]
        lane = "refused" if request.error else str(request.path)
        dispatcher: ThreadedTaskDispatcher = self._lanes.get(lane) or self.task_dispatcher
        dispatcher.add_task(channel)

    def end_tasks(self, seconds: float) -> None:
        for lane in (self.task_dispatcher, *self._lanes.values()):
            lane.shutdown(timeout=seconds)

    def _make_room(self, new: Channel) -> None:
        beside = [c for c in self._channels() if c.place == new.place]
        if len(beside) > self.limits.of_one_address:
            _close_longest_idle(beside)
        elif len(self.active_channels) > self.limits.connections:
            _close_longest_idle([*self._largest_crowd(), new])

    def make_room_for_body(self, new: Channel) -> None:
        """Close the oldest large body if too many are under way: memory is limited."""
        large = [c for c in self._channels() if c.large and c is not new]
        if len(large) >= self.limits.large_bodies:
            min(large, key=lambda c: c.since).handle_close()

    def _channels(self) -> list[Channel]:
        return list(self.active_channels.values())

    def _largest_crowd(self) -> list[Channel]:
        """Return all connections of the address that has the most."""
        crowds: dict[str, list[Channel]] = {}
        for channel in self._channels():
            crowds.setdefault(channel.place, []).append(channel)
        return max(crowds.values(), key=len)


def place(address: str) -> str:
    """Return the unit in which connections are counted: an address, or for IPv6 the 64-bit network that one
    customer has.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.IPv6Network((int(found), 64), strict=False))
    return str(found)


def _close_longest_idle(channels: list[Channel]) -> None:
    """Close the connection that has been idle longest; those without an accepted request go first. The new
    connection is a candidate too: if all others have a request in hand, the new one goes.
    """
    idle = sorted((c for c in channels if not c.in_hand), key=lambda c: (c.known, c.since))
    next((c for c in idle if not c.begins()), idle[-1]).handle_close()


def _threads(count: int) -> ThreadedTaskDispatcher:
    made = ThreadedTaskDispatcher()
    made.set_thread_count(count)
    return made


def _channel(application: Application) -> type[Channel]:
    """Make the channel class: Waitress takes channels and parsers only as classes."""

    class Judging(Parser):
        judge = staticmethod(application.refusal)

    class Judged(Channel):
        parser_class = Judging

    return Judged


def _refused(status: int) -> Error:
    told = HTTPStatus(status)
    error = Error(told.phrase)
    error.code, error.reason = told.value, told.phrase
    return error
