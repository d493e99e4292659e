"""Shortens a policy, compares it with AWS's size limits, and splits it into several (facts/ecs 10.5)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

MANAGED, INLINE = 6_144, 10_240
"""Characters, without white space, of one managed policy and of all inline policies of a role together."""
MOST_ATTACHED = 10
"""Managed policies on a role, unless AWS raises the limit on request."""
Document = dict[str, Any]
Statement = dict[str, Any]


def size(document: Document) -> int:
    """The size of a policy as AWS counts it."""
    return len("".join(json.dumps(document, separators=(",", ":")).split()))


def joined(statements: Iterable[Statement]) -> list[Statement]:
    """Make one statement of those that differ only in their actions: the same resources and conditions need
    not be written twice in a policy that must stay short (facts/ecs 10.5), and IAM reads both alike.
    """
    found: dict[str, Statement] = {}
    for statement in statements:
        rest = {name: value for name, value in statement.items() if name not in ("Sid", "Action")}
        alike = found.setdefault(json.dumps(rest, sort_keys=True), statement)
        if alike is not statement:
            alike["Sid"] = f"{alike['Sid']}And{statement['Sid']}"
            alike["Action"] = sorted({*alike["Action"], *statement["Action"]})
    return list(found.values())


def parts(document: Document) -> list[Document]:
    """Split the statements into documents that each fit a managed policy. Together on one role, the documents
    say the same as the one: IAM applies every allowance and every denial of all of them. A statement that is
    too large for one document is split by its resources.
    """
    found: list[list[Statement]] = [[]]
    for statement in document["Statement"]:
        for piece in _pieces(statement):
            if found[-1] and size(_of(document, [*found[-1], piece])) > MANAGED:
                found.append([])
            found[-1].append(piece)
    return [_of(document, statements) for statements in found]


def _of(document: Document, statements: list[Statement]) -> Document:
    return {**document, "Statement": statements}


def _pieces(statement: Statement) -> Iterator[Statement]:
    resources = statement["Resource"]
    if size({"Version": "2012-10-17", "Statement": [statement]}) <= MANAGED or len(resources) < 2:
        yield statement
        return
    half = len(resources) // 2
    for letter, some in (("A", resources[:half]), ("B", resources[half:])):
        yield from _pieces({**statement, "Sid": f"{statement['Sid']}{letter}", "Resource": some})


def advice(document: Document, command: str) -> str:
    """Say how large the policy is, and what to do if it is too large. ``command`` is the command that prints
    it.
    """
    count = size(document)
    if count <= MANAGED:
        return (
            f"{count:,} of the {MANAGED:,} characters that a managed policy may have (white space is free)."
        )
    large = f"{count:,} characters, and a managed policy may have {MANAGED:,}."
    pieces = parts(document)
    if len(pieces) > MOST_ATTACHED or any(size(piece) > MANAGED for piece in pieces):
        return f"{large} A role takes {MOST_ATTACHED}: give some of its environments a role of their own."
    numbers = f"`{command} --part 1` to `--part {len(pieces)}`"
    inline = f" Or put it into the role as its inline policy ({INLINE:,} in all)." if count <= INLINE else ""
    return f"{large} Attach {len(pieces)} to the role: {numbers}.{inline}"
