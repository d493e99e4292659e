"""Events drop caches and publish Home. An event that is delivered two or three times acts no more
than once.
"""

from __future__ import annotations

import logging

from bot.slack import home
from bot.slack.deliveries import Recent
from bot.slack.edge import Body, Edge

log = logging.getLogger(__name__)
NAMES = (
    "app_home_opened",
    "user_change",
    "subteam_members_changed",
    "subteam_updated",
    "app_uninstalled",
    "tokens_revoked",
)


class Events:
    """Handles events, which Bolt acknowledges before this runs. A retry may be the first copy that arrives,
    so events are told apart by event id and never by the retry header.
    """

    def __init__(self, edge: Edge) -> None:
        self._edge = edge
        self._recent = Recent()

    def on_event(self, body: Body) -> None:
        event_id = str(body.get("event_id", ""))
        if event_id and not self._recent.first(event_id):
            return
        event = body.get("event") or {}
        match event.get("type"):
            case "user_change":
                self._edge.directory.forget_person(str((event.get("user") or {}).get("id", "")))
            case "subteam_members_changed" | "subteam_updated":
                self._edge.directory.forget_groups()
            case "app_home_opened":
                self._home(body)
            case "app_uninstalled" | "tokens_revoked":
                log.error("Slack says %s: the bot cannot post until it is installed again", event["type"])

    def _home(self, body: Body) -> None:
        if (body.get("event") or {}).get("tab", "home") == "home" and self._edge.pool.reserve():
            self._edge.pool.start(lambda: home.publish(self._edge, body))
