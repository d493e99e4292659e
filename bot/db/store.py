"""The three kinds of transaction, and the one place where the library's exceptions become ours."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.db.engine import PATIENCE, WRITES
from bot.db.tables import audit_head
from handlers.words.errors import StoreLost

_PASSING = (OperationalError, InterfaceError, PoolTimeout)


class Store:
    """One engine and its transactions. Thread-safe. On SQLite all writers queue on one in-process lock, so
    that none of them runs into a busy file; other processes are waited for as long as a lock is."""

    def __init__(self, engine: Engine, *, patience: float = PATIENCE) -> None:
        self.engine = engine
        self._patience = patience
        self._writing = threading.Lock() if engine.dialect.name == "sqlite" else None

    @contextmanager
    def gate_transaction(self) -> Iterator[Connection]:
        """A transaction that holds the head of the chain from its first statement; all of them are serial."""
        with self._write() as connection:
            if self._writing is None:
                connection.execute(select(audit_head.c.seq).with_for_update())
            yield connection

    @contextmanager
    def step_transaction(self) -> Iterator[Connection]:
        """A transaction that touches only rows we hold, and appends no entry."""
        with self._write() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot, to read from."""
        with translated(), self.engine.connect() as connection:
            if self._writing is None:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with translated(), self._turn(), self.engine.connect() as connection:
            connection.execution_options(**{WRITES: True})
            with connection.begin():
                yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._writing is None:
            yield
            return
        if not self._writing.acquire(timeout=self._patience):
            raise StoreLost("The database is too busy to answer.", retry_helps=True)
        try:
            yield
        finally:
            self._writing.release()


def unbound(connection: Connection) -> None:
    """For the rest of its transaction, statements may take any time: a backup, a walk, a pruning."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


@contextmanager
def translated() -> Iterator[None]:
    """SQLAlchemy's exceptions become ``StoreLost``. A violated constraint or an impossible value stays what
    it is: a mistake of ours, not a lost database."""
    try:
        yield
    except (IntegrityError, DataError):
        raise
    except (DBAPIError, PoolTimeout) as error:
        passing = isinstance(error, _PASSING)
        said = "did not answer" if passing else "cannot be used as it is"
        raise StoreLost(f"The database {said}.", retry_helps=passing) from error
