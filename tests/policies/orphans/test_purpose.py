"""Made for a branch or a pull request, by tags and names."""

from __future__ import annotations

import pytest

from policies.orphans.purpose import made_for


@pytest.mark.parametrize(
    ("tags", "named", "said"),
    [
        ({"pr": "142"}, "", "pull request 142"),
        ({"Pull-Request": "#142"}, "", "pull request 142"),
        ({"acme:pr_number": "refs/pull/142/merge"}, "", "pull request 142"),
        ({"branch": "fix-totals"}, "", "branch fix-totals"),
        ({"acme/git-branch": "refs/heads/fix-totals"}, "", "branch fix-totals"),
        ({"branch": "main"}, "", ""),
        ({"branch": " "}, "", ""),
        ({"pr": "none"}, "", ""),
        ({"product": "checkout", "project": "17"}, "", ""),
        ({}, "pr-142", "pull request 142"),
        ({}, "PR142", "pull request 142"),
        ({}, "pr-eview", ""),
        ({"environment": "staging"}, "staging", ""),
    ],
)
def test_what_it_was_made_for(tags: dict[str, str], named: str, said: str) -> None:
    assert made_for([tags], [named]) == said


def test_one_service_that_says_so_is_enough() -> None:
    assert made_for([{"a": "b"}, {"pr": "7"}]) == "pull request 7"
