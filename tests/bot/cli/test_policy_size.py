"""``lamplighter policy``: its size is printed next to it, and a policy that is too large is printed in
parts.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.bot.cli.conftest import EXAMPLE, Console


@pytest.fixture
def many(sqlite_console: Console, tmp_path: Path) -> Console:
    """Twelve environments with a cluster each and one role."""
    catalog = yaml.safe_load(EXAMPLE.read_text())
    own = {"role_arn": "arn:aws:iam::123456789012:role/lamplighter", "tasks": {}, "flags": {}}
    staging = catalog["environments"]["staging"] | own
    flush = staging["flush"]
    catalog["environments"] = {
        f"qa-{n}": staging | {"cluster": f"qa-{n}", "flush": flush | {"prefixes": [f"qa-{n}:"]}}
        for n in range(12)
    }
    catalog["schedules"], catalog["budgets"] = [], []
    path = tmp_path / "catalog.yaml"
    path.write_text(yaml.safe_dump(catalog))
    assert sqlite_console("apply", "--yes", str(path)).code == 0
    return sqlite_console


def test_a_policy_that_is_too_large_names_the_commands_for_its_parts(many: Console) -> None:
    said = many("policy")
    assert said.code == 0
    assert json.loads(said.out)["Statement"]
    assert "a managed policy may have 6,144" in said.err
    assert "`lamplighter policy -e qa-0 --part 1` to `--part 3`" in said.err
    sizes = [len("".join(many("policy", "-e", "qa-0", "--part", str(n)).out.split())) for n in (1, 2, 3)]
    assert max(sizes) <= 6_144
    assert sum(sizes) > 10_240


def test_a_part_that_does_not_exist_is_reported(many: Console) -> None:
    said = many("policy", "--part", "9")
    assert (said.code, said.out) == (1, "")
    assert "no part 9" in said.err


def test_a_policy_that_fits_says_so(sqlite_console: Console) -> None:
    sqlite_console("apply", "--yes", str(EXAMPLE))
    said = sqlite_console("policy", "-e", "qa-eu")
    assert "of the 6,144 characters that a managed policy may have" in said.err
    assert json.loads(said.out) == json.loads(sqlite_console("policy", "-e", "qa-eu", "--part", "1").out)
