"""The slash command: acknowledge, read the typed text, ask the gate, answer."""

from __future__ import annotations

from dataclasses import replace

from bot.slack import deliveries, modals
from bot.slack.answers import asker, tell
from bot.slack.asking import ask
from bot.slack.blocks import draw
from bot.slack.deliveries import Headers
from bot.slack.edge import BUSY, Ack, Body, Edge
from bot.slack.normalise import normalise
from bot.slack.picker import Chosen
from bot.slack.typed import Misread, Parsed, parse
from handlers.words.message import Message, Offer, Status
from handlers.words.operation import Target
from policies.access.people import SlackPerson
from policies.catalog.choosing import FEW


def on_command(edge: Edge, ack: Ack, body: Body, headers: Headers) -> None:
    """Handle the slash command. A bare command opens the picker, as does the bare name of an operation that
    needs more, and a command that leaves out which of many services is meant; any other text that cannot be
    read never reaches the gate.
    """
    text = str(body.get("text") or "")[:20_000]
    delivery = deliveries.key(body, headers)

    def work() -> None:
        if len(text) < 100 and not normalise(text):
            modals.open_picker(edge, body)
            return
        asking, person = asker(body), deliveries.person(body)
        called = str(body.get("channel_name") or "")
        names = edge.gate.names(person, asking.channel, called)
        parsed = parse(text, edge.registry, edge.settings.command, names)
        if isinstance(parsed, Misread) and (named := _named_alone(edge, text, parsed)):
            modals.open_picker(edge, body, Chosen(asking.channel, named))
            return
        if isinstance(parsed, Misread):
            tell(edge, asking, draw(misread(parsed, edge.gate.offered(person, parsed.meant))))
            return
        if _of_many(edge, person, parsed):
            chosen = Chosen(asking.channel, parsed.operation, parsed.environment)
            modals.open_picker(edge, body, chosen)
            return
        who = replace(asking, here=parsed.environment if parsed.from_channel else "")
        ask(edge, parsed, body, source="slash", delivery=delivery, who=who)

    edge.after_ack(ack, work, busy=lambda: ack(text=BUSY))


def _of_many(edge: Edge, person: SlackPerson, parsed: Parsed) -> bool:
    """Return whether only the service is left to say, and there are more than get a button each. Whoever may
    not ask for it there is told so by the gate.
    """
    operation = edge.registry.operations[parsed.operation]
    if operation.target is not Target.SERVICE or parsed.target or parsed.arguments:
        return False
    if len(edge.gate.seen(person, parsed.environment)) <= FEW:
        return False
    return any(o.name == operation.name for o in edge.gate.menu(person).there(parsed.environment))


def _named_alone(edge: Edge, text: str, wrong: Misread) -> str:
    """Return the operation of a line that names only an operation which needs more; empty for any
    other line.
    """
    named = edge.registry.named(normalise(text)) if wrong.missing else None
    return named.name if named is not None and not named.console else ""


def misread(wrong: Misread, offers: tuple[Offer, ...] = ()) -> Message:
    said = f"{wrong.sentence} Try: `{wrong.example}`" if wrong.example else wrong.sentence
    return Message(Status.NOT_UNDERSTOOD, said, offers=offers)
