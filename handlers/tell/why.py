"""Composes the answers of ``why``: the cause first, then what changed, what fails and what its tasks said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from handlers.ports.store import OperationRecord
from handlers.tell import compared as tell
from handlers.tell import download
from handlers.tell.compared import Author
from handlers.tell.diff import notes_on
from handlers.words.message import Block, Field, Fields, Log, Offer, Table, Text, blocks
from handlers.words.result import Answer
from policies.access.people import Role
from policies.schedule.rows import ScheduleRow
from policies.schedule.standing import said_in_full, zone_of
from policies.secrets.public import public
from policies.secrets.redaction import redact
from policies.service.comparing import Difference, Revision, missing_names
from policies.service.endings import Ended, Ending
from policies.service.environment import Environment
from policies.service.facts import ServiceFacts
from policies.service.failure import exit_meaning
from policies.service.health import Health, Judgement

MOST_ENDINGS = 5
MOST_OFFERS = 5


@dataclass(frozen=True)
class Ailing:
    """An unhealthy service. ``cause``: why its newest failed task ended; empty if none is known."""

    facts: ServiceFacts
    judged: Judgement
    cause: str = ""

    @property
    def why(self) -> str:
        return public(redact(self.cause or self.judged.sentence))


@dataclass(frozen=True)
class Place:
    name: str
    environment: Environment
    schedule: ScheduleRow | None
    now: datetime

    @property
    def zone(self) -> tzinfo:
        return zone_of(self.environment, self.schedule)


@dataclass(frozen=True)
class Earlier:
    """What an operation captured when ECS still had the tasks."""

    logs: tuple[Log, ...]
    cause: str
    at: datetime
    by: OperationRecord


@dataclass(frozen=True)
class Story:
    """Everything that is known about one service. ``now`` is the newest deployment, ``before`` the last one
    that worked before it; ``None`` where ECS remembers none.
    """

    place: Place
    facts: ServiceFacts
    judged: Judgement
    now: Revision | None
    before: Revision | None
    made: Author | None
    found: tuple[Difference, ...]
    cause: str
    logs: tuple[Log, ...]
    earlier: Earlier | None
    ended: tuple[Ended, ...]
    scarce: str
    targets: tuple[tuple[str, str, int], ...]
    notes: tuple[str, ...] = ()
    kept: OperationRecord | None = None
    """The newest operation on it that captured anything, which can be downloaded."""
    need: Role | None = None
    """The role without which lines of the log are not shown; ``None`` if they are."""

    @property
    def why(self) -> str:
        """Why its tasks fail, in a clause; empty if nothing says so."""
        return public(self.cause or (self.earlier.cause if self.earlier else ""))


def of_environment(name: str, services: int, found: Sequence[Ailing], notes: Sequence[str]) -> Answer:
    """Show the unhealthy services, the gravest first, with one button for each of the first five."""
    if not services:
        return Answer(f"`{name}` has no services here.")
    rows = tuple((a.facts.name, a.judged.health.value, a.why) for a in found)
    offers = tuple(
        Offer(f"Why {a.facts.name}"[:75], "why", name, a.facts.name, once=False) for a in found[:MOST_OFFERS]
    )
    table = Table(("Service", "Health", "Why"), rows)
    names = tuple(a.facts.name for a in found)
    return Answer(_headline(name, services, found), blocks(table, Text(tuple(notes))), offers, names=names)


def _headline(name: str, services: int, found: Sequence[Ailing]) -> str:
    if not found:
        return f"Nothing fails in `{name}`: {services} of {services} services are as they should be."
    worst = found[0]
    told = f"`{worst.facts.name}` in `{name}` {_is(worst.judged)}: {worst.why}"
    more = len(found) - 1
    return _ended(f"{told}; {more} more {'is' if more == 1 else 'are'} unhealthy" if more else told)


def of_service(story: Story) -> Answer:
    return Answer(
        public(_cause(story)),
        blocks(
            Fields(_fields(story)),
            tell.table(story.found, tell.columns(story.now)),
            Table(("Tasks", "Ended with", "Which means", "AWS says"), _endings(story.ended)),
            *_logs(story),
            Text(tuple(note for note in _notes(story) if note)),
        ),
        (download.button(story.kept),) if story.kept else (),
    )


def _cause(story: Story) -> str:
    """Compose the one sentence: how the service is, why, and what of its revision explains it."""
    what = f"`{story.facts.name}` in `{story.place.name}`"
    lacking = tell.listed(missing_names(story.found))
    lacks = f"; `{tell.revision_name(story.now)}` lacks {lacking}" if lacking and story.now else ""
    back = story.now is not None and story.now.deployment.rolled_back
    if story.judged.gravity == 0 and back:
        why = f": {story.why}" if story.why else ""
        return _ended(
            f"{what} runs its old revision, because the last deployment was rolled back{why}{lacks}"
        )
    if story.judged.gravity == 0 and not story.why:
        return _ended(_because(f"{what} is {story.judged.health.value}", story))
    return _ended(f"{_because(f'{what} {_is(story.judged)}', story)}{lacks}")


def _because(told: str, story: Story) -> str:
    """Add why it is so, unless all that is known is the word for how it is."""
    state = story.judged.health.value
    why = story.why or _after(redact(story.judged.sentence), f"{state}:", "rolling back:", "rolling back;")
    return told if why == state else f"{told}: {why}"


def _after(told: str, *said: str) -> str:
    """Return the rest of a sentence that begins with what was said already."""
    for start in said:
        told = told.removeprefix(start).lstrip()
    return told


_FAILS: Mapping[Health, str] = {
    Health.FAILED: "fails",
    Health.IN_PROGRESS: "is being deployed",
    Health.ROLLED_BACK: "is rolling back",
    Health.UNKNOWN: "is in a state that is not known",
}


def _is(judged: Judgement) -> str:
    return _FAILS.get(judged.health, f"is {judged.health.value}")


def _ended(told: str) -> str:
    return told if told.endswith((".", "…", "!", "?")) else f"{told}."


def _fields(story: Story) -> tuple[Field, ...]:
    facts = story.facts
    found = [
        Field("Health", _health(story.judged)),
        Field("Tasks", f"{facts.running} running, {facts.pending} pending, {facts.desired} desired"),
    ]
    if story.made is not None:
        found.append(Field("Changed by", tell.author_line(story.made, story.place.zone, story.place.now)))
    if story.before is not None:
        at = said_in_full(story.before.deployment.created_at, story.place.zone, story.place.now)
        label = "Worked before" if story.now and story.now.deployment.worked else "Worked last"
        found.append(Field(label, f"`{tell.revision_name(story.before)}`, deployed at {at}"))
    if story.targets:
        found.append(Field("Targets", ", ".join(_target(*each) for each in story.targets)))
    if story.scarce:
        found.append(Field("Capacity", story.scarce))
    return tuple(Field(f.label, public(f.value)) for f in found)


def _health(judged: Judgement) -> str:
    """Say the word for it once: a sentence that begins with how it is needs none before it."""
    told = redact(judged.sentence)
    if told.startswith(("the deployment failed", "rolling back", "stopped", judged.health.value)):
        return told
    return f"{judged.health.value}: {told}"


def _target(state: str, reason: str, count: int) -> str:
    return f"{count} {state} ({reason})" if reason else f"{count} {state}"


_MEANING: Mapping[Ending, str] = {
    Ending.FINISHED: "it ended by itself, without an error",
    Ending.ERROR: "the program ended with an error",
    Ending.OUT_OF_MEMORY: "it ran out of memory",
    Ending.TOO_SLOW: "it was told to stop and did not end within its stop timeout",
    Ending.KILLED: "it was killed: for memory, or because it did not end within its stop timeout",
    Ending.ASKED: "it was told to stop and did: a normal stop",
    Ending.CRASHED: "the program crashed (segmentation fault)",
    Ending.LOST: "what it ran on went away",
    Ending.NEVER_STARTED: "its container never started",
}


def _endings(ended: Sequence[Ended]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (str(each.tasks), _code(each), _meaning(each), public(each.reason)) for each in ended[:MOST_ENDINGS]
    )


def _meaning(each: Ended) -> str:
    known = exit_meaning(each.code) if each.ending is Ending.ERROR else ""
    return known or _MEANING[each.ending]


def _code(each: Ended) -> str:
    code = "no exit code" if each.code is None else f"exit code {each.code}"
    return f"{each.container}: {code}" if each.container else code


def _logs(story: Story) -> tuple[Block, ...]:
    logs = story.logs if story.earlier is None else (*story.earlier.logs, *story.logs)
    shown = {log.title: log for log in reversed(logs)}
    return tuple(
        Log(public(log.title), tuple(map(public, log.lines)), tail=log.tail)
        for log in reversed(tuple(shown.values()))
    )


def _notes(story: Story) -> tuple[str, ...]:
    withheld = (not_quoted(story.need),) if story.need else ()
    return (*withheld, *_captured(story), *_compared(story), *story.notes)


def not_quoted(need: Role) -> str:
    return f"What the tasks wrote is not shown, because reading logs here needs the role {need.name.lower()}."


def _captured(story: Story) -> tuple[str, ...]:
    """Say when a log was captured that ECS can no longer be asked for."""
    if story.earlier is None:
        return ()
    at = said_in_full(story.earlier.at, story.place.zone, story.place.now)
    by = f"by {story.earlier.by.actor_name}'s `{story.earlier.by.name}`"
    if story.need:
        return (f"ECS no longer has the tasks that failed; what it said of them was captured at {at} {by}.",)
    return (f"ECS no longer has the tasks that failed; what they said was captured at {at} {by}.",)


def _compared(story: Story) -> tuple[str, ...]:
    """Say what the comparison could not tell, or why there is none."""
    if story.now is None:
        return (f"ECS remembers no deployment of it. {tell.no_record(story.facts.controller)}",)
    if story.before is None:
        return (f"ECS remembers no earlier deployment that worked. {tell.KEPT}",)
    same = "the one before it that worked" if story.now.deployment.worked else "the last one that worked"
    alike = () if story.found else (f"Its revision is the same as {same}.",)
    return (*alike, *notes_on(story.before, story.now))
