from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.slack.http_server import HttpServer
from bot.slack.transport import DEAF_SECONDS, Pulse, SocketTransport
from bot.slack.work import WorkPool
from bot.slack.wsgi import Health, SlackWsgi
from handlers.words.request import Request
from handlers.words.result import Answer, Reply
from tests.bot.slack.peer import Peer, until
from tests.bot.slack.rig import Bot
from tests.bot.slack.rows import HandClock
from tests.golden import Golden
from tests.waiting import PATIENCE, in_time


def get(port: int, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{port}{path}", trust_env=False, verify=False)


def test_both_transports_have_the_health_pages(bot: Bot) -> None:
    assert get(bot.transport.port, "/healthz").text == "ok"
    assert get(bot.transport.port, "/readyz").status_code == 200
    assert get(bot.transport.port, "/metrics").headers["content-type"].startswith("text/plain")
    assert get(bot.transport.port, "/else").status_code == 404


def test_ill_health_is_503_and_says_why() -> None:
    ill = Health(alive=lambda: "deaf", ready=lambda: "no database", metrics=lambda: b"up 0\n")
    server = HttpServer(SlackWsgi(ill), "127.0.0.1", 0)
    server.start()
    try:
        assert (get(server.port, "/healthz").status_code, get(server.port, "/healthz").text) == (503, "deaf")
        assert get(server.port, "/readyz").text == "no database"
        assert get(server.port, "/metrics").content == b"up 0\n"
        assert get(server.port, "/slack/events").status_code == 404
    finally:
        server.stop(2)


def test_only_posts_are_taken_for_requests_of_slack(http_bot: Bot) -> None:
    assert get(http_bot.transport.port, "/slack/events").status_code == 405


def test_a_stopped_server_gives_its_port_back(http_bot: Bot) -> None:
    port = http_bot.transport.port
    http_bot.stop()
    server = HttpServer(SlackWsgi(Health()), "127.0.0.1", port)
    server.stop(1)


def test_stopping_finishes_what_is_in_hand(bot: Bot) -> None:
    """Fails without draining: SIGTERM would lose an answer half-way."""
    go = threading.Event()

    def slow(_: Request) -> Reply:
        go.wait(PATIENCE)
        return Answer("in time")

    bot.gate.says = slow
    bot.peer.type("/env help")
    assert bot.gate.began.acquire(timeout=PATIENCE)
    threading.Timer(0.3, go.set).start()
    assert bot.transport.stop(PATIENCE)
    assert "in time" in until(lambda: bot.peer.seen())[0]["text"]


def test_stopping_keeps_its_deadline_whatever_hangs(http_bot: Bot) -> None:
    go = threading.Event()

    def hangs(_: Request) -> Reply:
        go.wait()
        return Answer("too late")

    http_bot.gate.says = hangs
    http_bot.peer.type("/env help")
    assert http_bot.gate.began.acquire(timeout=PATIENCE)
    assert not in_time(lambda: http_bot.transport.stop(1.5))
    go.set()


@pytest.mark.parametrize("abruptly", [False, True])
def test_a_lost_websocket_is_opened_again(start: Callable[..., Bot], abruptly: bool) -> None:
    bot = start("socket")
    bot.peer.run(bot.peer.server.sockets.disconnect(abruptly=abruptly))
    until(lambda: bot.peer.server.sockets.connections)
    bot.peer.type("/env help")
    assert until(lambda: bot.peer.seen())


def test_slack_down_at_the_first_connection_stops_nothing(start: Callable[..., Bot]) -> None:
    """Fails with the SDK's start(): it raises when the first connection fails."""
    probe = start("http")
    probe.peer.faults.order(kind="status", method="apps.connections.open", status=500, times=2)
    probe.peer.state.socket_mode = True
    bot = start("socket")
    assert len(bot.peer.calls("apps.connections.open")) == 3


def test_deafness_is_recognised_by_the_age_of_the_last_pong(peer: Peer, golden: Golden) -> None:
    bot, clock = Bot(peer, "socket"), HandClock()
    bot.transport.stop(0.2)
    edge = replace(bot.edge, pool=WorkPool())
    transport = SocketTransport(bot.app, edge, Health(), Pulse(0.2, clock.monotonic))
    clock.advance(500)
    assert transport.liveness() == ""  # not connected yet
    transport.start()
    client: Any = transport._client
    until(lambda: client.current_session and client.current_session.last_ping_pong_time)
    assert transport.liveness() == ""
    client.current_session = _Silent(client.current_session)
    assert transport.liveness() == ""
    clock.advance(DEAF_SECONDS + 1)
    told = transport.liveness()
    client.current_session = client.current_session.real
    transport.stop(0.2)
    assert told == golden


class _Silent:
    """A session whose pongs no longer come."""

    def __init__(self, real: Any) -> None:
        self.real, self.last_ping_pong_time = real, real.last_ping_pong_time

    def check_state(self) -> None: ...

    def is_active(self) -> bool:
        return True
