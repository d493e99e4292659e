"""What is taken out of text before a whole channel sees it: which roles, secrets and accounts there are.

These are for admins, who find them in step evidence and audit entries; there the text is kept whole, only
redacted. Names of services, clusters, repositories, tags and digests stay, so that the text still helps.
Total: never raises. Idempotent. Linear in the length of the text.
"""

from __future__ import annotations

import re

ROLE, SECRET, ACCOUNT, RESOURCE = "(a role)", "(a secret)", "(an account)", "(a resource)"
UNSETTLED = "(not shown)"

_PASSES = 6
"""Taking one thing out may join what stood around it; text that is not settled by then is not shown."""
_CALLERS = frozenset({"iam", "sts"})
_SECRETS = frozenset({"secretsmanager", "ssm", "kms"})

_SEP = re.compile(r":|%3a", re.IGNORECASE)
_SLASH = re.compile(r"/|%2f", re.IGNORECASE)
_ARN = re.compile(
    r"arn(?::|%3a)aws[a-z-]{0,20}(?::|%3a)((?:(?!arn(?::|%3a)aws)[^\s\"'<>()\[\]{}`|;\\])*)", re.IGNORECASE
)
"""An ARN of any partition, also one that ECS cut short or that stands in a URL, to where the next begins."""
_NAMED_ROLE = re.compile(r"\b(?:assumed-role/|role with name )[\w+=,.@/-]*\w", re.IGNORECASE)
_REGISTRY = re.compile(
    r"(?:https?://)?(?<![0-9a-z])[0-9]{12}\.dkr[.-]ecr(?:-fips)?(?:\.[a-z0-9-]{1,63}){1,6}(?::443)?/",
    re.IGNORECASE,
)
_MINUTE = r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[01][0-9]|2[0-3])[0-5][0-9]"
_ACCOUNT = re.compile(
    rf"(?:(?<![0-9a-z])|(?<=%3a))"
    rf"(?<![0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-)"
    rf"(?!(?<=[0-9a-z][:-]){_MINUTE}(?![0-9]))[0-9]{{12}}(?![0-9a-z])",
    re.IGNORECASE,
)
"""Twelve digits that stand alone; not the end of a UUID, not the minute of a build (*web:202611210943*)."""


def public(text: str) -> str:
    """The text without role names, secret ARNs and account ids.

    Other ARNs are shortened to their last part; an image keeps repository, tag and digest.
    """
    for _ in range(_PASSES):
        after = _once(text)
        if after == text:
            return text
        text = after
    return UNSETTLED


def _once(text: str) -> str:
    text = _ARN.sub(_arn, text)
    text = _NAMED_ROLE.sub(ROLE, text)
    return _ACCOUNT.sub(ACCOUNT, _REGISTRY.sub("", text))


def _arn(match: re.Match[str]) -> str:
    """What stands for one ARN, and the punctuation of the sentence around it."""
    body = match.group(1).rstrip(",.:?!")
    after = match.group(1)[len(body) :].replace("::", "")
    service, *rest = _SEP.split(body, maxsplit=3)
    if service.lower() in _CALLERS:
        return ROLE + after
    if service.lower() in _SECRETS:
        return SECRET + after
    resource, comma, more = rest[2].partition(",") if len(rest) > 2 else ("", "", "")
    return _last_part(resource) + comma + more + after


def _last_part(resource: str) -> str:
    """*web* of *service/staging/web*, *web:7* of *task-definition/web:7*, *orders* of *db:orders*."""
    parts = [p for p in _SLASH.split(resource) if p]
    if len(parts) == 1 and not resource.startswith("/"):
        parts = [p for p in _SEP.split(resource) if p and p != "*"]
    return parts[-1] if parts else RESOURCE
