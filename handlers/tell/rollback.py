"""Composes the replies of ``rollback``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from handlers.words.message import LONGEST_LABEL, Offer, Text, blocks
from handlers.words.plan import Plan, Question
from handlers.words.result import Choice, Refusal, Unchanged
from policies.access.decision import refuse
from policies.schedule.standing import said_in_full
from policies.service.history import Definition, PastDeployment, short
from policies.service.images import short as digest_of
from policies.service.rollback import Cannot, Comes, GoesBack, Pulled, Runs, WentBack

STOPS = "ECS goes back to the service revision before, with the image digests that it had."
FIRST = "It is no longer known what ran before; ECS decides."


@dataclass(frozen=True)
class Earlier:
    """The revision to go back to. ``pulled``: containers that would not surely run what they ran then;
    ``kept``: settings that do not go back.
    """

    service: str
    past: PastDeployment
    definition: Definition
    pulled: tuple[Pulled, ...]
    kept: tuple[str, ...]


def cannot(service: str, found: Cannot) -> Refusal:
    """Refuse, with a button for each revision that could be meant. Its plan is shown before it runs."""
    offers = tuple(
        Offer(f"Roll back to {named}"[:LONGEST_LABEL], "rollback", target=service, arguments={"to": named})
        for named in found.instead
    )
    return Refusal(refuse(found.rule, found.reason), offers=offers)


def asleep(environment: str, service: str) -> Refusal:
    told = (
        f"`{service}` was stopped with `{environment}`, so nobody could tell whether the earlier revision "
        "works. Start the environment first."
    )
    return Refusal(refuse("rollback.asleep", told), offers=(Offer("Start it", "start", environment),))


def image_gone(service: str, revision: str, images: Sequence[str]) -> Refusal:
    named = ", ".join(f"`{image.rsplit('/', 1)[-1]}`" for image in images)
    told = (
        f"`{short(revision)}` of `{service}` is pinned to {named}, which the registry no longer has, so "
        "none of its tasks would start."
    )
    return Refusal(refuse("rollback.image-gone", told))


def goes_back(service: str, way: GoesBack) -> Unchanged:
    why = f": {way.reason.rstrip('.')}" if way.reason else ""
    return Unchanged(f"`{service}` is rolling back already{why}. `status` shows how far it is.")


def went_back(service: str, way: WentBack) -> Unchanged:
    """The last deployment was rolled back already: what is asked for has happened. To go further is a
    decision."""
    why = f" ({way.reason.rstrip('.')})" if way.reason else ""
    told = f"The last deployment of `{service}` was rolled back already{why}: `{short(way.runs)}` runs again."
    return Unchanged(told, offers=(further(service, way.further),) if way.further else ())


def further(service: str, past: PastDeployment) -> Offer:
    named = short(past.definition)
    return Offer(f"Go further back, to {named}", "rollback", target=service, arguments={"to": named})


def runs(service: str, way: Runs) -> Unchanged:
    return Unchanged(f"`{service}` runs `{short(way.revision)}` already.")


def changed_since(service: str, now: str, to: str, expected: str) -> Choice:
    """Another revision runs than the one that the operation which is to be undone left."""
    anyway = Offer(f"Roll back to {to}", "rollback", target=service, arguments={"to": to})
    told = f"`{service}` runs `{now}` now and no longer `{expected}`, so nothing was undone."
    return Choice(told, offers=(anyway,))


def notes(earlier: Earlier) -> tuple[str, ...]:
    """What does not come back as it was."""
    return (*(_pulled(earlier.service, one) for one in earlier.pulled), *_kept(earlier.kept))


def question(earlier: Earlier, runs_now: str, *, zone: tzinfo, now: datetime) -> Question:
    """*`orders-api` would go back from `orders-api:8` to `orders-api:7`.*"""
    named = short(earlier.definition.arn)
    headline = f"`{earlier.service}` would go back from `{short(runs_now)}` to `{named}`."
    return Question(headline, (_which(earlier, zone, now), *notes(earlier)), f"Roll back to {named}")


def to_confirm(plan: Plan, service: str, to: str) -> Choice:
    """Ask with a button that is bound to exactly this plan."""
    assert plan.question is not None, "only what is asked is confirmed"
    button = Offer(
        plan.question.label,
        "rollback",
        target=service,
        arguments={"to": to, "sure": "yes"},
        style="primary",
        plan_hash=plan.hash,
    )
    return Choice(plan.question.headline, blocks(Text(plan.question.lines)), (button,))


def _which(earlier: Earlier, zone: tzinfo, now: datetime) -> str:
    """The revision as people know it: when it was deployed, who registered it, what it ran."""
    past, by = earlier.past, earlier.definition.registered_by
    ran = ", ".join(f"{name} {digest_of(digest)}" for name, digest in past.digests.items())
    said = f"It was deployed at {said_in_full(past.created_at, zone, now)}"
    said += f", registered by {by}" if by else ""
    return f"{said}, and ran {ran}." if ran else f"{said}; ECS does not tell which images it ran."


def _pulled(service: str, one: Pulled) -> str:
    tag = one.image.rsplit("/", 1)[-1]
    now = f" ({digest_of(one.now)})" if one.now else ""
    pinned = (
        "The image that ran then"
        + (f" ({digest_of(one.then)})" if one.then else "")
        + " comes back only with a new "
        "revision that is pinned to its digest. That is for your pipeline to make: Lamplighter registers "
        "none."
    )
    match one.comes:
        case Comes.SAME_TAG:
            return (
                f"{one.container}: both revisions name `{tag}`, so ECS would pull the same image{now} "
                f"again, and the code would not go back. {pinned}"
            )
        case Comes.MOVED:
            return f"{one.container}: `{tag}` names another image{now} than it did then. {pinned}"
        case Comes.UNSURE:
            return f"{one.container}: it cannot be told whether `{tag}` still names the image that ran then."


def _kept(settings: Sequence[str]) -> tuple[str, ...]:
    if not settings:
        return ()
    *first, last = settings
    named = f"{', '.join(first)} and {last}" if first else last
    return (
        "Only the task definition goes back. These settings were changed since then and stay as they are: "
        f"{named}.",
    )
