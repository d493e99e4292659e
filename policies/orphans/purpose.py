"""Whether an environment was made for a branch or a pull request, by the tags of its services."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_PULL_REQUESTS = frozenset({"pr", "prnumber", "pullrequest", "pullrequestnumber", "mr", "mergerequest"})
_BRANCHES = frozenset({"branch", "gitbranch", "branchname", "ref", "gitref"})
_LASTING = frozenset({"main", "master", "trunk", "develop", "dev", "staging", "stage", "production", "prod"})
"""Branches that are not made for one change."""
_SEPARATORS = re.compile(r"[^a-z0-9]")
_NAMED = re.compile(r"(?:pr|mr|pull|pull-request)-?(\d+)")
_NUMBER = re.compile(r"\d{1,7}")


def made_for(tags: Iterable[Mapping[str, str]], named: Iterable[str] = ()) -> str:
    """*pull request 142* or *branch fix-totals*; empty where nothing says so. ``named``: what it is picked
    by, such as ``pr-142``."""
    found = [*(_tagged(key, value) for each in tags for key, value in sorted(each.items()))]
    found += [f"pull request {match[1]}" for name in named if (match := _NAMED.fullmatch(name.lower()))]
    return next(filter(None, found), "")


def _tagged(key: str, value: str) -> str:
    """A key's last part counts: ``acme:git-branch`` is a branch."""
    bare = _SEPARATORS.sub("", re.split(r"[:/]", key.lower())[-1])
    value = value.strip()
    if bare in _PULL_REQUESTS and (number := _NUMBER.search(value)):
        return f"pull request {number[0]}"
    branch = value.removeprefix("refs/heads/")
    if bare in _BRANCHES and branch and branch.lower() not in _LASTING:
        return f"branch {branch[:60]}"
    return ""
