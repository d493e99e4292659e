"""What the doctor says of a token's scopes."""

from __future__ import annotations

import pytest

from bot.cli.checks.slack import granted
from bot.slack.manifest import FILES, SCOPES, scopes

NEEDED = frozenset(scopes(groups=False, files=False))


@pytest.mark.parametrize(
    ("given", "well", "said"),
    [
        ({*NEEDED, FILES}, True, "no more"),
        (NEEDED, None, "cannot be downloaded"),
        (NEEDED - {"chat:write"}, False, "chat:write"),
        ({*SCOPES, "channels:history"}, None, "channels:history"),
        (set(), None, "did not say"),
    ],
    ids=["all", "no files", "one lacking", "one too many", "unknown"],
)
def test_what_lacks_and_what_is_too_much_is_named(given: set[str], well: bool | None, said: str) -> None:
    check = granted(",".join(sorted(given)), wanted=NEEDED)
    assert check.well is well
    assert said in check.said


def test_where_pictures_are_wanted_files_must_be_allowed() -> None:
    check = granted(",".join(NEEDED), wanted=frozenset({*NEEDED, FILES}))
    assert (check.well, FILES in check.said) == (False, True)
