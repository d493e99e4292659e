"""Everything that runs while the bot serves: made, started and stopped in order."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.bootstrap import (
    Core,
    Front,
    compose,
    decision_clock,
    keep,
    new_id,
    open_database,
    operations,
)
from bot.caller import Caller
from bot.cli.money_jobs import money_jobs
from bot.cli.slack_part import slack_settings
from bot.clock import lasting
from bot.db.database import Database
from bot.heartbeat import Beat, Heartbeat
from bot.looking import Looking
from bot.metrics import Metrics
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.choices import Choices
from bot.slack.directory import SlackDirectory
from bot.slack.edge import Edge
from bot.slack.home import Republishing
from bot.slack.identity import Identity
from bot.slack.limits import EditBudget
from bot.slack.messages import SlackMessages
from bot.slack.messages import Store as MessageStore
from bot.slack.pictures import SlackPictures
from bot.slack.places import Places
from bot.slack.posts import SlackPosts
from bot.slack.transport import build_transport
from bot.slack.viewers import Viewers
from bot.slack.web import SlackWeb
from bot.slack.wsgi import Health
from handlers.clock.budgets import BudgetClock
from handlers.clock.digest import DigestClock, When
from handlers.clock.drift import DriftWatch
from handlers.clock.due import DueClock
from handlers.clock.follows import FollowBoard
from handlers.clock.live import LiveBoard
from handlers.clock.meter import AT_ONCE, Meter
from handlers.clock.notices import NoticeBoard
from handlers.clock.orphans import OrphanWatch
from handlers.clock.tenure import Job, Run, Tenure
from handlers.gate.afterlife import settle
from handlers.ports.clock import Clock
from handlers.words.errors import Trouble
from handlers.words.request import Request
from handlers.words.result import Reply
from policies.access.grants import teams_named
from policies.cost.prices import Prices
from policies.cost.table import TABLE
from policies.digest.awaited import Awaited

log = structlog.get_logger()

ADVANCERS = 8
"""Threads in which the tick advances operations; each look is a few AWS reads."""
ASKERS = 4
"""Threads in which the clock asks for transitions; each needs a plan, which is about ten AWS reads."""
STOP_WITHIN = 7.0
"""Seconds from SIGTERM to the end, one second less than docs/operate.md promises."""
TOO_LATE = 120.0
"""Seconds by which a beat may be late before this process should be restarted."""
ASLEEP = 60.0
"""Seconds by which a beat may be late before this process should get no new work."""
READY_WITHIN = 2.0
"""Seconds that a readiness check waits for its answer; load balancers wait five."""
NOT_YET = f"The database has not answered for {READY_WITHIN:g} s."
ATTENDED_EVERY = 5.0
"""Seconds between two beats by which replicas know of one another."""
HOMES_EVERY = 1.0
"""Seconds between two checks whether a Home that somebody looks at is out of date."""
SWEPT_EVERY = 30.0
"""Seconds between two sweeps of what has expired."""
ORPHANS_EVERY = 5.0
"""Seconds between two checks whether an environment is due for a look at whether anybody needs it."""
LOOKED_EVERY = 5.0
"""Seconds between two beats of jobs that are due every few minutes: the decision clock may be moved."""
KEEP_DELIVERIES = timedelta(hours=24)


class Serving:
    """Wires and runs everything. Raises ``OSError`` if the port is taken. Nothing outside is called before
    ``start``.
    """

    def __init__(self, settings: Settings) -> None:
        slack = slack_settings(settings)
        web, db, clock = SlackWeb(slack), open_database(settings), decision_clock(settings)
        self.identity = Identity(slack, web, named=lambda: teams_named(db.catalog.read().grants))
        directory = SlackDirectory(
            web, monotonic=time.monotonic, use_groups=settings.slack_groups, home=self.identity.home
        )
        places = Places(web, monotonic=time.monotonic)
        known = operations()
        self._edits = EditBudget(slack.edit_every, monotonic=time.monotonic)
        self.messages = self._told(web, db, clock, places)
        pictures = SlackPictures(web.client) if settings.slack_pictures else None
        self._posts = SlackPosts(web, places, pictures)
        front = Front(directory, self.messages, self.identity.home, self._posts, self.identity.link)
        self.core: Core = compose(settings, db=db, front=front, clock=clock, known=known)
        self.metrics = Metrics((*known.operations, *known.aliases))
        edge = Edge(
            settings=slack,
            gate=Counted(self.core, self.metrics),
            registry=known,
            web=web,
            identity=self.identity,
            directory=directory,
            places=places,
            messages=self.messages,
            new_id=new_id,
            now=clock.now,
            choices=Choices(),
            viewers=Viewers(time.monotonic, every=slack.edit_every),
        )
        self._homes = _republishing(edge, db)
        ready = Looking(self.ready, seconds=READY_WITHIN, late=NOT_YET)
        health = Health(self.alive, ready, self.metrics.page)
        self.transport = build_transport(build_app(edge), edge, health)
        self._queued: set[str] = set()
        """Operations that a thread has and has not finished: a slow AWS must not pile up looks."""
        self._advancers = ThreadPoolExecutor(ADVANCERS, thread_name_prefix="advance")
        self._askers = ThreadPoolExecutor(ASKERS, thread_name_prefix="clock")
        self._meters = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="meter")
        """The meter's own threads: looks that AWS keeps waiting hold up no transition."""
        self._begun: set[Future[None]] = set()
        """Jobs that a thread besides the beats was given and has not finished."""
        url = settings.heartbeat_url.get_secret_value()
        self._caller = Caller(url, monotonic=time.monotonic, run=self._beside)
        self._ask = edge.gate.handle
        self.heartbeat = Heartbeat({job.name: self._beat(job) for job in self._jobs(settings.tick_seconds)})

    def _told(self, web: SlackWeb, db: Database, clock: Clock, places: Places) -> SlackMessages:
        store = MessageStore(db.messages, db.records, lambda rows: self.core.parts.told(rows), db.offers)
        return SlackMessages(web, store, clock, budget=self._edits, places=places)

    def _jobs(self, tick: float) -> tuple[Job, ...]:
        """All jobs. The clock's job has a lease, so that replicas do not all ask AWS the same; claims make
        sure that nothing happens twice.
        """
        lease = self.core.settings.lease_seconds
        return (
            Job("attend", max(tick, min(ATTENDED_EVERY, lease / 6)), lambda: self._attend),
            Job("advance", tick, lambda: self._advance),
            Job("clock", tick, self._clock, lease="clock", lost=self.core.parts.pulse.stop),
            Job("live", max(tick, 1.0), self._live, lease="live"),
            Job("follow", max(tick, 1.0), self._follow, lease="follow"),
            Job("budgets", max(tick, LOOKED_EVERY), self._budgets, lease="budgets"),
            Job("digest", max(tick, 1.0), self._digests, lease="digest"),
            Job("messages", tick, lambda: self._catch_up, lease="messages"),
            Job("homes", max(tick, HOMES_EVERY), lambda: self._homes.tick),
            *money_jobs(self.core),
            Job("sweep", SWEPT_EVERY, lambda: self._sweep),
            *self._metering(tick),
        )

    def _metering(self, tick: float) -> tuple[Job, ...]:
        """The meter, and the job that judges what the meter saw."""
        every = timedelta(minutes=self.core.settings.meter_minutes)
        if not every:
            return ()

        def begin() -> Run:
            """Start a meter without any memory."""
            run = partial(self._beside, pool=self._meters)
            return Meter(self.core.parts, every, run=run, heard=self.metrics.metered()).tick

        return (
            Job("meter", tick, begin, lease="meter"),
            Job("orphans", ORPHANS_EVERY, lambda: self._orphans().tick, lease="orphans"),
        )

    def _orphans(self) -> OrphanWatch:
        prices = self.core.db.book.ledger.prices.all
        return OrphanWatch(
            self.core.parts, self._posts, lambda: Prices.of([*TABLE.known.values(), *prices()])
        )

    def _beat(self, job: Job) -> Beat:
        tenure = Tenure(job, self.core.db.leases, self.core.settings.lease_seconds, ticks=lasting)
        completed = self.metrics.last_beat.labels(job.name)

        def beat() -> None:
            tenure.beat()
            completed.set_to_current_time()

        return Beat(job.every, beat)

    def start(self) -> None:
        self.identity.learn_in_background()
        with suppress(Trouble):  # the first beat will raise the same trouble
            self._attend()
        self.heartbeat.start()
        self.transport.start()
        log.info("serving", port=self.transport.port, transport=self.core.settings.slack_transport)

    def stop(self) -> bool:
        """Stop: take no new work, finish the call in hand, and release the leases, so that the next holder
        need not wait.

        Return false if something outside has still not answered and a thread waits for it.
        """
        end = time.monotonic() + STOP_WITHIN
        self.core.advance.stop()
        self.identity.stop()
        ended = self.transport.stop(STOP_WITHIN - 2.0)
        ended &= self.heartbeat.stop(max(0.1, end - time.monotonic() - 1.0))
        for pool in (self._askers, self._advancers, self._meters):
            pool.shutdown(wait=False, cancel_futures=True)
        ended &= not wait(list(self._begun), max(0.1, end - time.monotonic() - 1.0)).not_done
        while not self.core.advance.idle() and time.monotonic() < end:
            time.sleep(0.02)
        try:
            self.core.db.leases.release()
        except Trouble as trouble:
            log.warning("leases could not be given back; they run out by themselves", trouble=str(trouble))
        log.info("stopped")
        return ended and self.core.advance.idle()

    def alive(self) -> str:
        """Empty, or why this process should be restarted."""
        late = self.heartbeat.late()
        return self.transport.liveness() or (f"beats are {late:.0f} s late" if late > TOO_LATE else "")

    def ready(self) -> str:
        """Empty, or why this process cannot serve yet."""
        if self.identity.wrong or not self.identity.home().team:
            return self.identity.wrong or "Slack has not said yet which workspace this is"
        return self.core.db.readiness.trouble() or self._asleep() or self.transport.ready()

    def _asleep(self) -> str:
        """Empty, or how late a beat is. A beat waits for the database, so its trouble is the cause and is
        said first.
        """
        late = self.heartbeat.late()
        return f"The clock is asleep: a beat is {late:.0f} s late." if late > ASLEEP else ""

    def _beside(self, job: Callable[[], None], *, pool: ThreadPoolExecutor | None = None) -> None:
        """Run a job in a thread of the clock's pool, or of ``pool``. An exception goes to the log instead of
        being lost with its future.
        """

        def logged() -> None:
            try:
                job()
            except Exception:
                log.exception("a job of the clock broke")

        begun = (pool or self._askers).submit(logged)
        self._begun.add(begun)
        begun.add_done_callback(self._begun.discard)

    def _attend(self) -> None:
        core = self.core
        core.parts.replicas.attend(core.db.leases, core.settings.lease_seconds)

    def _advance(self) -> None:
        for operation_id in self.core.advance.due():
            if operation_id not in self._queued:
                self._queued.add(operation_id)
                self._advancers.submit(self._advance_one, operation_id)

    def _advance_one(self, operation_id: str) -> None:
        """Advance one operation. A defect in one step goes to the log, and that operation is due again; the
        others go on.
        """
        try:
            self.core.advance.once(operation_id)
        except Exception:
            log.exception("an operation could not be advanced", operation=operation_id)
        finally:
            self._queued.discard(operation_id)

    def _clock(self) -> Run:
        """Start a clock without any memory."""
        parts, ask = self.core.parts, self._ask
        board, watch = NoticeBoard(parts, self._posts), DriftWatch(parts, ask, self._posts)
        clock = DueClock(parts, ask, board, watch, run=self._beside)

        def tick() -> None:
            clock.tick()
            parts.pulse.beat(self.core.clock.now())
            self._caller.beat()

        return tick

    def _live(self) -> Run:
        return LiveBoard(self.core.parts, self._posts).tick

    def _follow(self) -> Run:
        return FollowBoard(self.core.parts, self._posts, self._edits).tick

    def _budgets(self) -> Run:
        return BudgetClock(self.core.parts, self._posts).tick

    def _digests(self) -> Run:
        settings = self.core.settings
        awaited = Awaited(metered=settings.meter_minutes > 0, listed=settings.prices == "list")
        when = When(settings.digest, settings.digest_zone, awaited)
        return DigestClock(self.core.parts, self._posts, when).tick

    def _catch_up(self) -> None:
        now = self.core.clock.now()
        trouble = settle(self.core.parts.ground, self.core.db.messages, now)
        if trouble is not None:
            log.warning("what became of things cannot be read", trouble=trouble.sentence)
        self.messages.catch_up(now)

    def _sweep(self) -> None:
        now = self.core.clock.now()
        self.core.db.audit.settle(now)
        self.core.db.operations.forget(now - KEEP_DELIVERIES)
        self.core.db.offers.forget(now - KEEP_DELIVERIES)
        self._prune(now)

    def _prune(self, now: datetime) -> None:
        """Prune one batch; the rest waits for the next sweep."""
        gone = self.core.db.pruning.prune(keep(self.core.settings), now)
        if any(gone.values()):
            log.info("pruned", **gone)


def _republishing(edge: Edge, db: Database) -> Republishing:
    seen = db.book.ledger.sightings
    return Republishing(edge, lambda: (db.catalog.version(), seen.count()), monotonic=time.monotonic)


class Counted:
    """A gate that counts and times its requests."""

    def __init__(self, core: Core, metrics: Metrics) -> None:
        self._handle = metrics.counted(core.gate.handle)
        gate = core.gate
        self.names, self.offered = gate.names, gate.offered
        self.menu, self.seen, self.home, self.kept = gate.menu, gate.seen, gate.home, gate.kept

    def handle(self, request: Request) -> Reply:
        return self._handle(request)
