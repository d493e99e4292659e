"""The Web API's client as it is constructed."""

from __future__ import annotations

import ssl

from bot.slack.web import SlackWeb
from tests.bot.slack.rig import settings

HOOK = "https://hooks.slack.example/commands/1"


def test_the_certificates_are_read_once_and_serve_every_call_and_every_answer() -> None:
    web = SlackWeb(settings("http", "https://slack.example/api/"))
    trusted = web.client.ssl
    assert trusted is not None
    assert trusted.verify_mode is ssl.CERT_REQUIRED
    assert trusted.check_hostname
    assert web.webhook(HOOK).ssl is trusted
    assert web.webhook(HOOK).ssl is trusted


def test_no_certificates_are_loaded_without_https() -> None:
    web = SlackWeb(settings("http", "http://127.0.0.1:9/api/"))
    assert web.client.ssl is None
    assert web.webhook("http://127.0.0.1:9/hook").ssl is None
