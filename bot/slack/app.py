"""The Bolt app, built so that a Slack outage, a stray variable or a raising listener does no harm."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.slack import actions, commands, events, modals, picker, shortcuts, until
from bot.slack.blocks import FORM, MENU, OFFER
from bot.slack.edge import BROKEN, Ack, Body, Edge
from bot.slack.identity import check_payload
from bot.slack.settings import SlackSettings

LISTENERS = 32
"""Threads that acknowledge. With Bolt's default of 5, a few slow listeners starve the acks (facts/slack 1.2).
"""
STRAY = (
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "SLACK_BOT_TOKEN",
    "SLACK_USER_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_VERIFICATION_TOKEN",
    "SLACK_SCOPES",
    "SLACK_USER_SCOPES",
    "SLACK_INSTALLATION_STORE_FILE_DIR",
)
"""Variables that Bolt reads by itself. The first two make Bolt drop the token and stay silent."""


def build_app(edge: Edge) -> App:
    """Build the app and its listeners. Calls nothing outside: ``Identity`` checks the token."""
    settings = edge.settings
    logger = edge.web.logger
    with without_stray_variables():
        app = App(
            name="lamplighter",
            logger=logger,
            signing_secret=settings.signing_secret,
            client=WebClient(
                base_url=settings.api_url, timeout=settings.answer_seconds, retry_handlers=[], logger=logger
            ),
            authorize=_authorize(edge),
            before_authorize=check_payload(edge.identity),
            listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="slack-ack"),
            request_verification_enabled=True,
            attaching_function_token_enabled=False,
        )
    app.error(_keep_the_ack(logger))
    _listen(app, edge)
    return app


@contextmanager
def without_stray_variables() -> Iterator[None]:
    """Hide the variables that Bolt would pick up on its own, and restore them afterwards, because they belong
    to the process.
    """
    hidden = {name: os.environ.pop(name) for name in STRAY if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(hidden)


def _authorize(edge: Edge) -> Callable[..., AuthorizeResult]:
    """Authorize without a call to Slack: Bolt's own authorization would call ``auth.test`` within the three
    seconds that Slack waits for an ack.
    """
    settings: SlackSettings = edge.settings

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=edge.identity.bot_user or None,
            bot_token=settings.bot_token,
        )

    return authorize


def _keep_the_ack(logger: logging.Logger) -> Callable[..., BoltResponse]:
    """Keep an ack that was already sent, by returning a response. Bolt's own handler loses the ack, and the
    person is told that an operation which ran has failed (facts/slack 1.2, *lost ack*).
    """

    def handle(error: Exception) -> BoltResponse:
        logger.error("a listener raised", exc_info=(type(error), error, error.__traceback__))
        return BoltResponse(status=200, body=BROKEN)

    return handle


def _listen(app: App, edge: Edge) -> None:
    """Register the listeners. The first match wins, so the listener for unknown buttons comes last."""
    _register(app.command(re.compile(f"^{re.escape(edge.settings.command)}$", re.IGNORECASE)), _command(edge))
    _register(app.action(OFFER), _offer(edge))
    _register(app.action(FORM), _form(edge))
    _register(app.action(MENU), _menu(edge))
    _register(app.action(re.compile(r"^ask:")), _choice(edge))
    _register(app.action(re.compile(r"^pick:")), _pick(edge))
    _register(app.options(re.compile(r"^(ask|pick):")), _options(edge))
    _register(app.view(picker.CALLBACK), _submit(edge))
    _register(app.view(until.CALLBACK), _until(edge))
    _register(app.message_shortcut(shortcuts.WHY), _why(edge))
    _register(app.action(re.compile(r".*", re.DOTALL)), _unknown(edge))
    heard = events.Events(edge)

    def on_event(body: Body) -> None:
        heard.on_event(body)

    for name in events.NAMES:
        _register(app.event(name), on_event)


def _register(decorate: Callable[..., Any], listener: Callable[..., None]) -> None:
    decorate(listener)


def _command(edge: Edge) -> Callable[..., None]:
    def on_command(ack: Ack, body: Body, request: BoltRequest) -> None:
        commands.on_command(edge, ack, body, request.headers)

    return on_command


def _offer(edge: Edge) -> Callable[..., None]:
    def on_offer(ack: Ack, body: Body, request: BoltRequest) -> None:
        actions.on_offer(edge, ack, body, request.headers)

    return on_offer


def _menu(edge: Edge) -> Callable[..., None]:
    def on_menu(ack: Ack, body: Body, request: BoltRequest) -> None:
        actions.on_menu(edge, ack, body, request.headers)

    return on_menu


def _form(edge: Edge) -> Callable[..., None]:
    def on_form(ack: Ack, body: Body, request: BoltRequest) -> None:
        until.on_form(edge, ack, body, request.headers)

    return on_form


def _why(edge: Edge) -> Callable[..., None]:
    def on_why(ack: Ack, body: Body, request: BoltRequest) -> None:
        shortcuts.on_why(edge, ack, body, request.headers)

    return on_why


def _until(edge: Edge) -> Callable[..., None]:
    def on_until(ack: Ack, body: Body, request: BoltRequest) -> None:
        until.on_submit(edge, ack, body, request.headers)

    return on_until


def _choice(edge: Edge) -> Callable[..., None]:
    def on_choice(ack: Ack, body: Body) -> None:
        modals.on_choice(edge, ack, body)

    return on_choice


def _pick(edge: Edge) -> Callable[..., None]:
    def on_pick(ack: Ack, body: Body) -> None:
        modals.on_pick(edge, ack, body)

    return on_pick


def _options(edge: Edge) -> Callable[..., None]:
    def on_options(ack: Ack, body: Body) -> None:
        modals.on_options(edge, ack, body)

    return on_options


def _submit(edge: Edge) -> Callable[..., None]:
    def on_submit(ack: Ack, body: Body, request: BoltRequest) -> None:
        modals.on_submit(edge, ack, body, request.headers)

    return on_submit


def _unknown(edge: Edge) -> Callable[..., None]:
    def on_unknown(ack: Ack, body: Body) -> None:
        actions.on_unknown(edge, ack, body)

    return on_unknown
