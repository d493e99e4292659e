"""Messages that belong to no operation: notices and digests of the clock."""

from __future__ import annotations

from collections.abc import Sequence

from bot.slack.blocks import draw, draw_detail
from bot.slack.places import Places
from bot.slack.versions import Pictures
from bot.slack.web import Json, RateLimited, SlackWeb
from handlers.words.errors import Throttled
from handlers.words.message import Log, Message
from handlers.words.result import Standing


class SlackPosts:
    """``handlers.ports.slack.Posts``. A rate limit becomes ``Throttled``: the next tick tries again.
    ``pictures`` draws charts where the installation wants pictures; only a message to a channel has them,
    also each time that it is drawn again (decision 0016).
    """

    def __init__(self, web: SlackWeb, places: Places, pictures: Pictures | None = None) -> None:
        self._web, self._places, self._pictures = web, places, pictures

    def post(self, channel: str, said: Message) -> str:
        quiet = {"unfurl_links": False, "unfurl_media": False}
        message = {**draw(said), "channel": channel, **quiet}
        answer = self._call("chat.postMessage", message, self._pictures)
        return str(answer["ts"])

    def direct(self, user: str, said: Message) -> Standing:
        quiet = {"unfurl_links": False, "unfurl_media": False}
        answer = self._call("chat.postMessage", {**draw(said), "channel": user, **quiet})
        return Standing(str(answer["channel"]), str(answer["ts"]))

    def edit(self, channel: str, ts: str, said: Message) -> None:
        self._call("chat.update", {**draw(said), "channel": channel, "ts": ts}, self._pictures)

    def reply(self, channel: str, ts: str, logs: Sequence[Log]) -> None:
        quiet = {"unfurl_links": False, "unfurl_media": False}
        self._call("chat.postMessage", {**draw_detail(logs), "channel": channel, "thread_ts": ts, **quiet})

    def shared(self, channel: str) -> bool:
        """Whether the channel is shared, never from the cache: a post that goes out once a week can wait for
        Slack.
        """
        self._places.forget(channel)
        return self._places.told_shared(channel)

    def _call(self, method: str, message: Json, pictures: Pictures | None = None) -> Json:
        try:
            return self._web.show(method, message, pictures)
        except RateLimited as limited:
            raise Throttled(f"Slack asks to wait {limited.seconds:.0f} s.", retry_helps=True) from None
