"""Messages that belong to no operation: notices and digests of the clock."""

from __future__ import annotations

from collections.abc import Sequence

from bot.slack.blocks import Drawn, draw, draw_detail
from bot.slack.places import Places
from bot.slack.web import RateLimited, SlackWeb
from handlers.words.errors import Throttled
from handlers.words.message import Log, Message


class SlackPosts:
    """``handlers.ports.slack.Posts``. A rate limit is ``Throttled``: the next tick tries again."""

    def __init__(self, web: SlackWeb, places: Places) -> None:
        self._web, self._places = web, places

    def post(self, channel: str, said: Message) -> str:
        answer = self._call(
            "chat.postMessage", draw(said), channel=channel, unfurl_links=False, unfurl_media=False
        )
        return str(answer["ts"])

    def edit(self, channel: str, ts: str, said: Message) -> None:
        self._call("chat.update", draw(said), channel=channel, ts=ts)

    def reply(self, channel: str, ts: str, logs: Sequence[Log]) -> None:
        quiet = {"unfurl_links": False, "unfurl_media": False}
        self._call("chat.postMessage", draw_detail(logs), channel=channel, thread_ts=ts, **quiet)

    def shared(self, channel: str) -> bool:
        """Asked anew: what is posted once a week can wait for it."""
        self._places.forget(channel)
        return self._places.told_shared(channel)

    def _call(self, method: str, message: Drawn, **arguments: object) -> dict[str, object]:
        try:
            return self._web.call(method, **message, **arguments)
        except RateLimited as limited:
            raise Throttled(f"Slack asks to wait {limited.seconds:.0f} s.", retry_helps=True) from None
