"""``lamplighter …`` as typed, with an environment made from nothing."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import structlog
import yaml
from typer.testing import CliRunner

from bot.cli import app
from tests.databases import (  # noqa: F401
    database_url,
    empty_database_url,
    empty_postgres_url,
    empty_sqlite_url,
    postgres_database,
    postgres_server,
    postgres_url,
    sqlite_template,
    sqlite_url,
)
from tests.scenarios.control import Control
from tests.scenarios.process import PlaygroundProcess

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "playground" / "environments.yaml"
NOWHERE = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nowhere",
    "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
}
"""Variables that hide the credentials of whoever runs the tests, and ask no address outside this machine."""


THREE = ("staging", "dev-alex", "demo-acme")


def few_environments(path: Path, kept: Sequence[str] = THREE) -> Path:
    """Write the example with only a few of its environments, because asking AWS about each takes time."""
    path.write_text(_few(tuple(kept)))
    return path


@cache
def _few(kept: tuple[str, ...]) -> str:
    catalog = yaml.safe_load(EXAMPLE.read_text())
    catalog["environments"] = {name: catalog["environments"][name] for name in kept}
    catalog["budgets"] = [row for row in catalog["budgets"] if row["environments"] in kept]
    return yaml.safe_dump(catalog, sort_keys=False)


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@dataclass
class Console:
    """Types commands against one database."""

    url: str
    variables: dict[str, str]

    def __call__(self, *words: str, answer: str = "", **variables: str) -> Said:
        given = {"LAMPLIGHTER_DATABASE_URL": self.url, **NOWHERE, **self.variables, **variables}
        result = CliRunner().invoke(app, list(words), input=answer, env=given)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)


@pytest.fixture(autouse=True)
def undisturbed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep this machine's variables out, and restore the log afterwards."""
    for name in [n for n in os.environ if n.startswith(("LAMPLIGHTER_", "AWS_", "SLACK_"))]:
        monkeypatch.delenv(name)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def typed() -> Callable[[str], Console]:
    return lambda url: Console(url, {})


@pytest.fixture
def console(database_url: str) -> Console:  # noqa: F811
    """A console with a migrated database, of each kind in turn."""
    return Console(database_url, {})


@pytest.fixture(scope="session")
def applied_template(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:  # noqa: F811
    """A database to which a few environments of the example were applied."""
    return applied_to(sqlite_template, tmp_path_factory.mktemp("applied"), THREE)


@pytest.fixture(scope="session")
def staging_template(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:  # noqa: F811
    """A database to which one environment of the example was applied."""
    return applied_to(sqlite_template, tmp_path_factory.mktemp("staging"), THREE[:1])


def applied_to(template: Path, folder: Path, kept: Sequence[str]) -> Path:
    copy = shutil.copy(template, folder / "lamplighter.db")
    file = few_environments(folder / "few.yaml", kept)
    said = Console(f"sqlite:///{copy}", {})("apply", "--yes", str(file))
    assert said.code == 0, said
    return Path(copy)


@pytest.fixture
def applied_url(tmp_path: Path, applied_template: Path) -> str:
    return f"sqlite:///{shutil.copy(applied_template, tmp_path / 'applied.db')}"


@pytest.fixture
def staging_url(tmp_path: Path, staging_template: Path) -> str:
    return f"sqlite:///{shutil.copy(staging_template, tmp_path / 'applied.db')}"


@pytest.fixture
def sqlite_console(sqlite_url: str) -> Console:  # noqa: F811
    return Console(sqlite_url, {})


@pytest.fixture(scope="session")
def control(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Control]:
    """One playground for all tests of a worker, without a bot."""
    process = PlaygroundProcess(tmp_path_factory.mktemp("playground"), ["--no-bot", "--transport", "socket"])
    control = Control(process.url)
    yield control
    control.close()
    process.end(None)
