"""What all answers to a finding share: which finding is answered, who may answer, and until when an answer
holds.

An environment's owner may answer for it if they may view it, and so may every developer there. Being an owner
gives no rights: an answer changes nothing in AWS, and stopping still needs the usual role.
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
    """Return the finding on this environment, or say why it cannot be answered.

    ``round_``: the finding on the button, which can be answered only while it is still the current one and
    nobody else has answered it; empty if the command was typed.
    """
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
    """Return the step that answers this finding; it replaces only the answer that stands now."""
    over = finding.answer.id if finding.answer else ""
    return answer_step(finding.subject, reply, until=until, reason=reason, about=about, over=over)


def owner_of(book: Book, environment: Environment) -> Contact | None:
    return contact(environment, book.orphans.owners.all().get(environment.name))


def named(scope: Scope, known: Contact) -> Contact:
    """Return the contact under the current Slack name, if Slack has one."""
    account = scope.whois(known.user) if known.user else None
    return replace(known, name=account.name) if account is not None and account.name else known


def is_owner(scope: Scope, known: Contact | None) -> bool:
    return isinstance(scope.actor, SlackPerson) and known is not None and known.user == scope.actor.user


def needed(scope: Scope, known: Contact | None) -> Role | None:
    """Return the role needed to answer for an environment owned by somebody else; ``None`` for its owner."""
    return None if is_owner(scope, known) else Role.DEVELOPER
