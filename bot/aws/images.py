"""The images that tags point at now, in the ECR of this account and region.

The environment's role cannot read other accounts and registries. Their images are left out, and whoever shows
the answer says *cannot tell* (facts/ecs 2.2).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from bot.aws.discovery.live import batches
from bot.aws.errors import translated
from bot.aws.partitions import partitions
from bot.aws.place import Place
from handlers.words.errors import Absent, Denied, Rejected

if TYPE_CHECKING:
    from mypy_boto3_ecr.type_defs import ImageDetailTypeDef

MOST_IMAGES = 100
"""Ids in one DescribeImages (facts/ecs 2.2)."""
GONE = ("ImageNotFoundException", "RepositoryNotFoundException")


class EcrImages:
    """Implements ``handlers.ports.aws.Images``."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def digests(self, images: Sequence[str]) -> Mapping[str, str]:
        wanted: dict[str, dict[str, list[str]]] = {}
        for image in images:
            parts = in_ecr(image)
            here = (self._place.environment.account, self._place.environment.region)
            if parts and (parts["account"], parts["region"]) == here:
                tags = wanted.setdefault(parts["repository"], {})
                tags.setdefault(parts["tag"] or "latest", []).append(image)
        return {
            image: digest
            for repository, tags in wanted.items()
            for tag, digest in self._of_repository(repository, list(tags)).items()
            for image in tags[tag]
        }

    def missing(self, resolved: Mapping[str, str]) -> frozenset[str]:
        """Ask for each digest in a call of its own, because an unknown digest fails the whole call."""
        return frozenset(image for image, digest in resolved.items() if self._is_gone(image, digest))

    def _is_gone(self, image: str, digest: str) -> bool:
        parts = in_ecr(image.partition("@")[0])
        environment = self._place.environment
        if parts is None or (parts["account"], parts["region"]) != (environment.account, environment.region):
            return False
        action = f"read the images of {parts['repository']}"
        client = self._place.ecr(action)
        try:
            with translated(action):
                client.describe_images(
                    registryId=environment.account,
                    repositoryName=parts["repository"],
                    imageIds=[{"imageDigest": digest}],
                )
        except Absent as absent:
            return absent.code in GONE
        except (Denied, Rejected):
            return False
        return False

    def _of_repository(self, repository: str, tags: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for batch in batches(tags, MOST_IMAGES):
            rows = self._described(repository, batch)
            if not rows and len(batch) > 1:
                # One unknown tag fails the whole call, so each tag is then asked for by itself.
                rows = [row for tag in batch for row in self._described(repository, [tag])]
            for row in rows:
                named = set(row.get("imageTags", [])) & set(batch)
                found |= {tag: row["imageDigest"] for tag in named if "imageDigest" in row}
        return found

    def _described(self, repository: str, tags: list[str]) -> list[ImageDetailTypeDef]:
        """Details of the images with these tags; empty if one of the tags does not exist or the role may not
        read this repository.
        """
        environment = self._place.environment
        action = f"read the images of {repository}"
        client = self._place.ecr(action)
        try:
            with translated(action):
                answer = client.describe_images(
                    registryId=environment.account,
                    repositoryName=repository,
                    imageIds=[{"imageTag": tag} for tag in tags],
                )
        except (Absent, Denied, Rejected):
            return []
        return answer["imageDetails"]


def newest_push(place: Place, running: Iterable[tuple[str, str]]) -> datetime | None:
    """When the newest of these images was pushed. ``running`` holds the image and the digest that each task
    runs. ``None`` if none of the images is still in the ECR of this account and region.
    """
    wanted: dict[str, set[str]] = defaultdict(set)
    for image, digest in running:
        parts = in_ecr(image.partition("@")[0])
        here = (place.environment.account, place.environment.region)
        if parts and digest and (parts["account"], parts["region"]) == here:
            wanted[parts["repository"]].add(digest)
    rows = [row for name, digests in sorted(wanted.items()) for row in _of_digests(place, name, digests)]
    return max((row["imagePushedAt"] for row in rows if "imagePushedAt" in row), default=None)


def _of_digests(place: Place, repository: str, digests: Iterable[str]) -> Iterator[ImageDetailTypeDef]:
    """Details of the images with these digests. An unknown digest fails its whole call, so each digest of
    that batch is then asked for by itself.
    """
    action = f"read the images of {repository}"
    client = place.ecr(action)
    for batch in batches(sorted(digests), MOST_IMAGES):
        try:
            with translated(action):
                yield from client.describe_images(
                    registryId=place.environment.account,
                    repositoryName=repository,
                    imageIds=[{"imageDigest": digest} for digest in batch],
                )["imageDetails"]
        except Absent:
            for digest in batch if len(batch) > 1 else ():
                yield from _of_digests(place, repository, [digest])


def in_ecr(image: str) -> re.Match[str] | None:
    """The parts of an image's name if the image is in ECR, else ``None``."""
    return _reference().fullmatch(image)


@cache
def _reference() -> re.Pattern[str]:
    """The form of an image's name in ECR, in any partition."""
    suffixes = "|".join(sorted({re.escape(suffix) for p in partitions() for suffix in p.suffixes}))
    return re.compile(
        rf"(?P<account>\d{{12}})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.(?:{suffixes})"
        r"/(?P<repository>[a-z0-9][a-z0-9._/-]*)(?::(?P<tag>[\w][\w.-]{0,127}))?"
    )
