"""The address of a message is known without asking Slack for it."""

from __future__ import annotations

from playground.slack.cast import BOT_USER
from tests.bot.slack.rig import Bot


def test_it_is_the_one_that_slack_itself_would_give(http_bot: Bot) -> None:
    ts = http_bot.peer.state.messages.post("C0STAGING", BOT_USER, text="`web` restarted").ts
    identity = http_bot.edge.identity
    assert identity.link("C0STAGING", ts) == ""
    identity.learn()
    given = http_bot.edge.web.ask("chat.getPermalink", channel="C0STAGING", message_ts=ts)
    assert identity.link("C0STAGING", ts) == given["permalink"]
    assert identity.link("C0STAGING", "") == ""
