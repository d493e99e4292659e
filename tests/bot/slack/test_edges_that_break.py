"""Any error at an edge gets an answer, and stands in the log with its traceback."""

from __future__ import annotations

import threading
from collections.abc import Callable

import httpx
import pytest

from bot.slack.http_server import HttpServer
from bot.slack.identity import Identity
from bot.slack.web import SlackWeb
from bot.slack.wsgi import Health, SlackWsgi
from tests.bot.slack.peer import Peer, until
from tests.bot.slack.rig import Bot, settings
from tests.waiting import PATIENCE


def test_a_page_that_breaks_is_500_and_the_server_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    def breaks() -> bytes:
        raise RuntimeError("no figures")

    server = HttpServer(SlackWsgi(Health(metrics=breaks)), "127.0.0.1", 0)
    server.start()
    try:
        url = f"http://127.0.0.1:{server.port}"
        assert httpx.get(f"{url}/metrics", trust_env=False, verify=False).status_code == 500
        assert httpx.get(f"{url}/healthz", trust_env=False, verify=False).status_code == 200
    finally:
        server.stop(2)
    assert [r.exc_info[0] for r in caplog.records if r.exc_info] == [RuntimeError]


def test_a_job_that_breaks_is_logged_with_its_traceback(
    start: Callable[..., Bot], caplog: pytest.LogCaptureFixture
) -> None:
    bot = start("http")
    assert bot.edge.pool.reserve()
    bot.edge.pool.start(lambda: 1 // 0)  # type: ignore[arg-type]
    assert bot.edge.pool.close(PATIENCE)
    assert [r.exc_info[0] for r in caplog.records if r.exc_info] == [ZeroDivisionError]


def test_learning_the_bots_identity_goes_on_after_any_error(
    peer: Peer, caplog: pytest.LogCaptureFixture
) -> None:
    """Fails if the thread ends: nothing would run until the process is restarted."""

    class Breaking(SlackWeb):
        broke = threading.Event()

        def call(self, method: str, **arguments: object) -> dict[str, object]:
            if not self.broke.is_set():
                self.broke.set()
                raise RuntimeError("once")
            return super().call(method, **arguments)

    told = settings("http", f"{peer.state.url}/api/", team="")
    identity = Identity(told, Breaking(told))
    identity.learn_in_background(first=0.01)
    until(lambda: identity.known)
    assert [r.exc_info[0] for r in caplog.records if r.exc_info] == [RuntimeError]
