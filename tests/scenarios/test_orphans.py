"""The real process finds environments that nobody wants, asks about them, and remembers the answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from handlers.tell.answering import REASONS
from policies.orphans.answers import Answer, Reply
from policies.orphans.findings import Finding
from tests.scenarios.alone import alone
from tests.scenarios.killing import kill, rows_of, start
from tests.scenarios.seen import Seen
from tests.scenarios.stage import ADA, AS_IT_IS, OLU, Stage

METERED = "METER_MINUTES=2"
"""The meter sees who deployed what, and when."""
BRANCH, LEFT = "pr-142", "demo-acme"
"""Both are orphaned when the playground begins: one was made for a pull request that was merged, and the
other was deployed by Rex, who has left.
"""
OPS = "C0OPS"
KEEP = f"Keep 30 days: {BRANCH}"
ANSWERED = f"`{BRANCH}` was answered for meanwhile: Olu Obi keeps it until"


class Lost:
    """A stage on which both orphans were found."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def finding(self, name: str) -> Finding | None:
        with rows_of(self.stage) as rows:
            return rows.book.orphans.findings.find(name)

    def answer(self, name: str) -> Answer | None:
        found = self.finding(name)
        return found.answer if found is not None else None

    def asks(self, user: str, *containing: str, after: Seen | None = None) -> Seen:
        """Ask for the orphans, and return the message that only this person sees; it names both."""
        self.stage.types(user, "/env orphans", channel=OPS)
        each = f"`{BRANCH}`", f"`{LEFT}`"
        return self.stage.hears(user, "orphaned", *each, *containing, channel=OPS, after=after)

    def presses(self, user: str, message: Seen, label: str, *containing: str) -> Seen:
        """Press a button, and return the message that only this person sees, which may replace the one with
        the button.
        """
        self.stage.presses(user, message, label)
        return self.stage.hears(user, *containing, channel=OPS)


@pytest.fixture(scope="module", params=["http-postgresql"])
def begun(request: pytest.FixtureRequest) -> Iterator[Lost]:
    """A stage with a meter and with few environments, because the meter looks at them in turn."""
    with alone(request, size=0, settings=[METERED]) as stage:
        made = Lost(stage)
        for name in (BRANCH, LEFT):
            stage.until(f"{name} is found", partial(made.finding, name))
        yield made


@pytest.fixture
def lost(begun: Lost) -> Lost:
    begun.stage.begin()
    return begun


def test_an_environment_kept_for_a_reason_is_not_asked_about_again_even_after_a_kill(lost: Lost) -> None:
    stage = lost.stage
    seen_by_both = lost.asks(ADA), lost.asks(OLU, "Nobody has touched it for 41 days")
    why = lost.presses(OLU, seen_by_both[1], KEEP, f"Why does `{BRANCH}` have to stay")
    stage.presses(OLU, why, REASONS[0])
    stage.message_of(BRANCH, "succeeded", REASONS[0], channel=OPS)

    given = lost.answer(BRANCH)
    assert given is not None and (given.reply, given.reason) == (Reply.KEPT, REASONS[0])
    lost.presses(ADA, seen_by_both[0], KEEP, ANSWERED, "Nothing was changed")
    assert lost.answer(BRANCH) == given
    assert {entry.actor_name for entry in stage.audit(BRANCH)} == {"Olu Obi"}

    kill(stage)
    start(stage, lease_over=True, env=AS_IT_IS)
    again = lost.asks(OLU, "keeps it until", REASONS[0], after=why)
    assert again.buttons == ["Keep 30 days", "Assign owner", "Stop it", "Not mine"], "of the other"


def test_stopping_an_orphan_asks_first(lost: Lost) -> None:
    message = lost.asks(OLU)
    stop = next(
        b for b in message.buttons if b in ("Stop it", f"Stop it: {LEFT}")
    )  # the plain label if only one orphan is left to ask about
    asked = lost.presses(OLU, message, stop, f"Stop `{LEFT}`?")
    assert asked.buttons == ["Stop it"]
    assert lost.stage.audit(LEFT) == []
    assert lost.answer(LEFT) is None
