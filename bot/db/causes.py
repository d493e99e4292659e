"""Why a database did not answer, and what to do next: read out of what the driver says.

At the connecting stage psycopg gives no SQLSTATE, only libpq's text (in English unless the server speaks
otherwise); what is not known here is passed on in the driver's words, which never hold a password.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.causes import Cause
from handlers.words.errors import Trouble

URL = "LAMPLIGHTER_DATABASE_URL"
LONGEST = 300


@dataclass(frozen=True)
class Known:
    """``words`` are the driver's own; the groups of the pattern fill ``said``."""

    words: re.Pattern[str]
    said: str
    todo: str


def _known(words: str, said: str, todo: str) -> Known:
    return Known(re.compile(words, re.IGNORECASE | re.DOTALL), said, todo)


AT = r'at "(?P<host>[^"]*)"[^,]*, port (?P<port>[0-9]+)[^:]*: '
SOCKET = r'on socket "(?P<socket>[^"]*)"[^:]*: '
KNOWN = (
    _known(
        r"(?:resolve host|translate host name) ['\"](?P<name>[^'\"]*)",
        "there is no host {name}",
        f"correct the host in {URL}, or this machine's name server",
    ),
    _known(
        r"password authentication failed for user \"(?P<name>[^\"]*)",
        "PostgreSQL does not accept the password of the user {name}",
        f"correct the password in {URL} (write % : / @ in it as %25 %3A %2F %40)",
    ),
    _known(
        r"no password supplied|fe_sendauth",
        "PostgreSQL asks for a password and none is given",
        f"put the password into {URL}",
    ),
    _known(
        r"role \"(?P<name>[^\"]*)\" (?:does not exist|is not permitted)",
        "PostgreSQL has no user {name} that may log in",
        f"make it there, or correct the user in {URL}",
    ),
    _known(
        r"database \"(?P<name>[^\"]*)\" does not exist",
        "the server has no database {name}",
        f"make it there (CREATE DATABASE), or correct its name in {URL}",
    ),
    _known(
        r"no pg_hba\.conf entry.*no encryption",
        "PostgreSQL lets nobody in from here without TLS",
        f"end {URL} with ?sslmode=require",
    ),
    _known(
        r"no pg_hba\.conf entry|pg_hba\.conf rejects",
        "PostgreSQL does not let this user in from this address",
        "add a line for user, database and address to the server's pg_hba.conf",
    ),
    _known(
        r"does not support SSL",
        "TLS is asked for and the server has none",
        f"turn TLS on in the server, or take sslmode out of {URL}",
    ),
    _known(
        r"certificate verify failed|root certificate file|server certificate for|unable to get local issuer",
        "the certificate that the server shows cannot be verified",
        f"name the authority that signed it in {URL} (sslrootcert=/path), and the host that it is for",
    ),
    _known(
        r"invalid response to SSL|received invalid|expected authentication request|unsupported protocol",
        "what answers there is not PostgreSQL",
        f"correct host and port in {URL}",
    ),
    _known(
        r"SSL (?:error|SYSCALL)|certificate",
        "TLS could not be agreed on with the server",
        f"check sslmode and the certificates named in {URL}",
    ),
    _known(
        AT + r"Connection refused",
        "nothing listens at {host}, port {port}",
        f"start PostgreSQL there, or correct host and port in {URL}",
    ),
    _known(
        r"Connection refused",
        "nothing listens there",
        f"start PostgreSQL, or correct host and port in {URL}",
    ),
    _known(
        SOCKET + r"No such file or directory",
        "there is no server behind the socket {socket}",
        f"start PostgreSQL, or correct the socket's folder in {URL}",
    ),
    _known(
        r"timeout expired|timed out|connection timeout",
        "it cannot be reached: no answer came at all",
        f"let this machine through the firewall or security group before it, or correct the host in {URL}",
    ),
    _known(
        r"No route to host|Network is unreachable",
        "there is no way to it from this network",
        f"check this machine's network, or correct the host in {URL}",
    ),
    _known(
        r"too many (?:clients|connections)|connection slots|QueuePool limit",
        "it has no connection left",
        "end some of those that others hold, or raise max_connections",
    ),
    _known(
        r"starting up|shutting down|in recovery|administrator command|crash",
        "the server is just starting or ending",
        "wait a little and run this again",
    ),
    _known(
        r"permission denied for|must be owner",
        "the user lacks rights there",
        "grant them, as docs/operate.md has it",
    ),
    _known(
        r"read-only transaction|hot standby",
        "it can only be read: it is a standby or set so",
        f"name the primary in {URL}",
    ),
    _known(
        r"server closed the connection|connection (?:reset|not open)|EOF",
        "the connection was cut",
        "look at the server's own log, and at a pooler or proxy between",
    ),
    _known(
        r"unable to open database file|permission denied",
        "the file cannot be opened",
        f"let this user read and write the file and its folder, or correct {URL}",
    ),
    _known(
        r"not a database|malformed",
        "the file is no SQLite database, or is damaged",
        f"correct {URL}, or restore a copy (`lamplighter restore`)",
    ),
    _known(
        r"database is locked",
        "another process holds it locked",
        "end what else has the file open, and run this again",
    ),
    _known(r"disk is full|disk I/O error|No space", "its disk is full or fails", "make room on it"),
    _known(
        r"readonly database",
        "the file may only be read",
        "let this user write the file and its folder",
    ),
)


def told(trouble: Trouble) -> Cause:
    """A lost store, with its cause where the driver said one: *The database cannot be used: nothing listens
    at 10.0.0.7, port 5432.*"""
    found = cause(trouble)
    if found is None:
        return Cause(trouble.sentence, f"check {URL}, and that the server can be reached")
    return Cause(f"The database cannot be used: {found.said}.", found.todo)


def cause(lost_by: Trouble) -> Cause | None:
    """``None`` if the driver said nothing."""
    lost = lost_by.__cause__
    if isinstance(lost, DBAPIError):
        words = str(lost.orig)
    elif isinstance(lost, PoolTimeout):
        words = str(lost)
    else:
        return None
    for known in KNOWN:
        if found := known.words.search(words):
            return Cause(known.said.format(**found.groupdict("")), known.todo)
    plain = " ".join(words.split())[:LONGEST]
    return Cause(f"its driver says: {plain}", f"check {URL}, and the server's own log")
