"""`/env owner staging`: whom to ask about an environment. With a name it is another operation, ``assign``."""

from __future__ import annotations

from handlers.answering import owner_of
from handlers.ports.scope import Scope
from handlers.tell import answering as tell
from handlers.words.operation import operation
from handlers.words.result import Answer
from policies.access.people import Role
from policies.orphans.owners import standing


@operation("owner", role=Role.VIEWER, further="assign")
def owner(scope: Scope) -> Answer:
    """Whom to ask about an environment."""
    known = owner_of(scope.book, scope.environment)
    account = scope.whois(known.user) if known is not None and known.user else None
    return tell.owner(scope.environment.name, known, standing(known, account, scope.home))
