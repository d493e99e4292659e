"""`/env owner staging @dev`: say whom to ask about an environment. An owner is a contact; being one gives no
rights.
"""

from __future__ import annotations

from typing import Annotated

from handlers.answering import answering, finding_of, named, needed, owner_of
from handlers.ports.scope import Scope
from handlers.steps.answer import own_step, team_of
from handlers.tell import answering as tell
from handlers.words.arguments import Hidden, PersonNamed, word
from handlers.words.operation import Verb, operation
from handlers.words.plan import Plan, Step
from handlers.words.result import Choice, Refusal, Unchanged
from policies.access.people import Role, SlackPerson
from policies.orphans.answers import OWNED_FOR, Reply
from policies.orphans.findings import Finding
from policies.orphans.owners import slack_id


@operation(
    "assign",
    role=Role.VIEWER,
    changes=True,
    verb=Verb("getting an owner", "has an owner", "did not get its owner", whole=True),
    conflicts="finding",
    aliases=("owner set",),
)
def assign(
    scope: Scope,
    person: Annotated[PersonNamed | None, word("who it is", "@dev")] = None,
    finding: Hidden[str] = "",
) -> Plan | Refusal | Choice | Unchanged:
    """Say who owns an environment; also typed owner staging @dev.

    ``finding``: the finding that the button is on.
    """
    name, known = scope.environment.name, owner_of(scope.book, scope.environment)
    found = finding_of(scope, finding)
    if finding and not isinstance(found, Finding):
        return found
    if known is not None and known.in_file:
        return tell.in_file(name, named(scope, known))
    if person is None:
        mine = scope.actor.user if isinstance(scope.actor, SlackPerson) else ""
        return tell.who(name, mine, finding)
    user = slack_id(person)
    if not user:
        return tell.nobody(person)
    account = scope.whois(user)
    decision = tell.contactable(account, scope.home, person)
    if isinstance(decision, Refusal) or account is None:
        return decision if isinstance(decision, Refusal) else tell.nobody(person)
    if known is not None and known.user == user and not isinstance(found, Finding):
        return tell.owned_already(name, account.name)
    return Plan(
        doing="assigning an owner to",
        steps=(own_step(user, account.name, team_of(scope)), *_answered(scope, found, account.name)),
        before={"owner": known.user if known else ""},
        needs=needed(scope, known),
    )


def _answered(scope: Scope, found: Finding | Unchanged, owner: str) -> tuple[Step, ...]:
    """Answer the finding too: whoever names an owner has answered, whether or not they pressed a button."""
    if not isinstance(found, Finding):
        return ()
    return (answering(found, Reply.OWNED, until=scope.now + OWNED_FOR, about=owner),)
