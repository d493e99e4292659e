"""Does the database exist, does it fit this release, and does its disk keep what is written?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.cli.checks.check import Check
from bot.cli.schema import TODO, sqlite_file
from bot.db import migrate as schema
from bot.db.causes import told
from bot.settings import Settings
from handlers.words.errors import Trouble

EPHEMERAL = frozenset({"overlay", "tmpfs", "ramfs", "aufs"})
NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "ceph", "fuse.s3fs", "fuse.gcsfuse", "9p"})
"""File systems on which SQLite loses data. The first kind disappears with the container; the second has no
dependable locks.
"""


def database(settings: Settings) -> Iterator[Check]:
    file = sqlite_file(settings)
    if file is not None and not file.parent.is_dir():
        todo = "make it, or correct LAMPLIGHTER_DATABASE_URL"
        yield Check("database", False, f"there is no folder {file.parent}", todo)
        return
    try:
        state = schema.schema_state(settings.database_url)
    except Trouble as trouble:
        found = told(trouble)
        yield Check("database", False, found.said, found.todo)
        return
    kind = "PostgreSQL" if file is None else f"SQLite in {file}"
    if state == "current":
        yield Check("database", True, f"{kind}; its tables are of this release")
    else:
        said, _, todo = TODO[state].partition(": ")
        yield Check("database", False, f"{kind}; {said[0].lower()}{said[1:]}", todo.rstrip("."))
    if file is not None:
        yield disk(file_system(file, Path("/proc/mounts")))


def disk(kind: str) -> Check:
    """The finding for SQLite on this kind of file system."""
    if kind in NETWORK:
        return Check(
            "disk", False, f"SQLite lies on {kind}, a network file system", "use a local disk or PostgreSQL"
        )
    if kind in EPHEMERAL:
        return Check(
            "disk", None, f"SQLite lies on {kind}, which ends with the container", "mount a volume there"
        )
    return Check("disk", True, f"SQLite lies on {kind or 'a local disk'}")


def file_system(file: Path, mounts: Path) -> str:
    """The type of the file system that holds a file; empty if the system does not say.

    Of two mounts at one point the later one counts. Blanks in a mount point are written as octal escapes.
    """
    best, kind = -1, ""
    path = file.resolve()
    for row in mounts.read_text(errors="replace").splitlines() if mounts.exists() else ():
        point, found = row.split(" ")[1:3]
        point = point.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        if path.is_relative_to(point) and len(point) >= best:
            best, kind = len(point), found
    return kind
