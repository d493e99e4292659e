"""Whom to ask about an environment. An owner is a contact and has no rights by that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from policies.access.decision import Allowed
from policies.access.people import Home, SlackAccount, admit
from policies.orphans.evidence import Owner, Standing
from policies.service.environment import Environment

_SLACK_ID = re.compile(r"(?:<@)?([UW][A-Z0-9]{2,})(?:\|[^<>]*)?>?")
_OWNER_TAG = re.compile(r"(?:.*[:/])?(?:owner|owned-?by|contact)", re.IGNORECASE)
_GONE = frozenset({"people.deactivated"})


@dataclass(frozen=True)
class Owned:
    """An owner that was set in Slack: whom to ask about an environment. ``team`` and ``user`` are Slack ids.
    ``by_name``: who set the owner.
    """

    environment: str
    team: str
    user: str
    name: str
    by: str
    by_name: str
    at: datetime


@dataclass(frozen=True)
class Contact:
    """A person or team to ask. ``user``: a Slack id; empty if only a name is known. ``in_file``: whether the
    catalog file names the contact.
    """

    name: str
    user: str = ""
    in_file: bool = False
    owned: Owned | None = None


def contact(environment: Environment, owned: Owned | None) -> Contact | None:
    """Return whom to ask: the owner in the catalog file, else the owner set in Slack. ``None`` if nobody is
    named.
    """
    named = environment.owner.strip()
    if named:
        return Contact(named, slack_id(named), in_file=True)
    return Contact(owned.name, owned.user, owned=owned) if owned else None


def tagged(tags: Iterable[Mapping[str, str]]) -> Contact | None:
    """Return the contact that the tags of the environment's services name, if nothing else names one."""
    for each in tags:
        for key, value in sorted(each.items()):
            if _OWNER_TAG.fullmatch(key) and value.strip():
                return Contact(value.strip(), slack_id(value))
    return None


def slack_id(text: str) -> str:
    """Return the Slack id (``U…`` or ``W…``) in a text, also from a mention; empty for any other text."""
    found = _SLACK_ID.fullmatch(text.strip())
    return found[1] if found else ""


def standing(known: Contact | None, account: SlackAccount | None, home: Home) -> Owner | None:
    """Return how an owner stands. ``account``: what Slack says of the contact's id, if the contact has one.
    ``None`` if nobody can tell now.
    """
    if known is None:
        return Owner(Standing.MISSING)
    if not known.user:
        return Owner(Standing.THERE, known.name)
    if account is None:
        return None
    if account.missing:
        return Owner(Standing.GONE, known.name, known.user)
    decision, name = admit(account, home), account.name or known.name
    if isinstance(decision, Allowed) or decision.rule not in _GONE:
        return Owner(Standing.THERE, name, known.user)
    return Owner(Standing.DEACTIVATED, name, known.user)
