"""Control API, what people do: type, press, submit, choose, close; and events that happen by themselves."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from playground.control_orders import needed, order_of
from playground.slack import acts_modal, acts_pressing, acts_typing, happenings
from playground.slack.server import SlackServer
from playground.slack.words import Json


class Acts:
    """The routes that act as a member of the cast."""

    def __init__(self, slack: SlackServer) -> None:
        self._state, self._delivery = slack.state, slack.delivery

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/playground/command", self.command),
            web.post("/playground/click", self.click),
            web.post("/playground/shortcut", self.shortcut),
            web.post("/playground/submit", self.submit),
            web.post("/playground/close", self.close),
            web.post("/playground/options", self.options),
            web.post("/playground/event", self.event),
        ]

    async def command(self, request: web.Request) -> web.Response:
        order = await order_of(request)
        replay = bool(order.get("replay"))
        typed = acts_typing.Typed(
            user="" if replay else needed(order, "user"),
            channel="" if replay else needed(order, "channel"),
            text="" if replay else needed(order, "text"),
            thread_ts=order.get("thread_ts"),
            force=bool(order.get("force")),
            replay=replay,
            overrides=order.get("overrides") or {},
        )
        return web.json_response(await acts_typing.type_text(self._state, self._delivery, typed))

    async def click(self, request: web.Request) -> web.Response:
        order = await order_of(request)
        if order.get("replay"):
            return web.json_response(await acts_pressing.replay_press(self._delivery))
        double = bool(order.get("double"))
        answer = await acts_pressing.press(self._state, self._delivery, _press(order), double=double)
        return web.json_response(answer)

    async def shortcut(self, request: web.Request) -> web.Response:
        """Use a shortcut from the menu of a message: ``{user, channel, ts, action_id}``."""
        order = await order_of(request)
        needed(order, "channel")
        used = _press({**order, "ts": needed(order, "ts")})
        return web.json_response(await acts_pressing.use_shortcut(self._state, self._delivery, used))

    async def options(self, request: web.Request) -> web.Response:
        order = await order_of(request)
        query = str(order.get("query", ""))
        answer = await acts_pressing.options(self._state, self._delivery, _press(order), query)
        return web.json_response(answer)

    async def submit(self, request: web.Request) -> web.Response:
        order = await order_of(request)
        if order.get("close"):
            return await self._closed(order)
        submission = acts_modal.Submission(
            user=needed(order, "user"),
            view_id=needed(order, "view_id"),
            values=order.get("values") or {},
            overrides=order.get("overrides") or {},
        )
        return web.json_response(await acts_modal.submit(self._state, self._delivery, submission))

    async def close(self, request: web.Request) -> web.Response:
        return await self._closed(await order_of(request))

    async def _closed(self, order: Json) -> web.Response:
        user, view_id = needed(order, "user"), needed(order, "view_id")
        return web.json_response(await acts_modal.close(self._state, self._delivery, user, view_id))

    async def event(self, request: web.Request) -> web.Response:
        order = await order_of(request)
        return web.json_response(await happenings.happen(self._state, self._delivery, order))


def _press(order: Json) -> acts_pressing.Press:
    given: dict[str, Any] = {"value": order["value"]} if order.get("value") is not None else {}
    return acts_pressing.Press(
        user=needed(order, "user"),
        action_id=needed(order, "action_id"),
        channel=str(order.get("channel") or ""),
        ts=str(order.get("ts") or ""),
        view_id=str(order.get("view_id") or ""),
        block_id=str(order.get("block_id") or ""),
        force=bool(order.get("force")),
        overrides=order.get("overrides") or {},
        **given,
    )
