"""The terminals of a catalog: their values, their form, how they differ, and the same in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policies.access.grants import Grant
from policies.access.terminals import EVERY_SESSION, Terminal
from policies.catalog.forms import Miswritten, shown

_NAME = r"[A-Za-z0-9_+=,.@-]"
"""IAM: the characters of the names of roles and users, and STS: those of a session (facts/ecs 10.3)."""
_START = r"arn:(aws[a-z-]*)"
_SESSION = re.compile(rf"{_START}:sts::[0-9]{{12}}:assumed-role/{_NAME}{{1,64}}/({_NAME}{{2,64}}|\*)")
_USER = re.compile(rf"{_START}:iam::[0-9]{{12}}:user/([!-~]{{1,510}}/)?{_NAME}{{1,64}}")
_ROLE = re.compile(rf"{_START}:iam::([0-9]{{12}}):role/(?:[!-~]{{1,510}}/)?({_NAME}{{1,64}})")


@dataclass(frozen=True)
class Changes:
    """``remove``: ARNs."""

    lines: tuple[str, ...]
    put: tuple[Terminal, ...]
    remove: tuple[str, ...]


def caller(text: str) -> str:
    """What STS calls somebody (GetCallerIdentity), as a row takes it. Raises ``Miswritten``."""
    if _SESSION.fullmatch(text) or (_USER.fullmatch(text) and "*" not in text):
        return text
    if role := _ROLE.fullmatch(text):
        partition, account, name = role.groups()
        meant = f"arn:{partition}:sts::{account}:assumed-role/{name}/SESSION"
        raise Miswritten(
            f"{shown(text)} is a role, and people act as sessions of it: write {meant}, with * for every one"
        )
    if "*" in text:
        raise Miswritten(
            f"{shown(text)}: * stands for a whole session at the end, as in assumed-role/Developers/*. "
            "Whoever takes on a role chooses the session's name, so a part of it proves nothing"
        )
    raise Miswritten(
        f"{shown(text)} is nobody that STS knows; write what `aws sts get-caller-identity` prints as Arn, "
        "such as arn:aws:sts::123456789012:assumed-role/Developers/dev"
    )


def terminal_values(row: Terminal) -> dict[str, Any]:
    return {"arn": row.arn, "subject": row.subject}


def terminal_of(values: Mapping[str, Any]) -> Terminal:
    """The inverse of ``terminal_values``."""
    return Terminal(values["arn"], values["subject"])


def misread(rows: Sequence[Terminal]) -> tuple[tuple[int, str], ...]:
    """Each mistake, as the position of its row and a sentence."""
    found: list[tuple[int, str]] = []
    for position, row in enumerate(rows):
        if any(row.arn == other.arn for other in rows[:position]):
            found.append((position, f"{row.arn} has the grants of somebody already"))
        try:
            caller(row.arn)
        except Miswritten as wrong:
            found.append((position, str(wrong)))
    return tuple(found)


def unmatched(rows: Iterable[Terminal], grants: Iterable[Grant]) -> tuple[str, ...]:
    """Rows that give nothing now. That is no mistake: a grant may come later, from Slack too."""
    known = {grant.subject for grant in grants}
    return tuple(
        f"{row.arn} may do nothing at a terminal: {row.subject} has no grant of their own"
        for row in rows
        if row.subject not in known
    )


def changes(current: Sequence[Terminal], wanted: Sequence[Terminal]) -> Changes:
    before = {row.arn: row for row in current}
    names = {row.arn for row in wanted}
    put = tuple(row for row in wanted if before.get(row.arn) != row)
    gone = tuple(row for row in current if row.arn not in names)
    lines = (*(_changed(before.get(row.arn), row) for row in put), *(f"- terminal {said(r)}" for r in gone))
    return Changes(lines, put, tuple(row.arn for row in gone))


def said(row: Terminal) -> str:
    """``every session of arn:aws:sts::…:assumed-role/Olu, with the grants of slack:T0HOME:U0OLU``."""
    role = row.arn.removesuffix(EVERY_SESSION)
    who = row.arn if role == row.arn else f"every session of {role}"
    return f"{who}, with the grants of {row.subject}"


def _changed(before: Terminal | None, after: Terminal) -> str:
    if before is None:
        return f"+ terminal {said(after)}"
    return f"~ terminal {after.arn} (grants of: {before.subject} -> {after.subject})"
