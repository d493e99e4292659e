"""A peer and a bot for each test; ``bot`` runs each test over both transports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.bot.slack.peer import Peer
from tests.bot.slack.rig import Bot

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    made = Peer()
    yield made
    made.close()


@pytest.fixture
def start(peer: Peer) -> Iterator[Callable[..., Bot]]:
    """Starts bots with settings of a test's own; all are stopped afterwards."""
    made: list[Bot] = []

    def start(transport: Any = "http", **more: Any) -> Bot:
        made.append(Bot(peer, transport, **more))
        return made[-1].start()

    yield start
    for bot in made:
        bot.stop()


@pytest.fixture(params=["http", "socket"])
def bot(request: pytest.FixtureRequest, start: Callable[..., Bot]) -> Bot:
    return start(request.param)


@pytest.fixture
def http_bot(start: Callable[..., Bot]) -> Bot:
    return start("http")
