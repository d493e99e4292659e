"""Reads YAML from an untrusted source: bounded in time, memory and depth, with the line of each field.

Only what a catalog needs is accepted: mappings, lists, text, whole numbers, true, false and nothing.
Deliberately absent: PyYAML's constructors, which read a bare word as YAML 1.1 does and take numbers of any
length; and libyaml's loader, which is faster but ends the process on a file that is nested deeply enough.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LARGEST = 1_000_000
"""Bytes. A catalog of a thousand environments has a third of that."""
MOST_NODES = 100_000
MOST_TEXT = 4 * LARGEST
"""Values, and the characters in them, after aliases are expanded: a few lines can stand for billions."""
DEEPEST = 20
MOST_PARTS = 6
"""Parts of a field's path that a sentence shows."""
MOST_PROBLEMS = 100
PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
TAG = "tag:yaml.org,2002:"
MERGE = "merge"
"""The kind of the key ``<<``, which adds the fields of another mapping that this mapping does not have
itself.
"""
KINDS = frozenset({"str", "null", "bool", "int", "float", "timestamp", "value", "map", "seq"})
NO_NAME = "has a field whose name is a list or a mapping"

PARSER = (
    ("found character '\\t'", "has a tab before it; YAML is indented with spaces"),
    ("that cannot start any token", "begins with %; put the whole text in quotes"),
    ("found undefined alias", "*% stands for what is marked &% above, and nothing there is"),
    ("but found another document", "holds a second document (---); a catalog is one"),
    (
        "mapping values are not allowed here",
        "has a colon that begins no field; put the text in quotes, or indent it",
    ),
    ("could not find expected ':'", "is no field: there is no colon after it"),
    ("unexpected end of stream", "begins with a quote that is not closed"),
    ("expected <block end>", "is not indented like the lines above it"),
)
"""The parser's words, and the same in plain words; ``%`` is what the parser quotes."""
Path_ = tuple[str, ...]
Lines = Mapping[Path_, int]


class CatalogFileError(Exception):
    """The file is not a catalog. ``problems`` are sentences, each with its line and field."""

    def __init__(self, problems: Sequence[str]) -> None:
        more = len(problems) - MOST_PROBLEMS
        shown = (*problems[:MOST_PROBLEMS], *((f"and {more} more",) if more > 0 else ()))
        super().__init__("; ".join(shown))
        self.problems = shown


@dataclass(frozen=True, repr=False)
class Unquoted:
    """A bare word, as written, that YAML takes for a number, a date or a yes."""

    text: str

    def __repr__(self) -> str:
        """The bare word, because pydantic names a field of this name by its ``repr``."""
        return self.text


def content(path: Path) -> str:
    """The text of a regular file. Devices and pipes are refused, because reading them may never end, or never
    begin.
    """
    try:
        given = _bytes(path)
    except OSError as error:
        raise CatalogFileError([f"{path}: {error.strerror}"]) from None
    try:
        return given.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = given[: error.start].count(b"\n") + 1
        raise CatalogFileError([f"{path}: line {line}: is not UTF-8 text"]) from None


def _bytes(path: Path) -> bytes:
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            raise CatalogFileError([f"{path}: is {_kind(mode)} and not a file"])
        with os.fdopen(handle, "rb", closefd=False) as file:
            given = file.read(LARGEST + 1)
    finally:
        os.close(handle)
    if len(given) > LARGEST:
        raise CatalogFileError([f"{path}: is larger than {LARGEST} bytes"])
    return given


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device"


def read(text: str) -> tuple[Lines, Any]:
    """The line of each field, and what the file says: text, whole numbers, true, false, nothing, lists and
    mappings, and ``Unquoted`` for any other bare word. Raise ``CatalogFileError`` for anything else.
    """
    node = _composed(text)
    return _located(node), None if node is None else _made(node)


def place_for(text: str, name: str) -> tuple[int, bool] | None:
    """Where the list of that name begins, and whether it begins with a bracket (else with its first dash).
    ``None`` if there is no such list.
    """
    root = _composed(text)
    if not isinstance(root, yaml.MappingNode):
        return None
    node = next((value for key, value in root.value if key.value == name), None)
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        return None
    at = int(node.start_mark.index)
    return (at, bool(node.flow_style)) if text[at] in "[-" else None


def _composed(text: str) -> Any:
    loader = None
    try:
        loader = _Loader(text)
        return loader.get_single_node()
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise CatalogFileError([_yaml_problem(error, text, loader)]) from None
    finally:
        if loader is not None:
            loader.dispose()


class _Loader(yaml.SafeLoader):
    """Composes nodes and never constructs values. ``walked`` is the path of the node that is being composed;
    ``fell`` is the path at which an error was raised.
    """

    def __init__(self, text: str) -> None:
        self.walked: list[str] = []
        self.fell: Path_ | None = None
        self.count = 0
        super().__init__(text)

    def compose_node(self, parent: Any, index: Any) -> Any:
        key = isinstance(parent, yaml.MappingNode) and index is None
        if parent is not None and not key:
            self.walked.append(index.value if isinstance(index, yaml.ScalarNode) else str(index))
        try:
            where = self._weigh(key=key)
            node = super().compose_node(parent, index)
            _check(node, where, key=key)
        except Exception:
            self.fell = self.fell or tuple(self.walked)
            raise
        if parent is not None and not key:
            self.walked.pop()
        return node

    def _weigh(self, *, key: bool) -> str:
        """Check a node's limits before anything is made of it. Return where the node stands."""
        self.count += 1
        begun = self.peek_event()  # type: ignore[no-untyped-call]
        where = said(begun.start_mark.line + 1, self.walked)
        if key and not isinstance(begun, yaml.ScalarEvent | yaml.AliasEvent):
            raise CatalogFileError([f"{where} {NO_NAME}"])
        if len(self.walked) > DEEPEST:
            raise CatalogFileError([f"{where} is nested more than {DEEPEST} levels deep"])
        if self.count > MOST_NODES:
            raise CatalogFileError([f"{where} is beyond the {MOST_NODES} values that a catalog may have"])
        return where


def _check(node: Any, where: str, *, key: bool) -> None:
    kind = node.tag.removeprefix(TAG)
    if key and not isinstance(node, yaml.ScalarNode):
        raise CatalogFileError([f"{where} {NO_NAME}"])
    if kind not in KINDS and not (key and kind == MERGE):
        tag = node.tag.replace(TAG, "!!")[:60]
        raise CatalogFileError(
            [f"{where} has the tag {tag}, which means nothing here; write the value plainly"]
        )


def said(line: int, path: Sequence[str]) -> str:
    parts = [*path[:MOST_PARTS], "…"] if len(path) > MOST_PARTS else path
    return f"line {line}: {'.'.join(part[:60] for part in parts) or 'file'}:"


def _located(root: Any) -> Lines:
    """The line of every field. A key that is written twice is refused, because YAML would keep only the last.
    A node that is reached in several ways counts each time.
    """
    lines: dict[Path_, int] = {(): 1}
    twice: list[tuple[int, str]] = []
    todo: list[tuple[Any, Path_]] = [(root, ())] if root is not None else []
    nodes = letters = 0
    while todo:
        node, path = todo.pop()
        nodes, letters = nodes + 1, letters + (len(node.value) if isinstance(node, yaml.ScalarNode) else 0)
        if len(path) > DEEPEST:
            raise CatalogFileError([f"{said(_line(node), path)} is nested more than {DEEPEST} levels deep"])
        if nodes > MOST_NODES or letters > MOST_TEXT or len(twice) > MOST_PROBLEMS:
            raise CatalogFileError([f"{said(_line(node), path)} its aliases stand for too much"])
        lines.setdefault(path, _line(node))
        if isinstance(node, yaml.MappingNode):
            twice += _keys(node, path, lines)
            todo += [(value, (*path, key.value)) for key, value in node.value if not _merges(key)]
            todo += [(other, path) for other in _merged(node, path)]
        elif isinstance(node, yaml.SequenceNode):
            todo += [(value, (*path, str(index))) for index, value in enumerate(node.value)]
    if twice:
        raise CatalogFileError([sentence for _, sentence in sorted(twice)])
    return lines


def _keys(node: yaml.MappingNode, path: Path_, lines: dict[Path_, int]) -> list[tuple[int, str]]:
    """Record the lines of a mapping's keys. Return a sentence for each key that is written twice."""
    seen: set[str] = set()
    twice = []
    for key, _ in node.value:
        if key.value in seen:
            sentence = f"{said(_line(key), (*path, key.value)).removesuffix(':')} is written twice"
            twice.append((_line(key), sentence))
        seen.add(key.value)
        lines.setdefault((*path, key.value), _line(key))
    return twice


def _merges(key: yaml.ScalarNode) -> bool:
    return bool(key.tag == TAG + MERGE)


def _merged(node: yaml.MappingNode, path: Path_ = ()) -> list[yaml.MappingNode]:
    """The mappings whose fields this one takes over; the first wins. Raise ``CatalogFileError`` for anything
    that is not a mapping.
    """
    found: list[yaml.MappingNode] = []
    for value in (value for key, value in node.value if _merges(key)):
        found += value.value if isinstance(value, yaml.SequenceNode) else [value]
    if any(not isinstance(other, yaml.MappingNode) for other in found):
        raise CatalogFileError([f"{said(_line(node), path)} takes over (<<) what is no mapping"])
    return found


def _made(node: Any) -> Any:
    """The values of a node, which by now is known to be no deeper than ``DEEPEST``."""
    if isinstance(node, yaml.MappingNode):
        own = {_name(key): _made(value) for key, value in node.value if not _merges(key)}
        others = [_made(other) for other in _merged(node)]
        return {name: value for fields in (*reversed(others), own) for name, value in fields.items()}
    if isinstance(node, yaml.SequenceNode):
        return [_made(value) for value in node.value]
    return _scalar(node)


def _name(key: yaml.ScalarNode) -> object:
    """The name of a field. A name such as 142 is ``Unquoted``, because another reader of the file would take
    it for a number.
    """
    value = _scalar(key)
    return value if isinstance(value, str) else Unquoted(key.value)


def _scalar(node: yaml.ScalarNode) -> object:
    text = str(node.value)
    match node.tag.removeprefix(TAG):
        case "str" | "timestamp" | "value":
            return text
        case "null":
            return None
        case "bool" if text.lower() in ("true", "false"):
            return text.lower() == "true"
        case "int" if PLAIN.fullmatch(text):
            return int(text)
    return Unquoted(text)


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _yaml_problem(error: Exception, text: str, loader: _Loader | None) -> str:
    """A sentence in plain words from ``PARSER``, or else in the parser's own words, which speak of YAML and
    not of catalogs.
    """
    if isinstance(error, yaml.reader.ReaderError):
        line = text[: error.position].count("\n") + 1
        return f"line {line}: file: holds a character that is not text"
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else (loader.line + 1 if loader else 1)
    problem = re.sub(r"\s+", " ", str(getattr(error, "problem", "") or "is not YAML"))[:200]
    plain = next((told for words, told in PARSER if words in problem), "")
    found = re.search(r"'(.+?)'", problem)
    told = plain.replace("%", found[1] if found else "") or problem
    return f"{said(line, (loader.fell or ()) if loader else ())} {told}"
