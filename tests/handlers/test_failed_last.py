"""What of ours failed last is said in the same words by Home, ``list`` and ``status``."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from policies.times.moments import plain
from tests import telling
from tests.golden import Golden
from tests.handlers.broken import broke
from tests.handlers.stage import Stage
from tests.handlers.test_home import ON, _card, _saw, seen
from tests.handlers.test_list import cell
from tests.handlers.world import World, service

__all__ = ["seen"]


def _home(stage: Stage) -> str:
    (line,) = (line for line in _card(stage, "staging").lines if "failed" in line)
    return plain(line)


def test_list_does_not_call_healthy_what_failed_since_it_was_seen_and_says_what(
    seen: Stage, golden: Golden
) -> None:
    broke(seen)
    seen.forward(300)
    answer = seen.ask("list")
    assert (cell(answer, "State"), cell(answer, "Health")) == golden
    assert telling.notes(answer)[0] == f"`staging`: {_home(seen)}"
    assert cell(answer, "Health", "qa-eu") == ""


def test_list_calls_healthy_what_was_seen_so_since_and_still_says_what_failed(seen: Stage) -> None:
    broke(seen)
    seen.forward(300)
    _saw(seen, "staging", ON)
    answer = seen.ask("list")
    assert cell(answer, "Health") == "healthy"
    assert telling.notes(answer)[0] == f"`staging`: {_home(seen)}"


def test_list_names_an_unhealthy_service_before_what_failed(seen: Stage) -> None:
    broke(seen)
    _saw(seen, "staging", (ON[0], replace(ON[1], healthy=False)))
    assert cell(seen.ask("list"), "Health") == "unhealthy: web"


@pytest.mark.parametrize("service_named", ["", "orders-api"])
def test_status_says_what_failed_although_the_old_tasks_are_healthy(seen: Stage, service_named: str) -> None:
    broke(seen)
    seen.forward(300)
    assert _home(seen) in telling.notes(seen.ask("status", "staging", service_named))
    assert not [n for n in telling.notes(seen.ask("status", "staging", "web")) if "failed" in n]


def test_status_forgets_a_failure_once_somebody_deployed(seen: Stage, world: World) -> None:
    broke(seen)
    seen.forward(300)
    fresh = replace(service().deployments[0], created_at=world.clock.at - timedelta(seconds=60))
    world.aws().services.change("orders-api", deployments=(fresh,))
    assert not [n for n in telling.notes(seen.ask("status", "staging")) if "failed" in n]
