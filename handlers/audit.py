"""`/env audit`: what was asked, decided and done in the environments I may view."""

from __future__ import annotations

from datetime import timedelta

from handlers.ports.desk import Desk
from handlers.ports.store import AuditQuery, RecordedEntry
from handlers.words.operation import Argument, Reach, operation
from handlers.words.result import Offer, Outcome, Table
from policies.access import installation, standing
from policies.decision import Decision, refuse
from policies.people import Role
from policies.times import words

PAGE = 10
"""Entries an answer shows; older ones come by button."""


@operation(
    "audit",
    role=Role.DEVELOPER,
    reach=Reach.VIEWABLE,
    aliases=("history", "log"),
    arguments=(
        Argument("environment", "one environment", positional=True),
        Argument("operation", "one operation, for example restart"),
        Argument("before", "entries before this number", hidden=True),
    ),
)
def audit(desk: Desk, environment: str = "", operation: str = "", before: str = "0") -> Outcome | Decision:
    """The latest entries of the audit log, newest first."""
    may = tuple(e.name for e in desk.environments if (_role(desk, e.name) or Role.VIEWER) >= Role.DEVELOPER)
    chosen = tuple(n for n in may if n == environment.lower()) if environment else may
    if not environment and installation(desk.mine, needed=Role.ADMIN).allowed:
        chosen = (*chosen, "")
    if not chosen:
        where = f" of `{environment}`" if environment else ""
        told = f"The audit log{where} is for developers of an environment; you have no such role."
        return refuse("access.audit", told)
    query = AuditQuery(environments=chosen, operation=operation, limit=PAGE + 1, before_seq=int(before or 0))
    found = desk.audit.entries(query)
    if not found:
        return Outcome(
            "audit", "There are no entries yet." if before == "0" else "There are no older entries."
        )
    shown = found[:PAGE]
    older: tuple[Offer, ...] = ()
    if len(found) > PAGE:
        bound = {"environment": environment, "operation": operation, "before": str(shown[-1].seq)}
        older = (Offer("Older", "audit", arguments={k: v for k, v in bound.items() if v}, once=False),)
    return Outcome(
        "audit",
        f"{len(shown)} entries, newest first.",
        table=Table(("#", "When (UTC)", "Who", "What", "Outcome"), tuple(_row(desk, r) for r in shown)),
        offers=older,
        notes=(f"Newest link {shown[0].seq}:{shown[0].hash[:16]}",),
    )


def _role(desk: Desk, name: str) -> Role | None:
    environment = desk.state.environment(name)
    found = standing(environment, desk.mine) if environment else None
    return found.role if found else None


def _may_read_why(desk: Desk, recorded: RecordedEntry) -> bool:
    """A dispute names every claimant, so it is for those who may view them all."""
    everything = len(desk.environments) == len(desk.state.environments)
    admin = _role(desk, recorded.entry.environment) is Role.ADMIN
    return admin and (everything or recorded.entry.rule != "safeguards.disputed")


def _row(desk: Desk, recorded: RecordedEntry) -> tuple[str, ...]:
    entry = recorded.entry
    target = "" if entry.target in ("", "*") else f" {entry.target}"
    what = f"{entry.operation} {entry.environment}{target}".strip()
    return (str(recorded.seq), f"{entry.at:%m-%d %H:%M}", entry.actor_name, what, _outcome(desk, recorded))


def _outcome(desk: Desk, recorded: RecordedEntry) -> str:
    """The true reason of a refusal may name what others may not know of, so only admins read it here."""
    entry = recorded.entry
    match entry.kind:
        case "closed":
            took = f" after {words(timedelta(seconds=entry.seconds))}" if entry.seconds is not None else ""
            return f"{entry.outcome}{took}"
        case "refused":
            times = f" ({entry.count} times)" if entry.count > 1 else ""
            why = f": {entry.reason}" if _may_read_why(desk, recorded) else ""
            return f"refused{why}{times}"
    return entry.kind
