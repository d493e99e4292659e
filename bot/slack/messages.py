"""The one message of each operation: posted once, edited in place, detail in its thread (GATE: SHOW)."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.slack.blocks import Drawn, draw, draw_detail
from bot.slack.limits import EditBudget
from bot.slack.places import Places
from bot.slack.web import RateLimited, SlackWeb
from handlers.ports.clock import Clock
from handlers.ports.messages import MessageRow, MessageRows
from handlers.ports.store import Offers, OperationRecord, Records
from handlers.tell import download
from handlers.tell.together import captured
from handlers.words.errors import Absent, Denied, Rejected, Trouble, Unanswered, Unsendable
from handlers.words.message import Message, Offer, Text, without_logs
from handlers.words.result import Standing
from policies.record.lifecycle import FAILURES, State

log = logging.getLogger(__name__)
AT_ONCE = 25
BACKOFF = (2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
MOST = 5_000
TOLD_ELSEWHERE = frozenset({State.RUNNING, State.SUCCEEDED, State.UNCHANGED})
"""States for which an earlier message says all there is to say; a failure has a message of its own."""
UNTIL_POSTED = 2.0
"""How many seconds pass before the bot looks again for a message that another process is posting."""
BEGUN = "begun"
"""Takes the place of the ``ts`` of the captured logs while they are being posted."""
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class Shown:
    """Where an operation's message is. ``permalink`` is empty while Slack does not return one."""

    channel: str
    ts: str
    permalink: str = ""
    stood: bool = False
    """Whether an earlier message, such as a notice, tells of the operation."""


@dataclass(frozen=True)
class NotShown:
    reason: str


@dataclass(frozen=True)
class Store:
    """The rows that a message is made from."""

    rows: MessageRows
    records: Records
    told: Callable[[Sequence[OperationRecord]], Message]
    """Return what the one message of these operations says now, from their records alone."""
    offers: Offers
    """Where the message's buttons are recorded, for an operation that ended with some."""


class SlackMessages:
    """``handlers.ports.slack.Messages``. Each message is handled by one thread at a time; nothing here sleeps
    or raises.

    An operation that joined a message has a row of its own, so each operation can be behind by itself.
    Whichever is behind, the whole message is drawn again, and every operation in it counts as shown.
    """

    def __init__(
        self, web: SlackWeb, store: Store, clock: Clock, *, budget: EditBudget, places: Places
    ) -> None:
        self._web, self._store, self._clock = web, store, clock
        self._budget, self._places = budget, places
        self._lock = threading.Lock()
        self._busy: dict[str, tuple[threading.Lock, int]] = {}
        self._tries: OrderedDict[str, int] = OrderedDict()
        self._reposted: OrderedDict[str, None] = OrderedDict()
        self._permalinks: OrderedDict[tuple[str, str], str] = OrderedDict()

    def show(self, operation_id: str) -> None:
        """Bring the message to its wanted version. A message that cannot be sent now is postponed to the
        tick.
        """
        self._show(operation_id)

    def catch_up(self, now: datetime) -> int:
        """Show the messages that lag and are due, end states first, and return how many were tried; called by
        the tick. Stops at the first message that Slack does not answer: the others would wait for the same
        silence.
        """
        try:
            rows = self._store.rows.behind(now, AT_ONCE)
        except Trouble as trouble:
            log.warning("messages cannot be caught up: %s", trouble.sentence)
            return 0
        for count, row in enumerate(rows, 1):
            if not self._show(row.operation_id):
                return count
        return len(rows)

    def where(self, operation_id: str) -> Shown | NotShown | None:
        """Return where people find the message, or why there is none, in words for the asker. ``None`` if no
        message is expected: for an operation without an environment, and for one of the clock, which its
        notice reports.
        """
        try:
            row = next(iter(self._store.rows.together(operation_id)), None)
            if row is None or not row.channel:
                record = self._store.records.find(operation_id)
                of_none = record is not None and (not record.environment or record.source == "clock")
                return None if of_none else NotShown("No channel is set for it.")
        except Trouble as trouble:
            return NotShown(trouble.sentence)
        if row.given_up:
            return NotShown(row.given_up)
        if row.told_by and not row.ts:
            return Shown(row.channel, row.told_by, self._permalink(row.channel, row.told_by), stood=True)
        if not row.ts:
            return NotShown("Slack has not taken the message yet; it follows.")
        return Shown(row.channel, row.ts, self._permalink(row.channel, row.ts))

    def standing(self, at: Standing) -> Shown:
        """Return a message that belongs to no operation."""
        return Shown(at.channel, at.ts, self._permalink(at.channel, at.ts), stood=True)

    def _show(self, operation_id: str) -> bool:
        """Show the message; return False if Slack did not answer."""
        try:
            row = self._store.rows.find(operation_id)
            if row is not None:
                with self._alone(row.joined or operation_id):
                    return self._bring_up(operation_id)
        except Trouble as trouble:
            log.warning("the message of %s lags: %s", operation_id, trouble.sentence)
        except Exception:
            log.exception("the message of %s could not be shown", operation_id)
        return True

    def _bring_up(self, operation_id: str) -> bool:
        rows = self._store.rows.together(operation_id)  # before the records, which are at least as new
        row = next((row for row in rows if row.operation_id == operation_id), None)
        if row is None or not row.channel or row.version_shown >= row.version_wanted:
            return True
        records = self._store.records.these([row.operation_id for row in rows])
        record = next((record for record in records if record.id == operation_id), None)
        if record is None:
            return True
        if row.told_by and not row.ts and record.state in TOLD_ELSEWHERE:
            self._store.rows.shown(replace(row, version_shown=row.version_wanted))
            return True
        return self._try(row, rows, records)

    def _try(self, row: MessageRow, rows: Sequence[MessageRow], records: Sequence[OperationRecord]) -> bool:
        """Try to bring the message up to date; return False if Slack did not answer. ``rows`` has all
        operations that the message tells of, and ``records`` their records.
        """
        operation_id, owner = row.operation_id, rows[0]
        try:
            if owner.given_up:
                if not row.given_up:
                    self._give_up(operation_id, owner.given_up)
                self._tell_asker(replace(row, given_up=owner.given_up), records)
            elif owner is row or owner.ts:
                self._send(rows, records)
            else:  # whoever opened that one posts it, with this one in it or soon after
                self._postpone(operation_id, UNTIL_POSTED)
            self._tries.pop(operation_id, None)
        except RateLimited as limited:
            bucket = "chat.update" if owner.ts else f"post {owner.channel}"
            self._budget.pause(bucket, limited.seconds)
            self._postpone(operation_id, limited.seconds)
        except Unanswered as silence:
            log.warning("Slack: %s", silence.sentence)
            self._back_off(operation_id)
            return False
        except Unsendable as never:
            self._give_up(owner.operation_id, never.sentence)
        except (Denied, Rejected, Absent) as refusal:
            log.error("Slack refuses the message of %s: %s", operation_id, refusal.sentence)
            self._back_off(operation_id)
        return True

    def _tell_asker(self, row: MessageRow, records: Sequence[OperationRecord]) -> None:
        """Send the end of an operation that could not be shown in its channel to whoever asked, once, as a
        direct message. Live steps are not sent.
        """
        if not row.final:
            return
        record = next(record for record in records if record.id == row.operation_id)
        kind, _, rest = record.actor_id.partition(":")
        if kind == "slack":
            said = self._store.told((record,))
            why = Text((f"Told to you alone, and not in its channel: {row.given_up}",))
            drawn = draw(replace(said, blocks=(*said.blocks, why)))
            try:
                self._web.call("chat.postMessage", **drawn, channel=rest.split(":")[-1], unfurl_links=False)
            except (Unsendable, Absent, Rejected) as refusal:
                log.error("the end of %s can be told to nobody: %s", record.id, refusal.sentence)
        self._store.rows.shown(replace(row, version_shown=row.version_wanted))

    def _send(self, rows: Sequence[MessageRow], records: Sequence[OperationRecord]) -> None:
        owner, behind = rows[0], [row for row in rows if row.version_shown < row.version_wanted]
        wait = (
            self._budget.wait(owner.operation_id, final=any(row.final for row in behind))
            if owner.ts
            else self._budget.paused(f"post {owner.channel}")
        )
        if wait > 0:
            for row in behind:
                self._postpone(row.operation_id, wait)
            return
        said = self._store.told(records)
        if said.offers:
            recorded = self._store.offers.record(
                said.offers, generation=records[0].generation, now=self._clock.now()
            )
            said = replace(said, offers=recorded)
        ts = self._put(owner, draw(replace(said, blocks=without_logs(said.blocks))))
        if ts is None:
            return
        self._store.rows.drew(owner)
        for row in rows:
            if row in behind or row.ts != ts:
                self._shown(replace(row, ts=ts), records, said)

    def _shown(self, row: MessageRow, records: Sequence[OperationRecord], said: Message) -> None:
        """Mark an operation as shown in its message, and post what was captured of it into the thread."""
        record = next((record for record in records if record.id == row.operation_id), None)
        if record is not None and row.final and not row.detail_ts and not self._places.shared(row.channel):
            beside = len(records) > 1
            logs = captured(record, self._store.told((record,)) if beside else said, beside=beside)
            row = self._detail(row, draw_detail(logs, self._downloads(record))) if logs else row
        self._store.rows.shown(replace(row, version_shown=row.version_wanted))

    def _downloads(self, record: OperationRecord) -> Sequence[Offer]:
        """Record the button that sends what was captured of a failure as a file to whoever presses it."""
        if record.state not in FAILURES:
            return ()
        offer, now = download.button(record), self._clock.now()
        return self._store.offers.record([offer], generation=record.generation, now=now)

    def _detail(self, row: MessageRow, message: Drawn) -> MessageRow:
        """Post the captured logs into the thread, once: if the process is killed meanwhile, the record says
        that posting has begun, and nobody posts them again. If Slack did not answer, the mark is removed and
        posting is tried again.
        """
        self._store.rows.shown(replace(row, detail_ts=BEGUN))
        try:
            return replace(row, detail_ts=self._reply(row, message))
        except Trouble:
            self._store.rows.shown(row)
            raise

    def _put(self, row: MessageRow, message: Drawn) -> str | None:
        """Post or edit the message; return its ts, or ``None`` if it was given up."""
        if not row.ts:
            return self._post(row, message)
        try:
            self._in_words_if_refused("chat.update", message, channel=row.channel, ts=row.ts)
            return row.ts
        except Absent:
            if row.operation_id in self._reposted:
                self._give_up(row.operation_id, "Its message was deleted twice; it is not posted again.")
                return None
            _remember(self._reposted, row.operation_id, None)
            return self._post(row, message)

    def _post(self, row: MessageRow, message: Drawn) -> str:
        answer = self._in_words_if_refused(
            "chat.postMessage", message, channel=row.channel, unfurl_links=False, unfurl_media=False
        )
        self._budget.posted(row.operation_id)
        return str(answer["ts"])

    def _reply(self, row: MessageRow, message: Drawn) -> str:
        """Reply in the thread, never broadcast. A reply that Slack refuses is left out: the audit
        log has it.
        """
        try:
            answer = self._in_words_if_refused(
                "chat.postMessage",
                message,
                channel=row.channel,
                thread_ts=row.ts,
                unfurl_links=False,
                unfurl_media=False,
            )
            return str(answer["ts"])
        except (Rejected, Unsendable, Absent) as refusal:
            log.error("no detail in the thread of %s: %s", row.operation_id, refusal.sentence)
            return "none"

    def _in_words_if_refused(self, method: str, message: Drawn, **arguments: object) -> dict[str, object]:
        """Send the message as its text alone if Slack refuses its blocks: refused blocks do not cost the
        message.
        """
        try:
            return self._web.call(method, **message, **arguments)
        except Rejected as refusal:
            if "blocks" not in refusal.code:
                raise
            log.error("Slack refused blocks we made (%s): %s", method, refusal.sentence)
            return self._web.call(method, text=message["text"], blocks=[], **arguments)

    def _permalink(self, channel: str, ts: str) -> str:
        held = self._permalinks.get((channel, ts))
        if held:
            return held
        try:
            link = str(
                self._web.ask("chat.getPermalink", channel=channel, message_ts=ts).get("permalink", "")
            )
        except Trouble:
            return ""
        _remember(self._permalinks, (channel, ts), link)
        return link

    def _back_off(self, operation_id: str) -> None:
        tries = self._tries.get(operation_id, 0)
        _remember(self._tries, operation_id, tries + 1)
        self._postpone(operation_id, BACKOFF[min(tries, len(BACKOFF) - 1)])

    def _postpone(self, operation_id: str, seconds: float) -> None:
        self._store.rows.postpone(operation_id, self._clock.now() + timedelta(seconds=seconds))

    def _give_up(self, operation_id: str, reason: str) -> None:
        self._store.rows.give_up(operation_id, reason)

    @contextmanager
    def _alone(self, owner: str) -> Iterator[None]:
        """Hold the lock of one message. ``owner`` is the operation that the message belongs to."""
        with self._lock:
            lock, users = self._busy.get(owner, (threading.Lock(), 0))
            self._busy[owner] = (lock, users + 1)
        try:
            with lock:
                yield
        finally:
            with self._lock:
                lock, users = self._busy.pop(owner)
                if users > 1:
                    self._busy[owner] = (lock, users - 1)


def _remember(held: OrderedDict[K, V], key: K, value: V) -> None:
    held[key] = value
    if len(held) > MOST:
        held.popitem(last=False)
