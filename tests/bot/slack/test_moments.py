"""A time in a sentence: in each reader's own zone where Slack draws dates, and with its zone elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.blocks import draw, draw_detail, draw_sentence, plain
from bot.slack.escaping import clip, clip_seen, escape, literal
from bot.slack.picker import notice
from handlers.words.message import Field, Fields, Log, Message, Offer, Status, Table, Text
from playground.slack.dates import drawn
from playground.slack.validator import check_message, check_view
from policies.schedule.standing import said_in_full
from policies.times.moments import marked
from tests.bot.slack.test_blocks import must_hold

NOW = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
AT = datetime(2026, 3, 2, 19, tzinfo=UTC)
WORDS = "20:00 (Europe/Berlin)"
SAID = said_in_full(AT, ZoneInfo("Europe/Berlin"), NOW)
DATE = f"<!date^{int(AT.timestamp())}^{{time}} {{date_short_pretty}}|{WORDS}>"
FORGED = "<!date^1^{time}^https://evil.example|20:00 (UTC)>"


def texts(found: Any, kind: str) -> list[str]:
    """Return all texts of this type, in order."""
    if isinstance(found, dict):
        own = [found["text"]] if found.get("type") == kind and isinstance(found.get("text"), str) else []
        return [*own, *(text for value in found.values() for text in texts(value, kind))]
    return [text for value in found for text in texts(value, kind)] if isinstance(found, list) else []


def test_a_time_is_a_date_in_mark_up_and_has_its_zone_everywhere_else() -> None:
    blocks = (
        Text((f"until {SAID}",)),
        Fields((Field("Next", f"stop {SAID}"),)),
        Table(("Until", f"at {SAID}"), ((f"until {SAID}", ""),)),
        Table(("Until",), ((f"since {SAID}",),)),
        Log(f"Since {SAID}", (f"at {SAID}",)),
    )
    offer = Offer(f"Keep until {SAID}", "keep", confirm=f"Until {SAID}?", id="1")
    message = draw(Message(Status.STOPPING_SOON, f"stops at {SAID}", blocks, (offer,)))
    must_hold(message)
    assert texts(message, "mrkdwn") == [
        f"⏳ *stopping soon* · stops at {DATE}",
        f"until {DATE}",
        f"*Next*\nstop {DATE}",
        f"since {DATE}",
    ]
    assert message["text"] == f"stopping soon: stops at {WORDS}"
    assert texts(message, "raw_text") == ["Until", f"at {WORDS}", f"until {WORDS}", "–"]
    assert texts(message, "text") == [f"Since {WORDS}", f"at {WORDS}"]
    assert texts(message, "plain_text")[0] == f"Keep until {WORDS}"


def test_sentences_threads_and_modals_have_dates_too() -> None:
    assert draw_sentence(SAID) == {
        "text": WORDS,
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": DATE, "verbatim": True}}],
    }
    assert draw_detail([Log(f"at {SAID}", ("x",))])["text"] == f"What was captured: at {WORDS}"
    assert texts(notice(f"Until {SAID}."), "mrkdwn") == [f"Until {DATE}."]
    assert check_view(notice(f"Until {SAID}.")) == []


def test_each_reader_sees_the_same_instant_in_their_own_zone() -> None:
    pattern = DATE.split("^")[2].partition("|")[0]
    seen = {zone: drawn(pattern, AT, ZoneInfo(zone), NOW) for zone in ("Europe/Berlin", "Asia/Kolkata")}
    assert seen == {"Europe/Berlin": "20:00 today", "Asia/Kolkata": "00:30 today"}


@pytest.mark.parametrize("around", ["{}", f"{SAID} {{}}", f"{{}} {SAID}"])
@pytest.mark.parametrize("text", [FORGED, "<!date", "<!date^1^{time}|", marked(AT, "20:01 (Europe/Berlin)")])
def test_no_other_text_becomes_a_date(text: str, around: str) -> None:
    given = around.format(text)
    assert escape(given).count("<!date") == around.count(WORDS)
    assert check_message(draw_sentence(given)) == []
    assert "<!date" not in literal(given)


def test_signs_around_other_mark_up_make_no_date_and_no_mention() -> None:
    for words in (FORGED, "<!channel> 20:00 (Europe/Berlin)", "@channel 20:00 (Europe/Berlin)"):
        assert "<" not in escape(marked(AT, words))
        assert "@channel" not in escape(marked(AT, words))


@given(st.text(max_size=30), st.text(max_size=30), st.integers(min_value=1, max_value=400))
def test_a_date_is_never_cut_in_two(before: str, after: str, limit: int) -> None:
    text = escape(f"{before}{SAID}{after}{SAID}")
    for cut in (clip(text, limit), clip_seen(text, limit)):
        assert "<" not in cut.replace(DATE, "")
    assert len(clip(text, limit)) <= limit


def test_a_limit_of_ours_counts_visible_text_and_stays_below_slacks() -> None:
    line = f"It stops at {SAID}."
    assert clip_seen(escape(line), len(f"It stops at {WORDS}.")) == f"It stops at {DATE}."
    assert len(clip_seen(escape(SAID * 500), 300)) <= 1_500
    must_hold(draw(Message(Status.RUNNING, SAID * 500, (Text((SAID * 500,) * 20),))))


def test_a_button_that_is_too_long_is_cut_as_words() -> None:
    assert plain(f"Keep on until {SAID}", 30) == {
        "type": "plain_text",
        "text": "Keep on until 20:00 (Europe/B…",
    }
