"""What `make demo` and `make test` install: one set of locked versions, everything that is imported, by uv or
by pip.
"""

from __future__ import annotations

import ast
import re
import runpy
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "requirements"
RUN_BY_THE_DEMO = ("playground", "bot", "handlers", "policies", "migrations")


def pinned(name: str) -> set[str]:
    """Return the pins, like ``moto==5.2.5``."""
    return set(re.findall(r"^(\S+==\S+)", (LOCKS / name).read_text(), re.MULTILINE))


@pytest.mark.parametrize(("part", "whole"), [("run.txt", "demo.txt"), ("demo.txt", "dev.txt")])
def test_a_smaller_lock_is_part_of_the_larger_one_with_the_same_versions(part: str, whole: str) -> None:
    assert pinned(part) < pinned(whole)


@pytest.mark.parametrize("name", ["run.txt", "demo.txt", "dev.txt", "build.txt"])
def test_a_lock_has_a_hash_for_each_version_and_names_no_host(name: str) -> None:
    text = (LOCKS / name).read_text()
    entries = re.split(r"\n(?! )", text.strip())
    assert [entry.split()[0] for entry in entries if " --hash=sha256:" not in entry] == []
    assert not re.search(r"://|index|find-links", text)


def test_the_demo_installs_all_that_the_playground_and_the_bot_import() -> None:
    found = packages_distributions()
    there = {re.split(r"[=\[]", pin)[0].lower() for pin in pinned("demo.txt")}
    files = [path for name in RUN_BY_THE_DEMO for path in (ROOT / name).rglob("*.py")]
    outside = {top for path in files for top in imported(path)} - set(RUN_BY_THE_DEMO)
    missing = {top for top in outside if not {re.sub("_", "-", d).lower() for d in found[top]} & there}
    assert len(outside) > 15
    assert missing == set()


def imported(path: Path) -> set[str]:
    """Return the top-level names of imported third-party packages, without imports for types alone."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return {top for top in found - sys.stdlib_module_names if not top.startswith("mypy_boto3_")}


@pytest.fixture
def install() -> Any:
    return runpy.run_path(str(LOCKS / "install.py"))["install"]


def program(path: Path, *, code: int) -> Path:
    """Write a program that records its arguments in a file next to itself and ends with that code."""
    path.write_text(f'#!/bin/sh\necho "$@" >> "$0.calls"\nexit {code}\n')
    path.chmod(0o755)
    return path


def calls(path: Path) -> list[str]:
    kept = path.with_name(f"{path.name}.calls")
    return kept.read_text().splitlines() if kept.exists() else []


@pytest.mark.parametrize(("code", "said"), [(0, "with uv … 0"), (1, "uv could not, so pip tries.")])
def test_uv_installs_if_present_and_pip_if_uv_failed(
    install: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    code: int,
    said: str,
) -> None:
    folder = tmp_path / "with spaces"
    folder.mkdir()
    uv, python = program(folder / "uv", code=code), program(folder / "python", code=0)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    install(str(python), "2 packages", ["-r", "some.txt"])
    assert calls(uv) == [f"pip install --python {python} --quiet --no-deps -r some.txt"]
    assert said in capsys.readouterr().out
    assert [call.endswith("-r some.txt") for call in calls(python)] == [False, True] * code


def test_pip_installs_if_there_is_no_uv(
    install: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = program(tmp_path / "python", code=0)
    monkeypatch.setenv("PATH", "/nowhere")
    install(str(python), "2 packages", ["-r", "some.txt"])
    assert calls(python)[-1].startswith("-m pip install --disable-pip-version-check --no-compile")
