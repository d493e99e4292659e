"""Block Kit as HTML: nothing is unescaped, nothing is lost, and controls carry what a press must send."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from handlers.tell.glance import Sign
from playground.slack.blocks_html import render_message, render_view
from playground.slack.mrkdwn_html import UNICODE, Names, render_mrkdwn, render_plain, render_raw
from tests.playground.slack.block_examples import (
    ELEMENTS,
    FIELDS,
    SOUND,
    actions,
    button,
    chart,
    confirm,
    data_table,
    field,
    marked,
    message,
    modal,
    option,
    pie,
    plain,
    section,
)

Json = dict[str, Any]
PEOPLE = {"U0DEV": "dev"}
CHANNELS = {"C0STAGING": "staging"}
VOID = {"br", "hr", "img", "input"}


class Reader(HTMLParser):
    """Reads HTML strictly, requiring every tag to be closed in its turn; keeps tags with attributes, and
    text.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def read(*blocks: Json) -> Reader:
    return Reader(render_message(message(*blocks), Names(PEOPLE, CHANNELS)))


def mrkdwn(text: str) -> str:
    return render_mrkdwn(text, Names(PEOPLE, CHANNELS))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _it_ ~gone~", "<strong>bold</strong> <em>it</em> <s>gone</s>"),
        ("*bold _both_*", "<strong>bold <em>both</em></strong>"),
        ("snake_case_name 2*3*4", "snake_case_name 2*3*4"),
        ("`*code*`", "<code>*code*</code>"),
        ("a\nb", "a<br>b"),
        ("```\nx *y*\n```", "<pre><code>x *y*</code></pre>"),
        ("&gt; one\n> two\nend", "<blockquote>one<br>two</blockquote>end"),
        ("a &lt;b&gt; &amp; &copy;", "a &lt;b&gt; &amp; &amp;copy;"),
        ("<@U0DEV>", '<span class="mention" data-user="U0DEV">@dev</span>'),
        ("<@U9|ana>", '<span class="mention" data-user="U9">@ana</span>'),
        ("<#C0STAGING>", '<span class="mention" data-channel="C0STAGING">#staging</span>'),
        (
            "<https://a.example/?b=1&amp;c=2|the *runbook*>",
            '<a href="https://a.example/?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">'
            "the *runbook*</a>",
        ),
        ("<javascript:alert(1)|press>", "press"),
        (":no_such_code:", ":no_such_code:"),
        ("10:30:45", "10:30:45"),
    ],
)
def test_mrkdwn_becomes_html(text: str, html: str) -> None:
    assert mrkdwn(text) == html


def test_a_known_emoji_has_a_name_for_screen_readers() -> None:
    (span,) = Reader(mrkdwn(":red_circle:")).all("span")
    assert (span["role"], span["aria-label"], span["title"]) == ("img", "red circle", ":red_circle:")


@pytest.mark.parametrize("text", ["<!channel>", "<!here>", "<!everyone>", "<!subteam^S1|@channel>"])
def test_a_mention_that_notifies_a_group_is_shown_loudly(text: str) -> None:
    read_back = Reader(mrkdwn(text))
    assert read_back.all("strong")[0]["class"] == "ping"
    assert "notifies people" in read_back.text


def test_a_date_shows_its_fallback_and_keeps_its_instant() -> None:
    read_back = Reader(mrkdwn("<!date^1800000000^{date}^https://example.com|15 Jan 2027>"))
    assert read_back.text == "15 Jan 2027"
    assert read_back.all("time")[0]["datetime"] == "2027-01-15T08:00:00+00:00"
    assert read_back.all("a")[0]["href"] == "https://example.com"


@pytest.mark.parametrize("block", SOUND, ids=lambda block: str(block["type"]))
def test_every_known_block_renders_to_closed_tags_without_a_warning(block: Json) -> None:
    shown = read(block)
    assert "Unknown" not in shown.text
    assert len(shown.tags) > 1


def poisoned(value: Any) -> Any:
    """Return a copy with markup added to every string except types and styles."""
    if isinstance(value, list):
        return [poisoned(each) for each in value]
    if isinstance(value, dict):
        return {key: each if key in ("type", "style") else poisoned(each) for key, each in value.items()}
    return f"{value}\"'><script>alert(1)</script>" if isinstance(value, str) else value


@pytest.mark.parametrize(
    "block",
    [*SOUND, {"type": "alert", "text": marked(), "level": "error"}],
    ids=lambda block: str(block["type"]),
)
def test_no_string_anywhere_in_a_block_becomes_markup(block: Json) -> None:
    shown = read(poisoned(block))
    assert shown.all("script") == []
    assert all(not name.startswith("on") for _, attributes in shown.tags for name in attributes)


def test_an_unknown_block_or_element_is_shown_loudly() -> None:
    shown = read({"type": "hologram", "depth": 3}, actions({"type": "lever"}))
    assert [each["role"] for _, each in shown.tags if each.get("class") == "bk-unknown"] == ["alert", "alert"]
    assert "hologram" in shown.text
    assert '"depth": 3' in shown.text
    assert "lever" in shown.text


def test_a_message_without_blocks_shows_its_text() -> None:
    assert Reader(render_message({"text": "*done*"}, Names({}, {}))).all("strong") == [{}]


def test_a_button_carries_everything_that_a_press_sends() -> None:
    block = actions(button("go", value="o-1", style="danger", confirm=confirm(text=marked("*sure*"))))
    (shown,) = read({**block, "block_id": "offers"}).all("button")
    assert shown["type"] == "button"
    assert shown["class"] == "danger"
    assert (shown["data-action-id"], shown["data-block-id"], shown["data-value"]) == ("go", "offers", "o-1")
    asked = json.loads(shown["data-confirm"] or "")
    assert asked["confirm"] == plain()
    assert asked["html"] == "<strong>sure</strong>"


def test_a_value_survives_special_characters() -> None:
    value = "a\"b'c<d>&amp;\n é"
    assert read(actions(button(value=value))).all("button")[0]["data-value"] == value


def test_a_select_offers_its_options_and_shows_the_first_choice() -> None:
    menu = {
        "type": "static_select",
        "action_id": "a",
        "options": [option("x"), option("y")],
        "initial_option": option("y"),
    }
    shown = read(actions(menu))
    assert [each["value"] for each in shown.all("option")] == ["", "x", "y"]
    assert ["selected" in each for each in shown.all("option")] == [False, False, True]


def test_an_external_select_is_a_text_field_with_a_list() -> None:
    shown = read(actions({"type": "external_select", "action_id": "env", "min_query_length": 0}))
    (box,) = shown.all("input")
    assert (box["data-external"], box["data-least"]) == ("env", "0")
    assert box["list"] == shown.all("datalist")[0]["id"]


def test_people_and_channels_are_offered_by_name() -> None:
    shown = read(actions({"type": "users_select", "action_id": "a", "initial_user": "U0DEV"}))
    assert shown.all("option")[1] == {"value": "U0DEV", "selected": None}
    assert "@dev" in shown.text


@pytest.mark.parametrize("element", FIELDS, ids=lambda element: str(element["type"]))
def test_every_field_is_named_by_its_label(element: Json) -> None:
    block = field({**element, "action_id": "a"}, block_id="b")
    block["label"] = plain("Reason")
    shown = Reader(render_view(modal(block), Names(PEOPLE, CHANNELS)))
    (control,) = [each for _, each in shown.tags if each.get("data-action-id") == "a"]
    assert control["aria-label"] == "Reason"
    assert control["data-block-id"] == "b"
    assert "required" in control or "data-required" in control


def test_an_optional_field_is_marked_and_not_required() -> None:
    block = field({"type": "plain_text_input", "action_id": "a"}, optional=True)
    shown = Reader(render_view(modal(block), Names({}, {})))
    assert "required" not in shown.all("input")[0]
    assert "(optional)" in shown.text


def test_every_element_has_a_name() -> None:
    shown = read(*[actions({**element, "action_id": f"a{at}"}) for at, element in enumerate(ELEMENTS)])
    named = [each for _, each in shown.tags if "data-action-id" in each]
    assert len(named) == len(ELEMENTS)
    assert all(each.get("aria-label") for each in named)


def test_a_data_table_has_a_caption_and_marks_headings() -> None:
    rows = [
        [{"type": "raw_text", "text": text} for text in row]
        for row in (("Service", "State"), ("web", "healthy"))
    ]
    shown = read(data_table(rows, row_header_column_index=0))
    assert "caption" in [tag for tag, _ in shown.tags]
    assert [each.get("scope") for each in shown.all("th")] == ["col", "col", "row"]
    assert len(shown.all("td")) == 1


def test_the_state_of_a_task_is_a_word() -> None:
    shown = read({"type": "task_card", "task_id": "1", "title": "Deploy", "status": "in_progress"})
    assert shown.text == "In progress Deploy"


@pytest.mark.parametrize("kind", ["bar", "line", "area"])
def test_a_chart_is_a_named_picture_next_to_its_numbers(kind: str) -> None:
    shown = read(chart(2, 3, kind))
    (svg,) = shown.all("svg")
    assert (svg["role"], svg["aria-label"]) == ("img", f"{kind} chart: Saved")
    assert len(shown.all("td")) == 1 + 2 * 3
    assert shown.text.count("-1.5") >= 6


def test_bars_below_zero_hang_from_the_zero_line() -> None:
    block = chart(1, 2)
    block["chart"]["series"][0]["data"][0]["value"] = 3
    first, second = read(block).all("rect")
    bottom = float(first["y"] or 0) + float(first["height"] or 0)
    assert bottom == pytest.approx(float(second["y"] or 0), abs=0.2)
    assert float(first["height"] or 0) == pytest.approx(2 * float(second["height"] or 0), abs=0.3)


@pytest.mark.parametrize(
    ("values", "marks"),
    [
        ((47.7, 3.0), ["0", "25", "50"]),
        ((0.02, 0.01), ["0", "0.01", "0.02"]),
        ((0.0, 0.0), ["0", "0.5", "1"]),
    ],
)
def test_the_marks_of_a_chart_are_round_numbers(values: tuple[float, float], marks: list[str]) -> None:
    block = chart(1, 2)
    for point, value in zip(block["chart"]["series"][0]["data"], values, strict=True):
        point["value"] = value
    html = render_message(message(block), Names(PEOPLE, CHANNELS))
    assert re.findall(r'<text[^>]*text-anchor="end"[^>]*>([^<]*)</text>', html) == marks


def test_the_slices_of_a_pie_meet_at_their_shares() -> None:
    first, second = (str(each["d"]) for each in read(pie(1, 3)).all("path"))
    # A quarter turn from the top ends at the right; the second slice begins there.
    assert re.findall(r"[\d.]+", first)[-2:] == ["340.0", "110.0"]
    assert "L340.0 110.0" in second
    assert " 0 1 1 " in second


def test_a_markdown_block_is_rendered_without_its_html() -> None:
    text = "# Title\n\n- **one**\n- [two](https://example.com)\n\n```\n<b>\n```\n1. first\n> said\n<i>x</i>"
    shown = read({"type": "markdown", "text": text})
    names = [tag for tag, _ in shown.tags]
    expected = "div h3 ul li strong li a pre code ol li blockquote p"
    assert " ".join(name for name in names if name != "br").endswith(expected)
    assert "<b>" in shown.text
    assert "i" not in names


def test_an_alert_says_its_level_in_words() -> None:
    shown = Reader(
        render_view(
            modal({"type": "alert", "text": plain("Mind the gap"), "level": "warning"}),
            Names({}, {}),
        )
    )
    assert shown.text.split(": ") == ["Warning", "Mind the gap"]


def test_a_section_keeps_text_fields_and_accessory() -> None:
    assert read(section(fields=[plain("one"), plain("two")], accessory=button())).text == "wordsonetwowords"


def test_a_file_is_served_only_from_the_playground_itself() -> None:
    for id_, source in (("F0AB12CD", "/files/F0AB12CD"), ("../x?", "/files/..%2Fx%3F")):
        image = {"type": "image", "alt_text": "a chart", "slack_file": {"id": id_}}
        shown = render_message({"text": "cost", "blocks": [image]}, Names({}, {}))
        assert f'src="{source}"' in str(shown)


def test_every_leading_sign_is_shown_in_a_character_that_text_fonts_have() -> None:
    """Slack shows these characters as named emoji; a machine may have no font for them."""
    for sign in Sign:
        said = f"{sign.value} on"
        for shown in (render_plain(said), render_raw(said), render_mrkdwn(said, Names({}, {}))):
            assert sign.value not in str(shown)
            assert f'title=":{UNICODE[sign.value]}:"' in str(shown)
