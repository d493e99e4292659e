"""**Until…**: a modal with a day and a time, whose choice is asked for as if it had been typed.

It plans nothing: it belongs to the notice of one stop, and asks for how long that stop waits. A keep that
begins later would leave the stop as it is, and would be told by a message of its own. The picker's form of
``keep``, which Home's **Keep on…** opens, has a field for the beginning.

A trigger lives three seconds (facts/slack 1.8), so an empty modal is opened at once and filled afterwards.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from bot.slack import deliveries
from bot.slack.actions import STALE, pressed
from bot.slack.answers import Asker, answer, asker, say
from bot.slack.asking import ask, press
from bot.slack.blocks import plain, section
from bot.slack.deliveries import Headers
from bot.slack.edge import BUSY, Ack, Body, Edge
from bot.slack.escaping import clip, escape
from bot.slack.picker import notice
from handlers.tell import keep as tell
from handlers.tell.reply import message
from handlers.typed.values import Parsed
from handlers.words.errors import Trouble
from handlers.words.result import Form
from policies.times.reading import named_zone

log = logging.getLogger(__name__)
CALLBACK = "until"
MOMENT, WHY = "until:moment", "until:why"
LONGEST_WHY = 200
View = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """What the modal carries through Slack and back. It grants no rights: the gate decides about its sender
    at submission.
    """

    operation: str
    environment: str
    channel: str
    zone: tzinfo
    longest: timedelta


def on_form(edge: Edge, ack: Ack, body: Body, headers: Headers) -> None:
    """Handle a button that opens a form. If the form cannot be offered, the modal says why."""
    offer = pressed(body)

    def work() -> None:
        who = asker(body)
        if not offer:
            say(edge, who, STALE)
            return
        try:
            opened = edge.web.call(
                "views.open", trigger_id=body.get("trigger_id", ""), view=_said("One moment …")
            )
        except Trouble as trouble:
            log.warning("no form: %s", trouble.sentence)
            say(edge, who, "The form could not be opened; nothing was done. Press the button again.")
            return
        reply = edge.handle(press(edge, body, headers, who, offer=offer))
        if isinstance(reply, Form):
            _update(edge, opened, form_view(reply, who.channel))
            return
        said = message(reply)
        _update(edge, opened, _said(said.headline))
        if said.offers:
            answer(edge, who, reply)

    edge.after_ack(ack, work, busy=lambda: _busy(edge, ack, body))


def on_submit(edge: Edge, ack: Ack, body: Body, headers: Headers) -> None:
    """Handle a submitted form. An error in the moment is shown at its field; everything else is decided as
    for typed text.
    """
    view = body.get("view") or {}
    kept, moment = _kept(view), _moment(view)
    wrong = _wrong(edge, kept, moment)
    if kept is None or moment is None or wrong:
        ack(response_action="errors", errors={MOMENT: clip(wrong, 150)})
        return
    words = tell.until(moment, kept.zone, _why(view))
    parsed = Parsed(kept.operation, kept.environment, arguments={"words": words})
    delivery, user = deliveries.key(body, headers), deliveries.person(body).user
    who = Asker(user=user, channel=kept.channel, pressed=True)
    edge.after_ack(
        ack,
        lambda: ask(edge, parsed, body, source="modal", delivery=delivery, who=who),
        busy=lambda: ack(response_action="errors", errors={MOMENT: BUSY}),
    )


def form_view(form: Form, channel: str) -> View:
    kept = {
        "operation": form.operation,
        "environment": form.environment,
        "channel": channel,
        "zone": str(form.zone),
        "longest": int(form.longest.total_seconds()),
    }
    initial = int(form.initial.timestamp())
    moment = {"type": "datetimepicker", "action_id": MOMENT, "initial_date_time": initial}
    why = {"type": "plain_text_input", "action_id": WHY, "max_length": LONGEST_WHY}
    return {
        **_said(form.headline),
        "private_metadata": json.dumps(kept),
        "submit": plain("Keep on", 24),
        "close": plain("Cancel", 24),
        "blocks": [
            section(clip(escape(form.headline), 3_000)),
            {
                "type": "input",
                "block_id": MOMENT,
                "label": plain("Until", 75),
                "hint": plain(form.hint, 2_000),
                "element": moment,
            },
            {"type": "input", "block_id": WHY, "label": plain("Why", 75), "optional": True, "element": why},
        ],
    }


def _said(sentence: str) -> View:
    return notice(sentence, CALLBACK)


def _wrong(edge: Edge, kept: Kept | None, moment: datetime | None) -> str:
    if kept is None or moment is None:
        return tell.NO_MOMENT
    now = edge.now()
    if moment <= now:
        return tell.passed(kept.zone, now)
    latest = now + kept.longest
    return tell.beyond_longest(kept.environment, latest, kept.zone, now) if moment > latest else ""


def _kept(view: Mapping[str, Any]) -> Kept | None:
    """Read what the modal carries; ``None`` if this release did not write it."""
    try:
        told = json.loads(view.get("private_metadata") or "{}")
        zone, longest = named_zone(str(told["zone"])), timedelta(seconds=int(told["longest"]))
        return Kept(str(told["operation"]), str(told["environment"]), str(told["channel"]), zone, longest)
    except (ValueError, TypeError, KeyError, OverflowError):
        return None


def _moment(view: Mapping[str, Any]) -> datetime | None:
    given = _filled(view, MOMENT).get("selected_date_time")
    if not isinstance(given, int) or isinstance(given, bool) or not 0 < given < 10_000_000_000:
        return None
    return datetime.fromtimestamp(given, UTC)


def _why(view: Mapping[str, Any]) -> str:
    given = _filled(view, WHY).get("value")
    return given[:LONGEST_WHY] if isinstance(given, str) else ""


def _filled(view: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    values = ((view.get("state") or {}).get("values") or {}).get(name) or {}
    found = values.get(name)
    return found if isinstance(found, Mapping) else {}


def _busy(edge: Edge, ack: Ack, body: Body) -> None:
    """Tell the person that the bot is busy, from the listener's own thread: the acknowledgement of a press
    shows no text.
    """
    ack()
    say(edge, asker(body), BUSY)


def _update(edge: Edge, opened: Mapping[str, Any], view: View) -> None:
    try:
        edge.web.call("views.update", view_id=(opened.get("view") or {}).get("id", ""), view=view)
    except Trouble as trouble:
        log.warning("the form could not be filled: %s", trouble.sentence)
