"""The command line: ``lamplighter serve``, ``migrate``, ``apply``, ``audit``, ``doctor`` and the rest.

Deliberately absent: decisions. A command reads settings, wires the parts, asks the gate and prints.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from bot.cli.later import Named, group

COMMANDS = {
    "init": Named("bot.cli.init", "Write a first catalog, from what Slack and AWS have."),
    "serve": Named("bot.cli.serve", "Run the bot."),
    "migrate": Named("bot.cli.migrate", "Bring the database's schema up to date."),
    "env": Named(
        "bot.cli.env", "Do what `/env WORDS` does in Slack, at this terminal, for when Slack is down.", "app"
    ),
    "apply": Named("bot.cli.apply", "Make the catalog what FILE says, after showing the difference."),
    "audit": Named("bot.cli.audit", "Read, export, verify and prune the audit log.", "app"),
    "doctor": Named(
        "bot.cli.doctor",
        "Examine database, Slack, AWS and catalog; say what to do next. Ends with 1 if something is broken.",
    ),
    "manifest": Named(
        "bot.cli.manifest", "Print the Slack app manifest (JSON) for a transport and command name."
    ),
    "policy": Named(
        "bot.cli.manifest", "Print the least-privilege IAM policy (JSON) for the environments in the catalog."
    ),
    "backup": Named("bot.cli.copies", "Write the whole database to FILE, while the bot may be running."),
    "restore": Named(
        "bot.cli.copies", "Fill an empty database from FILE; its audit chain is verified first."
    ),
    "prune": Named(
        "bot.cli.prune",
        "Remove working state older than the settings keep it, as `serve` does. No audit entry is touched.",
    ),
    "recover": Named(
        "bot.cli.recover", "Put back what stops saved, from the log in FILE, should the database be lost."
    ),
}
"""The commands, in the order in which `--help` lists them. Each command is the function of the same name in
its module, unless another name is given. A module is read when its command is typed.
"""

app = typer.Typer(
    name="lamplighter",
    cls=group(COMMANDS),
    help="A self-hosted Slack bot that operates AWS ECS environments.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def release() -> str:
    """The installed version."""
    try:
        return version("lamplighter")
    except PackageNotFoundError:
        return "not installed, run from its sources"


def _tell_release(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lamplighter {release()}")
        raise typer.Exit


@app.callback()
def lamplighter(
    _version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_tell_release, help="print the version and end"),
    ] = False,
) -> None:
    """Nothing by itself: each command does what it is named for."""
