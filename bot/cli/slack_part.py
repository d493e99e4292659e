"""Slack's part of the settings, or what is missing in it."""

from __future__ import annotations

from bot.settings import PREFIX, Settings
from bot.slack.settings import SlackSettings


def missing(settings: Settings) -> tuple[str, ...]:
    """The variables that must be set before the bot can talk to Slack."""
    needed = {"slack_bot_token": settings.slack_bot_token}
    if settings.slack_transport == "http":
        needed["slack_signing_secret"] = settings.slack_signing_secret
    else:
        needed["slack_app_token"] = settings.slack_app_token
    return tuple(PREFIX + name.upper() for name, value in needed.items() if not value.get_secret_value())


def slack_settings(settings: Settings) -> SlackSettings:
    """Slack's settings. Call ``missing`` first: something missing raises ``ValueError``."""
    return SlackSettings(
        bot_token=settings.slack_bot_token.get_secret_value(),
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        app_token=settings.slack_app_token.get_secret_value(),
        transport=settings.slack_transport,
        command=settings.slack_command,
        team=settings.slack_team,
        app=settings.slack_app_id,
        groups=settings.slack_groups,
        api_url=settings.slack_api_url,
        answer_seconds=settings.slack_answer_seconds,
        host=settings.http_host,
        port=settings.http_port,
    )
