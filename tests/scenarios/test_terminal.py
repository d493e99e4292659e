"""Slack is down, and somebody whom AWS knows types the command at a terminal, next to the running bot."""

from __future__ import annotations

from pathlib import Path

import boto3

from bot.db.database import database
from handlers.ports.store import CatalogChange
from policies.access.terminals import Terminal
from tests.bot.cli.machine import Machine
from tests.scenarios.stage import Stage, kinds_of

ROLE = "arn:aws:iam::123456789012:role/lamplighter-staging"
CALLER = "arn:aws:sts::123456789012:assumed-role/lamplighter-staging/dev"
"""The playground has no other role that people might take on."""


def test_a_restart_at_a_terminal_is_recorded_and_posted_once_slack_is_back(
    stage: Stage, tmp_path: Path
) -> None:
    place = stage.environment()
    _name(stage, Terminal(CALLER, "slack:T0HOME:U0DEV"))
    stage.fault("status", "chat.*", status=503, times=0)
    machine = Machine(tmp_path, stage.store.url, stage.control)
    said = machine.run_process("env", "restart", place, "api", **_as_dev(stage))
    assert said.code == 0, said
    assert "healthy after" in said.out
    assert stage.public(place) == []
    closed = stage.closed(place)
    assert (closed.outcome, closed.actor, closed.source) == ("succeeded", f"console:{CALLER}", "console")
    assert kinds_of(stage.audit(place)) == ["started", "closed"]
    assert "slack:T0HOME:U0DEV" in stage.audit(place)[0].reason
    assert stage.world.deploys(place) == 1
    stage.control.delete("/faults")
    posted = stage.message_of(place, "succeeded", "dev (terminal)")
    assert CALLER not in posted.words


def _name(stage: Stage, row: Terminal) -> None:
    db = database(stage.store.url, holder="test", lease_seconds=30)
    try:
        db.catalog.write(CatalogChange(put_terminals=(row,)))
    finally:
        db.dispose()


def _as_dev(stage: Stage) -> dict[str, str]:
    """The credentials that AWS gives whoever takes on the role."""
    world = stage.control.get("")["world"]
    sts = boto3.client(
        "sts",
        region_name="eu-central-1",
        endpoint_url=world,
        aws_access_key_id="PLAYGROUND",
        aws_secret_access_key="playground-not-a-secret",
    )
    given = sts.assume_role(RoleArn=ROLE, RoleSessionName="dev")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }
