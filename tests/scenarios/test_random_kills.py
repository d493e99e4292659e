"""Kills at random moments, with several operations at a time. Each run makes a few kills; ``make soak`` asks
for more.

A failing run prints the seed, and ``SOAK_SEED`` sets it.
"""

from __future__ import annotations

import os
import random
import time
from functools import partial

from tests.scenarios.killing import SHORT, begin_anew, kill, rows_of, start
from tests.scenarios.stage import DEV, Stage, kinds_of

ROUNDS = int(os.environ.get("SOAK_ROUNDS", "2"))
AT_ONCE = 3


def test_every_operation_ends_once_and_the_chain_is_whole_despite_random_kills(stage: Stage) -> None:
    seed = int(os.environ.get("SOAK_SEED", time.time_ns() % 1_000_000))
    chance = random.Random(seed)
    begin_anew(stage, env=SHORT)
    places: list[str] = []
    for _ in range(ROUNDS):
        fresh = [stage.environment({"name": "api"}) for _ in range(AT_ONCE)]
        for place in fresh:
            stage.control.post(
                "/command", {"user": DEV, "channel": "C0STAGING", "text": f"/env restart {place} api"}
            )
        places += fresh
        moment = time.monotonic() + chance.uniform(0.0, 1.5)
        stage.until("the moment of the kill", partial(_past, moment))
        kill(stage)
        start(stage, env=SHORT)
    for place in places:
        assert _ended(stage, place), f"seed {seed}: {place}: {kinds_of(stage.audit(place))}"
        assert stage.world.deploys(place) <= 1, f"seed {seed}: {place}"
    with rows_of(stage) as rows:
        assert rows.audit.verify().clean, f"seed {seed}"


def _past(moment: float) -> bool:
    return time.monotonic() >= moment


def _ended(stage: Stage, place: str) -> bool:
    """Wait until the operation was never opened, or was opened once and closed once."""

    def whole() -> bool:
        kinds = kinds_of(stage.audit(place))
        return (kinds.count("started"), kinds.count("closed")) in ((0, 0), (1, 1))

    return bool(stage.until(f"what was asked in {place} has ended", whole))
