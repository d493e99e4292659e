"""Composes the replies to whoever answers a finding, or asks who owns an environment."""

from __future__ import annotations

from datetime import datetime, tzinfo

from handlers.tell.orphans import given
from handlers.words.message import Offer, Text, blocks
from handlers.words.result import Answer, Choice, Refusal, Unchanged
from policies.access.decision import Allowed, Refused, refuse
from policies.access.people import Home, SlackAccount, admit
from policies.orphans.answers import KEPT_FOR
from policies.orphans.evidence import Owner, Standing
from policies.orphans.findings import Finding
from policies.orphans.keeping import KeepError
from policies.orphans.owners import Contact

REASONS = ("Still in use", "A demo or a test is coming up", "Work on it goes on after a pause")
"""The reasons that most people would type. A button carries its reason and takes no free text."""
FOR = f"{KEPT_FOR.days}d"
_UNSURE = "; Slack cannot say now whether they are still there"
_LEFT = {
    Standing.THERE: "",
    Standing.MISSING: "",
    Standing.DEACTIVATED: ", who is deactivated in Slack",
    Standing.GONE: ", whom Slack no longer knows",
}
_WHO = {
    "people.external": "is not of the company that runs this bot, so they cannot be an owner",
    "people.deactivated": "is deactivated in Slack, so they cannot be an owner",
    "people.bot": "is a bot, and a bot cannot be asked, so it cannot be an owner",
    "people.guest": "is a guest, and guests cannot use this bot, so they cannot be an owner",
    "people.unconfirmed": "has not confirmed their e-mail address in Slack, so they cannot be an owner",
}


# A finding that has changed since


def gone(environment: str) -> Unchanged:
    return Unchanged(f"`{environment}` no longer looks orphaned, so nothing was changed.")


def not_found(environment: str) -> Unchanged:
    return Unchanged(f"`{environment}` does not look orphaned, so there is nothing to answer.")


def answered(finding: Finding, now: datetime, zone: tzinfo) -> Unchanged:
    assert finding.answer is not None
    told = given(finding.answer, now, zone)
    return Unchanged(f"`{finding.subject}` was answered for meanwhile: {told}. Nothing was changed.")


# Keeping


def why(environment: str, round_: str) -> Choice:
    """Ask for the reason. ``round_`` identifies the finding that was asked about; empty if the command was
    typed.
    """
    bound = {"finding": round_} if round_ else {}
    reasons = tuple(
        Offer(reason, "retain", environment, arguments={**bound, "words": f'{FOR} "{reason}"'})
        for reason in REASONS
    )
    other = f'For another reason or time, type `retain {environment} {FOR} "the reason"`.'
    return Choice(f"Why does `{environment}` have to stay for 30 days?", blocks(Text((other,))), reasons)


def not_a_time(wrong: KeepError) -> Refusal:
    return Refusal(refuse("retain.time", f"{wrong} Nothing was changed."))


def no_reason(environment: str) -> Refusal:
    told = f"Say why `{environment}` has to stay, in quotes after the time; nothing was changed."
    return Refusal(refuse("retain.reason", told))


# Owners


def owner(environment: str, known: Contact | None, stands: Owner | None) -> Answer:
    """Say who the owner is. ``stands`` is ``None`` if Slack cannot say whether the owner is still there."""
    change = f"`owner {environment} @name` says who it is."
    if known is None:
        return Answer(f"`{environment}` has no owner.", blocks(Text((change,))))
    name = stands.name if stands is not None and stands.name else known.name
    said = f"`{environment}` is owned by {name}{_LEFT[stands.standing] if stands else _UNSURE}"
    if known.owned is None:
        return Answer(f"{said}. The catalog file says so.")
    by = f"Named by {known.owned.by_name}. An owner is the person to ask, and has no more rights by it."
    return Answer(f"{said}.", blocks(Text((by, change))))


def who(environment: str, mine: str, round_: str) -> Choice:
    """Ask who owns the environment. ``mine`` is the Slack id of the person who is asked."""
    bound = {"finding": round_} if round_ else {}
    me = (Offer("I do", "assign", environment, arguments={**bound, "person": mine}),) if mine else ()
    other = f"For anybody else, type `owner {environment} @` and choose them from the list."
    return Choice(f"Who owns `{environment}`?", blocks(Text((other,))), me)


def in_file(environment: str, known: Contact) -> Refusal:
    told = (
        f"The catalog file names {known.name} as the owner of `{environment}`, and the file comes before "
        f"what is said here. Change `owner` of `{environment}` in the file and run `lamplighter apply`."
    )
    return Refusal(refuse("owners.file", told))


def nobody(typed: str) -> Refusal:
    told = f"Slack knows nobody called {_code(typed)}. Type @ and choose the person from the list."
    return Refusal(refuse("owners.nobody", f"{told} Nothing was changed."))


def contactable(account: SlackAccount | None, home: Home, typed: str) -> Allowed | Refusal:
    """Allow an owner only if the person can be asked and can answer here."""
    decision = admit(account, home)
    if isinstance(decision, Allowed):
        return decision
    if account is None:
        told = f"Slack could not say who {_code(typed)} is, so nothing was changed. Try again shortly."
        return Refusal(refuse("owners.unknown", told))
    if account.missing:
        return nobody(typed)
    why_not = _WHO.get(decision.rule, "cannot be an owner")
    told = f"{account.name or _code(typed)} {why_not}. Nothing was changed."
    return Refusal(Refused(f"owners.{decision.rule.partition('.')[2]}", told))


def owned_already(environment: str, name: str) -> Unchanged:
    return Unchanged(f"{name} is the owner of `{environment}` already.")


# Not mine


def not_yours(environment: str) -> Unchanged:
    return Unchanged(f"You are not the owner of `{environment}`, so nothing was changed.")


def said_already(environment: str) -> Unchanged:
    return Unchanged(f"You have said already that `{environment}` is not yours.")


def file_still(environment: str) -> str:
    """The remark on a *not mine* from the person whom the catalog file names."""
    return f"The catalog file still names you as the owner of `{environment}`; it is changed there."


def _code(typed: str) -> str:
    return f"`{typed[:40]}`"
