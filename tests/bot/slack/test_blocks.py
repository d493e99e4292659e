from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.slack.blocks import detail_message, outcome_message, sentence_message
from bot.slack.escaping import clip, escape
from handlers.words.result import Evidence, Field, Offer, Outcome, Table
from playground.slack.validator import check_message, check_view

NASTY = [
    "<!channel>",
    "<@U0SID>",
    "@here",
    "&amp;",
    "<http://x|y>",
    "`",
    "*_~",
    "\x00\x1b[31m",
    "\u202e",
    "\ud800",
]
words = st.one_of(
    st.text(),
    st.sampled_from(NASTY),
    st.builds(lambda w, n: w * n, st.sampled_from(NASTY), st.integers(1, 2_000)),
)
offers = st.builds(
    Offer, label=words, operation=words, style=st.sampled_from(["", "primary", "danger", "odd"]),
    confirm=words, id=st.one_of(st.just(""), st.uuids().map(str)),
)  # fmt: skip
tables = st.builds(
    Table,
    st.lists(words, max_size=25).map(tuple),
    st.lists(st.lists(words, max_size=25).map(tuple), max_size=120).map(tuple),
)
captured = st.builds(Evidence, words, st.lists(words, max_size=60).map(tuple))
outcomes = st.builds(
    Outcome, status=words, summary=words,
    fields=st.lists(st.builds(Field, words, words), max_size=30).map(tuple),
    table=st.none() | tables,
    evidence=st.lists(captured, max_size=12).map(tuple),
    offers=st.lists(offers, max_size=30).map(tuple),
    notes=st.lists(words, max_size=30).map(tuple),
)  # fmt: skip
LONG = Outcome(
    "failed",
    "<!channel> " + "&<>" * 20_000,
    tuple(Field("&" * 500, "<" * 5_000) for _ in range(80)),
    Table(("c" * 400,) * 30, (("&" * 2_000,) * 30,) * 300),
    tuple(Evidence("t" * 900, ("&<!here>" * 100,) * 900) for _ in range(40)),
    tuple(Offer("l" * 400, "restart", confirm="c" * 900, id=f"o{n}", style="primary") for n in range(60)),
    tuple("&" * 3_000 for _ in range(80)),
)


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [s for v in value.values() for s in strings(v)]
    if isinstance(value, list):
        return [s for v in value for s in strings(v)]
    return [value] if isinstance(value, str) else []


def must_hold(message: dict[str, Any]) -> None:
    assert check_message(message) == []
    assert not any(
        "<!" in text or "@channel" in text.lower() or "@here" in text.lower() for text in strings(message)
    )
    assert len(message["blocks"]) <= 50
    json.dumps(message, ensure_ascii=False).encode()
    ids = [e["action_id"] for b in message["blocks"] for e in b.get("elements", ()) if "action_id" in e]
    assert len(ids) == len(set(ids))
    for block in message["blocks"]:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(outcomes)
def test_any_outcome_is_a_sound_message_that_pings_nobody(outcome: Outcome) -> None:
    must_hold(outcome_message(outcome))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.builds(Evidence, words, st.lists(words, max_size=60).map(tuple)), min_size=1, max_size=12))
def test_any_evidence_is_a_sound_detail(evidence: list[Evidence]) -> None:
    must_hold(detail_message(evidence))


@given(words)
def test_any_sentence_is_a_sound_message(sentence: str) -> None:
    must_hold(sentence_message(sentence))


def test_unbounded_text_keeps_within_every_limit_and_says_what_is_left_out() -> None:
    message = outcome_message(LONG)
    must_hold(message)
    told = json.dumps(message)
    assert "and 60 more" in told  # fields
    assert "and 37 more" in told  # evidence
    assert "and 36 more" in told  # offers
    assert "more rows" in told


def test_the_status_is_written_as_a_word() -> None:
    message = outcome_message(Outcome("rolled back", "Restart of `web` was rolled back."))
    assert message["text"].startswith("rolled back: ")
    assert message["blocks"][0]["text"]["text"].startswith("*rolled back* · ")


def test_a_button_carries_its_offer_id_and_nothing_else() -> None:
    offer = Offer(
        "Stop now", "stop", "staging", "web", {"a": "b"}, confirm="Stop web?", id="o-1", style="danger"
    )
    button = outcome_message(Outcome("x", "y", offers=(offer,)))["blocks"][1]["elements"][0]
    assert button["value"] == "o-1"
    assert button["action_id"] == "offer:0"
    assert button["confirm"]["text"]["text"] == "Stop web?"
    assert "staging" not in json.dumps(button)


def test_an_offer_that_was_not_recorded_is_no_button() -> None:
    message = outcome_message(Outcome("x", "y", offers=(Offer("Stop", "stop"),)))
    assert [b["type"] for b in message["blocks"]] == ["section"]


def evidence_text(title: str, *lines: str) -> str:
    """The preformatted text of one piece of evidence."""
    block = detail_message([Evidence(title, lines)])["blocks"][0]
    return str(block["elements"][1]["elements"][0]["text"])


def test_of_a_log_the_last_lines_are_kept() -> None:
    shown = evidence_text("Log /staging/web ecs/app/1", *(f"line {n}" for n in range(900))).split("\n")
    assert shown[-1] == "line 899"
    assert shown[0] == f"({900 - len(shown) + 1} earlier lines left out)"
    assert shown[1] == f"line {900 - len(shown) + 1}"


@pytest.mark.parametrize("title", ["Last events", "Why tasks stopped", "Logic"])
def test_of_reasons_and_events_the_first_lines_are_kept(title: str) -> None:
    shown = evidence_text(title, *(f"line {n}" for n in range(900))).split("\n")
    assert shown[0] == "line 0"
    assert shown[-1] == f"({900 - len(shown) + 1} further lines left out)"
    assert shown[-2] == f"line {len(shown) - 2}"


def test_one_line_that_is_too_long_keeps_its_beginning_and_the_other_is_said() -> None:
    log = evidence_text("Log /staging/web ecs/app/1", "old", "new" * 2_000)
    events = evidence_text("Last events", "new" * 2_000, "old")
    assert log.startswith("(1 earlier line left out)\nnewnew")
    assert events.startswith("newnew")
    assert events.endswith("\n(1 further line left out)")


def test_what_is_left_out_is_said_also_where_making_text_harmless_lengthens_it() -> None:
    calls = ("@here " * 10,) * 200
    assert evidence_text("Last events", *calls).endswith("further lines left out)")
    assert evidence_text("Log /staging/web ecs/app/1", *calls, "bye").endswith("\nbye")


def test_evidence_that_fits_is_shown_whole() -> None:
    for title in ("Log /staging/web ecs/app/1", "Last events"):
        assert evidence_text(title, "one", "two") == "one\ntwo"


def test_an_escape_is_never_cut_in_two() -> None:
    for limit in range(2, 14):
        assert clip("&amp;" * 10, limit).replace("&amp;", "").strip("…") == ""


def test_mark_up_signs_are_escaped_and_everybody_is_not_called() -> None:
    assert escape("<!channel> & <@U1> @Everyone") == "&lt;!channel&gt; &amp; &lt;@U1&gt; @\u2060Everyone"


def test_a_table_on_a_home_and_text_in_a_modal_are_sound_views() -> None:
    from bot.slack.home import view
    from bot.slack.modals import notice

    assert check_view(view([LONG, LONG], "/env")) == []
    assert check_view(notice("<!channel> " * 2_000)) == []
