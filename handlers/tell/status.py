"""Composes the answers of ``status`` about an environment and about one of its services."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, tzinfo

from handlers.ports.store import OperationRecord
from handlers.tell.operation import doing, under_way
from handlers.words.message import Field, Fields, Log, Status, Table, Text, blocks
from handlers.words.result import Answer
from policies.record.lifecycle import WHOLE
from policies.schedule.overrides import Override
from policies.schedule.standing import Seen, Standing, holder, planned_words, words_seen
from policies.secrets.public import public
from policies.secrets.redaction import redact
from policies.service import images
from policies.service.environment import Environment
from policies.service.facts import ServiceFacts
from policies.service.health import Health, Judgement
from policies.service.images import Moved
from policies.times.wall import in_utc

EVENTS = 5
"""The service events shown for one service; ECS keeps the last 100, newest first."""
Running = Mapping[str, OperationRecord]
Judged = Sequence[tuple[ServiceFacts, Judgement]]


def of_environment(
    environment: Environment, judged: Judged, *, running: Running, notes: Sequence[str], now: datetime
) -> Answer:
    """Show an environment. An operation on the whole environment is told once, above the table."""
    rows = tuple(_row(facts, judgement, running, now) for facts, judgement in judged)
    whole = (under_way(running[WHOLE], now=now),) if WHOLE in running else ()
    table = Table(("Service", "Health", "Tasks", "Why"), rows)
    names = tuple(facts.name for facts, _ in judged)
    told = blocks(Text(whole), table, Text((*notes, _owner(environment))))
    return Answer(_healthy(environment, judged), told, names=names, status=_status(judged, running))


def _healthy(environment: Environment, judged: Judged) -> str:
    """Count the healthy services, and mention those whose health nothing measures."""
    if not judged:
        return f"`{environment.name}` has no services here."
    well = [judgement for _, judgement in judged if judgement.gravity == 0]
    unmeasured = sum(judgement.health is Health.UNMEASURED for judgement in well)
    of_them = f" ({'not' if unmeasured == len(well) else f'{unmeasured} of them not'} measured)"
    apart = of_them if unmeasured else ""
    return f"`{environment.name}`: {len(well)} of {len(judged)} services healthy{apart}."


def _status(judged: Judged, running: Running) -> Status:
    """The status of the environment: on only if all of it is healthy; neither on nor off while a start or a
    stop is under way.
    """
    if WHOLE in running and running[WHOLE].name in _MOVES:
        return _MOVES[running[WHOLE].name]
    if not judged:
        return Status.ANSWERED
    if all(judgement.health is Health.UNKNOWN for _, judgement in judged):
        return Status.UNKNOWN
    if not any(facts.desired or facts.running for facts, _ in judged):
        return Status.OFF
    return Status.PARTLY_UP if any(judgement.gravity for _, judgement in judged) else Status.ON


_MOVES: Mapping[str, Status] = {"start": Status.STARTING, "stop": Status.STOPPING}


def now_of(running: Running, service: str, *, now: datetime) -> str:
    """Say what is being done to one service, or to its whole environment; empty if nothing is."""
    if service in running:
        return doing(running[service], now=now)
    return under_way(running[WHOLE], now=now) if WHOLE in running else ""


def left_out(disputed: Collection[str]) -> tuple[str, ...]:
    return tuple(f"`{name}` is left out: more than one environment claims it." for name in disputed)


def held(stands: Standing, *, seen: Seen, now: datetime) -> tuple[str, ...]:
    """Name the schedule or override that holds the environment as it is, and who set that."""
    if not stands.row and not stands.override:
        return ()
    return (f"Now {words_seen(stands, now, seen=seen)}; {holder(stands)}.",)


def planned(overrides: Sequence[Override], zone: tzinfo, now: datetime) -> tuple[str, ...]:
    """Say what is planned: *Planned: to be kept on by Dev from 06:30 tomorrow (UTC) until 09:00 (UTC).*"""
    said = "; ".join(planned_words(o, zone, now) for o in overrides)
    return (f"Planned: {said}.",) if said else ()


def of_service(
    environment: str, facts: ServiceFacts, judgement: Judgement, *, running: str, moved: Sequence[Moved]
) -> Answer:
    """Show one service. ``running`` says what is being done to it now; empty if nothing is."""
    events = tuple(f"{in_utc(e.at, facts.at)} {public(redact(e.text))}" for e in facts.events[:EVENTS])
    why = public(redact(judgement.sentence))
    name, state = f"{facts.name} in {environment}", judgement.health.value
    return Answer(
        f"{name}: {state} · {why}" if why else f"{name}: {state}.",
        blocks(
            Fields(_fields(facts, running)),
            Log("Last events", events),
            Text(tuple(public(m.sentence) for m in moved)),
        ),
    )


def _row(facts: ServiceFacts, judgement: Judgement, running: Running, now: datetime) -> tuple[str, ...]:
    record = running.get(facts.name)
    why = "; ".join(x for x in (doing(record, now=now) if record else "", redact(judgement.sentence)) if x)
    return (facts.name, judgement.health.value, f"{facts.running}/{facts.desired}", public(why))


def _fields(facts: ServiceFacts, running: str) -> tuple[Field, ...]:
    found = [
        Field("Tasks", f"{facts.running} running, {facts.pending} pending, {facts.desired} desired"),
        Field("Revision", facts.revision.rsplit("/", 1)[-1]),
        *(Field(f"Image of {i.container}", _image(facts, i.container, i.image)) for i in facts.images),
        *([Field("Now", running)] if running else []),
    ]
    return tuple(Field(f.label, public(f.value)) for f in found)


def _image(facts: ServiceFacts, container: str, image: str) -> str:
    digest = facts.digests.get(container, "")
    name = image.rsplit("/", 1)[-1]
    return f"{name} ({images.short(digest)})" if digest else f"{name} (digest not known)"


def _owner(environment: Environment) -> str:
    owner = f"owner {environment.owner}" if environment.owner else "no owner"
    return f"{environment.tier.value}, {owner}"
