"""What an environment costs while it runs, as an estimate: read from AWS, priced by ``policies.cost``."""

from __future__ import annotations

from handlers.ports.scope import Scope
from policies.cost import Estimate, estimate


def running_cost(scope: Scope) -> Estimate:
    """With the tasks it has now, or with those that were saved while it sleeps. ``Trouble`` if AWS does not
    say."""
    names = [service.name for service in scope.services.members().own]
    counts = {facts.name: facts.desired for facts in scope.services.summaries(names)}
    saved = scope.book.capacities.find(scope.environment.name)
    if saved is not None:
        counts |= {name: capacity.desired for name, capacity in saved.services.items() if name in counts}
    return estimate(scope.environment.region, scope.services.sizes(names), counts)
