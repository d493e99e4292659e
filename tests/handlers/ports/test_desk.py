"""A desk shows one actor's view of the installation and no more."""

from __future__ import annotations

import pytest

from policies.access.people import Actor, ClockActor
from tests.handlers.stage import Stage
from tests.handlers.world import ADA, DEV, NIA, OLU, ROOT, VIC


@pytest.mark.parametrize(
    ("who", "names"),
    [
        (ADA, ["production", "qa-eu", "staging"]),
        (OLU, ["qa-eu", "staging"]),
        (DEV, ["qa-eu", "staging"]),
        (VIC, ["staging"]),
        (NIA, []),
        (ROOT, []),
        (ClockActor(), []),
    ],
)
def test_only_environments_with_a_grant_are_on_it(stage: Stage, who: Actor, names: list[str]) -> None:
    desk = stage.parts.desk(who, stage.store.catalog.read())
    assert [e.name for e in desk.environments] == names
    assert all(g.subject == who.id for g in desk.mine)
