"""``lamplighter recover FILE``: read the bot's log, show what would be put back, ask, and put it back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.bootstrap import Core, compose, new_id
from bot.cli.output import Verbose, done, fail, read_settings, say, show, told, warn
from bot.cli.person import console_user
from bot.cli.schema import opened
from handlers.tell.reply import status
from handlers.words.request import Request
from handlers.words.result import Choice, Reply, Unchanged
from policies.access.people import ConsoleUser
from policies.capacity.facts import SavedCapacity
from policies.capacity.saved_values import saved_from, saved_text, saved_values
from policies.secrets.shapes import MARK

EVENT = "saved capacity"
"""The log's event for what was saved of an environment, or was forgotten (``bot.bootstrap``)."""
PARTS = frozenset(saved_values(SavedCapacity()))
"""The fields that such a line has besides the environment. A line without any of them says that the saved
capacity was forgotten.
"""


class Broken(Exception):
    """A line that should say what was saved, but does not. The message says why."""


def recover(
    file: Annotated[Path, typer.Argument(help="the bot's log (JSON lines)")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    verbose: Verbose = False,
) -> None:
    """Put back what stops saved, from the log in FILE, should the database be lost."""
    settings = read_settings(verbose=verbose)
    user = console_user()
    found = _read(file)
    with told(), opened(settings) as db:
        core = compose(settings, db=db)
        what = (saved_text(found), file.name)
        reply = _ask(core, what, user)
        while isinstance(reply, Choice):
            show(reply)
            if not yes and not _agreed():
                fail("Nothing was changed.")
            reply = _ask(core, what, user, confirmed=reply.offers[0].plan_hash)
        show(reply, notes=isinstance(reply, Unchanged))
        if not done(reply):
            fail(f"Not recovered: {status(reply).value}.")


def read_log(lines: Iterable[str]) -> tuple[dict[str, SavedCapacity], list[str]]:
    """What was last saved of each environment, without those forgotten since, and a sentence for each broken
    line. Text that a log shipper wrote before the JSON of a line is skipped.
    """
    found: dict[str, SavedCapacity] = {}
    broken: list[str] = []
    for number, line in enumerate(lines, 1):
        try:
            said = _event(line)
            if said is None:
                continue
            name, saved = _saved(said)
        except Broken as why:
            broken.append(f"line {number} is skipped: {why}")
            continue
        found.pop(name, None)
        if saved is not None:
            found[name] = saved
    return found, broken


def _event(line: str) -> dict[str, Any] | None:
    """The line's event if it is one of ours, else ``None``. Text that is not JSON counts as broken only if
    the line begins like JSON or names the event.
    """
    _, brace, rest = line.partition("{")
    try:
        said = json.loads(brace + rest) if brace else None
    except (ValueError, RecursionError):
        if line.lstrip().startswith("{") or EVENT in line:
            raise Broken("it is not JSON, or not all of it") from None
        return None
    return said if isinstance(said, dict) and said.get("event") == EVENT else None


def _saved(said: dict[str, Any]) -> tuple[str, SavedCapacity | None]:
    name = said.get("environment")
    if not isinstance(name, str) or not name:
        raise Broken("it names no environment")
    body = {part: said[part] for part in PARTS & said.keys()}
    if not body:
        return name, None
    if MARK in json.dumps(body):
        raise Broken(f"the log hides a part of what was saved of {name}")
    try:
        saved = saved_from(body)
    except ValueError as error:
        raise Broken(f"{name}: {error}") from None
    if saved.saved_at is not None and saved.saved_at.tzinfo is None:
        raise Broken(f"{name}: saved_at says no time zone")
    if not isinstance(saved.stop_id, str) or any(c.desired < 0 for c in saved.services.values()):
        raise Broken(f"{name}: no stop saves this")
    return name, saved


def _read(file: Path) -> dict[str, SavedCapacity]:
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            found, broken = read_log(lines)
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    for said in broken:
        warn(f"{file.name}: {said}.")
    return found


def _ask(core: Core, what: tuple[str, str], user: ConsoleUser, *, confirmed: str = "") -> Reply:
    """Ask through the gate once. ``what`` is what was saved, and the log's name."""
    content, name = what
    request = Request(
        id=new_id(),
        delivery=new_id(),
        actor=user,
        source="console",
        operation="recover",
        arguments={"content": content, "file": name},
        confirmed=confirmed,
    )
    return core.gate.handle(request)


def _agreed() -> bool:
    try:
        return typer.confirm("Put this back?")
    except typer.Abort:
        say("")
        return False
