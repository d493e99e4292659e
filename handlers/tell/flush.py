"""What ``flush`` says before anything is deleted."""

from __future__ import annotations

from datetime import timedelta

from handlers.ports.cache import Counted
from handlers.words.plan import Question
from handlers.words.result import Refusal, Unchanged
from policies.access.decision import refuse
from policies.cache.endpoints import Unusable, of_url
from policies.cache.rights import access_string
from policies.secrets.keys import shown_key
from policies.service.environment import Environment, Flush

LASTS = timedelta(minutes=10)
LONGEST_SAMPLE = 80


def no_cache(environment: str) -> Refusal:
    told = f"The catalog names no cache of `{environment}` from which keys may be deleted (`flush:`)."
    return Refusal(refuse("flush.no-cache", told))


def too_many(pattern: str, allowed: Flush) -> Refusal:
    told = (
        f"More than {allowed.most_keys:,} keys match {_code(pattern)}, and one flush here deletes at most "
        "that many. Nothing was deleted. Choose a longer pattern."
    )
    return Refusal(refuse("flush.too-many", told))


def none_match(pattern: str, allowed: Flush, counted: Counted) -> Unchanged:
    among = f"None of the {counted.held:,} keys" if counted.held > 1 else "No key"
    return Unchanged(f"{among} in {_where(allowed)} matches {_code(pattern)}, so nothing was deleted.")


def notes(pattern: str, allowed: Flush) -> tuple[str, ...]:
    return (f"The pattern is exactly {_code(pattern)}, in {_where(allowed)}.",)


def question(pattern: str, allowed: Flush, counted: Counted) -> Question:
    at_least = "" if counted.whole else "At least "
    match = "key matches" if counted.matched == 1 else "keys match"
    headline = f"{at_least}{counted.matched:,} {match} {_code(pattern)} in {_where(allowed)}."
    lines = (
        f"The database holds {_held(counted)}. For example: {_samples(counted)}",
        "The pattern is sent exactly as it stands above, escapes included.",
        "Deleted keys cannot be brought back.",
    )
    number = f"{counted.matched:,} " if counted.whole else ""
    return Question(headline, lines, f"Delete {number}{'key' if counted.matched == 1 else 'keys'}", LASTS)


def access(environment: Environment) -> str:
    """Say which rights the cache's own user needs; empty where the catalog names none."""
    flush = environment.flush
    if flush is None or not flush.user:
        return ""
    rights = access_string(flush.prefixes, database=flush.database)
    return (
        f"The access string of the cache's user {flush.user}, for {environment.name}. It lets the user "
        f"delete only keys with these prefixes:\n  {rights}"
    )


def _held(counted: Counted) -> str:
    return f"{counted.held:,} {'key' if counted.held == 1 else 'keys'} in all"


def _samples(counted: Counted) -> str:
    return ", ".join(_code(shown_key(name)[:LONGEST_SAMPLE]) for name in counted.samples) or "none yet"


def _where(allowed: Flush) -> str:
    return f"logical database {allowed.database} of {_code(_name(allowed))}"


def _name(allowed: Flush) -> str:
    if not allowed.url:
        return allowed.cache
    try:
        return of_url(allowed.url).shown
    except Unusable:
        return allowed.url


def _code(text: str) -> str:
    return f"`{text.replace('`', chr(39))}`"
