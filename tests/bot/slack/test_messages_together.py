"""Several operations of the same kind are one message, edited until it is true for all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

import pytest

from bot.slack.messages import BEGUN, NotShown, Shown
from handlers.ports.store import OperationRecord
from handlers.words.message import Message
from policies.record.lifecycle import State
from tests.bot.slack.peer import Peer
from tests.bot.slack.test_messages import Desk


class Burst(Desk):
    """*op* is the first; others joined its message. ``before_edit``: what happens once a message is put
    together and before it is sent."""

    before_edit: Callable[[], None] | None = None

    def told(self, records: Sequence[OperationRecord]) -> Message:
        drawn, then = super().told(records), self.before_edit
        self.before_edit = None
        if then is not None:
            then()
        return drawn

    def begin(self, *names: str) -> None:
        self.set("op")
        self.messages.show("op")
        for name in names:
            self.want(name)

    def want(self, name: str, state: State = State.RUNNING, said: str = "") -> None:
        self.set(name, state, said=said or f"Restarting `{name}`.", joined="" if name == "op" else "op")

    def end(self, name: str, state: State = State.SUCCEEDED) -> None:
        self.want(name, state, f"{name} {state.value}.")

    def stands(self) -> str:
        """All that the one message of the channel says."""
        (only,) = [m for m in self.peer.seen(channel="C0STAGING") if not m.get("thread_ts")]
        return f"{only['text']} {only['blocks']}"

    def behind(self) -> list[str]:
        return [r.operation_id for r in self.rows.rows.values() if r.version_shown < r.version_wanted]


@pytest.fixture
def burst(peer: Peer) -> Burst:
    return Burst(peer)


def test_what_joins_a_message_is_an_edit_of_it_a_tick_later(burst: Burst) -> None:
    burst.begin("web", "worker")
    burst.messages.show("web")
    assert len(burst.shown()) == 1
    burst.tick(3.1)
    assert len(burst.peer.calls("chat.postMessage")) == 1
    assert len(burst.peer.calls("chat.update")) == 1, "one edit tells of both"
    assert "`web`" in burst.stands() and "`worker`" in burst.stands()
    assert burst.behind() == []


def test_the_message_is_edited_to_the_end_of_each(burst: Burst) -> None:
    burst.begin("web")
    burst.tick(3.1)
    burst.end("op")
    burst.messages.show("op")
    assert "op succeeded" in burst.stands()
    assert burst.shown()[0].startswith("running")
    burst.end("web", State.FAILED)
    burst.messages.show("web")
    assert burst.shown()[0].startswith("failed")
    assert "op succeeded" in burst.stands()
    assert len(burst.peer.calls("chat.postMessage")) == 1


def test_each_points_to_the_one_message(burst: Burst) -> None:
    burst.begin("web")
    first, second = burst.messages.where("op"), burst.messages.where("web")
    assert isinstance(first, Shown)
    assert first == second


def test_what_was_captured_of_each_goes_into_the_one_thread_once(burst: Burst) -> None:
    burst.begin("web")
    for name in ("op", "web"):
        burst.capture(name, f"exit of {name}")
        burst.end(name, State.FAILED)
        burst.messages.show(name)
        burst.messages.show(name)
    burst.end("op", State.FAILED)
    burst.messages.show("op")
    threaded = [m for m in burst.peer.seen() if m.get("thread_ts")]
    assert [str(m["blocks"]).count("exit of") for m in threaded] == [1, 1]
    assert {m["thread_ts"] for m in threaded} == {burst.rows.rows["op"].ts}
    assert "exit of" not in burst.stands()


def test_one_that_another_process_is_posting_still_is_not_posted_by_who_joins_it(burst: Burst) -> None:
    burst.set("op")
    burst.want("web")
    burst.messages.show("web")
    assert burst.peer.calls("chat.postMessage") == []
    burst.messages.show("op")
    assert "`web`" in burst.stands()
    assert burst.behind() == []


@pytest.mark.parametrize("writes", range(4))
def test_a_kill_between_the_join_and_the_edit_heals_by_the_tick(burst: Burst, writes: int) -> None:
    """Before the edit is recorded for any, or between two of those that it tells of."""
    burst.begin("web", "worker")
    burst.clock.advance(3.1)
    burst.rows.killed_in = writes
    with suppress(SystemExit):
        burst.messages.show("web")
    burst.rows.killed_in = None
    burst.tick(60)
    assert "`web`" in burst.stands() and "`worker`" in burst.stands()
    assert burst.behind() == []


def test_a_process_that_is_killed_before_it_edits_at_all_loses_no_line(burst: Burst) -> None:
    burst.begin("web")
    burst.tick(60)
    assert "`web`" in burst.stands()


@pytest.mark.parametrize("writes", [1, 2, 3, 4])
def test_a_kill_while_the_evidence_of_two_is_posted_posts_none_of_it_twice(burst: Burst, writes: int) -> None:
    burst.begin("web")
    for name in ("op", "web"):
        burst.capture(name, f"exit of {name}")
        burst.end(name, State.FAILED)
    burst.rows.killed_in = writes
    with suppress(SystemExit):
        burst.messages.show("web")
    burst.rows.killed_in = None
    burst.tick(60)
    told = [str(m["blocks"]) for m in burst.peer.seen() if m.get("thread_ts")]
    assert all(sum(f"exit of {name}" in each for each in told) <= 1 for name in ("op", "web"))
    assert all(row.detail_ts for row in burst.rows.rows.values())
    assert burst.behind() == []
    assert len(burst.shown()) == 1


def test_a_slower_process_that_edits_with_what_it_read_before_is_drawn_over(burst: Burst) -> None:
    """One reads the first alone; another edits for both; then the first edit lands, without the second."""
    burst.begin()
    burst.clock.advance(3.1)
    burst.set("op", said="Still restarting.")
    other = burst.beside()

    def meanwhile() -> None:
        burst.want("web")
        other.show("web")
        assert "`web`" in burst.stands()

    burst.before_edit = meanwhile
    burst.messages.show("op")
    assert "`web`" not in burst.stands()
    burst.tick(3.1)
    assert "`web`" in burst.stands()
    assert burst.behind() == []


def test_a_deleted_message_is_posted_again_with_all_of_them(burst: Burst) -> None:
    burst.begin("web")
    burst.tick(3.1)
    message = burst.peer.state.messages.find("C0STAGING", burst.rows.rows["op"].ts)
    assert message is not None
    burst.peer.state.messages.remove(message)
    burst.end("web")
    burst.messages.show("web")
    assert "web succeeded" in burst.stands()
    assert len({row.ts for row in burst.rows.rows.values()}) == 1


def test_where_it_cannot_be_shown_each_end_is_told_to_whoever_asked(burst: Burst) -> None:
    burst.set("op", channel="C0GENERAL")
    burst.messages.show("op")
    burst.set("web", channel="C0GENERAL", joined="op")
    burst.messages.show("web")
    assert isinstance(burst.messages.where("web"), NotShown)
    for name in ("web", "op"):
        burst.set(name, State.FAILED, channel="C0GENERAL", said=f"{name} broke.")
        burst.messages.show(name)
    assert [m["text"] for m in burst.peer.seen(channel="D0DEV")] == [
        "failed: web broke.",
        "failed: op broke.",
    ]
    assert burst.behind() == []


def test_what_joined_a_message_whose_first_is_gone_is_still_told_in_it(burst: Burst) -> None:
    """What ended long ago is removed from the database."""
    burst.begin("web")
    burst.tick(3.1)
    del burst.rows.rows["op"], burst.records.records["op"]
    burst.end("web")
    burst.messages.show("web")
    assert burst.shown() == ["succeeded: web succeeded."]
    assert BEGUN not in {row.detail_ts for row in burst.rows.rows.values()}
