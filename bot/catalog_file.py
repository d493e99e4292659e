"""Reads a catalog file (YAML). A mistake refuses the file whole, naming line and field."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from bot.catalog_rows import CatalogFile
from policies.access.people import Role
from policies.catalog.schedules import misread
from policies.catalog.values import Wanted

LARGEST = 1_000_000
"""Bytes; a catalog of a thousand environments has a third of that."""
MOST_NODES = 100_000
"""Values after aliases are written out: a few lines of aliases can stand for billions."""
DEEPEST = 20

Path_ = tuple[str, ...]
Lines = Mapping[Path_, int]


class CatalogFileError(Exception):
    """The file is not a catalog. ``problems`` are sentences, each with its line and field."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class _Loader(yaml.SafeLoader):
    """Leaves dates as they are written: YAML's own reading of an impossible one knows no line.

    Not libyaml's loader, which is faster: it ends the process on a file that is nested deeply enough.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012  # the library's own class attribute
        first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def load(path: Path, *, team: str = "", operations: Collection[str] = ()) -> Wanted:
    """The catalog the file describes; ``CatalogFileError`` with every mistake found.

    ``team``: the only team its people may be of. ``operations``: the names ``open_to`` may hold. Empty: any.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise CatalogFileError([f"{path}: is larger than {LARGEST} bytes"])
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CatalogFileError([f"{path}: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise CatalogFileError([f"{path}: is not UTF-8 text"]) from None
    return parse(text, team=team, operations=operations)


def parse(text: str, *, team: str = "", operations: Collection[str] = ()) -> Wanted:
    try:
        lines, values = _read(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise CatalogFileError([_yaml_problem(error)]) from None
    if not isinstance(values, dict):
        raise CatalogFileError(["line 1: the file is not a mapping with version, team, environments, grants"])
    try:
        read = CatalogFile.model_validate(values)
    except ValidationError as error:
        raise CatalogFileError([_problem(e, lines) for e in error.errors(include_url=False)]) from None
    if problems := _mistakes(read, lines, team, operations):
        raise CatalogFileError(problems)
    return read.wanted()


def _read(text: str) -> tuple[Lines, Any]:
    """Where each field stands, and what the file says. It is composed once, and weighed before anything is
    made of it."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines = _located(node)
        return lines, None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def _located(root: Any) -> Lines:
    """Line of every field. A key written twice is refused (YAML would keep only the last)."""
    lines: dict[Path_, int] = {(): 1}
    twice: list[str] = []
    todo: list[tuple[Any, Path_]] = [(root, ())] if root is not None else []
    while todo:
        node, path = todo.pop()
        if len(lines) > MOST_NODES or len(path) > DEEPEST:
            raise CatalogFileError([f"line {_line(node)}: the file is too deep, or stands for too much"])
        lines.setdefault(path, _line(node))
        if isinstance(node, yaml.MappingNode):
            twice += _keys(node, path, lines)
            todo += [(value, (*path, str(key.value))) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            todo += [(value, (*path, str(index))) for index, value in enumerate(node.value)]
    if twice:
        raise CatalogFileError(sorted(twice))
    return lines


def _keys(node: yaml.MappingNode, path: Path_, lines: dict[Path_, int]) -> list[str]:
    """Record the lines of a mapping's keys; a sentence for each that was there before."""
    seen: set[str] = set()
    twice = []
    for key, _ in node.value:
        name = str(key.value)
        if name in seen:
            twice.append(f"line {_line(key)}: {'.'.join((*path, name))} is written twice")
        seen.add(name)
        lines[(*path, name)] = _line(key)
    return twice


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _mistakes(read: CatalogFile, lines: Lines, team: str, operations: Collection[str]) -> list[str]:
    """What is wrong between rows that are each well by themselves."""
    found: list[tuple[Path_, str]] = []
    if team and read.team != team:
        found.append((("team",), f"{read.team} is not {team}, the team this bot serves"))
    for name, row in read.environments.items():
        unknown = sorted(set(row.open_to) - set(operations)) if operations else []
        found += [(("environments", name, "open_to"), f"there is no operation {word!r}") for word in unknown]
    found += _between_grants(read)
    wanted = read.wanted()
    wrong = misread(wanted.schedules, wanted.environments)
    found += [(("schedules", str(position), "environments"), said) for position, said in wrong]
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


def _problem(error: Mapping[str, Any], lines: Lines) -> str:
    path = tuple(str(p) for p in error["loc"] if p != "[key]")
    said = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "string_pattern_mismatch":
        said = f"{error['input']!r} is not of the expected form {error['ctx']['pattern']}"
    elif error["type"] == "extra_forbidden":
        said = f"there is no such field{_nearest(path)}"
    elif error["type"] == "string_type":
        said = "must be text; put it in quotes"
    elif error["type"] == "missing":
        said = "is missing"
    return _told(path, said, lines)


def _nearest(path: Path_) -> str:
    close = difflib.get_close_matches(path[-1], CatalogFile.field_names(), n=1)
    return f"; perhaps {close[0]}" if close else ""


def _told(path: Path_, said: str, lines: Lines) -> str:
    known = path
    while known not in lines:
        known = known[:-1]
    return f"line {lines[known]}: {'.'.join(path) or 'file'}: {said}"


def _yaml_problem(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}: " if mark else ""
    return where + re.sub(r"\s+", " ", str(getattr(error, "problem", "") or "is not YAML"))
