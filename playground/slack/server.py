"""The Slack that the bot meets: Web API, websockets and response URLs, as routes of the playground."""

from __future__ import annotations

from aiohttp import web

from playground.slack import methods_files, response_urls, web_api
from playground.slack.delivery import Delivery
from playground.slack.parcels import Transport
from playground.slack.state import SlackState
from playground.slack.transport_http import HttpTransport
from playground.slack.transport_socket import SocketTransport


class SlackServer:
    """One workspace with one transport to the bot: ``events_url`` for HTTP, ``None`` for Socket Mode."""

    def __init__(self, state: SlackState, events_url: str | None) -> None:
        self.state = state
        state.socket_mode = events_url is None
        self.sockets = SocketTransport(state)
        transport: Transport = self.sockets if events_url is None else HttpTransport(events_url)
        self.delivery = Delivery(state, transport)

    def routes(self) -> list[web.RouteDef]:
        async def api(request: web.Request) -> web.StreamResponse:
            return await web_api.handle(self.state, request)

        async def response(request: web.Request) -> web.StreamResponse:
            return await response_urls.handle(self.state, request)

        async def upload(request: web.Request) -> web.StreamResponse:
            return await methods_files.upload(self.state, request)

        async def file(request: web.Request) -> web.StreamResponse:
            return await methods_files.show(self.state, request)

        return [
            web.route("*", "/api/{method}", api),
            web.post("/upload/v1/{key:.+}", upload),
            web.get("/files/{id}", file),
            web.post("/response/{key:.+}", response),
            web.get("/socket", self.sockets.serve),
        ]

    async def strike_sockets(self) -> int:
        """Carry out a ``disconnect`` ordered on ``socket`` at once; return how many websockets it closed.

        ``code`` ``abrupt`` cuts TCP; anything else is Slack's polite refresh.
        """
        rule = self.state.faults.at("socket", "before_effect")
        if rule is None:
            return 0
        return await self.sockets.disconnect(abruptly=rule.code == "abrupt")

    async def close(self) -> None:
        await self.delivery.close()
        await self.sockets.close()
