"""``lamplighter manifest`` and ``lamplighter policy``: the documents to paste into Slack and AWS."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import typer

from bot.aws import policy_parts
from bot.aws.permissions import (
    OPT_IN,
    billing_document,
    caller_document,
    first_document,
    policy_document,
)
from bot.bootstrap import payer
from bot.cli.output import fail, read_settings, told, warn
from bot.cli.schema import opened
from bot.settings import COMMAND, COMMAND_FORM, Settings
from bot.slack.manifest import form_link
from bot.slack.manifest import manifest as slack_manifest
from handlers.tell.flush import access
from policies.service.environment import Environment

Transport = Literal["socket", "http"]
HOW_TO_GO_ON = """
Open this link to create the app: Slack shows its form filled in, and you choose the workspace.
{link}
(Or paste the JSON above at https://api.slack.com/apps: Create New App, From a manifest.)
Then install the app and keep its tokens in files (docs/connect.md says which). `lamplighter init` is next."""


def manifest(
    transport: Annotated[Transport, typer.Option(help="how Slack reaches the bot")] = "socket",
    command: Annotated[str, typer.Option(help="the slash command's name")] = "/env",
    url: Annotated[str, typer.Option(help="the bot's public address, for http")] = "",
    groups: Annotated[bool, typer.Option("--groups", help="grants may name Slack user groups")] = False,
    files: Annotated[
        bool,
        typer.Option(
            help="the bot may upload files: what was captured of a failure, and pictures where Slack refuses "
            "a chart"
        ),
    ] = True,
) -> None:
    """Print the Slack app manifest (JSON) for a transport and command name."""
    if not COMMAND.fullmatch(command):
        raise typer.BadParameter(COMMAND_FORM, param_hint="--command")
    if transport == "http" and not url.startswith("https://"):
        raise typer.BadParameter("the http transport needs --url https://…", param_hint="--url")
    made = slack_manifest(transport, command, url, groups=groups, files=files)
    _print(made)
    warn(HOW_TO_GO_ON.format(link=form_link(made)))


def policy(
    environment: Annotated[
        str, typer.Option("--environment", "-e", help="for the role of this environment")
    ] = "",
    caller: Annotated[
        bool, typer.Option("--caller", help="for the bot's own identity, which takes on the roles")
    ] = False,
    billing: Annotated[
        bool, typer.Option("--billing", help="for the role in the payer account that reads the bill")
    ] = False,
    first: Annotated[bool, typer.Option("--init", help="for whoever runs `lamplighter init`")] = False,
    opt_in: Annotated[
        str, typer.Option("--opt-in", help="tag that services to be changed carry; '' asks for none")
    ] = OPT_IN,
    part: Annotated[
        int, typer.Option("--part", min=0, help="only this part, where the policy is too large for one")
    ] = 0,
) -> None:
    """Print the least-privilege IAM policy (JSON) for the environments in the catalog."""
    if first or billing:
        _print(first_document() if first else billing_document())
        return
    settings = read_settings()
    with told(), opened(settings) as db:
        environments = db.catalog.read().environments
    if not environments:
        fail("The catalog has no environments yet: run `lamplighter apply FILE` first.")
    if caller:
        document, command = _caller(environments, settings), "lamplighter policy --caller"
    else:
        sharing = _sharing_a_role(environments, environment)
        document, command = (
            policy_document(sharing, opt_in=opt_in),
            f"lamplighter policy -e {sharing[0].name}",
        )
        for one in sharing:
            if said := access(one):
                warn(said)
    _print_part(document, part, command if opt_in == OPT_IN else f"{command} --opt-in '{opt_in}'")


def _print_part(document: dict[str, Any], part: int, command: str) -> None:
    """Print the document on standard output, and its size against AWS's limits on standard error."""
    pieces = policy_parts.parts(document) if part else [document]
    if part > len(pieces):
        fail(f"This policy has {len(pieces)} {'parts' if len(pieces) > 1 else 'part'}, and no part {part}.")
    shown = pieces[part - 1] if part else document
    _print(shown)
    warn(policy_parts.advice(shown, command))


def _caller(environments: Sequence[Environment], settings: Settings) -> dict[str, Any]:
    """The policy of the bot's own identity, which includes the role that reads the bill, if there is one."""
    bill = payer(settings)
    return caller_document([*(e.role_arn for e in environments), bill.role_arn if bill else ""])


def _sharing_a_role(environments: Sequence[Environment], name: str) -> Sequence[Environment]:
    """The environments that use the same role. One policy covers them all."""
    roles: dict[tuple[str, str], list[Environment]] = {}
    for one in environments:
        roles.setdefault((one.account, one.role_arn), []).append(one)
    if not name and len(roles) == 1:
        return environments
    found = next((shared for shared in roles.values() if name in {e.name for e in shared}), None)
    if found is None:
        names = [f"  lamplighter policy --environment {shared[0].name}" for shared in roles.values()]
        said = f"There is no environment {name!r}" if name else "The environments use several roles"
        fail(f"{said}; ask for one at a time:\n" + "\n".join(names))
    return found


def _print(document: dict[str, Any]) -> None:
    typer.echo(json.dumps(document, indent=2))
