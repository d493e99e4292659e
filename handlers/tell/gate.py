"""Composes what the gate itself says: opened, already running, seen before, refused, please confirm."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from handlers.ports.store import OperationRecord
from handlers.tell.operation import by_whom, of, where
from handlers.words.errors import StoreLost, Trouble
from handlers.words.message import LONGEST_LABEL, Offer, Text, blocks
from handlers.words.operation import Operation
from handlers.words.plan import Plan
from handlers.words.request import Request
from handlers.words.result import Choice, Failure, Missing, Refusal, Standing, Unchanged
from policies.access.decision import Refused, refuse
from policies.access.people import Actor, ConsoleUser
from policies.catalog.choosing import FEW
from policies.record.lifecycle import WHOLE
from policies.times.instants import words

BUSY = "gate.busy"
"""The rule that refuses a target which another operation has locked."""

SPENT = "gate.offer"
"""The rule that refuses a button or a plan made from data that has changed since."""

UNKNOWN = "access.unknown-environment"
"""The rule that refuses an environment which the catalog does not have."""

MOST_NAMES = 15
"""The most names that a suggestion lists; more would be a wall of text on a phone."""

BUTTON_UNKNOWN = "This button is no longer known. Ask again for a fresh one."
BUTTON_ELSEWHERE = "This button belongs to another environment."
BUTTON_USED = "This button was used already."
BUTTON_EXPIRED = "This button has expired. Ask again for a fresh one."


def changed_since(environment: str) -> str:
    """The refusal of a button that is older than a change."""
    return f"`{environment}` was changed since this button was shown. Ask again."


def changed_meanwhile(environment: str) -> str:
    """The refusal of a plan that is older than a change."""
    return f"`{environment}` was changed while this was prepared. Ask again."


def removed(environment: str) -> Refused:
    """The refusal if the environment was removed after the request was resolved."""
    return refuse("access.gone", f"`{environment}` was removed from the catalog meanwhile.")


def group(handle: str) -> str:
    """Name a group among those who could grant what is missing."""
    return f"the group {handle}"


def over_budget(per_minute: int) -> Refused:
    return refuse("people.budget", f"That is more than {per_minute} commands in a minute. Wait a little.")


def no_environment(
    typed: str, wanted: str, visible: Sequence[str], *, exists: bool, asker: Actor, alone: bool = False
) -> Refused:
    """Refuse an environment. The person reads the same words whether it does not exist or they have no grant;
    the audit log says which. Whoever asks at a terminal also reads who they are there. ``alone``: the word
    may have been meant as something else.
    """
    nobody = not visible and isinstance(asker, ConsoleUser)
    there = _no_grant(asker) if nobody else _have(visible, wanted)
    other = alone and visible and not near(wanted, visible)
    hint = f"If `{typed}` is something else, name the environment before it. " if other else ""
    told = f"There is no environment `{typed}` here for you. {hint}{there}"
    if exists:
        return refuse("access.no-grant", f"no grant on `{wanted}`", told)
    return refuse(UNKNOWN, f"there is no environment `{wanted}`", told)


def no_service(wanted: str, environment: str, names: Sequence[str]) -> Missing:
    there = _have(names, wanted) if names else "It has no services now."
    among = tuple(names) if len(names) <= FEW else ()
    return Missing(f"There is no service `{wanted}` in `{environment}`. {there}", near(wanted, names), among)


def no_services(operation: Operation, environment: str) -> Missing:
    return Missing(f"`{operation.name}` needs a service, and `{environment}` has none now.", unnamed=True)


def near(wanted: str, names: Sequence[str]) -> str:
    """The name that a mistyped one resembles most; empty if there is none."""
    return next(iter(difflib.get_close_matches(wanted, names, n=1, cutoff=0.6)), "")


def instead(
    request: Request,
    operation: Operation,
    *,
    place: str,
    target: str,
    corrected: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Offer, ...]:
    """Offer the same request with the name, or the arguments, that may have been meant. The gate decides it
    at the press.
    """
    given = {**request.arguments, **corrected}
    arguments = {a.name: given[a.name] for a in operation.arguments if a.name in given}
    return (Offer("Run it", operation.name, place, target, arguments, style="primary"),)


def which_service(request: Request, operation: Operation, *, place: str, among: Sequence[str]) -> Missing:
    """Ask for the service that an operation needs: with a button for each, or else with all their names."""
    needs = f"`{operation.name}` needs a service"
    if len(among) <= FEW:
        offers = one_of(request, operation, place=place, among=among)
        return Missing(f"{needs}. Which one of `{place}`?", offers=offers, unnamed=True)
    told = f"{needs}. In `{place}` it can be {_listed(among)}. Type its name after `{place}`."
    return Missing(told, unnamed=True)


def one_of(request: Request, operation: Operation, *, place: str, among: Sequence[str]) -> tuple[Offer, ...]:
    """Offer the same request for each of these services, where it is not known which is meant."""
    arguments = {
        a.name: request.arguments[a.name] for a in operation.arguments if a.name in request.arguments
    }
    labels = (" ".join([operation.name, name, *arguments.values()])[:LONGEST_LABEL] for name in among)
    return tuple(
        Offer(label, operation.name, place, name, arguments)
        for label, name in zip(labels, among, strict=True)
    )


def lost(error: StoreLost) -> Failure:
    return Failure(f"The database does not answer, so nothing was done. {error}")


def no_operation(name: str) -> Missing:
    return Missing(f"There is no operation `{name}` here.")


def too_old() -> Refused:
    return refuse(SPENT, "This button is too old to act on. Ask again for a fresh one.")


def not_recorded(error: StoreLost) -> Failure:
    """Say that OPEN got no answer. If the request turns out to be committed, the tick runs it."""
    told = (
        "The database did not answer, so nothing was done. Should the request have been recorded all the "
        "same, its message appears in the environment's channel."
    )
    return Failure(f"{told} {error}")


def unread(trouble: Trouble) -> Failure:
    """Report a read that failed. If the bot's own rate-limit buckets were empty, AWS was not asked."""
    return Failure(str(trouble), unasked=trouble.unasked)


def seen_before() -> Unchanged:
    return Unchanged("This request was answered before; nothing was done twice.")


def busy(record: OperationRecord, *, now: datetime, told_by: Standing | None = None) -> Refusal:
    span = words(max(now, record.opened_at) - record.opened_at)
    told = f"Already {record.doing} {of(record)}: {record.actor_name} began that {span} ago."
    reason = f"already running: {record.name} {by_whom(record, now=now)} (operation {record.id})"
    return Refusal(refuse(BUSY, reason, told), in_the_way=record.id, told_by=told_by)


def again(refusal: Refusal, request: Request, operation: Operation, *, place: str, target: str) -> Refusal:
    """Say that what is in the way takes only a moment, and offer the same request once more."""
    offers = (replace(o, label="Try again") for o in instead(request, operation, place=place, target=target))
    told = f"{refusal.headline} That takes only a moment: try again."
    decision = refuse(refusal.decision.rule, refusal.decision.reason, told)
    return replace(refusal, decision=decision, offers=tuple(offers))


def runs(record: OperationRecord) -> str:
    """Say what holds the lock, as the opening transaction found it."""
    what = "the whole environment" if record.target == WHOLE else f"`{record.target}`"
    since = record.opened_at.isoformat(timespec="seconds")
    return f"operation {record.id}, {record.name} of {what} by {record.actor_name}, runs since {since}"


def cancelled(who: str, operation: str, record: OperationRecord) -> str:
    """Say how an operation ended that another one replaced, and name both people: *Dev's start cancelled
    Olu's stop*.
    """
    said = f"{who}'s {operation} cancelled {record.actor_name}'s {record.name}"
    return said[:1].upper() + said[1:]


def to_confirm(request: Request, operation: Operation, plan: Plan, *, place: str, target: str) -> Choice:
    """Show the plan with a button that is bound to exactly this plan."""
    again = request.confirmed != "" and request.confirmed != plan.hash
    lead = "What would be done has changed since it was shown. " if again else ""
    asked = plan.question
    offer = Offer(
        label=asked.label if asked else f"{operation.name.capitalize()} now",
        operation=operation.name,
        environment=place,
        target="" if target == WHOLE else target,
        arguments=dict(request.arguments),
        style="danger" if operation.danger else "primary",
        plan_hash=plan.hash,
        expires_in=asked.lasts if asked else Offer.expires_in,
    )
    told = asked.headline if asked else f"{plan.doing.capitalize()} {where(place, target)}:"
    return Choice(f"{lead}{told}", blocks(Text(asked.lines if asked else plan.notes)), (offer,))


def _no_grant(asker: Actor) -> str:
    return f"You are `{asker.id}`, who has no grant; an admin adds one in the catalog."


def _have(names: Sequence[str], wanted: str) -> str:
    if not names:
        return "There is nothing here you may see yet."
    close = near(wanted, names)
    nearest = f"Did you mean `{close}`? " if close else ""
    return f"{nearest}You can see: {_listed(names)}."


def _listed(names: Sequence[str]) -> str:
    listed = ", ".join(f"`{n}`" for n in names[:MOST_NAMES])
    return f"{listed} and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else listed
