"""App Home: asks the gate for it, and publishes it again when its content has changed."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable

from bot.slack import deliveries
from bot.slack.edge import Edge
from bot.slack.home_view import home_view, turned_away
from bot.slack.viewers import Viewer
from bot.slack.web import Json
from handlers.words.errors import Trouble
from handlers.words.request import Request
from handlers.words.result import Answer, Reply
from policies.access.people import SlackPerson

log = logging.getLogger(__name__)
LOOKED_EVERY = 60.0
"""Seconds between checks whether time alone has changed a Home, for instance because an override ended."""
PAUSE = 10.0
"""Seconds without publishing after Slack did not take a Home."""


def publish(edge: Edge, body: Json) -> None:
    """Publish the Home that somebody opens, in the work pool. Whoever is not let in sees why."""
    person = SlackPerson(deliveries.team_of(body), str((body.get("event") or {}).get("user", "")))
    if not person.user:
        return
    let_in = _let_in(edge, person)
    if isinstance(let_in, Answer):
        _show(edge, edge.viewers.opened(person))
        return
    edge.viewers.forget(person.user)
    _send(edge, person, turned_away(let_in))


class Republishing:
    """Publishes Homes again. Runs one tick at a time. ``version`` grows with every entry of the audit log (an
    operation opened or closed, a grant, a schedule, an override set or ended) and when an environment is
    seen for the first time, so nothing is read while the version stands still.
    """

    def __init__(self, edge: Edge, version: Callable[[], object], *, monotonic: Callable[[], float]) -> None:
        self._edge, self._version, self._monotonic = edge, version, monotonic
        self._seen: object = None
        self._looked = 0.0

    def tick(self) -> None:
        viewers = self._edge.viewers
        if not viewers.lately():
            return
        now, version = self._monotonic(), self._version()
        if version != self._seen or now - self._looked >= LOOKED_EVERY:
            self._seen, self._looked = version, now
            viewers.changed()
        for viewer in viewers.lately():
            if viewer.behind and not viewers.budget.wait(viewer.person.user, final=False):
                _show(self._edge, viewer)


def _show(edge: Edge, viewer: Viewer) -> None:
    """Draw a Home as things stand now; send nothing if the Home shows that already."""
    with viewer.lock:
        viewer.behind = False
        try:
            page = edge.gate.home(viewer.person)
        except Trouble as trouble:
            log.warning("no Home for %s: %s", viewer.person.user, trouble.sentence)
            viewer.behind = True
            return
        if page is None:
            edge.viewers.forget(viewer.person.user)
            _send(edge, viewer.person, turned_away(_let_in(edge, viewer.person)))
            return
        view = home_view(page)
        shown = hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()
        if shown != viewer.shown and _send(edge, viewer.person, view):
            viewer.shown = shown
            edge.viewers.budget.posted(viewer.person.user)
        elif shown != viewer.shown:
            viewer.behind = True


def _send(edge: Edge, person: SlackPerson, view: Json) -> bool:
    try:
        edge.web.call("views.publish", user_id=person.user, view=view)
        return True
    except Trouble as trouble:
        log.warning("no Home for %s: %s", person.user, trouble.sentence)
        edge.viewers.budget.pause("chat.update", PAUSE)
        return False


def _let_in(edge: Edge, person: SlackPerson) -> Reply:
    """Ask the gate whether the person is let in; the gate records whom it turns away."""
    return edge.handle(
        Request(id=edge.new_id(), delivery=edge.new_id(), actor=person, source="modal", operation="whoami")
    )
