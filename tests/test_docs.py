"""The documentation is true about commands, settings, links, fields and verbs."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from pydantic import SecretStr
from typer.main import get_command

from bot.aws.permissions import OPT_IN
from bot.catalog_file import CatalogFileError, parse
from bot.catalog_rows import CatalogFile
from bot.cli import COMMANDS, app
from bot.settings import FROM_FILES, PREFIX, Settings
from bot.slack.typed import Parsed
from bot.slack.typed import parse as parse_typed
from handlers import registry
from policies.access.decision import Refused
from policies.catalog.filling import filled
from tests import golden
from tests.bot.cli.conftest import EXAMPLE

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").glob("*"), ROOT / "Dockerfile"]
)
MARKDOWN = [page for page in PAGES if page.suffix == ".md"]
OPERATE = ROOT / "docs" / "operate.md"
SAME = 45
"""Characters with which no two lines of a passage begin."""
NO_WORDS = {"FILE", "NAME", "…"}


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", page.read_text(), re.MULTILINE | re.DOTALL)


def commands(text: str) -> Iterator[list[str]]:
    """Yield each ``lamplighter …`` in back-ticks, or on a line of its own in a block."""
    found = re.findall(r"`(lamplighter [^`\n]+)`", text) + re.findall(
        r"^ *(lamplighter .+)$", text, re.MULTILINE
    )
    for typed in found:
        yield shlex.split(typed.split(" > ")[0], comments=True)[1:]


def reject(words: list[str]) -> str:
    """Return why the command line would refuse these words; empty if it would take them."""
    command = get_command(app)
    while words and hasattr(command, "commands") and not words[0].startswith("-"):
        name, *words = words
        if name not in command.commands:
            return f"there is no command {name}"
        command = COMMANDS[name].load(name) if command.name == app.info.name else command.commands[name]
    options = {"--help", *(option for parameter in command.params for option in parameter.opts)}
    unknown = [word for word in words if word.startswith("-") and word not in ("-", *options)]
    return f"{command.name} has no {' '.join(unknown)}" if unknown else ""


@pytest.mark.parametrize("page", MARKDOWN, ids=named)
def test_every_command_a_page_names_exists(page: Path) -> None:
    wrong = {" ".join(words): why for words in commands(page.read_text()) if (why := reject(words))}
    assert not wrong


def test_a_command_that_does_not_exist_would_be_noticed() -> None:
    text = "`lamplighter aply x`, `lamplighter audit list --who x`\n    lamplighter policy --for x\n"
    assert [bool(reject(words)) for words in commands(text)] == [True, True, True]


def test_every_command_is_documented() -> None:
    everything = "".join(page.read_text() for page in MARKDOWN)
    top = get_command(app)
    assert hasattr(top, "commands")
    assert not [name for name in top.commands if f"lamplighter {name}" not in everything]


@pytest.mark.parametrize("page", MARKDOWN, ids=named)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"(?<!!)\[[^\]]*\]\(([^)#\s]+)[^)]*\)", page.read_text())
    assert not [t for t in targets if "://" not in t and not (page.parent / t).exists()]


@pytest.mark.parametrize("page", MARKDOWN, ids=named)
def test_every_file_a_page_names_exists(page: Path) -> None:
    spoken = re.findall(
        r"`((?:docs|deploy|playground|bot|handlers|policies|tests)/[\w/.-]+)`", page.read_text()
    )
    later = {"docs/benchmarks.md"} if not (ROOT / "docs" / "benchmarks.md").exists() else set()
    assert not [name for name in spoken if name not in later and not (ROOT / name).exists()]


@pytest.mark.parametrize("page", MARKDOWN, ids=named)
def test_every_heading_stands_apart_and_no_passage_begins_twice(page: Path) -> None:
    """A merge that keeps both of two versions leaves such traces."""
    prose = re.sub(r"^ *```.*?^ *```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    passages = [passage.strip().split("\n") for passage in prose.split("\n\n")]
    twice = [
        line
        for passage in passages
        for line, begins in pairwise(sorted(passage))
        if len(line) >= SAME and line[:SAME] == begins[:SAME] and line[0] not in "|*-#"
    ]
    assert twice == []
    assert not [line for passage in passages for line in passage[1:] if line.startswith("#")]


def test_no_page_calls_a_command_another_tools_word() -> None:
    [said] = re.findall(r"another tool's word \((.*?)\)", (ROOT / "docs" / "use.md").read_text())
    words, known = re.findall(r"`(\w+)`", said), registry.load()
    assert words and not [word for word in words if known.named(word)]


def test_every_decision_is_in_the_index() -> None:
    index = (ROOT / "docs" / "decisions" / "README.md").read_text()
    pages = [p.name for p in (ROOT / "docs" / "decisions").glob("0*.md")]
    assert len(pages) >= 5
    assert not [name for name in pages if f"({name})" not in index]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_page_invents_a_setting(page: Path) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    known |= {f"{PREFIX}{name.upper()}_FILE" for name in FROM_FILES}
    assert set(re.findall(rf"{PREFIX}[A-Z_]+", page.read_text())) <= known


def test_the_table_of_settings_is_what_the_code_says() -> None:
    rows = re.findall(rf"^\| `({PREFIX}\w+)` \| (.*?) \| (.*) \|$", OPERATE.read_text(), re.MULTILINE)
    assert {name: (default, means) for name, default, means in rows} == dict(settings())


def settings() -> Iterator[tuple[str, tuple[str, str]]]:
    for name, field in Settings.model_fields.items():
        default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        match default:
            case None | "":
                shown = ""
            case bool():
                shown = f"`{str(default).lower()}`"
            case float():
                shown = f"`{default:g}`"
            case _:
                shown = f"`{default}`"
        also = " · also `…_FILE`" if name in FROM_FILES else ""
        yield PREFIX + name.upper(), (shown, f"{field.description}{also}")


def test_every_verb_that_a_page_names_exists() -> None:
    known = registry.load()
    spoken = {verb for page in MARKDOWN for verb in re.findall(r"`/env (\w+)", page.read_text())}
    assert {verb for verb in spoken if not known.named(verb)} == {"uptime", "restrat"}  # an example, a slip


def test_the_catalogs_page_documents_every_field_and_its_example_is_one() -> None:
    page = ROOT / "docs" / "catalog.md"
    documented = re.findall(r"^\| `(\w+)` \| (.*) \|$", page.read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(CatalogFile.meanings())
    assert all(meaning for _, meaning in documented)
    [example] = blocks(page, "yaml")
    assert len(parse(example).environments) == 3


def test_the_shipped_example_uses_every_field_of_an_environment() -> None:
    text = EXAMPLE.read_text()
    fields = {
        "tier",
        "account",
        "region",
        "cluster",
        "tag",
        "role_arn",
        "channel",
        "owner",
        "time_zone",
        "open_to",
    }
    assert not [field for field in fields if f" {field}:" not in text]


def test_the_decision_on_yaml_is_true() -> None:
    assert yaml.safe_load("{ on: staging }") == {True: "staging"}
    with pytest.raises(CatalogFileError):
        parse(EXAMPLE.read_text().replace("environment: staging }", "on: staging }"))


def test_the_opt_in_tag_is_the_one_the_policy_asks_for() -> None:
    assert f"`{OPT_IN}` = `true`" in (ROOT / "docs" / "connect.md").read_text()


def test_json_and_yaml_for_copying_can_be_parsed() -> None:
    for page in MARKDOWN:
        for block in blocks(page, "json"):
            json.loads(block)
    for path in (ROOT / "deploy").glob("*.json"):
        json.loads(path.read_text())


@pytest.mark.parametrize("path", sorted((ROOT / "deploy").glob("*.yaml")), ids=named)
def test_everything_a_compose_file_names_exists(path: Path) -> None:
    """The test covers secrets and volumes; whether the file can be read at all is for Docker to say."""
    compose = yaml.safe_load(path.read_text())
    services = compose["services"].values()
    assert {secret for service in services for secret in service["secrets"]} == set(compose["secrets"])
    mounted = [volume.split(":")[0] for service in services for volume in service.get("volumes", ())]
    assert {volume for volume in mounted if not volume.startswith(".")} == set(compose["volumes"])
    from_files = {
        value
        for service in services
        for name, value in service["environment"].items()
        if name.startswith(PREFIX) and name.endswith("_FILE") and name != f"{PREFIX}CATALOG_FILE"
    }
    assert from_files <= {f"/run/secrets/{secret}" for secret in compose["secrets"]}


def test_the_one_container_writes_only_where_the_image_keeps_its_database() -> None:
    """The image sets its user, where SQLite lies, what counts as healthy, and that it migrates by itself."""
    compose = yaml.safe_load((ROOT / "deploy" / "compose.sqlite.yaml").read_text())
    [bot] = compose["services"].values()
    image = (ROOT / "Dockerfile").read_text()
    assert (bot["build"], bot["read_only"], bot["tmpfs"]) == ("..", True, ["/tmp"])
    writable = [volume.split(":")[1] for volume in bot["volumes"] if not volume.endswith(":ro")]
    assert writable == re.findall(r"^VOLUME (\S+)$", image, re.MULTILINE)
    assert f"{PREFIX}DATABASE_URL=sqlite:///{writable[0]}/" in image
    assert not {"command", "healthcheck"} & set(bot)
    assert "\nHEALTHCHECK " in image and '\nCMD ["serve", "--migrate"]\n' in image
    assert bot["environment"][f"{PREFIX}CATALOG_FILE"].startswith("/catalog/")
    assert f"{PREFIX}DATABASE_URL" not in bot["environment"]
    user = re.search(r"--uid (\d+)", image)
    assert user and f"({user[1]})" in (ROOT / "deploy" / "compose.sqlite.yaml").read_text()


def test_the_trust_policy_names_what_the_caller_is_given() -> None:
    [trust] = blocks(ROOT / "docs" / "connect.md", "json")
    [statement] = json.loads(trust)["Statement"]
    assert statement["Action"] == ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]


def test_every_part_the_architecture_names_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    spoken = set(re.findall(r"\b((?:bot|handlers|policies|migrations|playground)/[\w/]+)", text))
    assert len(spoken) > 15
    assert not [name for name in spoken if not (ROOT / name).is_dir() and not (ROOT / f"{name}.py").exists()]


@pytest.mark.parametrize("page", golden.TEXTS)
def test_generated_parts_of_pages_are_up_to_date(page: str) -> None:
    """If this fails, ``make golden`` renews the page."""
    assert (ROOT / page).read_text() == golden.renewed(page)


def test_the_example_of_an_approved_task_runs_in_the_playground() -> None:
    run = registry.load().operations["run"]
    _, _, place, task, *values = run.example("/env").split()
    found = next(e for e in parse(EXAMPLE.read_text()).environments if e.name == place).task(task)
    assert found is not None
    given = dict(value.split("=", 1) for value in values)
    assert given and not isinstance(filled(found, given), Refused)
    assert not isinstance(filled(found, {}), Refused), (
        "the first thing that the playground's page lets Dev run"
    )


def test_every_example_can_be_typed() -> None:
    known = registry.load()
    for found in (o for o in known.operations.values() if not o.console):
        read = parse_typed(found.example("/env").removeprefix("/env "), known, "/env")
        assert isinstance(read, Parsed), read
        assert read.operation == found.name
        found.bound(read.arguments)
