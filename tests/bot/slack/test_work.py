from __future__ import annotations

import threading

import pytest

from bot.slack.work import WorkPool
from tests.bot.slack.peer import until
from tests.waiting import PATIENCE


def _wait(go: threading.Event) -> None:
    go.wait(PATIENCE)


def test_a_full_pool_says_no_at_once_and_has_room_again_later() -> None:
    pool, go = WorkPool(threads=1, queue=1), threading.Event()
    for _ in range(2):
        assert pool.reserve()
        pool.start(lambda: _wait(go))
    assert not pool.reserve()
    go.set()
    assert until(pool.reserve)
    pool.give_back()
    assert pool.close(PATIENCE)


def test_closing_finishes_what_is_in_hand_and_takes_no_more() -> None:
    pool, began, done = WorkPool(threads=1, queue=0), threading.Event(), []

    def job() -> None:
        began.set()
        threading.Event().wait(0.2)
        done.append(True)

    assert pool.reserve()
    pool.start(job)
    assert began.wait(PATIENCE)
    assert pool.close(PATIENCE)
    assert done == [True]
    assert not pool.reserve()


def test_closing_at_the_deadline_drops_what_never_began() -> None:
    pool, go, ran = WorkPool(threads=1, queue=1), threading.Event(), []
    for job in (lambda: _wait(go), lambda: ran.append(True)):
        assert pool.reserve()
        pool.start(job)
    assert not pool.close(0.1)
    go.set()
    threading.Event().wait(0.1)
    assert ran == []


def test_a_job_that_raises_is_logged_and_gives_its_place_back(caplog: pytest.LogCaptureFixture) -> None:
    pool = WorkPool(threads=1, queue=0)

    def broken() -> None:
        raise RuntimeError("a defect")

    assert pool.reserve()
    pool.start(broken)
    assert until(pool.reserve)
    assert [r.exc_info is not None for r in caplog.records] == [True]
    pool.give_back()
    pool.close(1)


def test_a_job_begins_only_when_no_request_is_being_acknowledged() -> None:
    pool, began = WorkPool(give_way=60.0), threading.Event()
    with pool.acknowledging():
        with pool.acknowledging():
            assert pool.reserve()
            pool.start(began.set)
        assert not began.wait(0.1)
    assert began.wait(PATIENCE)
    assert pool.close(PATIENCE)


def test_a_request_that_hangs_holds_a_job_up_for_a_moment_only() -> None:
    pool, began = WorkPool(give_way=0.05), threading.Event()
    with pool.acknowledging():
        assert pool.reserve()
        pool.start(began.set)
        assert began.wait(PATIENCE)
    assert pool.close(PATIENCE)
