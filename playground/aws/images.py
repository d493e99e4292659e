"""ECR as it really keeps images: a tag that moves leaves its old image untagged and still pullable by digest.

moto deletes that image (facts/ecs 2.6), so the world places moto's ``Image`` rows itself.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from datetime import datetime

from moto.ecr.models import Image, Repository

from playground.aws.account import ACCOUNT, REGISTRY, ecr

MEDIA = "application/vnd.docker.distribution.manifest.v2+json"


def split_image(image: str) -> tuple[str, str | None, str | None]:
    """Split an image reference into ``(name, tag, digest)``; without tag and digest the tag is ``latest``."""
    name, _, digest = image.partition("@")
    head, _, tail = name.rpartition("/")
    last, _, tag = tail.partition(":")
    name = f"{head}/{last}" if head else last
    return name, None if digest else tag or "latest", digest or None


def repository_of(image: str) -> str | None:
    """Return the repository's name if the image belongs to this account's ECR."""
    name, _, _ = split_image(image)
    return name.removeprefix(f"{REGISTRY}/") if name.startswith(f"{REGISTRY}/") else None


def repository_for(service: str) -> str:
    """Return the repository for a service's images: ECR's names have no capitals, never two separators in a
    row, and at least two characters.
    """
    name = re.sub(r"[_-]+", "-", service.lower()).strip("-")
    return name if len(name) > 1 else f"app-{name}".rstrip("-")


def ensure_repository(name: str, *, immutable: bool = False) -> Repository:
    """Return the repository of that name, creating it if absent."""
    existing = ecr().repositories.get(name)
    if existing:
        return existing
    mutability = "IMMUTABLE" if immutable else "MUTABLE"
    return ecr().create_repository(name, None, {}, {}, mutability, [])


def push(repository: str, tag: str, at: datetime) -> str:
    """Push a new image under ``tag``; return its digest. The image that had the tag stays, untagged.

    ``ValueError`` if the repository's tags are immutable and the tag exists.
    """
    home = ensure_repository(repository)
    rows = home.images
    if home.is_tag_immutable() and find(repository, tag=tag):
        raise ValueError(f"repository {repository} has immutable tags and already a {tag}")
    for row in rows:
        if tag in row.image_tags:
            row.remove_tag(tag)
            row.image_tag = row.image_tags[-1] if row.image_tags else None  # type: ignore[assignment]
    digest = f"sha256:{random.getrandbits(256):064x}"
    manifest = {"mediaType": MEDIA, "layers": [{"digest": digest}], "config": {"size": 48_000_000}}
    image = Image(ACCOUNT, tag, json.dumps(manifest), repository, MEDIA, digest)
    image.image_pushed_at = int(at.timestamp())
    image.image_status = "ACTIVE"  # type: ignore[attr-defined]
    rows.append(image)
    return digest


def expire(repository: str, digest: str) -> None:
    """Remove an image, as a lifecycle policy does; ``ValueError`` if there is none."""
    rows = ensure_repository(repository).images
    kept = [row for row in rows if row.image_digest != digest]
    if len(kept) == len(rows):
        raise ValueError(f"repository {repository} has no image {digest}")
    rows[:] = kept


def find(repository: str, *, tag: str | None = None, digest: str | None = None) -> str | None:
    """Return the digest of the image with that tag or digest, if the repository has it."""
    known = ecr().repositories.get(repository)
    for row in known.images if known else []:
        if (tag is not None and tag in row.image_tags) or (digest is not None and row.image_digest == digest):
            return str(row.image_digest)
    return None


def resolve(image: str) -> str | None:
    """Return the digest that ECS would resolve now (facts/ecs 2.2); ``None`` if our ECR has no such image.

    Images of other registries resolve to a digest of their name, because the world knows nothing about them.
    """
    _, tag, digest = split_image(image)
    repository = repository_of(image)
    if repository is None:
        return digest or f"sha256:{hashlib.sha256(image.encode()).hexdigest()}"
    return find(repository, tag=tag, digest=digest)


def pullable(image: str, digest: str | None) -> bool:
    """Return whether a revision's ``digest`` can still be pulled; a removed image cannot (facts/ecs 2.2)."""
    repository = repository_of(image)
    if repository is None:
        return True
    return digest is not None and find(repository, digest=digest) is not None
