"""Control API, what can be seen: messages and views as one person sees them, traffic, cast, stream."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from zoneinfo import ZoneInfo

from aiohttp import web

from playground.slack.blocks_html import render_message, render_view
from playground.slack.cast import BOT_USER, COMMANDS, SHORTCUTS, SLACKBOT, Channel, Person
from playground.slack.mrkdwn_html import Names
from playground.slack.state import SlackState
from playground.slack.words import Json, PersonRefusal

KEEP_ALIVE_SECONDS = 15.0


class Reads:
    """The routes that change nothing."""

    def __init__(self, state: SlackState) -> None:
        self._state = state
        self._ended = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/playground/messages", self.messages),
            web.get("/playground/views", self.views),
            web.get("/playground/traffic", self.traffic),
            web.get("/playground/cast", self.cast),
            web.get("/playground/stream", self.stream),
        ]

    async def messages(self, request: web.Request) -> web.Response:
        """Answer the messages later than the ts ``after``, oldest first: ``?channel=&viewer=&after=&html=1``.
        A viewer who is not in the channel sees only messages meant for them alone. ``typed`` is what the
        viewer typed there.
        """
        channel = self._state.directory.channel(request.query.get("channel", ""))
        viewer = request.query.get("viewer") or None
        if viewer is not None:
            self._state.directory.person(viewer)
        found = self._state.messages.seen_by(channel.id, viewer, after=_ts(request.query.get("after", "0")))
        if viewer is not None and viewer not in channel.members:
            found = [message for message in found if message.only_for == viewer]
        told = [message.as_seen() for message in found]
        if request.query.get("html"):
            names = self._names(viewer)
            for message in told:
                message["html"] = str(render_message(message, names))
        typed = self._state.typed.of(viewer, channel.id) if viewer else []
        return web.json_response({"messages": told, "typed": typed})

    async def views(self, request: web.Request) -> web.Response:
        """Answer the Home, then the open modals from the bottom of the stack up: ``?viewer=&html=1``."""
        viewer = self._state.directory.person(request.query.get("viewer", "")).id
        home = self._state.views.homes.get(viewer)
        shown = [*([home] if home else []), *self._state.views.stacks.get(viewer, [])]
        told = [{**view.as_seen(), "kind": view.content.get("type")} for view in shown]
        if request.query.get("html"):
            names = self._names(viewer)
            for view in told:
                view["html"] = str(render_view(view, names))
        return web.json_response({"views": told})

    async def traffic(self, request: web.Request) -> web.Response:
        """Answer the rows with a higher id than ``after``, oldest first: ``?after=&method=``."""
        after = request.query.get("after", "0")
        if not after.isdigit():
            raise PersonRefusal("after is the id of a row", 400)
        rows = self._state.traffic.rows(after=int(after), method=request.query.get("method", ""))
        return web.json_response({"traffic": rows})

    async def cast(self, request: web.Request) -> web.Response:
        directory = self._state.directory
        return web.json_response(
            {
                "people": [_person(p) for p in directory.people.values() if p.id != SLACKBOT],
                "channels": [_channel(c) for c in directory.channels.values()],
                "shortcuts": [{"callback_id": id_, "name": name} for id_, name in SHORTCUTS.items()],
                "commands": [{"command": name, "description": told} for name, told in COMMANDS.items()],
            }
        )

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Send one server-sent event per change, until the reader leaves or the playground ends."""
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        answer = web.StreamResponse(headers=headers)
        changes, unsubscribe = self._state.changes.subscribe()
        try:
            await answer.prepare(request)
            await answer.write(b": open\n\n")
            while not self._ended.is_set():
                await answer.write(await self._next(changes))
        except ConnectionError:
            pass
        finally:
            unsubscribe()
        return answer

    async def end(self) -> None:
        """Let every open stream finish."""
        self._ended.set()
        self._state.changes.tell("bot")

    async def _next(self, changes: asyncio.Queue[Json]) -> bytes:
        with suppress(TimeoutError):
            change = await asyncio.wait_for(changes.get(), KEEP_ALIVE_SECONDS)
            return f"data: {json.dumps(change)}\n\n".encode()
        return b": still here\n\n"

    def _names(self, viewer: str | None) -> Names:
        """Return the names as this person reads them, with dates in that person's zone."""
        directory = self._state.directory
        zone = ZoneInfo(directory.person(viewer).tz) if viewer else None
        people = {p.id: p.name for p in directory.people.values()}
        people |= {g.id: g.handle for g in directory.groups.values()}
        channels = {c.id: c.name for c in directory.channels.values()}
        return Names(people, channels, zone, self._state.clock.now())


def _ts(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise PersonRefusal("after is the ts of a message", 400) from error


def _person(person: Person) -> Json:
    return {
        "id": person.id, "name": person.name, "real_name": person.real_name, "role": person.role,
        "role_line": person.role_line, "tz": person.tz,
        "team_id": person.team_id, "is_bot": person.is_bot, "deleted": person.deleted,
        "is_restricted": person.is_restricted, "is_stranger": person.is_stranger,
    }  # fmt: skip


def _channel(channel: Channel) -> Json:
    return {
        "id": channel.id, "name": channel.name, "is_im": channel.is_im, "user": channel.user,
        "is_private": channel.is_private, "is_ext_shared": channel.is_ext_shared,
        "is_archived": channel.is_archived, "bot_is_member": BOT_USER in channel.members,
        "members": sorted(channel.members),
    }  # fmt: skip
