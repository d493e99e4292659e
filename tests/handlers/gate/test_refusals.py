"""A refusal is always an entry: whoever asked, whatever for, and whichever part refused it."""

from __future__ import annotations

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.result import Refusal
from policies.access.grants import Grant
from policies.access.people import Actor, Role
from policies.capacity.facts import Capacity, SavedCapacity
from tests.handlers.stage import Stage
from tests.handlers.world import DEV, NIA, OLU, ROOT

EMPTY = '{"environments": [], "grants": [], "settings": {}}'


@pytest.fixture
def refusing(stage: Stage) -> Stage:
    """A stop has set `orders-api` of staging to zero; the console user is an admin."""
    stage.store.catalog.write(CatalogChange(put_grants=(Grant(ROOT.id, Role.ADMIN),)))
    stage.world.aws("staging").services.change("orders-api", desired=0, running=0, tasks=())
    stage.store.memory.capacities["staging"] = SavedCapacity({"orders-api": Capacity(2, None)})
    return stage


@pytest.mark.parametrize(
    ("who", "asked", "arguments", "rule"),
    [
        (DEV, ("restart", "staging", "orders-api"), {}, "restart.asleep"),
        (DEV, ("keep", "staging", ""), {"words": "until 2020-01-01T08:00"}, "keep.time"),
        (OLU, ("keep", "qa-eu", ""), {"words": "off until 22:00"}, "keep.on"),
        (NIA, ("audit", "", ""), {}, "access.audit"),
        (ROOT, ("apply", "", ""), {"content": EMPTY}, "catalog.mistakes"),
    ],
)
def test_a_handlers_refusal_is_an_entry(
    refusing: Stage, who: Actor, asked: tuple[str, str, str], arguments: dict[str, str], rule: str
) -> None:
    """Fails if a refusal is just another outcome: none of these would leave an entry then."""
    reply = refusing.ask(*asked, who=who, arguments=arguments)
    assert isinstance(reply, Refusal)
    entry = refusing.last()
    assert (entry.kind, entry.rule, entry.actor, entry.operation) == ("refused", rule, who.id, asked[0])
    assert (entry.environment, entry.arguments) == (asked[1], arguments)
    assert refusing.operations() == []
