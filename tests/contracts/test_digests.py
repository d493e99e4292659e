"""What ``handlers.ports.digests`` promises."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from handlers.ports.digests import DigestRow, Digests, DigestState
from handlers.ports.live import LivePost, Thing
from handlers.words.message import Message, Status
from tests.contracts.conftest import Process
from tests.contracts.values import NOW, later

POSTING = DigestRow("C0STAGING", "2026-W48", DigestState.POSTING, NOW)
AGAIN = (DigestState.POSTPONED,)


@pytest.fixture
def digests(store: Any) -> Digests:
    return store.book.digests  # type: ignore[no-any-return]


def test_a_claimed_digest_is_found_whole(digests: Digests) -> None:
    assert digests.find("C0STAGING", "2026-W48") is None
    assert digests.claim(replace(POSTING, reason="Zürich said 'no' \x00"), over=AGAIN)
    assert digests.find("C0STAGING", "2026-W48") == replace(POSTING, reason="Zürich said 'no' \x00")


def test_there_is_one_claim_for_each_channel_and_week(digests: Digests) -> None:
    assert digests.claim(POSTING, over=AGAIN)
    assert not digests.claim(replace(POSTING, at=later(minutes=1)), over=AGAIN)
    assert digests.claim(replace(POSTING, channel="C0QA"), over=AGAIN)
    assert digests.claim(replace(POSTING, week="2026-W49"), over=AGAIN)
    assert digests.find("C0STAGING", "2026-W48") == POSTING


@pytest.mark.parametrize("state", DigestState)
def test_a_digest_is_claimed_again_only_over_the_named_states(digests: Digests, state: DigestState) -> None:
    digests.settle(replace(POSTING, state=state))
    again = replace(POSTING, at=later(minutes=5))
    assert digests.claim(again, over=AGAIN) is (state is DigestState.POSTPONED)


def test_a_posted_digest_stays_posted_whatever_comes_late(digests: Digests) -> None:
    digests.claim(POSTING, over=AGAIN)
    posted = replace(POSTING, state=DigestState.POSTED, ts="1.2")
    digests.settle(replace(POSTING, state=DigestState.UNKNOWN))
    digests.settle(posted)
    digests.settle(replace(POSTING, state=DigestState.UNKNOWN))
    assert digests.find("C0STAGING", "2026-W48") == posted


def test_what_keeps_a_posted_digest_true_is_written_with_it(store: Any) -> None:
    posted = replace(POSTING, state=DigestState.POSTED, ts="1.2")
    said = Message(Status.ANSWERED, "said")
    live = LivePost("C0STAGING", "1.2", Thing.DIGEST, "2026-W48", NOW, said, {"pr-142": "1"})
    store.book.digests.settle(posted, live=live)
    assert store.book.digests.find("C0STAGING", "2026-W48") == posted
    assert store.book.live_posts.live() == [live]


def test_digests_of_some_weeks_are_sorted_by_week_and_channel(digests: Digests) -> None:
    second, other = replace(POSTING, week="2026-W49"), replace(POSTING, channel="C0QA")
    for row in (second, POSTING, other, replace(POSTING, week="2026-W47")):
        digests.claim(row, over=AGAIN)
    assert digests.of_weeks(["2026-W49", "2026-W48"]) == [other, POSTING, second]
    assert digests.of_weeks([]) == []


def test_one_of_several_claims_at_once_succeeds(process: Process) -> None:
    stores = [process(f"holder {n}") for n in range(4)]
    start, won = threading.Barrier(len(stores)), []

    def claim(number: int) -> None:
        start.wait()
        if stores[number].book.digests.claim(replace(POSTING, reason=str(number)), over=AGAIN):
            won.append(str(number))

    threads = [threading.Thread(target=claim, args=(n,)) for n in range(len(stores))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [stores[0].book.digests.find("C0STAGING", "2026-W48").reason] == won


def test_a_missing_digest_is_announced_once(digests: Digests) -> None:
    assert not digests.tell_once("C0STAGING", "2026-W48")
    digests.claim(POSTING, over=AGAIN)
    assert digests.tell_once("C0STAGING", "2026-W48")
    digests.settle(replace(POSTING, state=DigestState.POSTPONED))
    digests.claim(POSTING, over=AGAIN)
    assert not digests.tell_once("C0STAGING", "2026-W48")
    digests.claim(replace(POSTING, week="2026-W49"), over=AGAIN)
    assert digests.tell_once("C0STAGING", "2026-W49")
