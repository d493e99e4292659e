"""From nothing to a doctor that ends with 0, typed as docs/connect.md says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import httpx
import pytest

from tests.bot.cli.conftest import ROOT, Console
from tests.bot.cli.machine import Machine
from tests.scenarios.control import Control

PAGE = ROOT / "docs" / "connect.md"
HEADING = "## 6. The first hour, in the playground\n"


def test_the_documented_first_hour_ends_well(
    tmp_path: Path, control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = re.findall(r"^\| `lamplighter ([^`]+)` \|", PAGE.read_text().split(HEADING)[1], re.MULTILINE)
    assert [row.split()[0] for row in rows] == ["manifest", "init", "migrate", "apply", "doctor"]
    url = f"sqlite:///{tmp_path}/lamplighter.db"
    given = told(control)
    monkeypatch.chdir(tmp_path)
    for row in rows:
        typed, _, into = row.partition(" > ")
        said = Console(url, given)(*shlex.split(typed))
        assert said.code == 0, f"{row}\n{said.out}\n{said.err}"
        if into:
            (tmp_path / into).write_text(said.out)
    assert "FAIL" not in said.out


def told(control: Control) -> dict[str, str]:
    """The variables that the page evaluates: everything that the playground's own bot gets, except for the
    variables of its own place.
    """
    text = httpx.get(f"{control.get('')['url']}/playground/variables", trust_env=False, verify=False).text
    found = dict(shlex.split(line.removeprefix("export "))[0].split("=", 1) for line in text.splitlines())
    built = Machine(Path("/nowhere"), "", control).variables()
    assert built.keys() - found.keys() == {"PATH", "HOME", "LANG"}
    return found
