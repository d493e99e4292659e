"""Why a database did not answer: each cause is told apart, with its own next step.

A server that only refuses says what PostgreSQL says; psycopg treats it like a real one.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from bot.causes import Cause
from bot.db.causes import told
from bot.db.migrate import schema_state
from handlers.words.errors import StoreLost
from tests.golden import Golden

TLS_ASKED = 80877103
"""The number of PostgreSQL's SSLRequest."""


def why(url: str) -> Cause:
    with pytest.raises(StoreLost) as lost:
        schema_state(url)
    return told(lost.value)


@contextmanager
def refusing(code: str, message: str, *, tls: bytes = b"N") -> Iterator[str]:
    """A server that answers every start-up with this error."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_refuse, args=(listening, code, message, tls), daemon=True).start()
        yield f"postgresql://olu:not-a-real-one@127.0.0.1:{listening.getsockname()[1]}/lamplighter"


def _refuse(listening: socket.socket, code: str, message: str, tls: bytes) -> None:
    body = b"".join(
        k + v.encode() + b"\0" for k, v in ((b"S", "FATAL"), (b"V", "FATAL"), (b"C", code), (b"M", message))
    )
    answer = b"E" + struct.pack("!I", len(body) + 5) + body + b"\0"
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            if struct.unpack("!II", connection.recv(8))[1] == TLS_ASKED:
                connection.sendall(tls)
            if connection.recv(4_096):
                connection.sendall(answer)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("28P01", 'password authentication failed for user "olu"'),
        ("28000", 'role "olu" does not exist'),
        ("3D000", 'database "lamplighter" does not exist'),
        (
            "28000",
            'no pg_hba.conf entry for host "10.0.0.9", user "olu", database "lamplighter", no encryption',
        ),
        (
            "28000",
            'no pg_hba.conf entry for host "10.0.0.9", user "olu", database "lamplighter", SSL encryption',
        ),
        ("53300", "sorry, too many clients already"),
        ("57P03", "the database system is starting up"),
        ("XX000", "something nobody has heard of"),
    ],
)
def test_each_error_of_the_server_is_reported_with_the_next_step(
    code: str, message: str, golden: Golden
) -> None:
    with refusing(code, message) as url:
        found = why(url)
    assert (_without_port(found.said), found.todo) == golden
    assert "not-a-real-one" not in found.said + found.todo


def _without_port(said: str) -> str:
    return " ".join(word for word in said.split() if not word.strip(",.").isdigit())


def test_each_way_not_to_reach_the_server_has_a_cause_of_its_own(golden: Golden) -> None:
    with refusing("0", "never sent") as url:
        no_tls = why(f"{url}?sslmode=require")
    found = [
        why("postgresql://olu@127.0.0.1:1/lamplighter"),
        why("postgresql://olu@no-such-host.invalid/lamplighter"),
        why("postgresql://olu@/lamplighter?host=/nowhere/at/all"),
        no_tls,
    ]
    assert found == golden
    assert len({(cause.said, cause.todo) for cause in found}) == len(found)


def test_a_server_that_is_not_postgresql_is_recognised(golden: Golden) -> None:
    with refusing("0", "never sent", tls=b"H") as url:
        assert why(url) == golden


def test_a_certificate_that_cannot_be_verified_is_reported(tmp_path: Path) -> None:
    with refusing("0", "never sent", tls=b"S") as url:
        found = why(f"{url}?sslmode=verify-full&sslrootcert={tmp_path}/none.pem")
    assert "certificate" in found.said
    assert "sslrootcert" in found.todo


def test_a_real_server_says_that_the_database_does_not_exist(postgres_server: Any) -> None:
    found = why(str(postgres_server.get_uri(database="nowhere")))
    assert found.said == "The database cannot be used: the server has no database nowhere."
    assert "CREATE DATABASE" in found.todo


def test_a_file_that_is_not_a_database_is_reported(tmp_path: Path, golden: Golden) -> None:
    path = tmp_path / "lamplighter.db"
    path.write_bytes(b"this is a text and no database at all" * 100)
    assert why(f"sqlite:///{path}") == golden


def test_a_trouble_without_a_word_from_the_driver_still_has_a_next_step() -> None:
    assert "LAMPLIGHTER_DATABASE_URL" in told(StoreLost("The database is too busy to answer.")).todo
