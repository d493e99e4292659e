"""Which image runs, which image its tag names now, and whether a deployment would pick up another.

ECS resolves a tag when a deployment is made and keeps that digest (facts/ecs 2.2). Digests are compared, not
tags. For an image of several architectures one side may be the index and the other the platform's manifest,
so inequality means *different or unknown*, and the sentences say so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from policies.service.facts import ContainerImage, ServiceFacts

_VERSION = re.compile(r"v?\d+\.\d+(?:\.\d+)?(?:[-+._][0-9A-Za-z.-]+)?|(?=[0-9a-f]*\d)[0-9a-f]{7,40}|\d{8,14}")
"""Tags that are usually never moved: a version, a commit, a build date."""


@dataclass(frozen=True)
class Moved:
    """A container whose tag names another digest now than the one that runs."""

    container: str
    image: str
    running_digest: str
    tag_digest: str

    @property
    def sentence(self) -> str:
        tag = self.image.rsplit("/", 1)[-1]
        return (
            f"{self.container}: `{tag}` is {short(self.tag_digest)} now; {short(self.running_digest)} runs "
            f"(for an image of several architectures unequal digests may still be the same image)"
        )


@dataclass(frozen=True)
class NothingNew:
    """A deployment would bring the same images, or it cannot be told. ``reason``: one sentence per cause."""

    reason: str
    known: bool = True
    """False: for some container it cannot be told."""


@dataclass(frozen=True)
class WouldChange:
    """A deployment would bring these. ``unsure`` are containers of which it cannot be told."""

    moved: tuple[Moved, ...]
    unsure: tuple[str, ...] = ()


def short(digest: str) -> str:
    """The first 12 hexadecimal digits, as people compare them; *unknown* for none."""
    return digest.removeprefix("sha256:")[:12] or "unknown"


def moved(facts: ServiceFacts, current: Mapping[str, str]) -> tuple[Moved, ...]:
    """The containers whose tag has moved. ``current`` is image as written to what it names now; an image
    that is missing there could not be read, and one of which no running digest is known is left out too."""
    running = facts.digests
    return tuple(
        Moved(i.container, i.image, running[i.container], current[i.image])
        for i in facts.images
        if not i.pinned
        and running.get(i.container)
        and current.get(i.image, "") not in ("", running[i.container])
    )


def pick_up(facts: ServiceFacts, current: Mapping[str, str]) -> NothingNew | WouldChange:
    """Would a forced deployment bring another image than the one that runs?"""
    changed = moved(facts, current)
    unsure = tuple(i.container for i in facts.images if _unsure(i, facts, current))
    if changed:
        return WouldChange(changed, unsure)
    if not facts.images:
        return NothingNew("AWS does not say which images it runs.", known=False)
    reasons = dict.fromkeys(_reason(i, facts, current) for i in facts.images)
    return NothingNew(" ".join(reasons), known=not unsure)


def untold(facts: ServiceFacts, current: Mapping[str, str]) -> tuple[str, ...]:
    """One sentence for each image of which it cannot be told whether its tag has moved."""
    if not facts.images:
        return (
            "It cannot be told which images it runs: a forced deployment takes what their tags name now.",
        )
    said = (
        f"It cannot be told whether `{_name(i)}` has moved: a forced deployment takes what the tag names now."
        for i in facts.images
        if _unsure(i, facts, current)
    )
    return tuple(dict.fromkeys(said))


def _name(image: ContainerImage) -> str:
    """As people know it: without the registry."""
    return image.image.rsplit("/", 1)[-1]


def _unsure(image: ContainerImage, facts: ServiceFacts, current: Mapping[str, str]) -> bool:
    return not image.pinned and not (facts.digests.get(image.container) and current.get(image.image))


def _reason(image: ContainerImage, facts: ServiceFacts, current: Mapping[str, str]) -> str:
    """Why this container would come back as it is; one of: pinned, version tag, same digest, cannot tell."""
    name = _name(image)
    if image.pinned:
        return (
            f"{image.container} is pinned to a digest in its task definition, so only a new revision of that "
            f"brings another image."
        )
    digest = facts.digests.get(image.container, "")
    if not current.get(image.image):
        return (
            f"`{name}` cannot be read by this role (that registry or that tag), so what `{name}` names now "
            f"is unknown."
        )
    if not digest:
        return f"AWS does not say which digest of `{name}` runs."
    if _VERSION.fullmatch(image.tag):
        return (
            f"`{name}` names one version, still {short(digest)}, which is what runs; only a new revision of "
            f"the task definition brings another."
        )
    return f"`{name}` is still {short(digest)}, which is what runs."
