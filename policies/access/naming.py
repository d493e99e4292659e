"""How other environments are named where some readers may not know them."""

from __future__ import annotations

from collections.abc import Collection


def named(names: Collection[str], seen: Collection[str]) -> str:
    """Environments by name as far as they are ``seen``, and the number of the rest."""
    return listed(names, seen, "another environment", "other environments")


def listed(names: Collection[str], known: Collection[str], one: str, many: str) -> str:
    """At least one name. ``one`` and ``many`` stand for those that are not ``known``: ``one``, or ``3
    many``."""
    said = [f"`{name}`" for name in sorted(names) if name in known]
    hidden = len(names) - len(said)
    if hidden:
        said.append(one if hidden == 1 else f"{hidden} {many}")
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
