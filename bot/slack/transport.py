"""Both ways in: signed HTTP and Socket Mode, each with the same health pages and the same orderly end."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from slack_bolt import App

from bot.slack.edge import Edge
from bot.slack.entrance import Entrance
from bot.slack.http_server import HttpServer
from bot.slack.signature import Signatures
from bot.slack.socket_door import SocketDoor
from bot.slack.web import NETWORK
from bot.slack.wsgi import Health, SlackWsgi

log = logging.getLogger(__name__)
PING_SECONDS = 2.5
"""Seconds between pings. Bolt's 10 leaves the bot deaf for a minute after a lost link; with 2 it was 12 s
(facts/slack 1.6).
"""
DEAF_SECONDS = 60.0
"""Seconds without a pong after which the process should be restarted."""


class Transport(Protocol):
    port: int

    def start(self) -> None: ...

    def stop(self, deadline: float) -> bool:
        """Take no new work and finish the work in hand within so many seconds; return False if something was
        cut off.
        """
        ...

    def liveness(self) -> str:
        """Return an empty string while, as far as this process knows, Slack can reach it; else
        what is wrong.
        """
        ...

    def ready(self) -> str:
        """Return an empty string if a command typed now would arrive here; else why it would not."""
        ...


class HttpTransport:
    """Slack calls the bot."""

    def __init__(self, app: App, edge: Edge, health: Health) -> None:
        settings, pool = edge.settings, edge.pool
        if not settings.signing_secret.strip():
            raise ValueError(
                "the Slack signing secret is missing; HTTP requests cannot be trusted without it"
            )
        self._pool = pool
        entrance = Entrance(app, Signatures(settings.signing_secret), pool.acknowledging)
        self._server = HttpServer(
            SlackWsgi(health, entrance), settings.host, settings.port, limits=settings.limits
        )
        self.port = self._server.port

    def start(self) -> None:
        self._server.start()

    def stop(self, deadline: float) -> bool:
        end = time.monotonic() + deadline
        drained = self._pool.close(max(0.0, deadline - 1.0))
        self._server.stop(max(0.5, end - time.monotonic()))
        return drained

    def liveness(self) -> str:
        return ""

    def ready(self) -> str:
        return ""


@dataclass(frozen=True)
class Pulse:
    """``ping``: seconds between two pings; ``monotonic``: the clock that measures the age of the
    last pong.
    """

    ping: float = PING_SECONDS
    monotonic: Callable[[], float] = time.monotonic


PULSE = Pulse()


class SocketTransport:
    """The bot calls Slack. The first connection is tried until it holds: a Slack outage at boot stops
    nothing.
    """

    def __init__(self, app: App, edge: Edge, health: Health, pulse: Pulse = PULSE) -> None:
        settings, pool = edge.settings, edge.pool
        self._pool = pool
        self._server = HttpServer(SlackWsgi(health), settings.host, settings.port, limits=settings.limits)
        self.port = self._server.port
        self._client = SocketDoor(app, settings.app_token, ping=pulse.ping)
        self._stopping = threading.Event()
        self._monotonic = pulse.monotonic
        self._heard: float | None = None
        self._last_pong: float | None = None
        self._connecting = threading.Thread(target=self._connect, name="socket-connect", daemon=True)

    def start(self) -> None:
        self._server.start()
        self._connecting.start()

    def stop(self, deadline: float) -> bool:
        """Close the websocket first: Slack then gives new commands to another replica."""
        end = time.monotonic() + deadline
        self._stopping.set()
        closing = threading.Thread(target=self._close, name="socket-close", daemon=True)
        closing.start()
        drained = self._pool.close(max(0.0, deadline - 1.0))
        closing.join(max(0.1, end - time.monotonic() - 0.5))
        self._server.stop(max(0.5, end - time.monotonic()))
        return drained

    def connected(self) -> bool:
        return self._client.is_connected()

    def ready(self) -> str:
        return "" if self.connected() else "there is no websocket to Slack yet"

    def liveness(self) -> str:
        """Judge by the age of the last pong alone, and not by what the SDK reports of itself: the SDK can be
        deaf and content.

        Before the first connection there is nothing to be deaf to, and a restart would not help.
        """
        session: Any = self._client.current_session
        pong = session.last_ping_pong_time if session is not None else None
        if pong is not None and pong != self._last_pong:
            self._last_pong, self._heard = pong, self._monotonic()
        age = 0.0 if self._heard is None else self._monotonic() - self._heard
        return "" if age < DEAF_SECONDS else f"nothing heard from Slack's websocket for {age:.0f} s"

    def _connect(self) -> None:
        wait = 0.5
        while not self._stopping.is_set():
            try:
                self._client.connect()
                self._heard = self._monotonic()
                return
            except NETWORK as error:
                log.warning("no websocket to Slack yet (%s); trying again", type(error).__name__)
            except Exception:  # the SDK raises whatever its socket, TLS or JSON raised
                log.exception("no websocket to Slack yet; trying again")
            self._stopping.wait(wait)
            wait = min(30.0, wait * 2)

    def _close(self) -> None:
        client: Any = self._client
        client.auto_reconnect_enabled = False
        try:
            if client.current_session is not None and client.current_session.sock is not None:
                # wake the reader, which would otherwise keep the SDK's close waiting for three seconds
                client.current_session.sock.shutdown(socket.SHUT_RDWR)
        except OSError as error:
            log.debug("the websocket was gone already (%s)", type(error).__name__)
        try:
            client.close()
        except NETWORK as error:
            log.warning("the websocket did not close cleanly (%s)", type(error).__name__)
        except Exception:
            log.exception("the websocket did not close cleanly")


def build_transport(app: App, edge: Edge, health: Health) -> HttpTransport | SocketTransport:
    """Build the transport that the settings name; it is bound, but not yet started."""
    kind = HttpTransport if edge.settings.transport == "http" else SocketTransport
    return kind(app, edge, health)
