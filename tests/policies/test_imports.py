"""The rules import the standard library and each other, and nothing that could reach outside."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import policies

FILES = sorted(Path(policies.__path__[0]).glob("**/*.py"))
REACHING = {
    "os",
    "subprocess",
    "socket",
    "logging",
    "threading",
    "time",
    "random",
    "secrets",
    "pathlib",
    "urllib.request",
}
CLOCKS = {"now", "utcnow", "today", "monotonic", "perf_counter"}


@cache
def _nodes(file: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(file.read_text())))


def _imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in _nodes(file):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "absolute imports only"
            names.add(node.module or "")
    return names


def test_every_import_is_of_the_standard_library_or_of_the_rules() -> None:
    tops = {file: {name.split(".")[0] for name in _imported(file)} for file in FILES}
    others = {file: found - sys.stdlib_module_names - {"policies"} for file, found in tops.items()}
    assert {file: found for file, found in others.items() if found} == {}


def test_nothing_that_reaches_outside_is_imported() -> None:
    assert {file: found for file in FILES if (found := _imported(file) & REACHING)} == {}


def test_no_rule_reads_a_clock() -> None:
    read = {file: {n.attr for n in _nodes(file) if isinstance(n, ast.Attribute)} & CLOCKS for file in FILES}
    assert {file: found for file, found in read.items() if found} == {}


def test_the_scan_finds_the_files_of_the_rules() -> None:
    assert len(FILES) > 10
