"""Everything the playground's Slack knows, in one value that its parts receive."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, field

from playground.clock import PlaygroundClock
from playground.faults import Faults
from playground.slack.capabilities import PATIENCE, ResponseUrls, Triggers
from playground.slack.cast import TEAM
from playground.slack.changes import Changes
from playground.slack.directory import Directory
from playground.slack.files import Files
from playground.slack.limits import RateLimits
from playground.slack.messages import Messages
from playground.slack.organisation import ALONE, Organisation
from playground.slack.traffic import Traffic
from playground.slack.typed_lines import TypedLines
from playground.slack.views import Views


class Mint:
    """Makes ids that never repeat, even over two runs of the playground on one database of the bot's: the bot
    remembers the triggers and events it has seen. Within one run the ids count up.
    """

    def __init__(self) -> None:
        self._run = secrets.token_hex(4)
        self._counts: dict[str, itertools.count[int]] = {}

    def __call__(self, kind: str) -> str:
        number = next(self._counts.setdefault(kind, itertools.count(1)))
        return f"{kind}{self._run.upper()}{number:04d}"

    def trigger(self) -> str:
        return f"{self('').lower()}.{TEAM}.{secrets.token_hex(16)}"

    def secret_path(self) -> str:
        return f"{TEAM}/{secrets.token_hex(16)}"


@dataclass
class SlackState:
    """The workspace. ``url`` is the playground's own address, known once its port is bound."""

    clock: PlaygroundClock
    faults: Faults
    changes: Changes
    mint: Mint
    directory: Directory
    messages: Messages
    typed: TypedLines
    views: Views
    triggers: Triggers
    response_urls: ResponseUrls
    limits: RateLimits
    traffic: Traffic
    organisation: Organisation = ALONE
    url: str = ""
    socket_mode: bool = False
    patience: float = PATIENCE
    """How long Slack waits for an acknowledgement, in real seconds."""
    files: Files = field(default_factory=Files)
    tickets: set[str] = field(default_factory=set)
    """Tickets of websocket addresses that were issued and not used yet."""


def new_state(
    clock: PlaygroundClock,
    faults: Faults,
    *,
    patience: float = PATIENCE,
    organisation: Organisation = ALONE,
) -> SlackState:
    """Make a workspace with the cast in it and no messages yet."""
    changes, mint = Changes(), Mint()
    return SlackState(
        clock=clock,
        faults=faults,
        changes=changes,
        mint=mint,
        directory=Directory(organisation),
        organisation=organisation,
        messages=Messages(clock, changes),
        typed=TypedLines(changes),
        views=Views(mint, changes, installed_in=organisation.installed_in),
        triggers=Triggers(mint.trigger, patience=patience),
        response_urls=ResponseUrls(clock, mint.secret_path),
        limits=RateLimits(clock.pace),
        traffic=Traffic(clock, changes),
        patience=patience,
    )
