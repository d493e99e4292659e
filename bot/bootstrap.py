"""The wiring, to be read from top to bottom. Nothing is looked up anywhere else."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import structlog

from bot.aws.first_look import AwsFirstLook
from bot.aws.ports import Aws, Instruments
from bot.aws.session import AwsSettings
from bot.aws.throttle import Allowance
from bot.clock import ForeignClock, SystemClock
from bot.db.database import Database, Listeners, database
from bot.db.pruning.removal import Keep
from bot.holidays import HolidayCalendars
from bot.logging_setup import EVIDENCE
from bot.scopes import PortScopes
from bot.settings import PAYER, Settings
from handlers import registry
from handlers.gate.advance import Advance
from handlers.gate.dispatch import Gate
from handlers.gate.parts import Parts
from handlers.gate.replicas import Replicas
from handlers.ports.clock import Clock
from handlers.ports.slack import Messages, People, Posts
from handlers.registry import Registry
from policies.access.people import ConsoleUser, Home, SlackAccount
from policies.service.environment import Environment

log = structlog.get_logger()


@dataclass(frozen=True)
class Core:
    """Everything but Slack: what the command line needs, and what ``serve`` builds on."""

    settings: Settings
    clock: Clock
    db: Database
    scopes: PortScopes
    parts: Parts
    advance: Advance
    gate: Gate


class NobodyElse:
    """People, for when there is no Slack: the console asks about nobody."""

    def account(self, team: str, user: str, *, anew: bool = False) -> SlackAccount | None:
        return None

    def groups(self, team: str, user: str, *, anew: bool = False) -> frozenset[str]:
        return frozenset()


class NoMessages:
    """Messages, for when there is no Slack. A running ``serve`` shows what is behind."""

    def show(self, operation_id: str) -> None:
        return None


@dataclass(frozen=True)
class Front:
    """Slack as a core needs it: who people are, where changes are shown, and which team is the bot's own."""

    people: People
    messages: Messages
    home: Callable[[], Home]
    posts: Posts | None = None
    link: Callable[[str, str], str] = lambda _channel, _ts: ""
    """Returns the address of the message with this ``ts``; empty if it is not known."""


def new_id() -> str:
    """An opaque id: sortable by second, with 40 random bits, and short enough to read aloud. Twelve digits in
    a row are avoided, because redaction would hide them as an AWS account number.
    """
    return f"{datetime.now(UTC):%y%m%dt%H%M%S}-{secrets.token_hex(5)}"


def aws_settings(settings: Settings) -> AwsSettings:
    """AWS's time-outs, which keep the longest change well within a lease: at most a third of the lease (and
    20 s) to begin, and at most a third (and what the setting says) to be answered.
    """
    lease = settings.lease_seconds
    return AwsSettings(
        endpoint_url=settings.aws_endpoint_url or None,
        allowance=Allowance(share=settings.ecs_share),
        send_within=min(20.0, lease / 3),
        read_timeout=min(settings.aws_answer_seconds, lease / 3),
        connect_timeout=min(3.0, lease / 10),
    )


class Payer(NamedTuple):
    """Whose bill is read. ``role_arn`` is empty if the bot asks as itself."""

    account: str
    role_arn: str = ""


def payer(settings: Settings) -> Payer | None:
    """Whose bill is read, or ``None`` if no bill is."""
    found = PAYER.fullmatch(settings.billing)
    if found is None:
        return None
    return Payer(found["account"], settings.billing) if found["account"] else Payer(settings.billing)


def decision_clock(settings: Settings) -> Clock:
    return ForeignClock(settings.clock_url) if settings.clock_url else SystemClock()


def open_database(settings: Settings) -> Database:
    holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    return database(
        settings.database_url,
        holder=holder,
        lease_seconds=settings.lease_seconds,
        audit_key=settings.audit_key.get_secret_value().encode(),
        listeners=Listeners(
            on_entry=lambda seq, digest: structlog.get_logger(EVIDENCE).info("audit", seq=seq, hash=digest),
            on_saved=lambda environment, saved: structlog.get_logger(EVIDENCE).info(
                "saved capacity", environment=environment, **saved
            ),
        ),
    )


def keep(settings: Settings) -> Keep:
    return Keep(
        spans=timedelta(days=settings.keep_spans_days),
        days=timedelta(days=settings.keep_usage_days),
        work=timedelta(days=settings.keep_work_days),
    )


def operations() -> Registry:
    """Every operation. Raise ``ValueError`` if a declaration is invalid."""
    return registry.load()


def refill(clock: Clock) -> Callable[[], float]:
    """The seconds in which AWS's rates fill. The playground's seconds pass at its own pace."""
    return clock.seconds if isinstance(clock, ForeignClock) else time.monotonic


def first_look(settings: Settings, region: str, user: ConsoleUser) -> AwsFirstLook:
    """A first look at an account and region that have no environment yet."""
    clock = decision_clock(settings)
    aws = Aws(aws_settings(settings), lambda: (), clock, instruments=Instruments(refill=refill(clock)))
    return AwsFirstLook(aws, region, user)


def compose(
    settings: Settings,
    *,
    db: Database | None = None,
    front: Front | None = None,
    clock: Clock | None = None,
    known: Registry | None = None,
) -> Core:
    """Wire a core. Without a front, the core is the console's."""
    db = db or open_database(settings)
    clock = clock or decision_clock(settings)
    front = front or Front(NobodyElse(), NoMessages(), lambda: Home(settings.slack_team))

    def everyone() -> tuple[Environment, ...]:
        return db.catalog.read().environments

    replicas = Replicas()
    instruments = Instruments(
        refill=refill(clock),
        among=lambda: replicas.count,
    )
    aws = Aws(aws_settings(settings), everyone, clock, instruments=instruments)
    scopes = PortScopes(aws, clock, db.book)
    calendars = HolidayCalendars()
    parts = Parts(
        registry=known or operations(),
        clock=clock,
        people=front.people,
        messages=front.messages,
        scopes=scopes,
        catalog=db.catalog,
        operations=db.operations,
        records=db.records,
        audit=db.audit,
        offers=db.offers,
        book=db.book,
        message_rows=db.messages,
        posts=front.posts,
        link=front.link,
        holidays=lambda schedule: calendars.dates(schedule, clock.now().year),
        running_on=tuple(name.strip() for name in settings.running_on.split(",") if name.strip()),
        new_id=new_id,
        home=front.home,
        command=settings.slack_command,
        per_minute=settings.per_minute,
        meter_every=timedelta(minutes=settings.meter_minutes),
        replicas=replicas,
        on_defect=lambda what, error: log.error("a defect", what=what, exc_info=error),
    )
    advance = Advance(parts)
    return Core(settings, clock, db, scopes, parts, advance, Gate(parts, advance))
