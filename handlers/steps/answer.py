"""Steps that write what somebody answered to a finding, and who owns an environment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from handlers.ports.scope import Scope
from handlers.steps.safe import Safe
from handlers.tell.steps import answer as tell
from handlers.words.codec import encode
from handlers.words.plan import Step
from handlers.words.step import Acted, Begun, End, Left, Nothing, Verdict
from policies.access.people import SlackPerson, actor_name
from policies.orphans.answers import Answer, Reply
from policies.orphans.findings import answered, has
from policies.orphans.owners import Owned
from policies.schedule.standing import zone_of


@dataclass(frozen=True)
class Answering:
    """An answer to write. ``over``: the id of the answer that stood when this one was requested; any other is
    not overwritten.
    """

    subject: str
    reply: Reply
    until: datetime
    reason: str = ""
    about: str = ""
    over: str = ""


@dataclass(frozen=True)
class Owning:
    """An owner to write or remove. ``user``: Slack's id; ``name``: the name Slack had at that time."""

    user: str
    name: str
    team: str = ""


def answer_step(
    subject: str, reply: Reply, *, until: datetime, reason: str = "", about: str = "", over: str = ""
) -> Step:
    return Step("answer", arguments=encode(Answering(subject, reply, until, reason, about, over)))


def own_step(user: str, name: str, team: str) -> Step:
    return Step("own", arguments=encode(Owning(user, name, team)))


def disown_step(user: str, name: str) -> Step:
    return Step("disown", arguments=encode(Owning(user, name)))


class GiveAnswer(Safe[Answering, Nothing]):
    """Writes an answer. ``SAFE``: an answer's id is its operation's, so writing it again changes nothing."""

    name = "answer"
    intent = Answering
    evidence = Nothing

    def act(self, place: Scope, step: Begun[Answering, Nothing]) -> Acted[Nothing]:
        become = partial(answered, answer=_answer(place, step), over=step.intent.over)
        place.book.orphans.findings.change(step.intent.subject, become)
        return Acted()

    def look(self, place: Scope, step: Begun[Answering, Nothing]) -> Verdict[Nothing]:
        known, ours = place.book.orphans.findings.find(step.intent.subject), _answer(place, step)
        zone = zone_of(place.environment, place.schedule)
        if not has(known, ours):
            theirs = known.answer if known is not None and known.gone is None else None
            return Verdict(End.SUPERSEDED, tell.overtaken(theirs, place.now, zone))
        left = Left({"finding": {"reply": ours.reply.value, "until": ours.until.isoformat()}})
        return Verdict(End.DONE, tell.stands(place.environment.name, ours, place.now, zone), left=left)


class Own(Safe[Owning, Nothing]):
    """Writes the owner. ``SAFE``: writing the same owner again changes nothing."""

    name = "own"
    intent = Owning
    evidence = Nothing

    def act(self, place: Scope, step: Begun[Owning, Nothing]) -> Acted[Nothing]:
        place.book.orphans.owners.put(
            Owned(
                environment=place.environment.name,
                team=step.intent.team,
                user=step.intent.user,
                name=step.intent.name,
                by=place.actor.id,
                by_name=actor_name(place.actor),
                at=step.began_at,
            )
        )
        return Acted()

    def look(self, place: Scope, step: Begun[Owning, Nothing]) -> Verdict[Nothing]:
        known = place.book.orphans.owners.all().get(place.environment.name)
        if known is None or known.user != step.intent.user:
            return Verdict(End.SUPERSEDED, tell.other_owner())
        told = tell.owned(place.environment.name, known.name)
        return Verdict(End.DONE, told, left=Left({"owner": known.user}))


class Disown(Safe[Owning, Nothing]):
    """Removes the owner. ``SAFE``: only this owner is removed, and only once."""

    name = "disown"
    intent = Owning
    evidence = Nothing

    def act(self, place: Scope, step: Begun[Owning, Nothing]) -> Acted[Nothing]:
        place.book.orphans.owners.remove(place.environment.name, step.intent.user)
        return Acted()

    def look(self, place: Scope, step: Begun[Owning, Nothing]) -> Verdict[Nothing]:
        return Verdict(
            End.DONE, tell.disowned(place.environment.name, step.intent.name), left=Left({"owner": ""})
        )


def _answer(place: Scope, step: Begun[Answering, Nothing]) -> Answer:
    intent = step.intent
    return Answer(
        id=place.operation_id,
        reply=intent.reply,
        at=step.began_at,
        by=place.actor.id,
        by_name=actor_name(place.actor),
        until=intent.until,
        reason=intent.reason,
        about=intent.about,
    )


def team_of(place: Scope) -> str:
    """Return the Slack team in which an owner is looked up again."""
    return place.actor.team if isinstance(place.actor, SlackPerson) else place.home.team


KINDS = (GiveAnswer(), Own(), Disown())
