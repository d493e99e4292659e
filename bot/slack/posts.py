"""Messages that belong to no operation: notices of the clock."""

from __future__ import annotations

from bot.slack.blocks import draw
from bot.slack.web import RateLimited, SlackWeb
from handlers.words.errors import Throttled
from handlers.words.message import Message


class SlackPosts:
    """``handlers.ports.slack.Posts``. A rate limit is ``Throttled``: the next tick tries again."""

    def __init__(self, web: SlackWeb) -> None:
        self._web = web

    def post(self, channel: str, said: Message) -> str:
        answer = self._call(
            "chat.postMessage", channel=channel, said=said, unfurl_links=False, unfurl_media=False
        )
        return str(answer["ts"])

    def edit(self, channel: str, ts: str, said: Message) -> None:
        self._call("chat.update", channel=channel, ts=ts, said=said)

    def _call(self, method: str, *, said: Message, **arguments: object) -> dict[str, object]:
        try:
            return self._web.call(method, **draw(said), **arguments)
        except RateLimited as limited:
            raise Throttled(f"Slack asks to wait {limited.seconds:.0f} s.", retry_helps=True) from None
