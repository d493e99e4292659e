"""Terminals in a catalog file: whose grants they give, and what is refused by line and field."""

from __future__ import annotations

import pytest

from bot.catalog_file import CatalogFileError, parse
from policies.access.terminals import Terminal
from tests.golden import Golden

FILE = """\
version: 1
team: T0HOME
environments:
  staging: { tier: nonproduction, account: "123456789012", region: eu-central-1, cluster: staging }
grants:
  - { person: U0ADA, role: admin, environment: "*" }
terminals:
"""
DEV = "arn:aws:sts::123456789012:assumed-role/Developers/dev"


def test_a_row_gives_the_grants_of_a_person_of_the_team_or_of_a_console_name() -> None:
    rows = f"""\
  - {{ arn: "{DEV}", person: U0DEV }}
  - {{ arn: "arn:aws:sts::123456789012:assumed-role/Deploy/*", console: deploy }}
"""
    assert parse(FILE + rows).terminals == (
        Terminal(DEV, "slack:T0HOME:U0DEV"),
        Terminal("arn:aws:sts::123456789012:assumed-role/Deploy/*", "console:deploy"),
    )
    assert parse(FILE.replace("terminals:\n", "")).terminals == ()


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("nobody's grants", f'arn: "{DEV}"'),
        ("two subjects", f'arn: "{DEV}", person: U0DEV, console: deploy'),
        ("a group", f'arn: "{DEV}", group: S0TEAM'),
        ("no arn", "person: U0DEV"),
        ("a name", "arn: dev, person: U0DEV"),
        ("a role", 'arn: "arn:aws:iam::123456789012:role/Developers", person: U0DEV'),
        ("a part of a session", f'arn: "{DEV}-*", person: U0DEV'),
        ("a name for a person", f'arn: "{DEV}", person: dev'),
    ],
)
def test_a_mistake_is_named_by_line_and_field(kind: str, row: str, golden: Golden) -> None:
    with pytest.raises(CatalogFileError) as refused:
        parse(f"{FILE}  - {{ {row} }}\n")
    assert refused.value.problems == golden(name=kind)


def test_one_caller_has_one_row(golden: Golden) -> None:
    row = f'  - {{ arn: "{DEV}", person: U0DEV }}\n'
    with pytest.raises(CatalogFileError) as refused:
        parse(FILE + row + row)
    assert refused.value.problems == golden
