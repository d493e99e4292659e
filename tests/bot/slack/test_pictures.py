"""A picture where Slack refuses a chart: uploaded and shown once, or the table where no picture
can be had.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.slack.charts import figure, image_block, told_of
from bot.slack.pictures import SlackPictures
from bot.slack.places import Places
from bot.slack.posts import SlackPosts
from bot.slack.versions import PAUSES, give
from bot.slack.web import SlackWeb
from handlers.words.errors import Rejected, Throttled, Unanswered
from handlers.words.message import Chart, ChartKind, Series, Text
from tests.bot.slack.peer import Peer
from tests.bot.slack.rig import settings
from tests.bot.slack.rows import HandClock
from tests.bot.slack.test_charts import CHART, COST, WEEKS, drawn, kinds, refuse_charts, said
from tests.golden import Golden

UPLOADS = ("files.getUploadURLExternal", "files.completeUploadExternal")


class Slack:
    """A bot's posts that may have pictures, and how long the bot waited for the pictures."""

    def __init__(self, peer: Peer, *, pictures: bool = True) -> None:
        self.peer, self.waited = peer, list[float]()
        web = SlackWeb(settings("http", f"{peer.state.url}/api/", answer_seconds=8))
        made = SlackPictures(web.client, sleep=self.waited.append)
        places = Places(web, monotonic=HandClock().monotonic)
        self.posts = SlackPosts(web, places, made if pictures else None)

    def post(self, *blocks: Any) -> list[Any]:
        """Post a message and return its blocks in the channel."""
        self.posts.post("C0STAGING", said(*(blocks or (COST,))))
        (shown,) = self.peer.seen()
        return list(shown["blocks"])

    def calls(self, method: str) -> int:
        return len(self.peer.calls(method))


@pytest.fixture
def slack(peer: Peer) -> Slack:
    return Slack(peer)


def test_nothing_is_uploaded_where_slack_takes_charts(slack: Slack) -> None:
    assert kinds(slack.post()) == ["section", CHART, "context"]
    assert [slack.calls(method) for method in UPLOADS] == [0, 0]


def test_a_picture_stands_above_the_same_numbers_where_slack_refuses_charts(slack: Slack) -> None:
    refuse_charts(slack.peer)
    _, image, numbers = slack.post()
    assert image["type"] == "image"
    assert "staging: 2 Nov 12.40, 9 Nov 13.00" in image["alt_text"]
    assert "staging: 12.40, 13.00" in json.dumps(numbers)
    file = slack.peer.state.files.find(image["slack_file"]["id"])
    assert file is not None
    assert file.size[0] >= 1_000
    assert file.title == COST.title


def test_a_message_that_is_drawn_again_keeps_its_picture(slack: Slack) -> None:
    """A digest is drawn again when somebody answers one of its findings."""
    refuse_charts(slack.peer)
    before = slack.post()
    slack.posts.edit("C0STAGING", slack.peer.seen()[0]["ts"], said(COST, Text(("Somebody answered.",))))
    (shown,) = slack.peer.seen()
    assert kinds(shown["blocks"])[: len(before)] == kinds(before)
    assert kinds(before)[1] == "image"
    assert "Somebody answered." in str(shown["blocks"])


def test_a_file_that_slack_has_not_processed_yet_is_waited_for(slack: Slack) -> None:
    refuse_charts(slack.peer)
    slack.post()
    assert slack.waited == list(PAUSES[:2])
    assert [slack.calls(method) for method in UPLOADS] == [1, 1], "uploaded once, however often it is shown"


def test_a_file_not_processed_in_time_leaves_the_table(slack: Slack) -> None:
    refuse_charts(slack.peer)
    slack.peer.state.faults.order(
        kind="error", method="chat.*", about="slack_file", code="invalid_blocks", times=0
    )
    assert kinds(slack.post()) == ["section", "table", "context"]
    assert slack.waited == list(PAUSES)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "error", "method": UPLOADS[0], "code": "missing_scope"},
        {"kind": "error", "method": UPLOADS[1], "code": "file_uploads_disabled"},
        {"kind": "status", "method": UPLOADS[0], "status": 429},
        {"kind": "status", "method": UPLOADS[1], "status": 500},
        {"kind": "drop", "method": UPLOADS[0]},
        {"kind": "drop", "method": UPLOADS[1], "phase": "after_effect"},
    ],
    ids=["no scope", "turned off", "rate limited", "trouble", "silence", "lost answer"],
)
def test_an_upload_that_fails_leaves_the_table_and_is_not_repeated(
    slack: Slack, fault: dict[str, Any]
) -> None:
    refuse_charts(slack.peer)
    slack.peer.state.faults.order(**fault)
    assert kinds(slack.post()) == ["section", "table", "context"]
    assert slack.calls(UPLOADS[0]) == 1
    assert slack.calls(UPLOADS[1]) <= 1


def test_an_installation_without_pictures_uploads_nothing(peer: Peer) -> None:
    slack = Slack(peer, pictures=False)
    refuse_charts(peer)
    assert kinds(slack.post()) == ["section", "table", "context"]
    assert slack.calls(UPLOADS[0]) == 0


def test_a_post_with_a_picture_is_not_repeated_after_a_lost_answer(slack: Slack) -> None:
    """Decision 0014: the message may have been posted."""
    refuse_charts(slack.peer)
    order = slack.peer.state.faults.order
    order(kind="drop", method="chat.postMessage", about="slack_file", phase="after_effect", nth=2)
    with pytest.raises(Unanswered):
        slack.posts.post("C0STAGING", said(COST))
    assert len(slack.peer.seen()) == 1


def test_no_upload_is_ever_shown_by_itself(slack: Slack) -> None:
    refuse_charts(slack.peer)
    slack.post()
    (call,) = slack.peer.calls(UPLOADS[1])
    assert set(call["payload"]) == {"files"}


def test_two_charts_are_two_files(slack: Slack) -> None:
    refuse_charts(slack.peer)
    shown = slack.post(COST, COST)
    ids = [block["slack_file"]["id"] for block in shown if block["type"] == "image"]
    assert len(set(ids)) == 2


def test_names_that_a_picture_has_no_letters_for_leave_the_table(slack: Slack) -> None:
    refuse_charts(slack.peer)
    shown = slack.post(Chart("Cost", ChartKind.BAR, "USD", WEEKS, (Series("Zürich", (1, 2, 3, 4)),)))
    assert kinds(shown) == ["section", "table", "context"]
    assert slack.calls(UPLOADS[0]) == 0


class Takes:
    """A Slack that gives each version its own answer, in turn."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers, self.given = list(answers), list[list[str]]()

    def __call__(self, version: dict[str, Any]) -> str:
        self.given.append(kinds(version["blocks"]))
        answer = self.answers.pop(0)
        if answer is not None:
            raise answer
        return "shown"


class TwoFiles:
    def __init__(self, made: Callable[[], list[str] | None]) -> None:
        self.made = made

    def files(self, charts: list[dict[str, Any]]) -> list[str] | None:
        return self.made()

    def wait(self, seconds: float) -> None:
        return None


REFUSED = Rejected("No.", code="invalid_blocks")


@pytest.mark.parametrize("error", [Unanswered("Lost."), Throttled("Wait."), Rejected("No.", code="no_text")])
@pytest.mark.parametrize("before", [0, 1, 2, 4])
def test_any_error_but_a_refusal_of_blocks_ends_the_versions(error: Exception, before: int) -> None:
    slack = Takes(*[REFUSED] * before, error)
    with pytest.raises(type(error)):
        give({"blocks": drawn(COST)}, slack, TwoFiles(lambda: ["F0000000001"]))
    assert len(slack.given) == before + 1


def test_the_versions_are_chart_picture_table_and_then_no_more() -> None:
    slack = Takes(*[REFUSED] * 5)
    with pytest.raises(Rejected):
        give({"blocks": drawn(COST)}, slack, TwoFiles(lambda: ["F0000000001"]))
    assert [given[1] for given in slack.given] == [CHART, *["image"] * len(PAUSES), "table"]


def test_a_message_without_a_chart_is_sent_once() -> None:
    slack = Takes(REFUSED)
    with pytest.raises(Rejected):
        give({"blocks": drawn()}, slack, TwoFiles(lambda: pytest.fail("nothing to draw")))


def test_the_text_read_aloud_has_all_numbers_or_counts_the_lines_left_out(golden: Golden) -> None:
    block = drawn(COST)[1]
    assert told_of(block, 2_000) == golden
    many = tuple(Series(f"environment-number-{n:02}", tuple(range(10**6, 10**6 + 20))) for n in range(6))
    most = drawn(Chart("Cost", ChartKind.BAR, "USD", tuple(f"{n} November" for n in range(20)), many))[1]
    told = image_block(most, "F0000000001")["alt_text"]
    assert len(told) <= 2_000
    assert told.endswith("more, below.")


@pytest.mark.parametrize("kind", ChartKind)
def test_a_figure_has_the_values_of_its_chart(kind: ChartKind) -> None:
    chart = Chart("Cost", kind, "USD", WEEKS, (COST.series[0],))
    made = figure(drawn(chart)[1])
    values = [bar.value for row in made.rows for bar in row.bars]
    assert sorted(values) == [12.4, 12.9, 13, 14]
    assert {bar.label for row in made.rows for bar in row.bars} == {"12.40", "12.90", "13.00", "14.00"}
