"""The command line: ``lamplighter serve``, ``migrate``, ``apply``, ``audit``, ``doctor`` and the rest.

Deliberately absent: decisions. A command reads settings, wires, asks the gate and prints.
"""

from __future__ import annotations

import typer

from bot.cli import apply, audit, copies, doctor, manifest, migrate, prune, recover, serve

app = typer.Typer(
    name="lamplighter",
    help="A self-hosted Slack bot that operates AWS ECS environments.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("migrate")(migrate.migrate)
app.command("apply")(apply.apply)
app.add_typer(audit.app, name="audit")
app.command("doctor")(doctor.doctor)
app.command("manifest")(manifest.manifest)
app.command("policy")(manifest.policy)
app.command("backup")(copies.backup)
app.command("restore")(copies.restore)
app.command("prune")(prune.prune)
app.command("recover")(recover.recover)
