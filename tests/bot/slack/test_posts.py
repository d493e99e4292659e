"""Direct messages of the clock, as Slack takes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from handlers.ports.follows import Ending, Follow, Key
from handlers.tell import follow as tell
from policies.logs.following import Shown
from policies.logs.lines import LINES, Line
from tests.bot.slack.peer import Peer
from tests.bot.slack.test_charts import posts

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
KEY = Key("slack:T0HOME:U0DEV", "staging", "web", 'grep "<!channel> & co" container app')
LONG = Line(NOW, "app/web/1", "<!here> *bold* `code` " + "x" * 55)


def followed(count: int) -> Follow:
    shown = Shown((LONG,) * count, 1_204, skipped=True)
    return Follow(KEY, "Dev", NOW, NOW, NOW + timedelta(minutes=5), shown=shown, offer="offer-1")


def test_a_direct_message_stands_where_it_can_be_edited(peer: Peer) -> None:
    slack = posts(peer)
    at = slack.direct("U0DEV", tell.live(followed(0), UTC, NOW))
    assert at.channel.startswith("D")
    slack.edit(at.channel, at.ts, tell.live(followed(LINES), UTC, NOW, "AWS did not answer."))
    (shown,) = peer.seen(channel=at.channel)
    said = json.dumps(shown["blocks"])
    assert said.count("bold") == LINES
    assert "earlier lines" in said
    assert "offer-1" in said
    assert "<!here>" not in said


@pytest.mark.parametrize("ending", Ending)
def test_every_way_to_end_is_taken_by_slack_and_has_no_button(peer: Peer, ending: Ending) -> None:
    slack = posts(peer)
    at = slack.direct("U0DEV", tell.live(followed(1), UTC, NOW))
    slack.edit(at.channel, at.ts, tell.over(followed(3).over(ending, NOW), UTC))
    (shown,) = peer.seen(channel=at.channel)
    assert "actions" not in {block["type"] for block in shown["blocks"]}
    assert "`web`" in shown["text"]
