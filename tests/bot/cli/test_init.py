"""``lamplighter init`` as a newcomer types it: a first catalog, or why there is none and what to do."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.catalog_file import load
from policies.catalog.values import Wanted
from policies.service.environment import Tier
from tests.bot.aws.scripted import ScriptedAws
from tests.bot.cli.conftest import ROOT, Said
from tests.bot.cli.machine import Machine
from tests.bot.cli.pages import page
from tests.bot.cli.test_sentences_only import logged
from tests.golden import Golden
from tests.scenarios.control import Control
from tests.waiting import PATIENCE

DENIED = {"kind": "error", "code": "AccessDeniedException", "times": 0}
CALLER = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:root</Arn><UserId>1</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
NO_KEYS = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}


@pytest.fixture
def machine(tmp_path: Path, sqlite_url: str, control: Control) -> Iterator[Machine]:
    yield Machine(tmp_path, sqlite_url, control)
    control.delete("/faults")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "catalog.yaml"


def written(said: Said, file: Path) -> Wanted:
    assert said.code == 0, said
    return load(file, team="T0HOME")


def without(said: Said, file: Path) -> str:
    """What the command said when it wrote nothing."""
    assert said.code == 1, said
    assert not file.exists()
    assert logged(said.out + said.err) == []
    return page(said.out + said.err, file.parent)


def ordered(control: Control, method: str, **more: Any) -> None:
    control.post("/faults", {**DENIED, "method": method, **more})


def test_the_written_file_can_be_applied_unchanged_and_so_can_the_next_one(
    machine: Machine, file: Path, golden: Golden
) -> None:
    said = machine.run("init", str(file), "--admin", "ada", "--cluster", "staging", "--cluster", "prod*")
    wanted = written(said, file)
    assert page(said.out, file.parent) == golden
    assert said.err == "" and logged(said.out) == []
    assert [(e.name, e.tier, e.open_to) for e in wanted.environments] == [
        ("staging", Tier.NONPRODUCTION, frozenset()),
        ("production", Tier.PRODUCTION, frozenset()),
    ]
    assert not wanted.schedules and not wanted.budgets
    applied = machine.run("apply", "--yes", str(file))
    assert applied.code == 0
    assert not [line for line in applied.out.splitlines() if line.startswith("!")]
    again = machine.run("apply", "--yes", str(file))
    assert (again.code, "+" in again.out) == (0, False), again
    file.write_text(file.read_text().replace("owner: ", "owner: Not-"))
    assert machine.run("apply", "--yes", str(file)).code == 0


def test_a_dash_prints_only_the_catalog_on_standard_output(machine: Machine, file: Path) -> None:
    said = machine.run("init", "-", "--admin", "U0ADA", "--cluster", "qa-eu", "--cluster", "nonprod")
    file.write_text(said.out)
    names = [environment.name for environment in written(said, file).environments]
    assert names == ["demo-acme", "dev-alex", "qa-eu"]
    assert "You are Ada Ames (U0ADA)" in said.err


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"LAMPLIGHTER_SLACK_BOT_TOKEN": ""}, []),
        ({"LAMPLIGHTER_SLACK_BOT_TOKEN": "xapp-playground-not-a-secret"}, []),
        ({"LAMPLIGHTER_SLACK_BOT_TOKEN": "xoxb-somebody-else"}, []),
        ({"LAMPLIGHTER_SLACK_TEAM": "T0OTHER"}, []),
        ({"AWS_REGION": ""}, []),
        ({"AWS_REGION": "eu-central1"}, []),
        (NO_KEYS, []),
        ({}, ["--admin", "gus"]),
        ({}, ["--admin", "nobody"]),
        ({}, ["--admin", "U0NOBODY"]),
        ({}, ["--admin", "a"]),
        ({}, ["--admin", ""]),
        ({}, ["--cluster", "stagin"]),
    ],
    ids=["no token", "app token", "wrong token", "other team", "no region", "a slip", "no keys", "a guest",
         "nobody", "no id", "several", "not said", "no such cluster"],
)  # fmt: skip
def test_everything_missing_is_reported_with_the_next_step(
    machine: Machine, file: Path, variables: dict[str, str], words: list[str], golden: Golden
) -> None:
    given = words if "--admin" in words else [*words, "--admin", "ada"]
    assert without(machine.run("init", str(file), *given, **variables), file) == golden


def test_an_existing_file_stays_unless_overwriting_is_asked_for(machine: Machine, file: Path) -> None:
    file.write_text("mine\n")
    words = ["init", str(file), "--admin", "ada", "--cluster", "pr-142"]
    for more in ([], ["--yes"]):
        said = machine.run(*words, *more)
        assert (said.code, file.read_text()) == (1, "mine\n")
        assert "--force" in said.err
    assert [e.name for e in written(machine.run(*words, "--force"), file).environments] == ["pr-142"]


def test_a_missing_folder_is_reported_before_anything_is_asked(machine: Machine, file: Path) -> None:
    said = machine.run("init", str(file.parent / "no" / "c.yaml"), LAMPLIGHTER_SLACK_BOT_TOKEN="")
    assert said.code == 1
    assert f"There is no folder {file.parent / 'no'}." in said.err


@pytest.mark.parametrize("denied", ["ecs.ListClusters", "ecs.ListServices", "rds.*", "users.conversations"])
def test_a_denied_read_is_reported_without_a_traceback(
    machine: Machine, file: Path, denied: str, golden: Golden
) -> None:
    """In Slack, the missing permission is a scope."""
    ordered(machine.control, denied, **({"code": "missing_scope"} if denied.startswith("users") else {}))
    said = machine.run("init", str(file), "--admin", "ada", "--cluster", "stag*")
    if denied == "ecs.ListClusters":
        assert without(said, file) == golden(name="nothing may be listed")
        said = machine.run("init", str(file), "--admin", "ada", "--cluster", "staging")
    [staging] = written(said, file).environments
    assert (staging.name, bool(staging.channel), bool(staging.databases)) == (
        "staging",
        not denied.startswith("users"),
        not denied.startswith("rds"),
    )
    assert page(said.out, file.parent) == golden(name=denied)
    assert ("# Left out or not known:" in file.read_text()) is (denied != "ecs.ListClusters")


def test_nothing_is_written_if_no_cluster_has_a_service(machine: Machine, file: Path, golden: Golden) -> None:
    said = machine.run("init", str(file), "--admin", "ada", "--cluster", "sandbox-2025")
    assert without(said, file) == golden


def test_a_region_without_clusters_is_reported(machine: Machine, file: Path, golden: Golden) -> None:
    with ScriptedAws() as aws:
        aws.answer("GetCallerIdentity", 200, CALLER)
        aws.answer("ListClusters", 200, {"clusterArns": []})
        words = ["init", str(file), "--admin", "ada"]
        assert without(machine.run(*words, LAMPLIGHTER_AWS_ENDPOINT_URL=aws.url), file) == golden


def test_leaving_a_question_unanswered_changes_nothing(machine: Machine, file: Path) -> None:
    out, err = at_a_terminal(machine, ["ada", "\x04"], "init", str(file))
    assert "You are Ada Ames" in out
    assert err == "\nNothing was written.\n"
    assert not file.exists()


def test_the_command_asks_at_a_terminal(machine: Machine, file: Path, golden: Golden) -> None:
    file.write_text("mine\n")
    answers = ["y", "a", "gus", "ada", "stagin", "staging, qa-*"]
    out, err = at_a_terminal(machine, answers, "init", str(file))
    assert page(out, file.parent) == golden
    assert err == ""
    assert [e.name for e in load(file).environments] == ["qa-eu", "staging"]


def at_a_terminal(machine: Machine, answers: list[str], *words: str) -> tuple[str, str]:
    """Run a command at a terminal. Return standard output and error. The answers are typed before the
    questions come.
    """
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        cwd=ROOT,
        env={**machine.variables(), "TERM": "dumb", "NO_COLOR": "1"},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
    try:
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        os.close(ours)
        os.close(theirs)
    assert b"Traceback" not in err
    return out.decode(), err.decode()
