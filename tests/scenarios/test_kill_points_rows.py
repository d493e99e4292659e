"""``kill -9`` at the moment a row appears: between the commits, wherever the bot is then.

The database is watched from outside and the process is killed within milliseconds, with several operations in
flight. The test does not choose what the kill hits; whatever it hits must end truly.
"""

from __future__ import annotations

import os
import signal
import time

import pytest

from bot.db.database import Database
from tests.scenarios.killing import (
    RESTART,
    Found,
    ensure_patient,
    found_in,
    record_of,
    rows_of,
    start,
    told_to_its_end,
    was_adopted,
)
from tests.scenarios.stage import DEV, Stage, kinds_of
from tests.waiting import PATIENCE

TOGETHER = 3


@pytest.mark.parametrize("row", ["planned", "began", "answered", "closed"])
def test_a_kill_as_soon_as_a_row_appears_leaves_a_true_record(stage: Stage, row: Found) -> None:
    ensure_patient(stage)
    places = [stage.environment() for _ in range(TOGETHER)]
    pid = stage.control.get("")["bot"]["pid"]
    with rows_of(stage) as rows:
        for place in places:
            stage.types(DEV, RESTART.format(place))
        _wait_for_row(rows, places[-1], row)
        os.kill(pid, signal.SIGKILL)
        stage.until("it is dead", lambda: stage.control.get("")["bot"]["pid"] is None)
        left = {place: found_in(record_of(rows, place)) for place in places}
    effects = {place: stage.world.deploys(place) for place in places}
    start(stage, lease_over=True)
    for place in places:
        if left[place] == "nothing":
            assert stage.audit(place) == []
            continue
        entry = stage.closed(place)
        undone = left[place] == "began" and not effects[place]
        assert entry.outcome == ("interrupted" if undone else "succeeded"), (left, effects, entry)
        assert stage.world.deploys(place) == (0 if undone else 1)
        assert was_adopted(entry) == (left[place] == "began" and effects[place] == 1)
        assert kinds_of(stage.audit(place)) == ["started", "closed"]
        told_to_its_end(stage, entry, twice=True)
    assert stage.evidence.faults() == ()


def _wait_for_row(rows: Database, environment: str, wanted: Found) -> None:
    """Wait without pauses, because each pause would be a window that is never hit."""
    order: list[Found] = ["nothing", "planned", "began", "answered", "closed"]
    end = time.monotonic() + PATIENCE
    while order.index(found_in(record_of(rows, environment))) < order.index(wanted):
        assert time.monotonic() < end, f"{environment} was never {wanted}"
