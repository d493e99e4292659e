"""Composes the replies of ``restart`` and ``redeploy``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.words.message import Offer, Text, blocks
from handlers.words.plan import Plan
from handlers.words.result import Choice, Refusal, Unchanged
from policies.access.decision import refuse
from policies.schedule.standing import Seen, Standing, words_seen
from policies.service.facts import ServiceFacts
from policies.service.images import Moved, NothingNew
from policies.times.instants import words as span_words


def start_for(span: timedelta) -> Offer:
    """Offer to start a stopped environment."""
    said = span_words(span)
    return Offer(f"Start for {said}", "start", arguments={"until": said.replace(" ", "")}, style="primary")


@dataclass(frozen=True)
class How:
    """The state of the environment: what holds it, how it was seen, and how long a start would last."""

    stands: Standing
    seen: Seen
    assume: timedelta


def asleep(environment: str, service: str, how: How, *, now: datetime) -> Refusal:
    """Refuse a restart while the environment is stopped. The way out is to start the environment; if it is
    starting, the person only has to wait.
    """
    is_so = words_seen(how.stands, now, seen=how.seen)
    told = f"`{environment}` is {is_so}, so there is nothing of `{service}` to restart."
    offers = () if how.seen == "starting" else (start_for(how.assume),)
    return Refusal(refuse("restart.asleep", told), offers=offers)


def which_image(
    facts: ServiceFacts, moved: tuple[Moved, ...], untold: tuple[str, ...], *, same: Plan
) -> Choice:
    """Ask which image to run. A forced deployment would resolve the tag again and run other code than now
    (facts/ecs 2.2). ``same`` is the plan that restarts what runs now.
    """
    gap = " There will be a gap: only one task is desired." if facts.desired == 1 else ""
    slowly = f"Restarting the same image stops the tasks one at a time, each after its replacement.{gap}"
    restart = Offer(
        "Restart the same image",
        "restart",
        target=facts.name,
        arguments={"image": "same"},
        plan_hash=same.hash,
    )
    return Choice(
        f"`{facts.name}` would not come back as it is: its image tag has moved since it was deployed.",
        blocks(Text((*(m.sentence for m in moved), *untold, slowly))),
        (redeploy_offer(facts.name, moved), restart),
    )


def redeploy_offer(service: str, moved: tuple[Moved, ...]) -> Offer:
    return Offer(
        "Redeploy the new image",
        "redeploy",
        target=service,
        arguments={"expected": digests(moved)},
        style="primary",
    )


def digests(moved: tuple[Moved, ...]) -> str:
    """Return the digests that bind a button to the images shown with it."""
    return ",".join(m.tag_digest for m in moved)


def moved_again(service: str, moved: tuple[Moved, ...], notes: tuple[str, ...]) -> Choice:
    told = f"The tag of `{service}` has moved once more since it was shown."
    return Choice(told, blocks(Text(notes)), (redeploy_offer(service, moved),))


def nothing_new(service: str, found: NothingNew) -> Unchanged | Choice:
    restart = (Offer("Restart it anyway", "restart", target=service),)
    if found.known:
        return Unchanged(f"There is nothing new to deploy for `{service}`: {found.reason}", offers=restart)
    told = f"It cannot be told whether there is anything new to deploy for `{service}`: {found.reason}"
    return Choice(told, offers=restart)
