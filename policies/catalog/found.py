"""What there is in Slack and AWS before there is a catalog, as somebody's first look finds it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from policies.service.environment import LiveService

KEYS = ("lamplighter:environment", "environment", "env", "stage")
"""Tags that tell environments apart, in any spelling; of several the first counts."""
LONGEST_VALUE = 256
"""Characters of a tag's value."""
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_JOINED = re.compile(r"(?i)\b(non|pre)[-_ ]?(prod)(?:uction)?\b")


@dataclass(frozen=True)
class FoundChannel:
    """One that the bot is a member of. ``shared``: another company reads it, or is about to."""

    id: str
    name: str
    shared: bool = False


@dataclass(frozen=True)
class FoundCluster:
    """``unread``: why its services could not be read; empty if they were."""

    name: str
    services: tuple[LiveService, ...] = ()
    unread: str = ""


@dataclass(frozen=True)
class FoundDatabase:
    """``id``: as a catalog names it. ``stays``: why RDS never stops it; empty if it does."""

    id: str
    tags: Mapping[str, str] = field(default_factory=dict)
    stays: str = ""

    @property
    def name(self) -> str:
        return self.id.removeprefix("cluster:")


@dataclass(frozen=True)
class Found:
    """``unread``: what else could not be asked, in sentences."""

    account: str
    region: str
    channels: tuple[FoundChannel, ...] = ()
    clusters: tuple[FoundCluster, ...] = ()
    databases: tuple[FoundDatabase, ...] = ()
    unread: tuple[str, ...] = ()


def words(name: str) -> tuple[str, ...]:
    """What a name is made of, in lower case: ``pr-142`` is *pr* and *142*, *pre-prod* is one."""
    return tuple(word.lower() for word in _WORDS.findall(_JOINED.sub(_one_word, name)))


def _one_word(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}".lower()


def within(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Do these words stand in the others, side by side?"""
    length = len(part)
    places = range(len(whole) - length + 1)
    return bool(part) and any(tuple(whole[at : at + length]) == tuple(part) for at in places)


def telling(tags: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Key and value of each tag that may name an environment, the one that counts most first. What a catalog
    file could not hold is left out."""
    for known in KEYS:
        for key, value in sorted(tags.items()):
            if key.lower() == known and value.strip() and value.isprintable():
                yield key, value[:LONGEST_VALUE]
