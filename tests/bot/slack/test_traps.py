"""The traps of facts/slack, each against a real Bolt app; each test fails without its workaround."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import logging
import os
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from bot.slack.app import STRAY, without_stray_variables
from bot.slack.edge import Ack
from bot.slack.identity import NOT_YET, Identity
from bot.slack.redacting import RedactingFilter, quiet_logger
from bot.slack.settings import SlackSettings
from bot.slack.web import RateLimited, SlackWeb
from handlers.words.errors import Rejected, Unanswered
from playground.slack.cast import BOT_TOKEN, SIGNING_SECRET
from tests.bot.slack.peer import Peer, until
from tests.bot.slack.rig import Bot, settings
from tests.golden import Golden
from tests.waiting import LONG_PAUSE, SLACKS_PATIENCE, in_time

COMMAND = {
    "command": "/env", "text": "help", "team_id": "T0HOME", "user_id": "U0DEV", "channel_id": "C0STAGING",
    "api_app_id": "A0LAMP", "trigger_id": "1.2.x",
}  # fmt: skip


def signed(body: bytes, *, at: str = "", secret: str = SIGNING_SECRET) -> dict[str, str]:
    at = at or str(int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": f"v0={digest}",
        "Content-Type": "application/x-www-form-urlencoded",
    }


def post(bot: Bot, body: bytes, headers: dict[str, str]) -> httpx.Response:
    url = f"http://127.0.0.1:{bot.transport.port}/slack/events"
    return httpx.post(url, content=body, headers=headers, trust_env=False, verify=False)


def test_a_listener_that_acks_and_raises_at_once_is_still_acknowledged(bot: Bot) -> None:
    """Fails without the error handler that returns a response: 404 after 3 s, or no ack at all."""

    def acks_and_raises(ack: Ack) -> None:
        ack()
        raise RuntimeError("right after the ack")

    bot.app.command("/raises")(acks_and_raises)
    for _ in range(4):
        ack = bot.peer.send("command", {**COMMAND, "command": "/raises"})
        assert ack.status == 200


def test_a_listener_that_raises_before_its_ack_is_reported_and_logged_with_its_traceback(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    def raises(ack: Ack) -> None:
        raise RuntimeError(f"before the ack, with {SIGNING_SECRET}")

    bot.app.command("/raises")(raises)
    ack = bot.peer.send("command", {**COMMAND, "command": "/raises"})
    assert ack.status == 200
    assert "Something broke here" in str(ack.body)
    [traceback] = [r.__dict__["exception"] for r in caplog.records if "a listener raised" in r.getMessage()]
    assert "RuntimeError: before the ack" in traceback
    assert SIGNING_SECRET not in traceback


def test_another_teams_command_never_runs(bot: Bot) -> None:
    """Fails without the first middleware: Bolt never compares the team."""
    bot.peer.state.patience = 0.5
    ack = bot.peer.send("command", {**COMMAND, "team_id": "T0SIDCO"})
    assert not ack.ok
    bot.peer.state.patience = SLACKS_PATIENCE
    assert bot.peer.send("command", COMMAND).ok
    until(lambda: bot.gate.asked)
    bot.edge.pool.close(3)
    assert len(bot.gate.asked) == 1


def test_another_apps_interaction_never_runs(start: Callable[..., Bot]) -> None:
    """Fails without the first middleware: Bolt accepts any api_app_id."""
    bot = start("http")
    payload = _press({"api_app_id": "A0OTHER"})
    assert not bot.peer.send("interaction", payload).ok
    bot.edge.pool.close(3)
    assert bot.gate.asked == []


def test_another_organisations_event_never_runs(start: Callable[..., Bot]) -> None:
    bot = start(enterprise="E0HOME")
    payload = _event("app_home_opened", user="U0DEV", tab="home")
    payload["authorizations"] = [{"team_id": "T0HOME", "enterprise_id": "E0OTHER"}]
    assert not bot.peer.send("event", payload).ok
    bot.edge.pool.close(3)
    assert bot.gate.asked == []


def test_an_outsiders_click_reaches_the_gate_as_the_outsiders(bot: Bot) -> None:
    """Fails if the team is read from the payload or Bolt's context: both say ours."""
    user = {"id": "U0SID", "name": "sid", "team_id": "T0SIDCO"}
    assert bot.peer.send("interaction", _press({"user": user})).ok
    request = until(lambda: bot.gate.asked)[0]
    assert request.actor.id == "slack:T0SIDCO:U0SID"
    account = bot.edge.directory.account("T0SIDCO", "U0SID")
    assert account is not None
    assert account.stranger


def test_a_replayed_request_carries_the_same_delivery_key(start: Callable[..., Bot]) -> None:
    """The store refuses a key that it has seen; a fresh id per arrival would act twice."""
    bot = start("http")
    body = urlencode(COMMAND).encode()
    headers = signed(body)
    assert [post(bot, body, headers).status_code for _ in range(2)] == [200, 200]
    until(lambda: len(bot.gate.asked) == 2)
    assert len({request.delivery for request in bot.gate.asked}) == 1
    assert len({request.id for request in bot.gate.asked}) == 2


def test_the_signature_is_the_delivery_key_without_a_trigger(start: Callable[..., Bot]) -> None:
    bot = start("http")
    body = urlencode({k: v for k, v in COMMAND.items() if k != "trigger_id"}).encode()
    headers = signed(body)
    post(bot, body, headers)
    assert until(lambda: bot.gate.asked)[0].delivery == f"signature:{headers['X-Slack-Signature']}"


def test_two_clicks_are_two_deliveries(http_bot: Bot) -> None:
    for trigger in ("1.1", "1.2"):
        http_bot.peer.send("interaction", _press({"trigger_id": trigger}))
    until(lambda: len(http_bot.gate.asked) == 2)
    assert len({request.delivery for request in http_bot.gate.asked}) == 2


def test_an_event_delivered_three_times_is_handled_once(bot: Bot) -> None:
    """Fails without the memory of event ids: Bolt runs the listener each time."""
    payload = _event("app_home_opened", user="U0DEV", tab="home")
    for _ in range(3):
        assert bot.peer.send("event", payload).ok
    until(lambda: bot.peer.calls("views.publish"))
    bot.edge.pool.close(3)
    assert len(bot.peer.calls("views.publish")) == 1


@pytest.mark.parametrize("at", ["soon", "", "1" * 5_000, "-1", "٣"])
def test_a_timestamp_that_is_no_number_is_401_and_not_500(start: Callable[..., Bot], at: str) -> None:
    """Fails on bare Bolt: int() raises inside its verification."""
    bot, body = start("http"), urlencode(COMMAND).encode()
    headers = {**signed(body), "X-Slack-Request-Timestamp": at.encode("utf-8").decode("latin-1")}
    raw = [(k.encode(), v.encode("latin-1")) for k, v in headers.items()]
    url = f"http://127.0.0.1:{bot.transport.port}/slack/events"
    assert httpx.post(url, content=body, headers=raw, trust_env=False, verify=False).status_code == 401


@pytest.mark.parametrize("signature", ["v0=", "v0=\xe9", "", "nonsense", "v0=" + "0" * 64])
def test_a_signature_of_any_wrong_form_is_401(start: Callable[..., Bot], signature: str) -> None:
    bot, body = start("http"), urlencode(COMMAND).encode()
    raw = [
        (k.encode(), v.encode("latin-1")) for k, v in {**signed(body), "X-Slack-Signature": signature}.items()
    ]
    url = f"http://127.0.0.1:{bot.transport.port}/slack/events"
    assert httpx.post(url, content=body, headers=raw, trust_env=False, verify=False).status_code == 401


@pytest.mark.parametrize("body", [b"\xff\xfe", b"payload=not-json", b"{not json", b"[1]", b"payload=[1]"])
def test_a_signed_body_that_makes_no_sense_is_refused_and_breaks_nothing(
    start: Callable[..., Bot], body: bytes
) -> None:
    bot = start("http")
    assert 400 <= post(bot, body, signed(body)).status_code < 500
    assert bot.peer.send("command", COMMAND).ok


def test_the_address_can_be_verified(start: Callable[..., Bot]) -> None:
    bot = start("http", team="")
    body = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    answer = post(bot, body, {**signed(body), "Content-Type": "application/json"})
    assert (answer.status_code, answer.json()) == (200, {"challenge": "abc"})


def test_an_old_signature_is_401(start: Callable[..., Bot]) -> None:
    bot, body = start("http"), urlencode(COMMAND).encode()
    assert post(bot, body, signed(body, at=str(int(time.time()) - 400))).status_code == 401


def test_a_missing_signing_secret_refuses_to_start(golden: Golden) -> None:
    """Bolt starts and answers every request with 500."""
    with pytest.raises(ValueError) as refused:
        SlackSettings(bot_token="xoxb-playground", transport="http")
    assert str(refused.value) == golden


def test_a_missing_app_token_refuses_to_start(golden: Golden) -> None:
    with pytest.raises(ValueError) as refused:
        SlackSettings(bot_token="xoxb-playground", transport="socket")
    assert str(refused.value) == golden


def test_stray_oauth_variables_do_not_silence_the_bot(
    start: Callable[..., Bot], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails if the variables are not hidden: Bolt drops the token and answers every command with nothing."""
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "stray")
    bot = start("http")
    assert bot.app.oauth_flow is None
    bot.peer.type("/env help")
    assert until(lambda: bot.peer.seen())


def test_stray_variables_are_hidden_and_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in STRAY:
        monkeypatch.setenv(name, "stray")
    with without_stray_variables():
        assert not any(name in os.environ for name in STRAY)
    assert all(os.environ[name] == "stray" for name in STRAY)


def test_slack_down_at_boot_stops_nothing(start: Callable[..., Bot], peer: Peer) -> None:
    """Fails with Bolt's own check: its constructor calls auth.test and raises."""
    peer.faults.order(kind="status", method="auth.test", status=500, times=2)
    bot = start("http", team="")
    bot.edge.identity.learn_in_background(first=0.05)
    answered = bot.peer.type("/env help")
    assert answered["status"] == 200
    assert NOT_YET in str(answered["response"]) or bot.edge.identity.known
    until(lambda: bot.edge.identity.known)
    assert bot.edge.identity.home().team == "T0HOME"
    bot.peer.type("/env help")
    assert until(lambda: bot.gate.asked)


def test_nothing_runs_until_slack_says_whose_the_bot_is(start: Callable[..., Bot]) -> None:
    bot = start("http", team="")
    assert NOT_YET in str(bot.peer.type("/env help")["response"])
    assert not bot.peer.send("interaction", _press({})).ok
    assert bot.gate.asked == []


def test_a_token_of_another_workspace_is_refused(peer: Peer, golden: Golden) -> None:
    wrong = settings("http", f"{peer.state.url}/api/", team="T0OTHER")
    with pytest.raises(Rejected) as refused:
        Identity(wrong, SlackWeb(wrong)).learn()
    assert refused.value.sentence == golden


def test_a_429_raises_at_once_with_its_pause_and_nobody_sleeps(peer: Peer) -> None:
    peer.faults.order(kind="status", method="users.info", status=429, retry_after=LONG_PAUSE)
    web = SlackWeb(settings("http", f"{peer.state.url}/api/"))
    with pytest.raises(RateLimited) as raised:
        in_time(lambda: web.ask("users.info", user="U0DEV"))
    assert raised.value.seconds == LONG_PAUSE
    assert raised.value.retry_helps
    assert len(peer.calls("users.info")) == 1


def test_a_lost_answer_is_not_asked_for_twice(peer: Peer) -> None:
    """Fails with the SDK's default handler: after a cut connection it posts a second message."""
    peer.faults.order(kind="drop", method="chat.postMessage", phase="after_effect")
    web = SlackWeb(settings("http", f"{peer.state.url}/api/", answer_seconds=8))
    with pytest.raises(Unanswered):
        web.call("chat.postMessage", channel="C0STAGING", text="once")
    assert len(peer.seen()) == 1


def test_secrets_never_reach_the_log(bot: Bot, capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(
        lambda r: not r.name.startswith(("aiohttp", "httpx", "httpcore"))
    )  # the tests' own logs
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        bot.peer.type("/env help")
        until(lambda: bot.peer.seen())
        body = urlencode({**COMMAND, "response_url": "https://hooks.slack.com/commands/T0/1/abc"}).encode()
        if bot.settings.transport == "http":
            post(bot, body, signed(body, secret="another"))
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    told = stream.getvalue()
    for secret in (BOT_TOKEN, "xapp-playground", SIGNING_SECRET, "hooks.slack.com", "/response/T0HOME"):
        assert secret not in told


def test_the_filter_redacts_every_shape_of_secret() -> None:
    said = RedactingFilter(["the-signing-secret"]).redact(
        "xoxb-1-abc xapp-1-def the-signing-secret https://hooks.slack.com/actions/T/1/xyz "
        "response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT%2F9 'trigger_id': '1.2.zz' "
        '"response_url": "http://127.0.0.1:1/response/abc" v0='
        + "a" * 64
        + " token=verify wss://x/?ticket=tt"
    )
    for secret in ("abc", "def", "signing", "xyz", "%2F9", "1.2.zz", "aaaa", "verify", "tt"):
        assert secret not in said.replace("token", "").replace("ticket", ""), said


def test_bolts_logger_is_quiet_below_warning_and_redacts(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    try:
        logger = quiet_logger(["hush-hush"])
        logger.info("body: hush-hush")
        logger.warning("token %s", "hush-hush")
        try:
            raise RuntimeError("with hush-hush inside")
        except RuntimeError:
            logger.exception("it broke")
    finally:
        logging.getLogger().removeHandler(handler)
    assert "body" not in stream.getvalue()
    assert "hush" not in stream.getvalue()
    assert "[redacted]" in stream.getvalue()


def _press(more: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "block_actions", "user": {"id": "U0DEV", "name": "dev", "team_id": "T0HOME"},
        "api_app_id": "A0LAMP", "team": {"id": "T0HOME"}, "channel": {"id": "C0STAGING"}, "enterprise": None,
        "trigger_id": "1.2", "container": {"type": "message", "is_ephemeral": False},
        "actions": [{"action_id": "offer:0", "block_id": "b", "type": "button", "value": "o-1"}], **more,
    }  # fmt: skip


def _event(kind: str, **event: Any) -> dict[str, Any]:
    return {
        "type": "event_callback", "team_id": "T0HOME", "api_app_id": "A0LAMP", "event_id": "Ev1",
        "event": {"type": kind, **event}, "authorizations": [{"team_id": "T0HOME", "enterprise_id": None}],
    }  # fmt: skip
