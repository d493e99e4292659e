"""The answer *Not mine*: the person asked is not the owner, or does not know the environment. They speak only
for themselves, so anybody who may view the environment may say this.
"""

from __future__ import annotations

from handlers.answering import answering, finding_of, is_owner, owner_of
from handlers.ports.scope import Scope
from handlers.steps.answer import disown_step
from handlers.tell import answering as tell
from handlers.words.arguments import Hidden
from handlers.words.operation import Verb, operation
from handlers.words.plan import Plan, Step
from handlers.words.result import Unchanged
from policies.access.people import Role
from policies.orphans.answers import Reply
from policies.orphans.findings import Finding


@operation(
    "disown",
    role=Role.VIEWER,
    changes=True,
    verb=Verb("getting an answer", "has an answer", "got no answer", whole=True),
    conflicts="finding",
    aliases=("orphans not-mine", "owner none"),
)
def disown(scope: Scope, finding: Hidden[str] = "") -> Plan | Unchanged:
    """Say that an environment is not yours, or that you do not know it.

    ``finding``: the finding that the button is on.
    """
    name, found = scope.environment.name, finding_of(scope, finding)
    if finding and not isinstance(found, Finding):
        return found
    known = owner_of(scope.book, scope.environment)
    mine = known if is_owner(scope, known) else None
    steps: list[Step] = []
    if mine is not None and not mine.in_file:
        steps.append(disown_step(mine.user, mine.name))
    if isinstance(found, Finding) and not any(said.by == scope.actor.id for said in found.denied):
        steps.append(answering(found, Reply.NOT_MINE, until=scope.now))
    if not steps:
        return tell.said_already(name) if isinstance(found, Finding) else tell.not_yours(name)
    notes = (tell.file_still(name),) if mine is not None and mine.in_file else ()
    return Plan(
        doing="noting what was said of",
        steps=tuple(steps),
        before={"owner": known.user if known else ""},
        notes=notes,
    )
