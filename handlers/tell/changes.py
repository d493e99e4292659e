"""Composes the answer of ``changes``: one line for each change, whoever made it, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from handlers.ports.store import OperationRecord
from handlers.tell.headline import headline, line
from handlers.tell.pages import more
from handlers.tell.wording import few
from handlers.words.message import Table, Text, blocks
from handlers.words.operation import Operation
from handlers.words.result import Answer, Refusal
from policies.access.decision import refuse
from policies.schedule.standing import said_in_full
from policies.secrets.public import public
from policies.secrets.redaction import redact
from policies.service.ecs_reasons import plainly
from policies.service.happened import Activity, Moved, Ran, Rollout
from policies.times.instants import words
from policies.times.moments import plain

COLUMNS = ("When", "Who", "What")
SOMEBODY, AUTOSCALING, ECS = "not known", "autoscaling", "ECS"
"""Who did it, where AWS names no person and no session."""
UNEXPLAINED = (
    "Where tasks started or stopped and nothing is named as the cause, somebody may have set the number of "
    "tasks in AWS, or ECS replaced tasks that failed: only CloudTrail knows."
)
TASKS_FORGOTTEN = (
    "One-off tasks that ended more than about an hour ago are missing: ECS no longer shows them."
)


class Source(StrEnum):
    """What AWS is asked for, as a note names it if it cannot be read."""

    SERVICES = "What ECS did to the services"
    DEPLOYMENTS = "Deployments that others made"
    SCALING = "What autoscaling did"
    TASKS = "One-off tasks"


@dataclass(frozen=True)
class Line:
    """``ours``: whether it was asked for through Lamplighter. ``link``: the address of its message, or of the
    service's deployments in the AWS console; empty if there is none.
    """

    at: datetime
    who: str
    what: str
    ours: bool = False
    link: str = ""


@dataclass(frozen=True)
class Page:
    """All that was found. ``place`` is empty if several environments were asked about."""

    lines: tuple[Line, ...]
    since: datetime
    now: datetime
    zone: ZoneInfo
    place: str = ""


def none() -> Answer:
    return Answer("There is no environment here for you yet; an admin can give you a grant.")


def not_gone_by(why: str) -> Refusal:
    return Refusal(refuse("changes.time", why))


def too_old(earliest: datetime, zone: ZoneInfo, now: datetime) -> Refusal:
    at = said_in_full(earliest, zone, now)
    told = f"Changes are shown for the last 14 days, which is since {at}; ask for a later time."
    return Refusal(refuse("changes.time", told))


def record_begins(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    return f"What was done through Lamplighter is known since {said_in_full(at, zone, now)}."


def name_one(command: str) -> str:
    return (
        "Only what was done through Lamplighter is shown for several environments. Name one to see also what "
        f"others did there: `{command} changes staging`."
    )


def missing(source: Source, why: str) -> str:
    return (
        f"{source.value} are missing here: {why}"
        if source in _SEVERAL
        else f"{source.value} is missing here: {why}"
    )


_SEVERAL = frozenset({Source.DEPLOYMENTS, Source.TASKS})


def events_known(since: Mapping[str, datetime], zone: ZoneInfo, now: datetime) -> str:
    """Say from when on ECS tells what it did to a service. ``since``: that time, by service."""
    at = said_in_full(max(since.values()), zone, now)
    names = few([f"`{name}`" for name in sorted(since)])
    return (
        f"Starts and stops of tasks of {names} are known since {at}: ECS keeps a service's last 100 events."
    )


def page(found: Page, notes: Sequence[str], *, skip: int, most: int) -> Answer:
    shown = found.lines[skip : skip + most]
    rows = tuple((plain(said_in_full(one.at, found.zone, found.now)), one.who, one.what) for one in shown)
    asked = {"since": f"{found.since.astimezone(UTC):%Y-%m-%dT%H:%M}Z"}
    older = more("changes", len(found.lines) - skip - len(shown), skip + len(shown), asked)
    offers = tuple(replace(offer, environment=found.place) for offer in older)
    links = tuple(one.link for one in shown)
    table = Table(COLUMNS if rows else (), rows, links if any(links) else ())
    return Answer(_counted(found), blocks(table, Text(tuple(notes))), offers)


def _counted(found: Page) -> str:
    since = said_in_full(found.since, found.zone, found.now)
    where = f"`{found.place}`" if found.place else "your environments"
    ours = sum(one.ours for one in found.lines)
    theirs = len(found.lines) - ours
    if not found.lines:
        known = "Lamplighter and AWS know" if found.place else "Lamplighter knows"
        return f"Nothing was changed in {where} since {since}, as far as {known}."
    by = [f"{ours} asked for here"] if ours else []
    by += [f"{theirs} made elsewhere"] if theirs else []
    count = f"{len(found.lines)} change{'s' if len(found.lines) != 1 else ''}"
    return f"{count} in {where} since {since}, newest first: {' and '.join(by)}."


def own(record: OperationRecord, declared: Operation | None, *, now: datetime, placed: bool) -> Line:
    """Tell an operation of ours. ``placed``: whether its environment has to be named."""
    if placed:
        said = headline(record, declared, now=now).removesuffix(f" · {record.actor_name}")
    else:
        said = line(record, declared, now=now)
    return Line(record.opened_at, record.actor_name, _cell(said), ours=True)


def deployed(rollout: Rollout) -> Line:
    """Tell a deployment that we did not make. Who registered an older revision need not have deployed it."""
    by = rollout.deployed_by
    what = f"{rollout.service}: deployment of {rollout.revision or 'a revision'} {_ended(rollout)}"
    if rollout.registered_by and not by:
        what += f"; the revision was registered earlier by {rollout.registered_by}"
    return Line(rollout.created_at, _cell(by) or SOMEBODY, _cell(what))


def _ended(rollout: Rollout) -> str:
    said = _STATUS.get(rollout.status, rollout.status.lower().replace("_", " "))
    if rollout.finished_at is not None:
        said += f" after {words(rollout.finished_at - rollout.created_at)}"
    failed = rollout.reason and rollout.status not in _WELL
    return f"{said}: {plainly(rollout.reason)}" if failed else said


_WELL = frozenset({"SUCCESSFUL", "COMPLETED", "PENDING", "IN_PROGRESS"})
_STATUS: Mapping[str, str] = {
    "SUCCESSFUL": "succeeded",
    "COMPLETED": "succeeded",
    "PENDING": "is about to begin",
    "IN_PROGRESS": "is under way",
    "FAILED": "failed",
    "STOPPED": "was stopped",
    "STOP_REQUESTED": "is being stopped",
    "ROLLBACK_REQUESTED": "is being rolled back",
    "ROLLBACK_IN_PROGRESS": "is being rolled back",
    "ROLLBACK_SUCCESSFUL": "was rolled back",
    "ROLLBACK_FAILED": "failed, and so did its rollback",
    "PRIMARY": "was made",
    "ACTIVE": "was replaced",
}


def scaled(activity: Activity) -> Line:
    cause = f" ({activity.cause.rstrip('.')})" if activity.cause else ""
    failed = "" if activity.status == "Successful" else f", {activity.status.lower()}"
    what = f"{activity.service}: {activity.what.rstrip('.')}{cause}{failed}"
    return Line(activity.at, AUTOSCALING, _cell(what))


def ran(one: Ran) -> Line:
    ended = (
        "runs"
        if not one.over
        else "ended"
        if one.exit_code is None
        else f"ended with exit code {one.exit_code}"
    )
    unsure = "" if one.ours else "; without a tag it cannot be told whether it is this environment's"
    return Line(
        one.at, _cell(one.started_by) or SOMEBODY, _cell(f"one-off task {one.family} {ended}{unsure}")
    )


def moved(one: Moved) -> Line:
    parts = [f"{_tasks(one.started)} started"] if one.started else []
    parts += [f"{_tasks(one.stopped)} stopped"] if one.stopped else []
    return Line(one.at, ECS, _cell(f"{one.service}: {' and '.join(parts)}"))


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count} tasks"


def _cell(text: str) -> str:
    """A cell shows no mark-up, and a captured text may hold what is not for everybody."""
    return public(redact(plain(text))).replace("`", "")
