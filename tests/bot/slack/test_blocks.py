from __future__ import annotations

import html
import json
import re
import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.slack.blocks import draw, draw_detail, draw_sentence
from bot.slack.escaping import clip, escape
from bot.slack.picker import notice
from handlers.tell.glance import Sign
from handlers.words.message import Field, Fields, Log, Message, Offer, Status, Table, Text
from playground.slack.validator import check_message, check_view
from policies.record.joining import MOST
from tests.golden import Golden
from tests.soaking import often

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
captured = st.builds(Log, words, st.lists(words, max_size=60).map(tuple), st.booleans())
blocks = st.one_of(
    st.builds(Text, st.lists(words, max_size=30).map(tuple)),
    st.builds(Fields, st.lists(st.builds(Field, words, words), max_size=30).map(tuple)),
    tables,
    captured,
)
messages = st.builds(
    Message, status=st.sampled_from(Status), headline=words,
    blocks=st.lists(blocks, max_size=12).map(tuple),
    offers=st.lists(offers, max_size=30).map(tuple),
)  # fmt: skip
LONG = Message(
    Status.FAILED,
    "<!channel> " + "&<>" * 20_000,
    (
        Fields(tuple(Field("&" * 500, "<" * 5_000) for _ in range(80))),
        Table(("c" * 400,) * 30, (("&" * 2_000,) * 30,) * 300),
        *(Log("t" * 900, ("&<!here>" * 100,) * 900) for _ in range(40)),
        Text(tuple("&" * 3_000 for _ in range(80))),
    ),
    tuple(Offer("l" * 400, "restart", confirm="c" * 900, id=f"o{n}", style="primary") for n in range(60)),
)


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [s for v in value.values() for s in strings(v)]
    if isinstance(value, list):
        return [s for v in value for s in strings(v)]
    return [value] if isinstance(value, str) else []


DATE = re.compile(r"<!date\^\d{1,10}\^\{time\} \{date_short_pretty\}\|[\w ]*\d\d:\d\d[\w ]* \([\w/+-]+\)>")
"""The one form in which this edge writes a date."""


def must_hold(message: dict[str, Any]) -> None:
    assert check_message(message) == []
    said = [DATE.sub("", text).lower() for text in strings(message)]
    assert not any("<!" in text or "@channel" in text or "@here" in text for text in said)
    assert len(message["blocks"]) <= 50
    json.dumps(message, ensure_ascii=False).encode()
    ids = [e["action_id"] for b in message["blocks"] for e in b.get("elements", ()) if "action_id" in e]
    assert len(ids) == len(set(ids))
    for block in message["blocks"]:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()


@settings(max_examples=often(40, 100), deadline=None, suppress_health_check=list(HealthCheck))
@given(messages)
def test_any_message_is_sound_and_pings_nobody(message: Message) -> None:
    must_hold(draw(message))


@settings(max_examples=often(20, 40), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.builds(Log, words, st.lists(words, max_size=60).map(tuple)), min_size=1, max_size=12))
def test_any_evidence_is_a_sound_detail(evidence: list[Log]) -> None:
    must_hold(draw_detail(evidence))


@given(st.text(st.characters() | st.sampled_from("\n\t \x00\x1b\u00a0\u2028\u202e\u200b")))
def test_escaping_keeps_every_visible_character(text: str) -> None:
    seen = [c for c in text if c in "\n\t" or unicodedata.category(c)[0] != "C"]
    assert html.unescape(escape(text.replace("@", "").replace("&", ""))) == "".join(
        c for c in seen if c not in "@&"
    )


@given(words)
def test_any_sentence_is_a_sound_message(sentence: str) -> None:
    must_hold(draw_sentence(sentence))


def test_unbounded_text_keeps_within_every_limit_and_says_what_is_left_out() -> None:
    message = draw(LONG)
    must_hold(message)
    told = json.dumps(message)
    assert "and 60 more" in told  # fields
    assert "and 37 more" in told  # evidence
    assert "and 36 more" in told  # offers
    assert "more rows" in told


def test_the_status_is_written_as_a_word() -> None:
    message = draw(Message(Status.ROLLED_BACK, "`web` went back to what it ran."))
    assert message["text"].startswith("rolled back: ")
    assert message["blocks"][0]["text"]["text"].startswith("🔴 *rolled back* · ")


def test_a_sentence_that_tells_its_status_gets_the_word_only_when_read_aloud() -> None:
    message = draw(Message(Status.SUCCEEDED, "`web` restarted in `staging` · Dev", tells=True))
    assert message["text"] == "succeeded: `web` restarted in `staging` · Dev"
    assert message["blocks"][0]["text"]["text"] == "🟢 `web` restarted in `staging` · Dev"


def test_an_operations_id_stands_in_its_menu_and_nowhere_else() -> None:
    id = "261128t220235-1769f7a262"
    message = draw(Message(Status.SUCCEEDED, "`web` restarted.", tells=True, operation=id))
    must_hold(message)
    menu = message["blocks"][0]["accessory"]
    assert (menu["type"], [o["value"] for o in menu["options"]]) == ("overflow", [id])
    assert json.dumps(message).count(id) == 1
    assert "accessory" not in draw(Message(Status.ANSWERED, "none"))["blocks"][0]


def test_a_message_of_as_many_operations_as_there_may_be_has_an_audit_entry_of_each_in_its_menu() -> None:
    told = tuple((f"op-{n}", "s" * 255 if n else "web") for n in range(MOST))
    named = tuple((one, f"{n} {name}") for n, (one, name) in enumerate(told))
    lines = tuple(Text(("🟢 " + "x" * 400, *["y" * 400] * 8)) for _ in told)
    message = draw(Message(Status.SUCCEEDED, "5 services restarted.", lines, tells=True, operations=named))
    must_hold(message)
    options = message["blocks"][0]["accessory"]["options"]
    assert [option["value"] for option in options] == [one for one, _ in told]
    assert options[0]["text"]["text"] == "Show the audit entry of 0 web"
    assert "Not all of it fits" not in str(message)


@given(messages)
@settings(max_examples=often(20, 50), suppress_health_check=[HealthCheck.too_slow])
def test_every_message_begins_with_exactly_one_sign(message: Message) -> None:
    """The text that is read aloud begins with no sign."""
    drawn, signs = draw(message), {sign.value for sign in Sign}
    first = drawn["blocks"][0]["text"]["text"]
    assert first[0] in signs
    assert first[1] == " "
    assert drawn["text"][0] not in signs - {message.headline[:1]}


def test_an_answer_has_no_status_word() -> None:
    said = "5 environments you may view."
    message = draw(Message(Status.ANSWERED, said))
    assert message["text"] == said
    assert message["blocks"][0]["text"]["text"] == f"📄 {said}"


def test_the_first_of_several_tables_is_a_table_and_the_others_become_lines() -> None:
    first = Table(("Environment", "Cost"), (("staging", "12 USD"),))
    second = Table(("Environment", "Owner"), (("qa-eu", "nobody"), *((f"pr-{n}", "") for n in range(24))))
    message = draw(Message(Status.ANSWERED, "Monday.", (first, Text(("between",)), second)))
    must_hold(message)
    assert [b["type"] for b in message["blocks"]] == ["section", "table", *["context"] * 5]
    assert "qa-eu · nobody" in json.dumps(message, ensure_ascii=False)
    assert message["blocks"][-1]["elements"][0]["text"] == "and 5 more"


def test_buttons_come_last_and_stay_whatever_else_does_not_fit(golden: Golden) -> None:
    many = tuple(Text(("&" * 280,) * 9) for _ in range(60))
    message = draw(Message(Status.RUNNING, "x", many, (Offer("Stop", "stop", id="o-1"),)))
    must_hold(message)
    assert [b["type"] for b in message["blocks"][-2:]] == ["context", "actions"]
    assert message["blocks"][-2]["elements"][0]["text"] == golden


def test_a_button_carries_its_offer_id_and_nothing_else() -> None:
    offer = Offer(
        "Stop now", "stop", "staging", "web", {"a": "b"}, confirm="Stop web?", id="o-1", style="danger"
    )
    button = draw(Message(Status.RUNNING, "y", offers=(offer,)))["blocks"][1]["elements"][0]
    assert button["value"] == "o-1"
    assert button["action_id"] == "offer:0"
    assert button["confirm"]["text"]["text"] == "Stop web?"
    assert "staging" not in json.dumps(button)


def test_an_offer_that_was_not_recorded_gets_no_button() -> None:
    message = draw(Message(Status.RUNNING, "y", offers=(Offer("Stop", "stop"),)))
    assert [b["type"] for b in message["blocks"]] == ["section"]


def log_text(*lines: str, tail: bool) -> str:
    """Return the preformatted text of one log."""
    block = draw_detail([Log("title", lines, tail=tail)])["blocks"][0]
    return str(block["elements"][1]["elements"][0]["text"])


def counted(line: str) -> int:
    """Return how many lines were left out, as the line in their place says."""
    return int(line.lstrip("(").split()[0])


def test_a_log_keeps_its_last_lines_if_they_tell_most(golden: Golden) -> None:
    shown = log_text(*(f"line {n}" for n in range(900)), tail=True).split("\n")
    assert shown[-1] == "line 899"
    left_out = 900 - len(shown) + 1
    assert counted(shown[0]) == left_out
    assert shown[0] == golden
    assert shown[1] == f"line {left_out}"


def test_a_log_keeps_its_first_lines_if_they_tell_most(golden: Golden) -> None:
    shown = log_text(*(f"line {n}" for n in range(900)), tail=False).split("\n")
    assert shown[0] == "line 0"
    assert counted(shown[-1]) == 900 - len(shown) + 1
    assert shown[-1] == golden
    assert shown[-2] == f"line {len(shown) - 2}"


def test_a_line_that_is_too_long_keeps_its_beginning_and_the_other_is_counted(golden: Golden) -> None:
    log = log_text("old", "new" * 2_000, tail=True)
    events = log_text("new" * 2_000, "old", tail=False)
    first, kept = log.split("\n")
    assert kept.startswith("newnew")
    assert first == golden
    kept, last = events.split("\n")
    assert kept.startswith("newnew")
    assert last == golden


def test_lines_left_out_are_counted_even_if_escaping_lengthens_the_text() -> None:
    calls = ("@here " * 10,) * 200
    shown = log_text(*calls, tail=False).split("\n")
    assert counted(shown[-1]) == 200 - len(shown) + 1
    assert log_text(*calls, "bye", tail=True).endswith("\nbye")


def test_evidence_that_fits_is_shown_whole() -> None:
    for tail in (True, False):
        assert log_text("one", "two", tail=tail) == "one\ntwo"


def test_an_escape_is_never_cut_in_two() -> None:
    for limit in range(2, 14):
        assert clip("&amp;" * 10, limit).replace("&amp;", "").strip("…") == ""


def test_mark_up_signs_are_escaped_and_nobody_is_pinged() -> None:
    assert escape("<!channel>&<@U1>") == "&lt;!channel&gt;&amp;&lt;@U1&gt;"
    assert escape("@Everyone") == "@\u2060Everyone"


def test_text_in_a_modal_is_a_sound_view() -> None:
    assert check_view(notice("<!channel> " * 2_000)) == []


def test_people_whom_a_message_is_for_are_mentioned_and_nothing_else_can_be() -> None:
    said = Message(Status.BUDGET, "It is spent.", people=("U0ADA", "W0OLU", "!channel", "C0STAGING", ""))
    drawn = draw(said)
    assert drawn["blocks"][1]["text"]["text"] == "<@U0ADA> <@W0OLU>"
    assert "<@" not in drawn["text"]
    check_message(drawn)
    assert len(draw(Message(Status.BUDGET, "It is spent."))["blocks"]) == 1


def test_channels_are_linked_by_their_ids_and_nothing_else_is() -> None:
    said = Message(Status.FAILED, "Not posted.", channels=("C0STAGING", "G0OPS", "!channel", "U0ADA", ""))
    linked = draw(said)["blocks"][1]
    assert linked["text"]["text"] == "<#C0STAGING> <#G0OPS>"


def test_a_row_with_a_link_leads_there_by_its_last_cell_and_the_others_are_as_they_were() -> None:
    there = "https://home.slack.com/archives/C0STAGING/p11"
    table = Table(("When", "What"), (("10:00", "web restarted"), ("09:00", "web scaled")), (there, ""))
    drawn = draw(Message(Status.ANSWERED, "Two changes.", (table,)))
    assert not list(check_message(drawn))
    (block,) = (block for block in drawn["blocks"] if block["type"] == "table")
    (run,) = block["rows"][1][1]["elements"][0]["elements"]
    assert (run["type"], run["url"], run["text"]) == ("link", there, "web restarted")
    assert [cell["type"] for cell in (block["rows"][1][0], *block["rows"][2])] == ["raw_text"] * 3


def test_links_never_take_the_room_of_rows_and_nothing_but_an_address_is_one() -> None:
    rows = tuple((f"{n}", "x" * 50) for n in range(60))
    for link in (f"https://example.com/{'y' * 200}", "javascript:alert(1)"):
        drawn = draw(Message(Status.ANSWERED, "Many.", (Table(("a", "b"), rows, (link,) * 60),)))
        (block,) = (block for block in drawn["blocks"] if block["type"] == "table")
        assert len(block["rows"]) == 61
        assert "link" not in str(block)


def test_a_table_has_a_link_for_every_row_or_none() -> None:
    with pytest.raises(ValueError, match="every row"):
        Table(("a",), (("1",), ("2",)), ("https://example.com",))
