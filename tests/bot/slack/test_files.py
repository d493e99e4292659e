"""A file of evidence goes to whoever asked, as a direct message, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.slack.files import send
from handlers.tell import download as tell
from handlers.words.message import TextFile
from handlers.words.result import Answer
from tests.bot.slack.peer import until
from tests.bot.slack.rig import Bot

FILE = TextFile("staging-web-2026-03-02-1200.txt", "Restart of web in staging", "FATAL: no DATABASE_URL ✓\n")
ANSWER = Answer("What was captured of the `restart` of `web` in `staging`.", file=FILE)
DIRECT = "D0DEV"


def test_it_is_sent_to_the_person_alone_and_the_answer_says_where_it_is(http_bot: Bot) -> None:
    http_bot.gate.says = lambda _: ANSWER
    http_bot.peer.type("/env status staging web", channel="C0SHARED")
    until(lambda: tell.SENT in str(http_bot.peer.seen(channel="C0SHARED")))
    said, link = http_bot.peer.seen(channel=DIRECT)
    assert (said["text"], FILE.title in link["text"]) == (f"{FILE.title}:", True)
    (held,) = http_bot.peer.state.files._files.values()
    assert (held.name, held.body.decode()) == (FILE.name, FILE.text)
    (answered,) = http_bot.peer.seen(channel="C0SHARED")
    assert answered["ephemeral"] is True
    assert FILE.text.strip() not in str(answered)
    assert not http_bot.peer.seen("U0VIC", channel="C0SHARED")


def test_without_the_scope_nothing_is_said_in_the_direct_messages(http_bot: Bot) -> None:
    http_bot.peer.faults.order(kind="error", method="files.getUploadURLExternal", code="missing_scope")
    assert send(http_bot.edge.web, "U0DEV", FILE) == tell.NOT_ALLOWED
    assert not http_bot.peer.seen(channel=DIRECT)


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
def test_what_slack_does_not_take_is_told_and_leaves_no_announcement(
    start: Callable[..., Bot], method: str
) -> None:
    bot = start("http", answer_seconds=2)
    bot.peer.faults.order(kind="status", method=method)
    told = send(bot.edge.web, "U0DEV", FILE)
    assert told.startswith(tell.not_sent(""))
    assert not bot.peer.seen(channel=DIRECT)


def test_bytes_go_to_no_address_but_a_secure_one(http_bot: Bot) -> None:
    with pytest.raises(Exception, match="no address"):
        http_bot.edge.web.upload("http://example.com/upload", b"x")
    with pytest.raises(Exception, match="no address"):
        http_bot.edge.web.upload("", b"x")
