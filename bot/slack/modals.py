"""The picker behind a bare command: one modal for everything that somebody may ask for.

A trigger lives three seconds (facts/slack 1.8), so an empty modal is opened at once and filled afterwards.
"""

from __future__ import annotations

import logging

from bot.slack import deliveries, picker
from bot.slack.answers import Asker, asker, in_a_new_modal, say
from bot.slack.asking import ask
from bot.slack.deliveries import Headers
from bot.slack.edge import BUSY, Ack, Body, Edge
from bot.slack.escaping import clip
from bot.slack.home_view import home_view, picked
from bot.slack.options import ROOM, learn, matching, services, whole
from bot.slack.picker import Chosen, View
from bot.slack.picker_elements import block_ids
from handlers.tell import picker as tell
from handlers.typed.form import ENVIRONMENT, SERVICE, Filled, element, read
from handlers.typed.values import Parsed
from handlers.words.elements import KEPT, OPEN
from handlers.words.errors import Trouble
from handlers.words.operation import NAMING, Operation, Target
from handlers.words.request import Request
from handlers.words.result import Answer, Reply
from policies.access.people import SlackPerson

log = logging.getLogger(__name__)
ERROR = 300
"""Characters of the message at one field."""


def open_picker(edge: Edge, body: Body, wanted: Chosen | None = None) -> None:
    """Open the picker, in the work pool. ``wanted`` is already filled in. If the modal cannot be opened, as
    with an expired trigger, the person is told so in words; typing always works.
    """
    channel = deliveries.channel(body)
    try:
        opened = edge.web.call(
            "views.open", trigger_id=body.get("trigger_id", ""), view=picker.loading(channel)
        )
    except Trouble as trouble:
        log.warning("no picker: %s", trouble.sentence)
        say(edge, asker(body), tell.unreadable(edge.settings.command))
        return
    _fill(edge, body, str((opened.get("view") or {}).get("id", "")), wanted or Chosen(channel))


def on_pick(edge: Edge, ack: Ack, body: Body) -> None:
    """Handle a button or a choice in Home: open the picker with its operation or environment filled in."""
    first: Body = next(iter(body.get("actions") or ()), {})
    chosen = (first.get("selected_option") or {}).get("value")
    operation, environment = ("", str(chosen)) if chosen else picked(str(first.get("value") or ""))
    wanted = Chosen(operation=operation, environment=environment)
    edge.after_ack(ack, lambda: open_picker(edge, body, wanted), busy=ack)


def on_choice(edge: Edge, ack: Ack, body: Body) -> None:
    """Handle the choice of an operation or an environment: show its fields, and learn its services while the
    person moves on.
    """
    view = body.get("view") or {}

    def work() -> None:
        _, chosen = picker.read(view)
        person = deliveries.person(body)
        menu = edge.gate.menu(person, chosen.channel)
        _update(edge, str(view.get("id", "")), picker.picker(menu, chosen))
        _learn(edge, body, chosen)

    edge.after_ack(ack, work, busy=ack)


def on_options(edge: Edge, ack: Ack, body: Body) -> None:
    """Answer a menu from memory, within the acknowledgement. Names that are not known yet, or may no longer
    be viewed, make an empty list.
    """
    _, chosen = picker.read(body.get("view") or {})
    person, name = deliveries.person(body), str(body.get("action_id") or "").removeprefix("ask:")
    menu = edge.gate.menu(person)
    known = _kept(edge, person, chosen, name, str(body.get("value") or ""))
    if known is not None:
        offered = known if menu.place(chosen.environment) is not None else ()
    elif name == SERVICE:
        seen = menu.place(chosen.environment) is not None
        offered = services(edge, person, chosen.environment) if seen else ()
    else:
        operation = edge.registry.operations.get(chosen.operation) if name == ENVIRONMENT else None
        named = operation is not None and operation.reach in NAMING
        offered = menu.where(operation) if operation and named else tuple(p.name for p in menu.places)
    ack(**matching(offered, str(body.get("value") or "")))


def _kept(edge: Edge, person: SlackPerson, chosen: Chosen, name: str, typed: str) -> tuple[str, ...] | None:
    """Return the names that are kept for an argument's field, and what was typed where any name may be;
    ``None`` if the field is filled from elsewhere.
    """
    operation = edge.registry.operations.get(chosen.operation)
    asked_with = element(operation, name) if operation else None
    if asked_with not in KEPT:
        return None
    service = chosen.values.get(SERVICE, "")
    if service:
        service = whole(service, services(edge, person, chosen.environment))
    found = edge.gate.kept(person, chosen.environment, asked_with, service)
    own = typed.strip() if asked_with in OPEN else ""
    return tuple(each for each in (*found, *([own] if own else [])) if len(each) <= ROOM)


def on_submit(edge: Edge, ack: Ack, body: Body, headers: Headers) -> None:
    """Send a submitted picker the same way as typed text. An error is shown at its field, and the modal
    stays. A picker that was opened outside a channel gets its answer in a modal of its own.
    """
    view = body.get("view") or {}
    drawn, chosen = picker.read(view)
    operation = edge.registry.operations.get(chosen.operation)
    if operation is None or operation.console:
        _wrong(ack, view, {picker.OPERATION: tell.NO_OPERATION})
        return
    if drawn.operation != chosen.operation:
        menu = edge.gate.menu(deliveries.person(body), chosen.channel)
        ack(response_action="update", view=picker.picker(menu, chosen, tell.fields_of(operation)))
        return
    parsed = _asked(edge, body, operation, chosen)
    if not isinstance(parsed, Parsed):
        _wrong(ack, view, parsed)
        return
    delivery, user = deliveries.key(body, headers), deliveries.person(body).user
    who = Asker(user=user, channel=chosen.channel)

    def work() -> None:
        asking = who if who.channel else in_a_new_modal(edge, body, who)
        ask(edge, parsed, body, source="modal", delivery=delivery, who=asking)

    edge.after_ack(
        ack,
        work,
        busy=lambda: _wrong(ack, view, {picker.OPERATION: BUSY}),
    )


def _asked(edge: Edge, body: Body, operation: Operation, chosen: Chosen) -> Parsed | dict[str, str]:
    """Return what is asked for, or what is wrong by field."""
    values = dict(chosen.values)
    values[ENVIRONMENT] = chosen.environment if operation.reach in NAMING else ""
    if values.get(SERVICE):
        known = services(edge, deliveries.person(body), chosen.environment)
        values[SERVICE] = whole(values[SERVICE], known)
        if not values[SERVICE]:
            return {SERVICE: tell.AGAIN}
    found = read(operation, Filled(values))
    return found if isinstance(found, Parsed) else dict(found)


def _wrong(ack: Ack, view: View, wrong: dict[str, str]) -> None:
    """Show each error at its field, or at the chosen operation if the view has no such field."""
    ids = block_ids(view)
    errors = {ids.get(n) or ids.get(picker.OPERATION, n): clip(said, ERROR) for n, said in wrong.items()}
    ack(response_action="errors", errors=errors)


def _fill(edge: Edge, body: Body, view_id: str, wanted: Chosen) -> None:
    """Fill the picker. Whoever is not let in, or may view nothing, sees why in place of the menus."""
    person = deliveries.person(body)
    let_in = _let_in(edge, body)
    menu = edge.gate.menu(person, wanted.channel, str(body.get("channel_name") or ""))
    if not isinstance(let_in, Answer):
        _update(edge, view_id, picker.notice(let_in.headline))
        return
    if not menu.places:
        _update(edge, view_id, _whom_to_ask(edge, person) or picker.notice(let_in.headline))
        return
    chosen = _with_here(wanted, menu.here)
    _update(edge, view_id, picker.picker(menu, chosen))
    _learn(edge, body, chosen)


def _whom_to_ask(edge: Edge, person: SlackPerson) -> View | None:
    """Return what the Home of somebody who may view nothing says; ``None`` if the database does
    not answer.
    """
    try:
        page = edge.gate.home(person)
    except Trouble:
        return None
    return picker.shown(home_view(page)["blocks"]) if page else None


def _with_here(wanted: Chosen, here: str) -> Chosen:
    if wanted.environment or not here:
        return wanted
    return Chosen(wanted.channel, wanted.operation, here)


def _let_in(edge: Edge, body: Body) -> Reply:
    """Ask the gate whether the person is let in; the gate records whom it turns away."""
    request = Request(
        id=edge.new_id(),
        delivery=edge.new_id(),
        actor=deliveries.person(body),
        source="modal",
        operation="whoami",
    )
    return edge.handle(request)


def _learn(edge: Edge, body: Body, chosen: Chosen) -> None:
    operation = edge.registry.operations.get(chosen.operation)
    if chosen.environment and (operation is None or operation.target is not Target.NOTHING):
        learn(edge, deliveries.person(body), chosen.environment)


def _update(edge: Edge, view_id: str, view: View) -> None:
    try:
        edge.web.call("views.update", view_id=view_id, view=view)
    except Trouble as trouble:
        log.warning("the picker could not be filled: %s", trouble.sentence)
