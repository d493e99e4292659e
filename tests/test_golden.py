"""No sentence stays in a golden file after its test is gone, and no sentence is repeated for each case."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FILES = sorted(TESTS.rglob("golden/*.ambr"))
NAME = re.compile(r"^# name: (\w+)", re.MULTILINE)
ENTRY = re.compile(r"^# name: (\w+)\[[^\n]*\](\.\d+)?\n(.*?)^# ---$", re.MULTILINE | re.DOTALL)
"""An entry of a parametrised test: the test's name, the number of the assert, and the text."""


def reading(test: Path) -> set[str]:
    """Return the tests of a file that take ``golden``."""
    functions = (node for node in ast.parse(test.read_text()).body if isinstance(node, ast.FunctionDef))
    given = {f.name: {a.arg for a in (*f.args.args, *f.args.kwonlyargs)} for f in functions}
    return {name for name, arguments in given.items() if "golden" in arguments}


@pytest.mark.parametrize("golden", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_each_golden_sentence_belongs_to_a_test_that_reads_it(golden: Path) -> None:
    test = golden.parents[1] / f"{golden.stem}.py"
    assert test.exists()
    assert set(NAME.findall(golden.read_text())) == reading(test)


@pytest.mark.parametrize("golden", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_a_sentence_that_all_cases_share_is_stored_once(golden: Path) -> None:
    said = defaultdict(list)
    for name, number, text in ENTRY.findall(golden.read_text()):
        said[name, number].append(text)
    alike = [name for (name, _), texts in said.items() if len(texts) > 1 and len(set(texts)) == 1]
    assert alike == [], "name what they say: golden(name=...)"
