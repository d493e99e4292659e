"""``lamplighter serve``: the bot itself, until it is told to stop."""

from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Annotated

import structlog
import typer

from bot.bootstrap import Core, compose, decision_clock, new_id, open_database
from bot.cli.apply import apply_mounted
from bot.cli.output import fail, read_settings, told
from bot.db import migrate as schema
from bot.heartbeat import Beat, Heartbeat
from bot.logging_setup import set_up
from bot.metrics import Metrics
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.choices import Choices
from bot.slack.directory import SlackDirectory
from bot.slack.edge import Edge
from bot.slack.identity import Identity
from bot.slack.limits import EditBudget
from bot.slack.messages import SlackMessages
from bot.slack.messages import Store as MessageStore
from bot.slack.places import Places
from bot.slack.settings import SlackSettings
from bot.slack.transport import build_transport
from bot.slack.web import SlackWeb
from bot.slack.wsgi import Health
from handlers.gate.errors import Trouble
from handlers.gate.outcome import Outcome
from handlers.gate.report import report
from handlers.gate.request import Request

log = structlog.get_logger()

ADVANCERS = 8
"""Threads in which the tick advances operations; each look is a few AWS reads."""
STOP_WITHIN = 7.0
"""Seconds from SIGTERM to the end; GATE allows 8."""
KEEP_DELIVERIES = timedelta(hours=24)


def serve(
    migrate: Annotated[bool, typer.Option("--migrate", help="bring the schema up to date first")] = False,
) -> None:
    """Run the bot."""
    settings = read_settings()
    set_up(settings.log_level)
    with told():
        if migrate:
            schema.migrate(settings.database_url)
        _check_schema(settings)
        serving = Serving(settings)
        if settings.catalog_file is not None:
            apply_mounted(serving.core, settings.catalog_file)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    serving.start()
    while not stop.wait(1.0):
        if trouble := serving.transport.liveness():
            log.error("ending so that I am started anew", trouble=trouble)
            break
    serving.stop()


def _check_schema(settings: Settings) -> None:
    state = schema.schema_state(settings.database_url)
    if state != "current":
        told_how = "run `lamplighter migrate`" if state != "newer" else "it was migrated by a newer release"
        fail(f"The database's schema is {state}: {told_how}.")


class Serving:
    """Everything that runs while the bot serves, started and stopped in order."""

    def __init__(self, settings: Settings) -> None:
        slack = slack_settings(settings)
        web, db = SlackWeb(slack), open_database(settings)
        self.identity = Identity(slack, web)
        directory = SlackDirectory(web, use_groups=settings.slack_groups, monotonic=time.monotonic)
        places = Places(web, monotonic=time.monotonic)
        clock = decision_clock(settings)
        self.messages = SlackMessages(
            web,
            MessageStore(db.messages, db.records, report),
            clock,
            budget=EditBudget(slack.edit_every, monotonic=time.monotonic),
            places=places,
        )
        self.core: Core = compose(
            settings, db=db, people=directory, messages=self.messages, home=self.identity.home, clock=clock
        )
        self.metrics = Metrics()
        edge = Edge(
            settings=slack,
            gate=Counted(self.core, self.metrics),
            registry=self.core.parts.registry,
            web=web,
            identity=self.identity,
            directory=directory,
            places=places,
            messages=self.messages,
            new_id=new_id,
            choices=Choices(),
        )
        self.transport = build_transport(
            build_app(edge), edge, Health(self.alive, self.ready, self.metrics.page)
        )
        self._advancers = ThreadPoolExecutor(ADVANCERS, thread_name_prefix="advance")
        self.heartbeat = Heartbeat(
            {
                "advance": Beat(settings.tick_seconds, self._advance),
                "messages": Beat(settings.tick_seconds, self._messages),
                "sweep": Beat(30.0, self._sweep),
            }
        )

    def start(self) -> None:
        self.identity.learn_in_background()
        self.heartbeat.start()
        self.transport.start()
        log.info("serving", port=self.transport.port, transport=self.core.settings.slack_transport)

    def stop(self) -> None:
        """No new work; finish the call in hand; give back leases, so that the next holder need not wait."""
        end = time.monotonic() + STOP_WITHIN
        self.core.advance.stop()
        self.identity.stop()
        self.transport.stop(STOP_WITHIN - 2.0)
        self.heartbeat.stop()
        self._advancers.shutdown(wait=False, cancel_futures=True)
        while not self.core.advance.idle() and time.monotonic() < end:
            time.sleep(0.02)
        try:
            self.core.db.leases.release()
        except Trouble as trouble:
            log.warning("leases could not be given back; they run out by themselves", trouble=str(trouble))
        log.info("stopped")

    def alive(self) -> str:
        """Empty, or why this process should be started anew."""
        late = self.heartbeat.late()
        return self.transport.liveness() or (f"beats are {late:.0f} s late" if late > 120 else "")

    def ready(self) -> str:
        """Empty, or why it cannot serve yet."""
        if not self.identity.home().team:
            return "Slack has not said yet which workspace this is"
        try:
            self.core.db.catalog.read()
        except Trouble as trouble:
            return trouble.sentence
        return ""

    def _advance(self) -> None:
        for operation_id in self.core.advance.due():
            self._advancers.submit(self.core.advance.once, operation_id)
        self.metrics.last_beat.labels("advance").set_to_current_time()

    def _messages(self) -> None:
        if self.core.db.leases.hold("messages", self.core.settings.lease_seconds):
            self.messages.catch_up(self.core.clock.now())
        self.metrics.last_beat.labels("messages").set_to_current_time()

    def _sweep(self) -> None:
        now = self.core.clock.now()
        self.core.db.audit.settle(now)
        self.core.db.operations.forget(now - KEEP_DELIVERIES)
        self.metrics.last_beat.labels("sweep").set_to_current_time()


class Counted:
    """The gate, counted and timed."""

    def __init__(self, core: Core, metrics: Metrics) -> None:
        self._handle = metrics.counted(core.gate.handle)

    def handle(self, request: Request) -> Outcome:
        return self._handle(request)


def slack_settings(settings: Settings) -> SlackSettings:
    """Slack's part of the settings; ends with words if something that is needed is missing."""
    try:
        return SlackSettings(
            bot_token=settings.slack_bot_token.get_secret_value(),
            signing_secret=settings.slack_signing_secret.get_secret_value(),
            app_token=settings.slack_app_token.get_secret_value(),
            transport=settings.slack_transport,
            command=settings.slack_command,
            team=settings.slack_team,
            app=settings.slack_app_id,
            groups=settings.slack_groups,
            api_url=settings.slack_api_url,
            host=settings.http_host,
            port=settings.http_port,
        )
    except ValueError as error:
        fail(f"settings: {error}")
