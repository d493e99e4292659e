"""What an environment costs while it runs, as an estimate: read from AWS, priced by ``policies.cost``."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.ports.scope import Scope
from policies.cost.fargate import Estimate, estimate


def running_cost(scope: Scope) -> Estimate:
    """Estimate the cost with the tasks the environment has now. Raises ``Trouble`` if AWS does not answer."""
    return _priced(scope, {})


def lit_cost(scope: Scope) -> Estimate:
    """Estimate the cost with the tasks the environment has while it is up: the saved ones if it sleeps.
    Raises ``Trouble`` if AWS does not answer.
    """
    saved = scope.book.capacities.find(scope.environment.name)
    return _priced(scope, {name: c.desired for name, c in saved.services.items()} if saved else {})


def _priced(scope: Scope, saved: Mapping[str, int]) -> Estimate:
    names = [service.name for service in scope.services.members().own]
    counts = {facts.name: facts.desired for facts in scope.services.summaries(names)}
    return estimate(scope.environment.region, scope.services.sizes(names), {**counts, **saved})
