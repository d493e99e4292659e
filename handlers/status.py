"""`/env status staging`: how an environment, or one service of it, is now. Unhealthy first."""

from __future__ import annotations

from handlers.keep import stands
from handlers.ports.scope import Scope
from handlers.words.operation import Target, operation
from handlers.words.result import Evidence, Field, Outcome, Table
from policies import images
from policies.people import Role
from policies.public import public
from policies.redaction import redact
from policies.service import ServiceFacts
from policies.service_health import Judgement, describe
from policies.standing import holder, words_seen

EVENTS = 5
"""Service events shown for one service; ECS keeps the last 100, newest first."""


@operation("status", role=Role.VIEWER, target=Target.SERVICE_OR_ALL, aliases=("st", "health"))
def status(scope: Scope, service: str = "") -> Outcome:
    """How an environment is now, unhealthy services first, or one service in detail."""
    return _one(scope, service) if service else _all(scope)


def _all(scope: Scope) -> Outcome:
    members = scope.services.members()
    judged = [(f, describe(f)) for f in scope.services.summaries([s.name for s in members.own], tasks=True)]
    judged.sort(key=lambda pair: (-pair[1].gravity, pair[0].name))
    well = sum(j.gravity == 0 for _, j in judged)
    rows = tuple(_row(scope, facts, judgement) for facts, judgement in judged)
    disputed = tuple(
        f"`{name}` is left out: more than one environment claims it." for name in members.disputed
    )
    summary = (
        f"{scope.environment.name}: {well} of {len(judged)} services well." if judged else "No services here."
    )
    return Outcome(
        "status",
        summary,
        table=Table(("Service", "Health", "Tasks", "Why"), rows) if rows else None,
        notes=(*disputed, *_held(scope, on=any(f.desired for f, _ in judged)), *_owner(scope)),
    )


def _row(scope: Scope, facts: ServiceFacts, judgement: Judgement) -> tuple[str, ...]:
    doing = scope.running.get(facts.name) or scope.running.get("*") or ""
    why = "; ".join(x for x in (doing, redact(judgement.sentence)) if x)
    return (facts.name, judgement.health.value, f"{facts.running}/{facts.desired}", public(why))


def _one(scope: Scope, service: str) -> Outcome:
    facts = scope.services.facts(service)
    judgement = describe(facts)
    digests = scope.images.digests([i.image for i in facts.images])
    moved = images.moved(facts, digests)
    events = tuple(f"{e.at:%H:%M:%S} {public(redact(e.text))}" for e in facts.events[:EVENTS])
    why = public(redact(judgement.sentence)) or judgement.health.value
    return Outcome(
        judgement.health.value,
        f"{service} in {scope.environment.name}: {why}",
        fields=_fields(scope, facts),
        evidence=(Evidence("Last events", events),) if events else (),
        notes=tuple(public(m.sentence) for m in moved),
    )


def _fields(scope: Scope, facts: ServiceFacts) -> tuple[Field, ...]:
    found = [
        Field("Tasks", f"{facts.running} running, {facts.pending} pending, {facts.desired} desired"),
        Field("Revision", facts.revision.rsplit("/", 1)[-1]),
        *(Field(f"Image of {i.container}", _image(facts, i.container, i.image)) for i in facts.images),
    ]
    doing = scope.running.get(facts.name) or scope.running.get("*")
    if doing:
        found.append(Field("Now", doing))
    return tuple(Field(f.label, public(f.value)) for f in found)


def _image(facts: ServiceFacts, container: str, image: str) -> str:
    digest = facts.digests.get(container, "")
    name = image.rsplit("/", 1)[-1]
    return f"{name} ({images.short(digest)})" if digest else f"{name} (digest not known)"


def _held(scope: Scope, *, on: bool) -> tuple[str, ...]:
    """The schedule or override that holds it as it is, and who set that."""
    found = stands(scope)
    if not found.row and not found.override:
        return ()
    return (f"Now {words_seen(found, scope.now, on=on)}; {holder(found)}.",)


def _owner(scope: Scope) -> tuple[str, ...]:
    environment = scope.environment
    owner = f"owner {environment.owner}" if environment.owner else "no owner"
    return (f"{environment.tier.value}, {owner}",)
