"""What differs between two revisions of a service, by names alone.

Values of variables are unknown on both sides, so a variable whose value alone changed is no difference here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from policies.service.history import DefinedContainer, Definition, Network, PastDeployment


class Part(StrEnum):
    """What of a revision differs."""

    CONTAINER = "container"
    IMAGE = "image"
    """As it is written: another tag or repository."""
    DIGEST = "digest"
    VARIABLE = "variable"
    FILES = "files of variables"
    SECRET = "secret"
    SOURCE = "source of a secret"
    CPU = "cpu"
    RAM = "memory"
    RESERVATION = "memory reservation"
    MODE = "network mode"
    SUBNETS = "subnets"
    GROUPS = "security groups"
    PUBLIC = "public address"
    ROLE = "task role"
    EXECUTION = "execution role"


@dataclass(frozen=True)
class Difference:
    """``name``: of the variable, secret or container; ``container``: which has it, empty for the whole task.
    ``before`` and ``after`` are empty where something is absent.
    """

    part: Part
    name: str = ""
    container: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Revision:
    """A deployment and what its task definition says; ``None`` if that is deleted or was not readable."""

    deployment: PastDeployment
    definition: Definition | None = None


def differences(before: Revision, after: Revision, *, elsewhere: bool = False) -> tuple[Difference, ...]:
    """Return what differs, images first. ``elsewhere``: the two are of different environments, which differ
    in networks, roles and sources of secrets on purpose, so those are not compared.
    """
    found = [*_images(before.deployment, after.deployment)]
    if before.definition and after.definition:
        found += _containers(before.definition, after.definition, elsewhere=elsewhere)
        found += _task(before.definition, after.definition, elsewhere=elsewhere)
    if not elsewhere:
        found += _network(before.deployment.network, after.deployment.network)
    return tuple(found)


def unresolved(before: Revision, after: Revision) -> tuple[str, ...]:
    """Return the containers whose digest is known on one side at most: whether their image is the same cannot
    be told.
    """
    one, other = before.deployment.digests, after.deployment.digests
    both = {i.container for i in before.deployment.images} & {i.container for i in after.deployment.images}
    return tuple(sorted(name for name in both if name not in one or name not in other))


def missing_names(found: tuple[Difference, ...]) -> tuple[str, ...]:
    """Return the names of variables and secrets that were there before and are gone."""
    gone = (d.name for d in found if d.part in (Part.VARIABLE, Part.SECRET) and d.before and not d.after)
    came = {d.name for d in found if d.part in (Part.VARIABLE, Part.SECRET) and d.after and not d.before}
    return tuple(name for name in dict.fromkeys(gone) if name not in came)


def _images(before: PastDeployment, after: PastDeployment) -> Iterator[Difference]:
    old = {i.container: i for i in before.images}
    new = {i.container: i for i in after.images}
    for name in sorted(old.keys() & new.keys()):
        one, other = old[name], new[name]
        if one.image != other.image:
            yield Difference(Part.IMAGE, name, name, one.image, other.image)
        if one.digest and other.digest and one.digest != other.digest:
            yield Difference(Part.DIGEST, name, name, one.digest, other.digest)


def _containers(before: Definition, after: Definition, *, elsewhere: bool) -> Iterator[Difference]:
    old = {c.name: c for c in before.containers}
    new = {c.name: c for c in after.containers}
    for name in sorted(old.keys() | new.keys()):
        if name not in old or name not in new:
            there = "there"
            yield Difference(Part.CONTAINER, name, name, there * (name in old), there * (name in new))
            continue
        yield from _one(old[name], new[name], elsewhere=elsewhere)


def _one(old: DefinedContainer, new: DefinedContainer, *, elsewhere: bool) -> Iterator[Difference]:
    one, other = set(old.variables), set(new.variables)
    for name in sorted(one ^ other):
        yield Difference(Part.VARIABLE, name, new.name, name * (name in one), name * (name in other))
    kept, came = _sources(old), _sources(new)
    for name in sorted(kept.keys() | came.keys()):
        if name not in kept or name not in came:
            yield Difference(Part.SECRET, name, new.name, kept.get(name, ""), came.get(name, ""))
        elif kept[name] != came[name] and not elsewhere:
            yield Difference(Part.SOURCE, name, new.name, kept[name], came[name])
    for part, left, right in (
        (Part.FILES, old.variable_files or None, new.variable_files or None),
        (Part.CPU, old.cpu or None, new.cpu or None),
        (Part.RAM, old.memory, new.memory),
        (Part.RESERVATION, old.memory_reservation, new.memory_reservation),
    ):
        if left != right:
            yield Difference(part, "", new.name, _number(left), _number(right))


def _task(before: Definition, after: Definition, *, elsewhere: bool) -> Iterator[Difference]:
    whole = [
        (Part.CPU, before.cpu, after.cpu),
        (Part.RAM, before.memory, after.memory),
        (Part.MODE, before.network_mode, after.network_mode),
    ]
    if not elsewhere:
        whole += [
            (Part.ROLE, before.task_role, after.task_role),
            (Part.EXECUTION, before.execution_role, after.execution_role),
        ]
    for part, left, right in whole:
        if left != right:
            yield Difference(part, "", "", left, right)


def _network(before: Network | None, after: Network | None) -> Iterator[Difference]:
    if before is None or after is None:
        return
    for part, left, right in (
        (Part.SUBNETS, ", ".join(before.subnets), ", ".join(after.subnets)),
        (Part.GROUPS, ", ".join(before.security_groups), ", ".join(after.security_groups)),
        (Part.PUBLIC, _yes(before.public_ip), _yes(after.public_ip)),
    ):
        if left != right:
            yield Difference(part, "", "", left, right)


def _sources(container: DefinedContainer) -> Mapping[str, str]:
    return {secret.variable: secret.source for secret in container.secrets}


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _yes(value: bool) -> str:
    return "yes" if value else "no"
