"""What a name says about whether something is production. A name that says nothing counts as production."""

from __future__ import annotations

import re

from policies.catalog.found import words
from policies.service.environment import Tier

PRODUCTION = frozenset({"prod", "prods", "production", "prd", "live"})
NONPRODUCTION = frozenset(
    {"ci", "demo", "dev", "devel", "develop", "development", "e2e", "nonprod", "playground", "preprod"}
    | {"preview", "qa", "sandbox", "sbx", "stag", "stage", "staging", "stg", "test", "testing", "tests"}
    | {"tst", "uat"}
)
"""Words that are hardly ever the name of what a company sells; *review* or *training* may be."""
_PULL_REQUEST = re.compile(r"(?i)(?<![a-z])pr-?[0-9]+")


def tier_of(*names: str) -> tuple[Tier, str]:
    """By its tag's value and the names of its clusters, with the reason. If any of them says production,
    it is."""
    for name in names:
        if found := PRODUCTION.intersection(words(name)):
            return Tier.PRODUCTION, f'"{sorted(found)[0]}" stands in {name}'
    for name in names:
        if found := NONPRODUCTION.intersection(words(name)):
            return Tier.NONPRODUCTION, f'"{sorted(found)[0]}" stands in {name}'
        if _PULL_REQUEST.search(name):
            return Tier.NONPRODUCTION, f"{name} is named after a pull request"
    return Tier.PRODUCTION, "nothing says that it is not production"
