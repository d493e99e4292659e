"""Once a day each environment is looked at: does anybody still want it? Findings are written here, and the
digest asks about them. Nothing is ever stopped or deleted here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from handlers.clock.gathering import Gathering
from handlers.clock.leftovers import LeftoverSweep
from handlers.clock.live import post_live
from handlers.gate.parts import Parts
from handlers.ports.findings import Look
from handlers.ports.live import LivePost, Thing
from handlers.ports.slack import Posts
from handlers.ports.store import AuditQuery, CatalogState
from handlers.tell import orphans as tell
from handlers.weekly.channels import ops_channel
from handlers.words.errors import StoreLost, Trouble, Unsendable
from policies.access.people import SlackPerson, actor_of
from policies.cost.prices import Prices
from policies.orphans.answers import STOPPED_FOR, Answer, Reply
from policies.orphans.evidence import Standing
from policies.orphans.findings import Finding, Stage, answered, found, not_found, urged
from policies.orphans.verdict import judge
from policies.record.evidence import Entry
from policies.record.lifecycle import State
from policies.schedule.rows import governing
from policies.schedule.standing import zone_of
from policies.service.environment import Environment

EVERY = timedelta(days=1)
SOON, LONGER = timedelta(seconds=20), 4
"""When an environment is looked at again whose cost or deployments are not known, because the meter may
supply them any moment: after ``SOON``, then each time after ``LONGER`` times as long, up to a day.
"""
MOST_TRIES = 7
AT_ONCE = 2
"""How many environments one beat looks at: a fleet takes turns, and people's calls come in between."""
AGAIN = timedelta(hours=1)
"""Time until AWS or Slack is asked again after it did not answer."""
_NEVER = datetime.min.replace(tzinfo=UTC)
STOPS = 200
"""How many entries of stops are read since the oldest open finding, newest first; the clock's own stops are
among them.
"""


class OrphanWatch:
    """Looks for environments that nobody wants any more. Not thread-safe: one beat at a time. What is
    remembered only spares reads, and lives as long as the lease. ``prices``: returns the prices of leftovers.
    """

    def __init__(self, parts: Parts, posts: Posts, prices: Callable[[], Prices] = Prices) -> None:
        self._parts, self._posts, self._leftovers = parts, posts, LeftoverSweep(parts, prices)
        self._book = parts.book.orphans
        self._looks: dict[str, Look] = {}
        self._generations: dict[str, int] | None = None
        self._not_before: dict[str, datetime] = {}
        self._unknown: dict[str, int] = {}
        """How often in a row an environment was looked at without its cost or deployments."""
        self._tidied: datetime | None = None
        self._version = -1

    def tick(self) -> None:
        """Look at what is due and write findings. Raises only trouble of the store; a silence of AWS or Slack
        is tried again after an hour.
        """
        now, state = self._parts.clock.now(), self._parts.catalog.read()
        judged = {e.name: e for e in state.environments if not e.production}
        self._stops(now)
        self._recall(judged)
        self._look(judged.values(), now)
        self._leftovers.sweep(state.environments, now)
        self._urge(judged, state, now)
        self._tidy(judged, now)

    # Environments

    def _recall(self, judged: Mapping[str, Environment]) -> None:
        """Read the looks again if an environment was changed: a new environment of the same name has not been
        looked at yet.
        """
        generations = {name: environment.generation for name, environment in judged.items()}
        if generations != self._generations:
            self._looks = {n: look for n, look in self._book.looks.all().items() if n in judged}
            self._generations = generations

    def _look(self, judged: Iterable[Environment], now: datetime) -> None:
        due = [e for e in judged if self._due(e.name, now)]
        due.sort(key=lambda e: (self._looks[e.name].at if e.name in self._looks else _NEVER, e.name))
        gathering = Gathering(self._parts, now) if due else None
        for environment in due[:AT_ONCE]:
            assert gathering is not None
            try:
                look = gathering.of(environment, self._looks.get(environment.name))
            except StoreLost:
                raise
            except Trouble:
                self._not_before[environment.name] = now + AGAIN
                continue
            except Exception as defect:  # our own: the others are still looked at
                self._not_before[environment.name] = now + AGAIN
                self._parts.on_defect(f"the look at whether {environment.name} is orphaned", defect)
                continue
            self._note(look, now)

    def _due(self, name: str, now: datetime) -> bool:
        """Return whether the environment is due, also if the clock went back since the last look."""
        if now < self._not_before.get(name, now):
            return False
        look, tried = self._looks.get(name), self._unknown.get(name)
        every = EVERY if tried is None else min(EVERY, SOON * LONGER**tried)
        return look is None or not look.at <= now < look.at + every

    def _note(self, look: Look, now: datetime) -> None:
        """Write the finding, and the look last: what is killed before that is looked at again."""
        name, evidence = look.environment, look.evidence
        if evidence is None or judge(evidence) is None:
            self._book.findings.change(name, partial(not_found, at=now))
        else:
            seen = Finding(name, now, now, evidence=evidence)
            self._book.findings.change(name, partial(found, seen=seen))
        self._book.looks.put(look)
        self._looks[name] = look
        if evidence is not None and None not in (evidence.monthly, evidence.deployed):
            self._unknown.pop(name, None)
        else:
            self._unknown[name] = min(self._unknown.get(name, -1) + 1, MOST_TRIES)

    def _stops(self, now: datetime) -> None:
        """Record a stop by a person since the finding as an answer to it. The audit log is read only when
        anything was recorded.
        """
        version = self._parts.catalog.version()
        if version == self._version:
            return
        self._version = version
        asked = {f.subject: f for f in self._book.findings.all() if f.evidence and not _settled(f, now)}
        if not asked:
            return
        since = min(finding.found for finding in asked.values())
        query = AuditQuery(tuple(asked), operation="stop", since=since, limit=STOPS)
        for entry in (recorded.entry for recorded in self._parts.audit.entries(query)):
            finding = asked.get(entry.environment)
            if finding is not None and _is_stop_by_a_person(entry) and entry.at >= finding.found:
                del asked[entry.environment]  # the newest counts
                self._stopped(finding, entry)

    def _stopped(self, finding: Finding, stop: Entry) -> None:
        if finding.answer is not None and finding.answer.at >= stop.at:
            return
        until = stop.at + STOPPED_FOR
        answer = Answer(stop.operation_id, Reply.STOPPED, stop.at, stop.actor, stop.actor_name, until)
        over = finding.answer.id if finding.answer else ""
        self._book.findings.change(finding.subject, partial(answered, answer=answer, over=over))

    # People

    def _urge(self, judged: dict[str, Environment], state: CatalogState, now: datetime) -> None:
        for finding in self._book.findings.all():
            environment = judged.get(finding.subject)
            late = finding.stage(now) is Stage.OVERDUE and finding.urged is None and finding.monthly != 0
            if environment is None or not late or now < self._not_before.get(f"urge {finding.subject}", now):
                continue
            if environment.channel:
                self._ask_to_stop(finding, environment, state, now)
            elif self._is_only_ours(ops_channel(state), finding, now):
                there = replace(environment, channel=ops_channel(state))
                self._ask_to_stop(finding, there, state, now)

    def _is_only_ours(self, ops: str, finding: Finding, now: datetime) -> bool:
        """Return whether there is an ops channel that, according to Slack, no other company reads."""
        try:
            return bool(ops) and not self._posts.shared(ops)
        except Trouble:
            self._not_before[f"urge {finding.subject}"] = now + AGAIN
            return False

    def _ask_to_stop(
        self, finding: Finding, environment: Environment, state: CatalogState, now: datetime
    ) -> None:
        """Note the question before it is posted, so that a kill does not lead to a second one; take the note
        back if Slack did not take the message.
        """
        urge = self._parts.new_id()
        become = partial(urged, round_=finding.round, at=now, urge=urge)
        marked = self._book.findings.change(finding.subject, become)
        if marked is None or marked.urge != urge:
            return
        zone = zone_of(environment, governing(environment, state.schedules))
        said = tell.urge(marked, _whom(marked), now, zone)
        if environment.shared_channel:  # evidence is never shown where another company reads it
            said = replace(said, blocks=())
        about = {"round": marked.round}
        post = LivePost(environment.channel, "", Thing.ORPHAN, finding.subject, now, said, about)
        try:
            post_live(self._parts, self._posts, post, state)
        except Unsendable:
            return
        except Trouble:
            self._not_before[f"urge {finding.subject}"] = now + AGAIN
            self._book.findings.change(finding.subject, partial(_not_urged, urge=urge))

    def _tidy(self, judged: dict[str, Environment], now: datetime) -> None:
        """Close, once a day, the findings on environments that are no longer configured."""
        if self._tidied is not None and self._tidied <= now < self._tidied + EVERY:
            return
        self._tidied = now
        for known in self._book.findings.all():
            if known.evidence is not None and known.subject not in judged:
                self._book.findings.change(known.subject, partial(not_found, at=now))


def _whom(finding: Finding) -> str:
    """Return whom to ask first: the owner, if still there."""
    owner = finding.evidence.owner if finding.evidence else None
    return owner.name if owner is not None and owner.standing is Standing.THERE else ""


def _not_urged(known: Finding | None, urge: str) -> Finding | None:
    if known is None or known.urge != urge:
        return known
    return replace(known, urged=None, urge="")


def _settled(finding: Finding, now: datetime) -> bool:
    return finding.stage(now) is Stage.SETTLED


def _is_stop_by_a_person(entry: Entry) -> bool:
    """Return whether the entry is a successful stop by a person: a failed stop has stopped nothing, or not
    all.
    """
    went_well = entry.kind == "closed" and entry.outcome in (State.SUCCEEDED, State.UNCHANGED)
    return went_well and isinstance(actor_of(entry.actor), SlackPerson)
