"""What every answer to a finding has in common: which finding it is, who may give it, and until when it
holds.

Whoever is named as the owner may answer for an environment that they may view, and so may every developer
there. That is no right by being an owner: an answer changes nothing in AWS, and stopping needs what it always
needs.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from handlers.ports.book import Book
from handlers.ports.scope import Scope
from handlers.steps.answer import answer_step
from handlers.tell import answering as tell
from handlers.words.plan import Step
from handlers.words.result import Unchanged
from policies.access.people import Role, SlackPerson
from policies.orphans.answers import Reply
from policies.orphans.findings import Finding, Stage
from policies.orphans.owners import Contact, contact
from policies.schedule.standing import zone_of
from policies.service.environment import Environment


def finding_of(scope: Scope, round_: str) -> Finding | Unchanged:
    """The finding on this environment. ``round_``: the one on the button, which is answered only as long as
    it is the same and nobody else has answered; empty where it was typed."""
    name = scope.environment.name
    known = scope.book.orphans.findings.find(name)
    if known is None or known.gone is not None:
        return tell.gone(name) if round_ else tell.not_found(name)
    if round_ and known.round != round_:
        return tell.gone(name)
    if round_ and known.stage(scope.now) is Stage.SETTLED:
        return tell.answered(known, scope.now, zone_of(scope.environment, scope.schedule))
    return known


def answering(finding: Finding, reply: Reply, *, until: datetime, reason: str = "", about: str = "") -> Step:
    """Over the answer that stands now, and no other."""
    over = finding.answer.id if finding.answer else ""
    return answer_step(finding.subject, reply, until=until, reason=reason, about=about, over=over)


def owner_of(book: Book, environment: Environment) -> Contact | None:
    return contact(environment, book.orphans.owners.all().get(environment.name))


def named(scope: Scope, known: Contact) -> Contact:
    """By the name that Slack has for them now, where it has one."""
    account = scope.whois(known.user) if known.user else None
    return replace(known, name=account.name) if account is not None and account.name else known


def is_owner(scope: Scope, known: Contact | None) -> bool:
    return isinstance(scope.actor, SlackPerson) and known is not None and known.user == scope.actor.user


def needed(scope: Scope, known: Contact | None) -> Role | None:
    """The role that an answer for others needs."""
    return None if is_owner(scope, known) else Role.DEVELOPER
