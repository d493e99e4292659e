"""What makes the field ``flush`` of a catalog valid by itself, and with the rest of its environment."""

from __future__ import annotations

import re

from policies.cache.endpoints import Unusable, of_url
from policies.service.environment import Environment, Flush

_PREFIX = re.compile(r"[!-~]{1,200}")
"""Printable, without spaces: an access string of Redis has spaces between its rules."""
_USER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
_SECRET = re.compile(
    r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:([0-9]{12}):secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}"
)


def miswritten(flush: Flush) -> str:
    """Return what to write instead; empty if all is well."""
    if bool(flush.cache) == bool(flush.url):
        return "give either cache or url"
    if flush.url:
        try:
            of_url(flush.url)
        except Unusable as why:
            return str(why)
        if flush.user and not flush.secret:
            return "signing in by IAM needs the name of the cache: give cache and not url, or a secret"
    if flush.user and not _USER.fullmatch(flush.user):
        return "a user's name is of letters, digits and -, at most 40 characters, as ElastiCache keeps it"
    if flush.secret and not _SECRET.fullmatch(flush.secret):
        return "write the whole ARN of the secret, with the six characters at its end"
    if bad := next((p for p in flush.prefixes if not _PREFIX.fullmatch(p)), None):
        return f"{bad!r} is no prefix of keys: write it without spaces"
    return ""


def unfit(environment: Environment) -> str:
    """Return why the environment cannot have its ``flush``; empty if it can."""
    flush = environment.flush
    if flush is None:
        return ""
    if environment.production:
        return "keys of a production cache are never deleted from here"
    if flush.cache and flush.cache not in environment.caches:
        return f"{flush.cache} is to be one of its caches"
    if flush.secret and not environment.role_arn:
        return "a secret is read by a session of the environment's role, so role_arn is needed"
    found = _SECRET.fullmatch(flush.secret)
    if found and found[1] != environment.account:
        return "the secret is to be in the environment's account"
    return ""
