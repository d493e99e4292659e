"""The messages in every channel: who sees them, and which of them the bot may edit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playground.clock import PlaygroundClock
from playground.slack.cast import APP, BOT_ID, BOT_USER, TEAM
from playground.slack.changes import Changes
from playground.slack.elements import name_blocks
from playground.slack.words import Json, SlackRefusal

KEPT = 5_000


@dataclass
class Message:
    """One message. ``only_for`` makes it ephemeral: only that person sees it, and the Web API cannot reach
    it.
    """

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    only_for: str | None = None
    metadata: Json | None = None
    edited: str | None = None
    notice: str = ""
    """``failure`` when Slack itself reports that a command failed."""
    reactions: list[str] = field(default_factory=list)

    def as_slack(self) -> Json:
        """Return the message object of Web API answers and of interaction payloads."""
        told: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": TEAM}
        if self.user == BOT_USER:
            told |= {"bot_id": BOT_ID, "app_id": APP}
        optional: Json = {
            "blocks": self.blocks, "attachments": self.attachments, "thread_ts": self.thread_ts,
            "metadata": self.metadata,
        }  # fmt: skip
        if self.edited:
            optional["edited"] = {"user": self.user, "ts": self.edited}
        return {**told, **{name: value for name, value in optional.items() if value}}

    def as_seen(self) -> Json:
        """Return what the control API reports: the message, its channel, and whether only one
        person sees it.
        """
        return {
            **self.as_slack(), "blocks": self.blocks, "channel": self.channel,
            "ephemeral": self.only_for is not None, "only_for": self.only_for, "notice": self.notice,
            "reactions": self.reactions,
        }  # fmt: skip


class Messages:
    """Every message, by channel and ts. A ts is unique and increasing, by the playground's clock."""

    def __init__(self, clock: PlaygroundClock, changes: Changes) -> None:
        self._clock, self._changes = clock, changes
        self._last = 0
        self._held: dict[tuple[str, str], Message] = {}

    def stamp(self) -> str:
        """Return a new ts."""
        self._last = max(self._last + 1, int(self._clock.now().timestamp() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def post(self, channel: str, user: str, **content: Any) -> Message:
        message = Message(channel, self.stamp(), user, **content)
        name_blocks(message.blocks)
        self._held[channel, message.ts] = message
        while len(self._held) > KEPT:
            del self._held[next(iter(self._held))]
        self._tell("message", message)
        return message

    def edit(self, message: Message, **content: Any) -> None:
        """Change the message's content; Slack marks it as edited."""
        for name, value in content.items():
            setattr(message, name, value)
        name_blocks(message.blocks)
        message.edited = self.stamp()
        self._tell("message", message)

    def remove(self, message: Message) -> None:
        self._held.pop((message.channel, message.ts), None)
        self._tell("message_removed", message)

    def find(self, channel: str, ts: str) -> Message | None:
        return self._held.get((channel, ts))

    def public(self, channel: str, ts: str) -> Message:
        """Return a message, for the Web API. Raises ``message_not_found``, also for an ephemeral one
        (facts/slack 1.8).
        """
        found = self.find(channel, ts)
        if found is None or found.only_for is not None:
            raise SlackRefusal("message_not_found")
        return found

    def seen_by(self, channel: str, viewer: str | None, *, after: float = 0.0) -> list[Message]:
        """Return messages with a later ts than ``after``, oldest first; without a viewer, only those that
        everybody sees.
        """
        return [
            m
            for (place, _), m in sorted(self._held.items(), key=lambda item: float(item[0][1]))
            if place == channel and m.only_for in (None, viewer) and float(m.ts) > after
        ]

    def _tell(self, kind: str, message: Message) -> None:
        self._changes.tell(kind, channel=message.channel, ts=message.ts)
