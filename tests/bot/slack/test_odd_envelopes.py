"""Over both transports, a signed payload that makes no sense is refused in one line and harms nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.slack.payloads import Malformed, bolt_request
from playground.slack.parcels import Kind
from tests.bot.slack.payloads_of_slack import EVERY_KIND, PRESS, SUBMISSION, event
from tests.bot.slack.rig import Bot
from tests.bot.slack.test_payloads import form, paths, replaced, without
from tests.bot.slack.test_traps import COMMAND, post, signed
from tests.waiting import PATIENCE

NESTED: Any = json.loads('{"a":' * 100 + "1" + "}" * 100)
ODD: dict[str, tuple[Kind, Any]] = {
    "no actions": ("interaction", {**PRESS, "actions": None}),
    "an empty list of actions": ("interaction", {**PRESS, "actions": []}),
    "an action that is text": ("interaction", {**PRESS, "actions": ["x"]}),
    "a view without a type": ("interaction", {**SUBMISSION, "view": {"callback_id": "ask"}}),
    "a view that is a list": ("interaction", {**PRESS, "view": []}),
    "a state of text": ("interaction", {**SUBMISSION, "view": {**SUBMISSION["view"], "state": "x"}}),
    "a user that is a number": ("interaction", {**PRESS, "user": 7}),
    "deep nesting": ("interaction", {**PRESS, "message": NESTED}),
    "another type": ("interaction", {"type": "dialog_submission", "callback_id": 1}),
    "no event": ("event", {**EVERY_KIND["user_change"], "event": None}),
    "a user that is an id": ("event", event("user_change", user="U0DEV")),
    "an event without a type": ("event", {**EVERY_KIND["user_change"], "event": {}}),
    "authorizations of text": ("event", {**EVERY_KIND["user_change"], "authorizations": "x"}),
}  # fmt: skip


WRONG: tuple[Any, ...] = (0, "x", {}, [])


@pytest.fixture
def warned(caplog: pytest.LogCaptureFixture) -> Callable[[], list[logging.LogRecord]]:
    caplog.set_level(logging.WARNING)
    return lambda: [r for r in caplog.records if not r.name.startswith(("asyncio", "aiohttp", "httpx"))]


@pytest.mark.parametrize("name", ODD)
def test_http_refuses_an_odd_payload_with_400_and_logs_it_once(
    http_bot: Bot, name: str, warned: Callable[[], list[logging.LogRecord]]
) -> None:
    kind, payload = ODD[name]
    if kind == "event":
        body = json.dumps(payload).encode()
        answer = post(http_bot, body, {**signed(body), "Content-Type": "application/json"})
    else:
        body = form(payload)
        answer = post(http_bot, body, signed(body))
    assert answer.status_code == 400
    assert ["a signed request was refused" in r.getMessage() for r in warned()] == [True]
    assert not any(r.exc_info or r.exc_text for r in warned())


@pytest.mark.parametrize("name", ODD)
def test_socket_mode_acknowledges_an_odd_payload_and_logs_it_once(
    start: Callable[..., Bot], name: str, warned: Callable[[], list[logging.LogRecord]]
) -> None:
    bot = start("socket")
    assert bot.peer.send(*ODD[name]).ok
    assert ["an envelope was refused" in r.getMessage() for r in warned()] == [True]
    assert not any(r.exc_info or r.exc_text for r in warned())
    assert bot.peer.send("command", COMMAND).ok


@pytest.mark.parametrize(
    "spoilt",
    [
        "{not json", "[1]", '"text"', "", "{}", '{"envelope_id": 7, "type": "interactive", "payload": {}}',
        '{"type": "interactive", "payload": []}', '{"envelope_id": null, "payload": "x"}',
        '{"envelope_id": "e", "type": [], "payload": {}}', "[" * 100_000,
    ],
)  # fmt: skip
def test_a_message_that_is_no_envelope_does_not_end_the_websocket(
    start: Callable[..., Bot], spoilt: str, warned: Callable[[], list[logging.LogRecord]]
) -> None:
    bot = start("socket")
    connection = bot.peer.server.sockets.connections[0]
    bot.peer.run(connection.socket.send_str(spoilt))
    assert bot.peer.send("command", COMMAND).ok
    assert bot.peer.server.sockets.connections == [connection]
    assert not any(r.exc_info or r.exc_text for r in warned())


def test_an_envelope_nested_too_deep_is_acknowledged_by_its_id(start: Callable[..., Bot]) -> None:
    """Fails with the SDK alone: its reader raises, so Slack would deliver the envelope again and again."""
    bot = start("socket")
    sockets = bot.peer.server.sockets
    deep = (
        '{"envelope_id": "e-deep", "type": "interactive", "payload": ' + "[" * 100_000 + "]" * 100_000 + "}"
    )

    async def acknowledged() -> object:
        answer = sockets.expect("e-deep")
        await sockets.connections[0].socket.send_str(deep)
        return (await answer).ok

    assert bot.peer.run(acknowledged())


def test_an_envelope_without_a_listener_is_acknowledged(start: Callable[..., Bot]) -> None:
    """Fails with Bolt's adapter: it acknowledges only a 200, and Slack delivers an event three times."""
    bot = start("socket")
    assert bot.peer.send("interaction", EVERY_KIND["view_closed"]).ok
    assert bot.peer.send("event", EVERY_KIND["message"]).ok


def test_no_listener_stumbles_over_a_payload_that_bolt_can_read(
    http_bot: Bot, warned: Callable[[], list[logging.LogRecord]]
) -> None:
    """Each part of each kind of payload is taken away or gets another type; whatever Bolt can read is
    handled.
    """

    def handled(body: bytes) -> int:
        headers = {name.lower(): value for name, value in signed(body).items()}
        try:
            return http_bot.app.dispatch(bolt_request(body, headers)).status
        except Malformed:
            return 400

    with ThreadPoolExecutor(16) as threads:
        statuses = set(threads.map(handled, (form(p) for p in _spoilt_a_little())))
    assert statuses <= {200, 400, 403, 404}
    http_bot.edge.pool.close(PATIENCE)
    assert [r.getMessage() for r in warned() if r.exc_info or r.exc_text] == []


def _spoilt_a_little() -> Iterator[Any]:
    for payload in EVERY_KIND.values():
        for path in paths(payload):
            yield without(payload, path)
            yield from (replaced(payload, path, value) for value in WRONG)


def test_slash_commands_are_forms_and_their_text_may_be_anything(http_bot: Bot) -> None:
    for text in ("", "\x00\x07help\x07", "é" * 3_000, "payload", "a=1&payload=[[[[", "\ud7ff"):
        body = urlencode({**COMMAND, "text": text}).encode()
        assert post(http_bot, body, signed(body)).status_code == 200
