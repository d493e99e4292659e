"""Whether an environment was made for a branch or a pull request, judged by the tags of its services.

A pull request says more than its branch, so a pull request wins, whichever tag is read first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

_FROM = "(?:git|github|gitlab|bitbucket|azure|vcs|scm|ci|source|src|head|feature|preview|deployed|commit)*"
"""Prefixes that people put before the word in a key: ``gitlab_mr``, ``CI_COMMIT_REF_NAME``."""
_PULL_REQUEST = re.compile(
    _FROM + "(?:pr|mr|pull|pullrequest|mergerequest)(?:id|iid|no|nr|num|number|url|link|ref|name)?"
)
_BRANCH = re.compile(_FROM + "(?:branch|ref)(?:name|slug)?")
_SEPARATORS = re.compile(r"[^a-z0-9]")
_PARTS = re.compile(r"[:/.]")
_NAMED = re.compile(r"(?:pr|mr|pull|pull-request|merge-request)-?(\d+)")
_NUMBERED = (
    re.compile(r"(?:^|[/_ .-])(?:pr|mr|pulls?|(?:pull|merge)[-_ ]?requests?)[/_ :=-]?[#!]?(\d{1,7})(?!\w)"),
    re.compile(r"^[#!]?(\d{1,7})(?!\w)(?!-\d\d-\d\d)"),
    re.compile(r"[#!](\d{1,7})$"),
)
"""The forms are ``https://…/pull/142/files``, ``PR-142``, ``refs/pull/142/merge``; ``142``, ``#142``, ``142:
fix totals``, but no date; ``acme/shop#142``.
"""
_PULLED = re.compile(r"^(?:refs/)?(?:pull|pull-requests|merge-requests)/(\d{1,7})(?:/\w+)?$")
"""A ref that a forge keeps for a pull request."""
_PREFIXES = re.compile(r"^(?:refs/heads/|(?:refs/)?remotes/|origin/)+")
_NO_BRANCH = re.compile(r"refs/.*|[0-9a-f]{7,64}|v?\d+(?:\.\d+)+", re.IGNORECASE)
"""A Git tag, a commit or a version."""
_NOTHING = frozenset({"-", "none", "null", "nil", "n/a", "na", "no", "false", "true", "undefined", "unknown"})
_LASTING = frozenset(
    (
        *("main", "master", "trunk", "mainline", "default", "head", "develop", "development", "dev", "test"),
        *("testing", "qa", "uat", "integration", "staging", "stage", "preprod", "pre-production"),
        *("production", "prod", "live", "release"),
    )
)
"""Branches that are not made for one change."""
_LONGEST = 60
"""The most characters of a branch that are shown."""


def made_for(tags: Iterable[Mapping[str, str]], named: Iterable[str] = ()) -> str:
    """Return *pull request 142* or *branch fix-totals*; empty if nothing names one. ``named``: the names that
    select the environment, such as ``pr-142``.
    """
    pairs = [(key, value.strip()) for each in tags for key, value in sorted(each.items())]
    named_so = (match[1] for name in named if (match := _NAMED.fullmatch(name.lower())))
    numbers = (number for each in (*_pull_requests(pairs), *named_so) if (number := int(each)))
    if number := next(numbers, 0):
        return f"pull request {number}"
    branch = next(_branches(pairs), "")
    return f"branch {branch[:_LONGEST]}" if branch else ""


def _pull_requests(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the numbers as written."""
    for key, value in pairs:
        if _says(_PULL_REQUEST, key):
            yield from (found[1] for form in _NUMBERED if (found := form.search(value.lower())))
        elif _says(_BRANCH, key) and (found := _PULLED.match(value.lower())):
            yield found[1]


def _branches(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for key, value in pairs:
        branch = _PREFIXES.sub("", value)
        lasting = branch.lower() in _LASTING | _NOTHING or _NO_BRANCH.fullmatch(branch)
        if branch and not lasting and _says(_BRANCH, key):
            yield branch


def _says(what: re.Pattern[str], key: str) -> bool:
    """Whether a key names that thing. The last part of the key counts, or the last two together:
    ``acme:git-branch`` is a branch, ``acme:pr/number`` a pull request.
    """
    parts = [_SEPARATORS.sub("", part) for part in _PARTS.split(key.lower())]
    return any(what.fullmatch("".join(parts[-last:])) for last in (1, 2))
