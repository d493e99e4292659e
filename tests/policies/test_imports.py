"""The rules import the standard library and each other, and nothing that could reach outside."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_every_import_is_of_the_standard_library_or_of_the_rules(file: Path) -> None:
    tops = {name.split(".")[0] for name in _imported(file)}
    assert tops <= sys.stdlib_module_names | {"policies"}


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_nothing_that_reaches_outside_is_imported(file: Path) -> None:
    assert not _imported(file) & REACHING


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_no_rule_reads_a_clock(file: Path) -> None:
    read = {n.attr for n in _nodes(file) if isinstance(n, ast.Attribute)}
    assert not read & {"now", "utcnow", "today", "monotonic", "perf_counter"}


def test_the_scan_finds_the_files_of_the_rules() -> None:
    assert len(FILES) > 10
