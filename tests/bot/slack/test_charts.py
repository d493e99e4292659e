from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.slack.blocks import draw, without_pictures
from bot.slack.places import Places
from bot.slack.posts import SlackPosts
from bot.slack.web import SlackWeb
from handlers.words.message import Chart, ChartKind, Message, Series, Status, Table, Text, blocks
from handlers.words.result import Answer
from playground.slack.blocks_html_charts import render_chart
from playground.slack.validator import check_message
from tests.bot.slack.peer import Peer, until
from tests.bot.slack.rig import Bot
from tests.bot.slack.rig import settings as slack_settings
from tests.bot.slack.rows import HandClock
from tests.golden import Golden
from tests.soaking import often

WEEKS = ("2 Nov", "9 Nov", "16 Nov", "23 Nov")
STAGING = Series("staging", (Decimal("12.40"), 13, Decimal("12.9"), 14))
QA = Series("qa-eu", (3, 3, 0, Decimal("3.005")))
COST = Chart("What each week cost", ChartKind.BAR, "USD", WEEKS, (STAGING, QA))
CHART = "data_visualization"

names = st.one_of(st.text(), st.sampled_from(["<!channel>", "@here", "a" * 90, "", "staging"]))
amounts = st.one_of(
    st.integers(-(10**12), 10**12), st.decimals(-(10**6), 10**6, allow_nan=False, allow_infinity=False)
)


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    categories = draw(st.lists(names, max_size=30))
    size = len(categories)
    values = st.lists(amounts, min_size=size, max_size=size).map(tuple)
    series = draw(st.lists(st.builds(Series, names, values), max_size=15))
    kind = draw(st.sampled_from(ChartKind))
    return Chart(draw(names), kind, draw(names), tuple(categories), tuple(series))


def said(*given: Chart | Table | Text) -> Message:
    return Message(Status.ANSWERED, "Your environments cost 42 USD.", given)


def drawn(*given: Chart | Table) -> list[Any]:
    message = draw(said(*given))
    assert check_message(message) == []
    return list(message["blocks"])


def kinds(given: list[Any]) -> list[str]:
    return [block["type"] for block in given]


@settings(max_examples=often(20, 50), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(charts(), max_size=4), st.booleans())
def test_any_chart_is_sound_with_its_picture_and_without(given: list[Chart], beside_a_table: bool) -> None:
    table = (Table(("a",), (("b",),)),) if beside_a_table else ()
    message = draw(said(*table, *given))
    assert check_message(message) == []
    assert not any("<!" in json.dumps(b, ensure_ascii=False) for b in message["blocks"])
    plainer = without_pictures(message)
    if plainer is None:
        assert CHART not in kinds(message["blocks"])
    else:
        assert check_message(plainer) == []
        assert CHART not in kinds(plainer["blocks"])


def test_every_series_is_drawn_with_a_value_for_every_category() -> None:
    block = drawn(COST)[1]
    assert block["title"] == "What each week cost"
    chart = block["chart"]
    assert chart["type"] == "bar"
    assert chart["axis_config"] == {"categories": list(WEEKS), "y_label": "USD"}
    assert [s["name"] for s in chart["series"]] == ["staging", "qa-eu"]
    assert [p["value"] for p in chart["series"][0]["data"]] == [12.4, 13, 12.9, 14]


def test_the_numbers_stand_beneath_the_picture_and_in_the_text_that_is_read_aloud(golden: Golden) -> None:
    message = draw(said(COST))
    beneath = [element["text"] for element in message["blocks"][2]["elements"]]
    assert (message["text"], beneath) == golden
    for number in ("12.40", "13", "12.90", "14"):
        assert number in message["text"]
        assert number in beneath[1]


def test_too_many_series_become_the_largest_and_the_sum_of_the_others() -> None:
    many = tuple(Series(f"env-{n}", (n, n)) for n in range(1, 31))
    block = drawn(Chart("Cost", ChartKind.LINE, "USD", ("a", "b"), many))[1]
    series = {s["name"]: s["data"][0]["value"] for s in block["chart"]["series"]}
    assert series == {"env-26": 26, "env-27": 27, "env-28": 28, "env-29": 29, "env-30": 30, "others": 325}
    assert sum(series.values()) == sum(range(1, 31))


def test_too_many_categories_are_cut_to_the_last() -> None:
    days = tuple(str(day) for day in range(31))
    block = drawn(Chart("Cost", ChartKind.AREA, "USD", days, (Series("staging", tuple(range(31))),)))[1]
    assert block["chart"]["axis_config"]["categories"] == list(days[-20:])
    assert block["chart"]["series"][0]["data"][0]["value"] == 11


def test_a_pie_has_its_largest_parts_and_no_empty_ones() -> None:
    parts = tuple(f"env-{n}" for n in range(9))
    block = drawn(Chart("Cost", ChartKind.PIE, "USD", parts, (Series("week", tuple(range(9))),)))[1]
    segments = {s["label"]: s["value"] for s in block["chart"]["segments"]}
    assert segments == {"env-8": 8, "env-7": 7, "env-6": 6, "env-5": 5, "env-4": 4, "others": 6}


def test_long_names_that_begin_alike_stay_apart() -> None:
    long = tuple(Series(f"feature-branch-of-the-{end}", (1,)) for end in ("left", "right"))
    block = drawn(Chart("Cost", ChartKind.BAR, "USD", ("now",), long))[1]
    assert len({s["name"] for s in block["chart"]["series"]}) == 2


def test_a_third_chart_stands_in_numbers_alone() -> None:
    assert kinds(drawn(COST, COST, COST)) == ["section", CHART, "context", CHART, "context", "context"]


def test_a_chart_with_nothing_to_draw_is_left_out() -> None:
    empty = Chart("Cost", ChartKind.PIE, "USD", ("a",), (Series("week", (0,)),))
    assert kinds(drawn(empty)) == ["section"]
    assert blocks(Chart("Cost", ChartKind.BAR, "USD", (), ())) == ()


def test_a_series_that_lacks_a_value_is_no_chart() -> None:
    with pytest.raises(ValueError, match="every category"):
        Chart("Cost", ChartKind.BAR, "USD", WEEKS, (Series("staging", (1, 2)),))


def test_the_page_draws_a_chart_and_its_numbers() -> None:
    html = str(render_chart(drawn(COST)[1]))
    assert "<svg" in html
    assert "12.4" in html


def posts(peer: Peer) -> SlackPosts:
    web = SlackWeb(slack_settings("http", f"{peer.state.url}/api/"))
    return SlackPosts(web, Places(web, monotonic=HandClock().monotonic))


def refuse_charts(peer: Peer, method: str = "chat.*", about: str = CHART, times: int = 0) -> None:
    peer.state.faults.order(kind="error", method=method, about=about, code="invalid_blocks", times=times)


def test_a_slack_that_does_not_take_charts_gets_the_numbers_in_a_table(peer: Peer) -> None:
    refuse_charts(peer)
    posts(peer).post("C0STAGING", said(COST))
    (shown,) = peer.seen()
    assert kinds(shown["blocks"]) == ["section", "table", "context"]
    cells = [[cell["text"] for cell in row] for row in shown["blocks"][1]["rows"]]
    assert cells[0] == ["What each week cost, USD", "staging", "qa-eu"]
    assert cells[1] == ["2 Nov", "12.40", "3.00"]
    assert len(cells) == 5


def test_numbers_stay_in_their_lines_in_a_message_with_a_table(peer: Peer) -> None:
    refuse_charts(peer)
    posts(peer).post("C0STAGING", said(Table(("Environment",), (("staging",),)), COST))
    (shown,) = peer.seen()
    assert kinds(shown["blocks"]) == ["section", "table", "context"]
    assert "staging: 12.40" in json.dumps(shown["blocks"])


def test_an_answer_with_a_refused_chart_reaches_whoever_asked(http_bot: Bot) -> None:
    refuse_charts(http_bot.peer, "response_url", about="", times=1)
    http_bot.gate.says = lambda _: Answer("42 USD.", (COST,))
    http_bot.peer.type("/env list")
    (shown,) = until(http_bot.peer.seen)
    assert kinds(shown["blocks"]) == ["section", "table", "context"]
