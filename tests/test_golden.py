"""No sentence stays in a golden file after the test that read it is gone."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FILES = sorted(TESTS.rglob("golden/*.ambr"))
NAME = re.compile(r"^# name: (\w+)", re.MULTILINE)


def reading(test: Path) -> set[str]:
    """The tests of a file that are given ``golden``."""
    functions = (node for node in ast.parse(test.read_text()).body if isinstance(node, ast.FunctionDef))
    return {f.name for f in functions if any(a.arg == "golden" for a in (*f.args.args, *f.args.kwonlyargs))}


@pytest.mark.parametrize("golden", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_each_sentence_is_of_a_test_that_reads_it(golden: Path) -> None:
    test = golden.parents[1] / f"{golden.stem}.py"
    assert test.exists()
    assert set(NAME.findall(golden.read_text())) == reading(test)
