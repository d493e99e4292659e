"""When an environment counts as orphaned: two independent signals, an age, and no proof of use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.orphans.evidence import Evidence
from policies.orphans.signals import Kind, Says, Sign, signals, unknown

LEAST_AGE = timedelta(days=14)
"""Nobody is asked about an environment that somebody touched more recently than this."""
LEAST_KINDS = 2


@dataclass(frozen=True)
class Verdict:
    """Why an environment counts as orphaned. ``since``: no deployment and no request to the bot is known
    since then. ``unknown``: the parts that are not known, which counted neither way.
    """

    since: datetime
    kinds: frozenset[Kind]
    orphaned: tuple[Sign, ...]
    wanted: tuple[Sign, ...]
    unknown: tuple[Sign, ...]


def judge(evidence: Evidence) -> Verdict | None:
    """Return the verdict, or ``None`` if the environment is not orphaned as far as is known."""
    since, found = quiet_since(evidence), signals(evidence)
    if since is None or evidence.at - since < LEAST_AGE or any(signal.in_use for signal in found):
        return None
    kinds = frozenset(signal.kind for signal in found if signal.says is Says.ORPHANED)
    if len(kinds) < LEAST_KINDS:
        return None
    return Verdict(
        since,
        kinds,
        orphaned=tuple(signal.sign for signal in found if signal.says is Says.ORPHANED),
        wanted=tuple(signal.sign for signal in found if signal.says is Says.WANTED),
        unknown=unknown(evidence),
    )


def quiet_since(evidence: Evidence) -> datetime | None:
    """Return when the environment was last touched, by deployment or by request to the bot.

    ``None`` unless both are known: what nobody looked at may have been touched a minute ago. Before this bot
    existed nobody could ask it for anything, so an empty record makes the environment no younger.
    """
    if evidence.deployed is None or evidence.acted is None:
        return None
    return max(filter(None, (evidence.deployed.quiet_since, evidence.acted.at)))
