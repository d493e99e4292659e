from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.slack.limits import EditBudget
from bot.slack.messages import BEGUN, NotShown, Shown, SlackMessages, Store
from bot.slack.places import Places
from bot.slack.web import SlackWeb
from handlers.ports.store import OperationRecord
from handlers.tell.together import together
from handlers.words.message import Log, Message
from handlers.words.result import Report
from policies.record.lifecycle import State
from tests.bot.slack.peer import Peer
from tests.bot.slack.rig import settings
from tests.bot.slack.rows import FakeRecords, FakeRows, HandClock, record
from tests.fakes.store import FakeStore
from tests.golden import Golden
from tests.waiting import LONG_PAUSE, in_time

SAID = "Restarting `orders-api` in `staging` …"
ENDED = "Essential container exited."


class Desk:
    """The adapter, with everything around it under the test's control."""

    def __init__(self, peer: Peer) -> None:
        self.peer, self.rows, self.records, self.clock = peer, FakeRows(), FakeRecords(), HandClock()
        self.web = SlackWeb(settings("http", f"{peer.state.url}/api/", answer_seconds=8))
        self.places = Places(self.web, monotonic=self.clock.monotonic)
        self.captured: dict[str, tuple[str, ...]] = {}
        self.messages = self.beside()

    def beside(self) -> SlackMessages:
        """Of a process that shows the same rows."""
        budget = EditBudget(3.0, monotonic=self.clock.monotonic)
        store = Store(self.rows, self.records, lambda records: self.told(records), FakeStore().offers)
        return SlackMessages(self.web, store, self.clock, budget=budget, places=self.places)

    def set(
        self,
        name: str,
        state: State = State.RUNNING,
        *,
        channel: str = "C0STAGING",
        said: str = "",
        told_by: str = "",
        joined: str = "",
    ) -> None:
        self.records.records[name] = replace(record(name, state, said), target=name)
        self.rows.want(name, channel, final=state.ended, told_by=told_by, joined=joined)

    def capture(self, name: str, *lines: str) -> None:
        self.captured[name] = lines

    def report(self, record: OperationRecord) -> Report:
        """Make a plainer report than the gate's: these tests are about showing, not about wording."""
        lines = self.captured.get(record.id)
        logs = (Log("Log", lines),) if lines else ()
        said = record.summary or SAID
        return Report(record.id, record.state, said, logs, line=said)

    def told(self, records: Sequence[OperationRecord]) -> Message:
        return together(records, [self.report(record) for record in records], None)

    def tick(self, seconds: float = 0.0) -> int:
        self.clock.advance(seconds)
        return self.messages.catch_up(self.clock.now())

    def shown(self, channel: str = "C0STAGING") -> list[str]:
        return [m["text"] for m in self.peer.seen(channel=channel) if not m.get("thread_ts")]


@pytest.fixture
def desk(peer: Peer) -> Desk:
    return Desk(peer)


def test_an_operation_is_one_message_edited_to_its_end_state(desk: Desk) -> None:
    desk.set("op")
    desk.messages.show("op")
    assert desk.shown() == [f"running: {SAID}"]
    desk.set("op", State.SUCCEEDED, said="Healthy after 38 s.")
    desk.messages.show("op")
    assert len(desk.shown()) == 1
    assert "succeeded" in desk.shown()[0]


def test_an_operation_shown_by_an_earlier_message_has_none_of_its_own(desk: Desk) -> None:
    for state in (State.RUNNING, State.SUCCEEDED):
        desk.set("op", state, told_by="1.5")
        desk.messages.show("op")
    assert desk.shown() == []
    row = desk.rows.find("op")
    assert row is not None
    assert row.version_shown == row.version_wanted
    where = desk.messages.where("op")
    assert isinstance(where, Shown)
    assert (where.channel, where.ts, where.stood) == ("C0STAGING", "1.5", True)


def test_a_failed_operation_has_its_own_message_despite_an_earlier_one(desk: Desk) -> None:
    desk.set("op", told_by="1.5")
    desk.messages.show("op")
    desk.set("op", State.FAILED, said="The database did not take it.")
    desk.messages.show("op")
    assert desk.shown() == ["failed: The database did not take it."]
    where = desk.messages.where("op")
    assert isinstance(where, Shown)
    assert (where.ts != "1.5", where.stood) == (True, False)


def test_showing_a_shown_version_again_calls_nobody(desk: Desk) -> None:
    desk.set("op")
    for _ in range(3):
        desk.messages.show("op")
    assert len(desk.peer.calls("chat.postMessage")) == 1
    assert desk.peer.calls("chat.update") == []


def test_eight_threads_showing_one_operation_post_once(desk: Desk) -> None:
    desk.set("op")
    threads = [threading.Thread(target=desk.messages.show, args=("op",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(desk.peer.calls("chat.postMessage")) == 1


def test_live_edits_wait_three_seconds_and_the_end_state_does_not(desk: Desk) -> None:
    """Fails without a budget: one edit a second draws 429s."""
    desk.set("op")
    desk.messages.show("op")
    desk.set("op")
    desk.messages.show("op")
    assert desk.peer.calls("chat.update") == []
    assert desk.tick(2.0) == 0
    assert desk.tick(1.1) == 1
    assert len(desk.peer.calls("chat.update")) == 1
    desk.set("op", State.FAILED, said="It broke.")
    desk.messages.show("op")
    assert len(desk.peer.calls("chat.update")) == 2


def test_each_of_many_live_messages_is_edited_less_often() -> None:
    clock = HandClock()
    budget = EditBudget(3.0, monotonic=clock.monotonic)
    edits = 0
    for _ in range(600):
        edits += sum(budget.wait(f"op-{n}", final=False) == 0 for n in range(10))
        clock.advance(0.1)
    assert edits <= 50  # chat.update per workspace and minute (facts/slack 2.2)
    assert edits >= 30


def test_end_states_come_first_when_catching_up(desk: Desk) -> None:
    desk.set("live")
    desk.set("ended", State.SUCCEEDED)
    assert desk.tick() == 2
    assert desk.shown()[0].startswith("succeeded")


def test_an_end_state_is_caught_up_once_slack_answers_again(desk: Desk) -> None:
    desk.set("op")
    desk.messages.show("op")
    desk.peer.faults.order(kind="status", method="chat.update", status=500, times=2)
    desk.set("op", State.SUCCEEDED)
    desk.messages.show("op")
    assert desk.shown()[0].startswith("running")
    desk.tick(2.1)
    desk.tick(2.1)
    assert desk.shown()[0].startswith("running")
    desk.tick(2.1)
    assert desk.shown()[0].startswith("succeeded")


def test_a_silent_slack_stops_the_round_at_the_first_message(desk: Desk) -> None:
    """Fails if each message waits for its own time-out: a tick would take minutes."""
    for n in range(5):
        desk.set(f"op-{n}")
    desk.peer.faults.order(kind="drop", method="chat.postMessage", times=0)
    assert desk.tick() == 1


def test_a_429_pauses_for_as_long_as_slack_says_and_nobody_sleeps(desk: Desk) -> None:
    desk.set("op")
    desk.messages.show("op")
    desk.peer.faults.order(kind="status", method="chat.update", status=429, retry_after=LONG_PAUSE)
    desk.set("op", State.SUCCEEDED)
    in_time(lambda: desk.messages.show("op"))
    desk.set("other", State.SUCCEEDED)
    desk.messages.show("other")
    desk.tick(LONG_PAUSE - 1)
    assert len(desk.peer.calls("chat.update")) == 1
    desk.tick(1.5)
    assert len(desk.peer.calls("chat.update")) == 2
    assert desk.shown()[0].startswith("succeeded")


def test_a_deleted_message_is_posted_again_once_only(desk: Desk) -> None:
    desk.set("op")
    desk.messages.show("op")
    for _ in range(2):
        message = desk.peer.state.messages.find("C0STAGING", desk.rows.rows["op"].ts)
        assert message is not None
        desk.peer.state.messages.remove(message)
        desk.set("op", State.SUCCEEDED)
        desk.messages.show("op")
    assert len(desk.peer.calls("chat.postMessage")) == 2
    assert "deleted twice" in desk.rows.given_up["op"]


@pytest.mark.parametrize(("channel", "why"), [("C0GENERAL", "not a member"), ("C0NONE", "cannot see")])
def test_a_message_is_given_up_with_a_reason_where_the_bot_cannot_post(
    desk: Desk, channel: str, why: str
) -> None:
    desk.set("op", channel=channel)
    desk.messages.show("op")
    assert why in desk.rows.given_up["op"]
    found = desk.messages.where("op")
    assert isinstance(found, NotShown)
    assert why in found.reason
    assert desk.tick(100) == 0


def test_the_end_of_an_operation_that_no_channel_shows_is_sent_once_to_the_asker(
    desk: Desk, golden: Golden
) -> None:
    desk.set("op", channel="C0GENERAL")
    desk.messages.show("op")
    assert desk.shown("D0DEV") == []
    desk.set("op", State.FAILED, channel="C0GENERAL", said=ENDED)
    desk.messages.show("op")
    desk.messages.show("op")
    told = desk.peer.seen(channel="D0DEV")
    assert [m["text"] for m in told] == [f"failed: {ENDED}"]
    assert told[0]["blocks"][-1]["elements"][0]["text"] == golden


def test_an_archived_channel_is_given_up(desk: Desk) -> None:
    desk.peer.state.directory.channels["C0STAGING"].is_archived = True
    desk.set("op")
    desk.messages.show("op")
    assert "archived" in desk.rows.given_up["op"]


def test_evidence_goes_into_the_thread_once_and_is_not_broadcast(desk: Desk) -> None:
    desk.set("op")
    desk.messages.show("op")
    desk.set("op", State.FAILED)
    desk.capture("op", "exit 1", "<!channel> boom")
    desk.messages.show("op")
    desk.set("op", State.FAILED)
    desk.capture("op", "exit 1")
    desk.messages.show("op")
    threaded = [m for m in desk.peer.seen() if m.get("thread_ts")]
    assert len(threaded) == 1
    assert "boom" in str(threaded[0]["blocks"])
    (button,) = threaded[0]["blocks"][-1]["elements"]
    assert (button["text"]["text"], bool(button["value"])) == ("Download", True)
    assert "boom" not in str([m for m in desk.peer.seen() if not m.get("thread_ts")])
    assert all("reply_broadcast" not in c["payload"] for c in desk.peer.calls("chat.postMessage"))


def test_lines_of_what_went_well_have_no_file(desk: Desk) -> None:
    desk.set("op", State.SUCCEEDED)
    desk.capture("op", "GET /health 200")
    desk.messages.show("op")
    (threaded,) = [m for m in desk.peer.seen() if m.get("thread_ts")]
    assert "GET /health 200" in str(threaded["blocks"])
    assert "Download" not in str(threaded["blocks"])


def test_a_lost_reply_does_not_post_the_message_again(desk: Desk) -> None:
    desk.set("op", State.FAILED)
    desk.capture("op", "exit 1")
    desk.peer.faults.order(kind="status", method="chat.postMessage", status=500, nth=2)
    desk.messages.show("op")
    desk.tick(2.1)
    assert len(desk.shown()) == 1
    assert len(desk.peer.seen()) == 2


def test_a_process_that_is_killed_while_it_posts_the_evidence_does_not_post_it_twice(desk: Desk) -> None:
    desk.set("op", State.FAILED)
    desk.capture("op", "exit 1")
    desk.rows.killed_in = 1
    with pytest.raises(SystemExit):
        desk.messages.show("op")
    desk.rows.killed_in = None
    row = desk.rows.find("op")
    assert row is not None
    assert (row.detail_ts, row.version_shown < row.version_wanted) == (BEGUN, True)
    desk.tick(60)
    assert len([m for m in desk.peer.seen() if m.get("thread_ts")]) == 1
    assert len(desk.shown()) == 1


def test_a_channel_that_another_company_reads_gets_no_evidence(desk: Desk) -> None:
    desk.set("op", State.FAILED, channel="C0SHARED")
    desk.capture("op", "the secret line")
    desk.messages.show("op")
    assert len(desk.peer.seen(channel="C0SHARED")) == 1
    assert "secret line" not in str(desk.peer.seen(channel="C0SHARED"))


def test_blocks_that_slack_refuses_do_not_cost_the_message(desk: Desk) -> None:
    desk.peer.faults.order(kind="error", method="chat.postMessage", code="invalid_blocks")
    desk.set("op")
    desk.messages.show("op")
    assert desk.shown() == [f"running: {SAID}"]


def test_nothing_unfurls(desk: Desk) -> None:
    desk.set("op")
    desk.messages.show("op")
    payload = desk.peer.calls("chat.postMessage")[0]["payload"]
    assert (payload["unfurl_links"], payload["unfurl_media"]) == (False, False)


def test_a_lost_database_raises_nothing(desk: Desk) -> None:
    desk.set("op")
    desk.rows.lost = True
    desk.messages.show("op")
    assert desk.tick() == 0
    assert isinstance(desk.messages.where("op"), NotShown)


def test_people_are_pointed_to_the_message_by_its_link(desk: Desk) -> None:
    desk.set("op")
    desk.messages.show("op")
    found = desk.messages.where("op")
    assert isinstance(found, Shown)
    assert found.permalink.endswith(f"/archives/C0STAGING/p{found.ts.replace('.', '')}")
    assert isinstance(desk.messages.where("none"), NotShown)


def test_no_message_is_expected_for_an_operation_of_the_clock(desk: Desk) -> None:
    """The operation's notice reports it, although its channel is set."""
    desk.records.records["op"] = replace(record("op"), source="clock")
    assert desk.messages.where("op") is None


def test_an_operation_without_a_channel_is_shown_nowhere(desk: Desk) -> None:
    desk.set("op", channel="")
    desk.messages.show("op")
    assert desk.peer.calls("chat.postMessage") == []


def test_no_message_is_expected_for_an_operation_without_an_environment(desk: Desk) -> None:
    desk.set("op", channel="")
    assert isinstance(desk.messages.where("op"), NotShown)
    desk.records.records["op"] = replace(desk.records.records["op"], environment="")
    assert desk.messages.where("op") is None
