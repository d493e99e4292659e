"""``lamplighter manifest`` and ``lamplighter policy``: what Slack and AWS must be told."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import typer

from bot.aws.permissions import policy_document
from bot.bootstrap import open_database
from bot.cli.output import read_settings, say, told
from bot.slack.manifest import manifest as slack_manifest

Transport = Literal["socket", "http"]


def manifest(
    transport: Annotated[Transport, typer.Option(help="how Slack reaches the bot")] = "socket",
    command: Annotated[str, typer.Option(help="the slash command's name")] = "/env",
    url: Annotated[str, typer.Option(help="the bot's public address, for http")] = "",
) -> None:
    """Print the Slack app manifest (JSON) for a transport and command name."""
    if transport == "http" and not url.startswith("https://"):
        raise typer.BadParameter("the http transport needs --url https://…")
    typer.echo(json.dumps(slack_manifest(transport, command, url), indent=2))


def policy() -> None:
    """Print the least-privilege IAM policy (JSON) for the environments in the catalog."""
    with told():
        environments = open_database(read_settings()).catalog.read().environments
        if not environments:
            say("The catalog has no environments yet; apply a file first.")
            raise typer.Exit(1)
        typer.echo(json.dumps(policy_document(environments), indent=2))
