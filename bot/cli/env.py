"""``lamplighter env WORDS``: what ``/env WORDS`` does in Slack, at a terminal, for when Slack is down."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from bot.bootstrap import Core, compose, new_id
from bot.cli.driving import Driving
from bot.cli.output import Verbose, fail, read_settings, say, show, told, warn
from bot.cli.schema import opened
from bot.cli.terminal import somebody
from handlers.ports.store import OperationRecord
from handlers.tell import typed as tell
from handlers.typed.line import BothQuotes, line_of
from handlers.typed.reading import read
from handlers.typed.room import Room
from handlers.typed.values import Misread, Parsed
from handlers.words.errors import Trouble
from handlers.words.message import Offer
from handlers.words.request import Request
from handlers.words.result import Answer, Choice, Form, Missing, NotUnderstood, Reply, Report, Unchanged
from policies.access.people import ConsoleUser
from policies.record.lifecycle import State

COMMAND = "lamplighter env"
DONE, NOT_DONE, USAGE = 0, 1, 2
"""Exit codes: answered or done; refused, failed or left; not understood."""
LONGEST = 1_000
"""Characters of a command, as in Slack."""
MOST_PLANS = 5
"""How often a plan is confirmed with ``--yes`` that differs from the one shown before."""

app = typer.Typer(add_completion=False)


@app.command("env", context_settings={"ignore_unknown_options": True})
def env(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORDS...", help="as after /env, such as: restart staging web"),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    verbose: Verbose = False,
) -> None:
    """Do what `/env WORDS` does in Slack, at this terminal, for when Slack is down.

    A change runs to its end here, and is posted to its environment's channel as soon as Slack answers. Ends
    with 0 if it is answered or done, 1 if it is refused or failed, 2 if it is not understood.
    """
    settings = read_settings(verbose=verbose)
    line = _line([word for n, word in enumerate(words or ()) if n or word != settings.slack_command])
    with told(), opened(settings) as db:
        core = compose(settings.model_copy(update={"slack_command": COMMAND}), db=db)
        code = Terminal(core, somebody(settings, db.catalog.read()), yes=yes).run(line)
    sys.exit(code)


class Terminal:
    """One person at a terminal. ``yes``: whatever is asked is confirmed, if only one thing may be meant."""

    def __init__(self, core: Core, user: ConsoleUser, *, yes: bool) -> None:
        self._core, self._user, self._yes = core, user, yes
        self._room = Room(core.parts.registry, COMMAND, core.gate.names(user, ""))

    def run(self, line: str) -> int:
        """Ask for what the line says, see it through, print what comes of it, and return the exit code."""
        if len(line) > LONGEST:
            return _misread(Misread(tell.too_long(len(line), LONGEST)), self._room)
        parsed = read(line, self._room)
        if isinstance(parsed, Misread):
            return _misread(parsed, self._room)
        reply = self._chosen(self._core.gate.handle(self._request(parsed)), parsed.operation)
        if isinstance(reply, Report) and not reply.state.ended:
            return self._drive(reply)
        self._show(reply)
        return code(reply)

    def _chosen(self, reply: Reply, asked: str) -> Reply:
        """Ask until nothing is left to choose. Ends the command if nothing is chosen. ``asked`` is the
        operation that was typed.
        """
        for _ in range(MOST_PLANS):
            if not isinstance(reply, Choice):
                break
            show(reply)
            offer = confirmed(reply.offers, asked) if self._yes else taken(reply.offers)
            reply = self._core.gate.handle(self._request(offer=offer.id))
        return reply

    def _request(self, parsed: Parsed | None = None, *, offer: str = "") -> Request:
        parsed = parsed or Parsed("")
        return Request(
            id=new_id(),
            delivery=new_id(),
            actor=self._user,
            source="console",
            operation=parsed.operation,
            environment=parsed.environment,
            target=parsed.target,
            arguments=dict(parsed.arguments),
            offer=offer,
        )

    def _drive(self, begun: Report) -> int:
        say(begun.headline)
        replicas = self._core.parts.replicas
        try:
            replicas.attend(self._core.db.leases, self._core.settings.lease_seconds)
            ended = Driving(self._core).to_the_end(begun.operation_id)
        except Trouble as trouble:
            warn(f"{trouble.sentence} A bot that runs goes on with it.")
            return NOT_DONE
        finally:
            _released(self._core)
        others = replicas.count > 1
        if ended is None:
            warn(f"You left before the end. {_goes_on(others=others)}")
            return NOT_DONE
        self._show(self._core.parts.report(ended))
        if not others and self._posted(ended):
            say("No bot is running now. The first one that runs posts this to the channel.")
        return code(self._core.parts.report(ended))

    def _posted(self, record: OperationRecord) -> bool:
        return bool(self._core.db.messages.together(record.id))

    def _show(self, reply: Reply) -> None:
        show(reply)
        offers = getattr(reply, "offers", ())
        for said in dict.fromkeys(filter(None, map(self._spelled, offers))):
            say(f"  {said}")

    def _spelled(self, offer: Offer) -> str:
        """Return what to type instead of pressing that button; empty if it cannot be typed."""
        operation = self._core.parts.operation(offer.operation)
        if operation is None or operation.console:
            return ""
        if offer.arguments.keys() & {a.name for a in operation.arguments if a.hidden}:
            return ""
        parsed = Parsed(offer.operation, offer.environment, offer.target, offer.arguments)
        return f"{offer.label}: {self._room.spelled(parsed)}"


def code(reply: Reply) -> int:
    match reply:
        case Answer() | Unchanged() | Report(state=State.SUCCEEDED | State.UNCHANGED):
            return DONE
        case NotUnderstood() | Form() | Missing(unnamed=True):
            return USAGE
    return NOT_DONE


def _line(words: Sequence[str]) -> str:
    try:
        return line_of(words)
    except BothQuotes as word:
        warn(f"`{word}` has quotes of both kinds; leave one kind out.")
        sys.exit(USAGE)


def _misread(wrong: Misread, room: Room) -> int:
    warn(f"{wrong.sentence} Try: `{wrong.example}`" if wrong.example else wrong.sentence)
    if len(wrong.meant) > 1:
        for meant in wrong.meant:
            warn(f"  {room.spelled(meant)}")
    return USAGE


def confirmed(offers: Sequence[Offer], asked: str) -> Offer:
    """Return the one button that confirms what was typed. Ends the command if there is not exactly one."""
    found = [offer for offer in offers if offer.operation == asked]
    if len(found) != 1:
        fail("More than one thing may be meant, so nothing was done. Leave `--yes` out to choose.")
    return found[0]


def taken(offers: Sequence[Offer]) -> Offer:
    """Ask which of the buttons is meant, and return it. Ends the command if none is."""
    if not offers:
        _nothing()
    try:
        if len(offers) == 1:
            question = offers[0].confirm or f"{offers[0].label}?"
            return offers[0] if typer.confirm(question) else _nothing()
        for number, offer in enumerate(offers, 1):
            say(f"  {number}: {offer.label}{f' ({offer.confirm})' if offer.confirm else ''}")
        said = str(typer.prompt("Which one? Enter for none", default="", show_default=False)).strip()
    except typer.Abort:
        say("")
        _nothing()
    chosen = dict(zip(map(str, range(1, len(offers) + 1)), offers, strict=True))
    return chosen.get(said) or _nothing()


def _nothing() -> NoReturn:
    fail("Nothing was done.")


def _goes_on(*, others: bool) -> str:
    if others:
        return "The running bot goes on with it, and its channel says how it ends."
    return "No bot is running now. The first one that runs goes on with it."


def _released(core: Core) -> None:
    """Give up what this process holds, so that a running bot need not wait for the lease to run out."""
    try:
        core.db.leases.release()
    except Trouble as trouble:
        warn(trouble.sentence)
