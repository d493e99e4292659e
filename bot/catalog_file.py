"""Reads a catalog file (YAML). A mistake refuses the whole file, and is named by line and field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.catalog_rows import CatalogFile
from bot.catalog_yaml import LARGEST, CatalogFileError, Lines, Path_, content, read, said
from policies.access.people import Role
from policies.access.safeguards import NEVER
from policies.catalog import budgets, forms, terminals
from policies.catalog.schedules import misread
from policies.catalog.values import Wanted

__all__ = ["LARGEST", "CatalogFileError", "load", "parse"]

SENTENCES = {
    "bool_type": "write true or false, without quotes",
    "dict_type": "is a mapping: its fields, each on a line of its own below it",
    "list_type": "is a list: write [one, another], or each on a line of its own after a dash",
    "missing": "is missing",
    "model_type": "is a mapping: its fields, each on a line of its own below it",
    "too_short": "is an empty list; name at least one",
}
"""Our own sentences for the library's errors. Any other error keeps the library's words."""


def load(path: Path, *, team: str = "", operations: Collection[str] = ()) -> Wanted:
    """The catalog that the file describes. Raise ``CatalogFileError`` with every mistake found.

    ``team`` is the only team whose people the file may name. ``operations`` are the names that ``open_to``
    may hold. If empty, anything is allowed.
    """
    return parse(content(path), team=team, operations=operations)


def parse(text: str, *, team: str = "", operations: Collection[str] = ()) -> Wanted:
    lines, values = read(text)
    if not isinstance(values, dict):
        raise CatalogFileError(["line 1: the file is not a mapping with version, team, environments, grants"])
    try:
        rows = CatalogFile.model_validate(values)
    except ValidationError as error:
        raise CatalogFileError([_problem(e, lines) for e in error.errors(include_url=False)]) from None
    if problems := _mistakes(rows, lines, team, operations):
        raise CatalogFileError(problems)
    return rows.wanted()


def _mistakes(read: CatalogFile, lines: Lines, team: str, operations: Collection[str]) -> list[str]:
    """Mistakes between rows that are each valid by themselves."""
    found: list[tuple[Path_, str]] = []
    if team and read.team != team and read.team[0] == team[0]:
        # a workspace and an organisation may belong together: only Slack can say
        found.append((("team",), f"{read.team} is not {team}, the team this bot serves"))
    for name, row in read.environments.items():
        unknown = sorted(set(row.open_to) - set(operations)) if operations else []
        where = ("environments", name, "open_to")
        found += [(where, f"there is no operation {word!r}{_near(word, operations)}") for word in unknown]
        never = sorted(set(row.open_to) & set(NEVER)) if row.environment(name).production else []
        found += [(where, f"production cannot be opened to {word!r}: {NEVER[word]}") for word in never]
    found += _between_grants(read)
    wanted = read.wanted()
    wrong = misread(wanted.schedules, wanted.environments)
    found += [(("schedules", str(position), "environments"), said) for position, said in wrong]
    wrong = budgets.misread(wanted.budgets, wanted.environments)
    found += [(("budgets", str(position), "environments"), said) for position, said in wrong]
    wrong = terminals.misread(wanted.terminals)
    found += [(("terminals", str(position), "arn"), said) for position, said in wrong]
    return [_told(path, said, lines) for path, said in found]


def _between_grants(read: CatalogFile) -> list[tuple[Path_, str]]:
    found: list[tuple[Path_, str]] = []
    seen: set[tuple[str, str]] = set()
    for index, row in enumerate(read.grants):
        grant, path = row.grant(read.team), ("grants", str(index))
        if grant.role is Role.ADMIN and row.group and not read.settings.group_admins:
            found.append((path, "a user group is given admin only if settings.group_admins is true"))
        if (grant.subject, grant.pattern) in seen:
            found.append((path, f"{grant.subject} has a grant on {grant.pattern!r} already"))
        seen.add((grant.subject, grant.pattern))
    return found


def _near(word: str, known: Collection[str]) -> str:
    return forms.nearest(word, sorted(known))


def _problem(error: Mapping[str, Any], lines: Lines) -> str:
    path = tuple(str(p) for p in error["loc"] if p != "[key]")
    sentence = SENTENCES.get(error["type"]) or str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "list_type" and isinstance(error["input"], str):
        sentence = f"is a list: write [{error['input'][: forms.LONGEST_SHOWN]}]"
    if error["type"] == "literal_error":
        sentence = _one_of(error["ctx"]["expected"].replace("'", ""), error["input"])
    if error["type"] in ("extra_forbidden", "invalid_key"):
        sentence = f"there is no such field{_meant(path)}"
    return _told(path, sentence, lines)


def _one_of(words: str, written: object) -> str:
    """The sentence for a word that is not allowed. ``words`` are the allowed ones, as *viewer, developer or
    admin*.
    """
    if not isinstance(written, str):
        return f"is empty; write {words}" if written is None else f"write {words}"
    near = forms.nearest(written, words.replace(" or ", ", ").split(", ")) if written else ""
    return f"{forms.shown(written)}: write {words}{near}"


def _meant(path: Path_) -> str:
    """A hint at the nearest field that exists at this place, or at the place where a field of this name
    belongs.
    """
    *above, name = path
    here = _row_at(above)
    word = name.replace("-", "_").lower()
    homes = [where for where, row in CatalogFile.rows().items() if word in row.model_fields]
    near = forms.nearest(word, list(here.model_fields) if here else [], cutoff=0.85 if homes else 0.6)
    return near or (f"; it is a field of {homes[0]}" if homes else "")


_ROWS: Mapping[tuple[str, ...], str] = {
    ("environments", "*"): "an environment",
    ("environments", "*", "tag"): "tag",
    ("environments", "*", "flags", "*"): "a flag",
    ("environments", "*", "flags", "*", "appconfig"): "appconfig",
    ("environments", "*", "tasks", "*"): "a task",
    ("environments", "*", "tasks", "*", "parameters", "*"): "a parameter",
    ("grants", "*"): "a grant",
    ("schedules", "*"): "a schedule",
    ("budgets", "*"): "a budget",
    ("terminals", "*"): "a terminal",
    ("settings",): "settings",
}
"""Where the rows of each kind stand; ``*`` is any name or number."""


def _row_at(path: list[str]) -> type[BaseModel] | None:
    """The kind of row at a path such as ``environments, staging, tag``."""
    if not path:
        return CatalogFile
    for where, kind in _ROWS.items():
        if len(where) == len(path) and all(a in ("*", b) for a, b in zip(where, path, strict=True)):
            return CatalogFile.rows()[kind]
    return None


def _told(path: Path_, sentence: str, lines: Lines) -> str:
    known = path
    while known not in lines:
        known = known[:-1]
    return f"{said(lines[known], path)} {sentence}"
