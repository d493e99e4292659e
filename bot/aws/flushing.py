"""The doctor's look at the cache whose keys may be deleted: can it be reached, and may its user touch nothing
but the prefixes of the catalog? It is tried with names that no key has.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from bot.aws.preflight import Finding
from handlers.ports.scope import Scope
from handlers.tell.flush import access
from handlers.words.errors import Absent, Denied, Trouble
from policies.service.environment import Environment, Flush

CHECK = "keys of the cache"


def flushing(scope: Scope) -> Iterator[Finding]:
    """Yield nothing where the catalog names no such cache."""
    flush = scope.environment.flush
    if flush is None:
        return
    nobody = f"lamplighter-doctor-{secrets.token_hex(16)}"
    try:
        within = [scope.keys.may_unlink(f"{prefix}{nobody}") for prefix in flush.prefixes or ("",)]
        beyond = bool(flush.prefixes) and scope.keys.may_unlink(nobody)
    except Trouble as trouble:
        yield _unasked(trouble)
        return
    yield _judged(scope.environment, flush, within=all(within), beyond=beyond)


def _judged(environment: Environment, flush: Flush, *, within: bool, beyond: bool) -> Finding:
    rights = access(environment)
    if not within:
        said = "The cache does not let its user delete the keys that the catalog allows."
        return Finding(CHECK, False, said, rights or "Give the cache's user the right to unlink them.")
    if beyond and flush.user:
        said = f"The cache's user {flush.user} may delete keys of every name."
        return Finding(CHECK, False, said, rights)
    if beyond:
        said = "The cache lets everybody delete every key: only the catalog's prefixes limit what is deleted."
        return Finding(CHECK, None, said, "Give the cache a user of its own, and name it in the catalog.")
    return Finding(CHECK, True, "The cache can be reached, and its user may delete what the catalog allows.")


def _unasked(trouble: Trouble) -> Finding:
    todo = "Open the way that is named, or take `flush` out of the catalog."
    if isinstance(trouble, Denied):
        todo = "Check the user, its access string and the policy that Lamplighter generates."
    if isinstance(trouble, Absent):
        todo = "Correct the cache's id or the region in the catalog, or take `flush` out."
    return Finding(CHECK, False, trouble.sentence, todo)
