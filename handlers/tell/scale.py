"""What ``scale`` says."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.words.message import Offer
from handlers.words.result import Choice, Refusal, Unchanged
from policies.access.decision import Refused, refuse
from policies.capacity.facts import ScalingFacts
from policies.service.facts import ServiceFacts


def asleep(environment: str, service: str) -> Refusal:
    told = (
        f"`{service}` was stopped with `{environment}`, and a start brings back the count it had. "
        "Start the environment first."
    )
    return Refusal(refuse("scale.asleep", told), offers=(Offer("Start it", "start", environment),))


def first(refused: Refused, service: str, count: int) -> Refusal:
    """Refuse what needs a running task, with a button that starts as many. ``count``: 0 for no button."""
    scaled = Offer(f"Scale to {count}", "scale", target=service, arguments={"count": str(count)})
    return Refusal(refused, offers=(scaled,) if count else ())


def already(facts: ServiceFacts) -> Unchanged:
    return Unchanged(
        f"`{facts.name}` is set to {_tasks(facts.desired)} already; {facts.running} are running."
    )


def changed_since(facts: ServiceFacts, count: int, expected: int) -> Choice:
    """The count is no longer what the operation that is to be undone left."""
    anyway = Offer(f"Scale to {count}", "scale", target=facts.name, arguments={"count": str(count)})
    return Choice(
        f"`{facts.name}` is set to {_tasks(facts.desired)} now and no longer to {expected}, so nothing was "
        "undone.",
        offers=(anyway,),
    )


def autoscaled(scaling: ScalingFacts) -> str:
    return (
        f"Autoscaling may change the count again, between {scaling.minimum} and {scaling.maximum}. To "
        "keep this count, the owner of the scalable target must suspend autoscaling."
    )


def predicted(policies: Sequence[str]) -> str:
    named = ", ".join(f"`{name}`" for name in policies)
    return f"Predictive scaling ({named}) acts on its forecast too, and no suspension stops it."


def predictive_unknown(why: str) -> str:
    return f"Whether predictive scaling would change the count again could not be read: {why}"


def _tasks(count: int) -> str:
    return f"{count} {'task' if count == 1 else 'tasks'}"
