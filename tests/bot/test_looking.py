from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from bot.looking import BROKE, Looking
from tests.waiting import PATIENCE, until


def test_nobody_waits_for_a_look_that_hangs_and_only_one_looks() -> None:
    go, looks = threading.Event(), []

    def hangs() -> str:
        looks.append(1)
        go.wait(PATIENCE)
        return "seen"

    looking = Looking(hangs, seconds=0.05, late="not yet", fresh=PATIENCE)
    with ThreadPoolExecutor(8) as many:
        assert set(many.map(lambda _: looking(), range(8))) == {"not yet"}
    assert len(looks) == 1
    go.set()
    assert until("it has looked", lambda: looking() == "seen")
    assert len(looks) == 1


def test_an_answer_serves_for_a_moment_and_no_longer() -> None:
    said = iter(["one", "two", "three"])
    for_long = Looking(lambda: next(said), seconds=PATIENCE, late="", fresh=PATIENCE)
    assert [for_long(), for_long()] == ["one", "one"]
    never = Looking(lambda: next(said), seconds=PATIENCE, late="", fresh=-1.0)
    assert [never(), never()] == ["two", "three"]


def test_the_previous_trouble_is_reported_while_a_look_hangs() -> None:
    go, said = threading.Event(), iter(["locked"])

    def then_hangs() -> str:
        return next(said, None) or str(go.wait(PATIENCE))

    looking = Looking(then_hangs, seconds=0.05, late="not yet", fresh=-1.0)
    until("it was told once", lambda: looking() == "locked")
    assert looking() == "locked"
    go.set()


def test_a_look_that_raises_is_reported_as_trouble() -> None:
    def breaks() -> str:
        raise RuntimeError("x")

    assert Looking(breaks, seconds=PATIENCE, late="")() == BROKE
