"""``lamplighter init``: asks Slack and AWS what exists, and writes a first catalog from it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

import typer

from bot.aws.first_look import region_here
from bot.catalog_file import CatalogFileError, parse
from bot.cli import first_look
from bot.cli.first_look import Noted, ended
from bot.cli.output import Verbose, fail, read_settings, say, told, warn
from bot.cli.person import console_user
from bot.settings import Settings
from bot.slack.first_look import MOST_ALIKE, SlackFirstLook, Somebody
from handlers.tell import first_catalog as tell
from handlers.words.errors import Trouble
from policies.access.people import ConsoleUser
from policies.catalog.draft import Admin, Draft
from policies.catalog.found import Found
from policies.catalog.guesses import Guess, Guesses, guess
from policies.times.zones import zone_name

STDOUT = "-"
WHO = "Who are you in Slack? Type your name or your member id"
WHICH = "Which of these? Type all, or names and patterns separated by commas"
ALL = "all"
MANY = 10
"""Clusters that are read so fast that nobody wonders what is going on."""


@dataclass(frozen=True)
class Options:
    """The options as they are typed. ``ask`` says whether somebody is there to ask; otherwise an option must
    give the answer, or nothing is written.
    """

    file: str
    admin: str = ""
    clusters: tuple[str, ...] = ()
    force: bool = False
    ask: bool = False

    @property
    def tell(self) -> Callable[[str], None]:
        """Print sentences to standard error if the catalog itself is printed, else to standard output."""
        return warn if self.file == STDOUT else say


def init(
    file: Annotated[
        str, typer.Argument(help="where to write the catalog; - prints it and asks nothing")
    ] = "catalog.yaml",
    admin: Annotated[
        str, typer.Option("--admin", help="you in Slack: your name there, or your member id")
    ] = "",
    cluster: Annotated[
        list[str] | None,
        typer.Option("--cluster", "-c", help="only this cluster; * and ? stand for others; may be repeated"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="overwrite the file if it exists")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask; take what was guessed")] = False,
    verbose: Verbose = False,
) -> None:
    """Write a first catalog, from what Slack and AWS have.

    Reads alone: nothing is changed in Slack, AWS or the database, and a file that exists is kept.
    """
    settings = read_settings(verbose=verbose)
    ask = not yes and file != STDOUT and sys.stdin.isatty()
    options = Options(file, admin, tuple(cluster or ()), force, ask)
    with told():
        write_first(settings, options)


def write_first(settings: Settings, options: Options) -> None:
    """Write a first catalog. Whatever can be seen to fail is checked before anything is asked."""
    force = _may_be_written(options)
    user = console_user()
    slack = first_look.slack_look(settings)
    aws = first_look.aws_look(settings, region_here(os.environ), user)
    options.tell(f"Slack: {slack.installed.words}. AWS: account {aws.account}, region {aws.region}.")
    admin = _admin(slack, options, user)
    names = first_look.clusters(aws, options.clusters)
    if len(names) > MANY:
        options.tell(f"Reading {len(names)} clusters; AWS limits how fast that may be …")
    channels, no_channels = first_look.channels(slack)
    databases, no_databases = first_look.databases(aws)
    clusters = tuple(first_look.cluster(aws, name) for name in names)
    noted = (*no_channels, *no_databases, *first_look.unread(clusters))
    said = tuple(note.said for note in noted)
    found = Found(aws.account, aws.region, channels, clusters, databases, said)
    draft = Draft(slack.team, admin, found, _chosen(found, options))
    _write(options, _checked(draft), force=force)
    _end(options, draft, noted)


def _may_be_written(options: Options) -> bool:
    """Return whether an existing file is to be overwritten. End the command if the file is to stay, or if its
    folder does not exist.
    """
    path = Path(options.file)
    if options.file == STDOUT or not path.exists():
        if options.file != STDOUT and not path.absolute().parent.is_dir():
            ended(f"There is no folder {path.absolute().parent}.", "make it, or name another file")
        return False
    if options.force or (options.ask and _agreed(f"{path} exists. Overwrite it?")):
        return True
    return ended(f"{path} exists, and stays as it is.", "name another file, or say --force to overwrite it")


def _agreed(question: str) -> bool:
    with suppress(typer.Abort):
        return typer.confirm(question)
    return False


def _admin(slack: SlackFirstLook, options: Options, user: ConsoleUser) -> Admin:
    """The person at this terminal, as Slack knows them."""
    text = options.admin
    while True:
        if not text:
            text = _asked(WHO) if options.ask else ""
        if not text:
            ended("It is not known who you are in Slack.", "say it: `lamplighter init --admin U0ADA`")
        somebody, why = _somebody(slack, text)
        if somebody is not None:
            options.tell(f"You are {somebody.said} in Slack.")
            return _as_admin(somebody, user)
        if not options.ask:
            ended(why, "name yourself by your member id: it is behind ⋮ in your profile in Slack")
        options.tell(why)
        text = ""


def _asked(question: str, default: str | None = None) -> str:
    """Ask a question. End the command if the person leaves instead of answering; then nothing was written."""
    try:
        return str(typer.prompt(question, default=default))
    except typer.Abort:
        fail("\nNothing was written.")


def _somebody(slack: SlackFirstLook, text: str) -> tuple[Somebody | None, str]:
    """The person who is meant, or the reason why nobody is."""
    try:
        people = slack.people(text)
    except Trouble as trouble:
        return None, trouble.sentence
    if len(people) == 1:
        found = people[0]
        return (None, f"{found.said}: {found.refused}") if found.refused else (found, "")
    if not people:
        return None, f'Slack has nobody called "{text}".'
    shown = ", ".join(one.said for one in people[:MOST_ALIKE])
    more = " and others" if len(people) > MOST_ALIKE else ""
    return None, f"That fits several people: {shown}{more}."


def _as_admin(somebody: Somebody, user: ConsoleUser) -> Admin:
    account, zone = somebody.account, "UTC"
    with suppress(ValueError):
        zone = zone_name(somebody.time_zone)
    name = account.name if account.name.isprintable() else ""
    return Admin(account.user, name, zone, user.name)


def _chosen(found: Found, options: Options) -> Guesses:
    """Show all guesses with their reasons, and return them, or those that the person chooses."""
    guesses = guess(found)
    if not guesses.environments:
        said = f"AWS: no cluster in account {found.account}, region {found.region} has a service."
        ended(said, "run this again once there is one, or write the catalog by hand (docs/catalog.md)")
    for line in tell.shown(guesses.environments):
        options.tell(line)
    while options.ask and len(guesses.environments) > 1:
        wanted = [word.strip() for word in _asked(WHICH, ALL).split(",") if word.strip()]
        if wanted == [ALL]:
            break
        kept, strange = _among(guesses.environments, wanted)
        if kept and not strange:
            return replace(guesses, environments=kept)
        options.tell(f"There is no environment {', '.join(strange)} among them.")
    return guesses


def _among(environments: Sequence[Guess], wanted: Sequence[str]) -> tuple[tuple[Guess, ...], list[str]]:
    kept = tuple(one for one in environments if any(fnmatchcase(one.name, word) for word in wanted))
    return kept, [word for word in wanted if not any(fnmatchcase(one.name, word) for one in environments)]


def _checked(draft: Draft) -> str:
    """The file's text, after reading it again and checking that it says what it should."""
    text, wanted = tell.first_catalog(draft), draft.wanted()
    try:
        again = parse(text)
    except CatalogFileError as error:
        fail(
            "\n".join(
                ("The file that was made is no catalog, which is a defect of Lamplighter:", *error.problems)
            )
        )
    if (again.environments, again.grants, again.schedules) != (wanted.environments, wanted.grants, ()):
        fail("The file that was made does not say what it should, which is a defect of Lamplighter.")
    return text


def _write(options: Options, text: str, *, force: bool) -> None:
    if options.file == STDOUT:
        typer.echo(text, nl=False)
        return
    path = Path(options.file)
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        ended(f"{path} cannot be written ({error.strerror}).", "name another file, or - to print the catalog")


def _end(options: Options, draft: Draft, noted: Sequence[Noted]) -> None:
    for line in tell.noted([(note.said, note.todo) for note in noted]):
        options.tell(line)
    file = "FILE" if options.file == STDOUT else options.file
    for line in tell.written(draft, file):
        options.tell(line)
