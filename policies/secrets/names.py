"""What the name of a value says of it: a password, a key of some kind, a state, or nothing secret at all.

Names are judged by their words (*dbPassword*, *DB_PASSWORD* and *db.password* have the same two) and by where
in the name the telling word stands, so that a name nobody listed is known by its form.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto
from functools import lru_cache

from policies.secrets.vocabulary import (
    ASIDE,
    ASIDE_PERHAPS,
    CODES,
    ENDINGS,
    FILES,
    KEY_OF_RECORDS,
    KEY_OF_SECRETS,
    KEY_PAIRS,
    LINKS,
    NEUTRAL,
    PAIRS,
    PASS_OF,
    REFUSED,
    STATE_PAIRS,
    STATES,
    WHOLE,
)

LONGEST = 80
"""Characters of a name that are looked at, from its end."""


class Kind(Enum):
    """How surely a value of this name is secret, and so which values may be shown."""

    SECRET = auto()
    """Whatever it is, unless it is a literal or a reference."""
    HEADER = auto()
    """A header that carries credentials: all of its value."""
    STATE = auto()
    """*auth=ok* is a state, *auth=x7* is not."""
    KEY = auto()
    """A key of something unknown: shown where it reads like the name of a record."""
    CODE = auto()
    """Four digits or more."""
    LINK = auto()
    """An address that is itself the permission."""
    RANDOM = auto()
    """Only what looks like chance."""


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")
_LAX = frozenset({Kind.SECRET, Kind.LINK})
"""Kinds that remain what they are with any ending but those that lead elsewhere (*PASSWORD_STAGING*)."""


def kind_of(name: str) -> Kind | None:
    """``None`` for a name that says nothing of secrets, or leads elsewhere: *token_type*, *password_file*."""
    return _kind_of(name[-LONGEST:].removeprefix("-D"))


@lru_cache(maxsize=4_096)
def _kind_of(name: str) -> Kind | None:
    _, dot, ending = name.rpartition(".")
    if dot and ending.lower() in FILES:
        return None
    words = [w.lower() for w in _WORD.findall(name)]
    for place in range(len(words) - 1, -1, -1):
        kind = _kind_at(words, place, loud=name.rpartition(".")[2].isupper())
        if kind is not None:
            return _with_rest(kind, words, place, name)
    return None


def _with_rest(kind: Kind, words: Sequence[str], place: int, name: str) -> Kind | None:
    """What becomes of the kind by the words that follow, and by one that refuses (*ExpiredToken*)."""
    rest = words[place + 1 :]
    neutral = all(word in NEUTRAL or word.isdigit() for word in rest)
    if rest and _singular(rest[-1]) in ASIDE | FILES:
        return None
    if rest and not neutral and (_singular(rest[0]) in ASIDE or _singular(rest[-1]) in ASIDE_PERHAPS):
        return None if _is_type(name) else Kind.KEY
    if not neutral and (kind not in _LAX or words[place] == "pass" or _is_type(name)):
        return None
    return Kind.RANDOM if _is_type(name) and REFUSED & set(words[:place]) else kind


def _is_type(name: str) -> bool:
    """*TokenService*, as types and their methods are written."""
    return name[:1].isupper() and not name.isupper() and not re.search(r"[_-]", name)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _kind_at(words: Sequence[str], place: int, *, loud: bool) -> Kind | None:
    word = _singular(words[place])
    before = words[place - 1] if place else ""
    if word == "key":
        return _key(before, loud=loud)
    for told, kind in (
        (PAIRS, Kind.SECRET),
        (STATE_PAIRS, Kind.STATE),
        (KEY_PAIRS, Kind.KEY),
        (CODES, Kind.CODE),
        (LINKS, Kind.LINK),
    ):
        if f"{before} {word}" in told:
            return kind
    return _alone(word, before, loud=loud)


def _alone(word: str, before: str, *, loud: bool) -> Kind | None:
    if word in WHOLE or word.endswith(ENDINGS) or (word.endswith("key") and word[:-3] in KEY_OF_SECRETS):
        return Kind.SECRET
    if (word.endswith("pass") and word[:-4] in PASS_OF) or (word.endswith("pw") and word[:-2] in PASS_OF):
        return Kind.SECRET
    if word in ("authorization", "cookie"):
        return Kind.HEADER
    if word in STATES or word.endswith(("sessionid", "sessid")):
        return Kind.STATE
    if word in ("salt", "pepper", "sas") or (word == "pat" and (loud or before)):
        return Kind.KEY
    named = ((CODES, Kind.CODE), (LINKS, Kind.LINK), (("code", "sid"), Kind.RANDOM))
    return next((kind for told, kind in named if word in told), None)


def _key(before: str, *, loud: bool) -> Kind | None:
    """A key is known by what it opens: *JWT_KEY* a lock, *sort_key* a record, *key* alone nobody knows.
    A *routing key* names a queue, or opens an account of PagerDuty."""
    if not before:
        return Kind.RANDOM
    if {before, _singular(before)} & KEY_OF_SECRETS or before.endswith(ENDINGS):
        return Kind.SECRET
    if before == "routing":
        return Kind.RANDOM
    if _singular(before) in KEY_OF_RECORDS:
        return None
    return Kind.SECRET if loud else Kind.KEY
