"""Files that an app uploads: an address for the bytes, the end of the upload, and what messages may show."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground.slack.words import SlackRefusal

LONGEST_ALT = 1_000  # facts/slack 2.8
LARGEST = 20_000_000
KEPT = 200
ID = re.compile(r"F[A-Z0-9]{8,}")
LATE = 1
"""How many messages with a new file are refused: Slack processes a file after accepting it, and does not say
how long that takes.
"""
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass
class File:
    """An uploaded file. ``late``: how many more messages with this file are refused."""

    id: str
    name: str
    length: int
    alt: str = ""
    title: str = ""
    body: bytes = b""
    completed: bool = False
    late: int = LATE

    @property
    def size(self) -> tuple[int, int]:
        """The size in pixels, as the picture itself says; ``(0, 0)`` if the file is not a picture."""
        if not self.body.startswith(PNG) or len(self.body) < 24:
            return 0, 0
        width, height = struct.unpack(">II", self.body[16:24])
        return int(width), int(height)


class Files:
    """Uploads under way and complete files; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._addresses: dict[str, File] = {}
        self._files: dict[str, File] = {}

    def begin(self, key: str, file: File) -> None:
        self._addresses[key] = file
        self._files[file.id] = file
        for held in (self._addresses, self._files):
            while len(held) > KEPT:
                del held[next(iter(held))]

    def take(self, key: str, body: bytes) -> bool:
        """Take the bytes at an address, which works once; return False if the address is unknown or the
        length is not the announced one.
        """
        file = self._addresses.pop(key, None)
        if file is None or len(body) != file.length:
            return False
        file.body = body
        return True

    def complete(self, id_: str, title: str) -> File:
        """Complete an upload. Raises ``SlackRefusal`` for a file that got no bytes or was
        completed before.
        """
        file = self._files.get(id_)
        if file is None or not file.body or file.completed:
            raise SlackRefusal("file_not_found")
        file.completed, file.title = True, title or file.name
        return file

    def find(self, id_: str) -> File | None:
        file = self._files.get(id_)
        return file if file is not None and file.completed else None

    def faults(self, blocks: list[Any]) -> Iterator[tuple[str, str]]:
        """Yield pointer and words for each image that shows an unknown file or one that is not
        processed yet.
        """
        for index, block in enumerate(blocks):
            shown = block.get("slack_file") if isinstance(block, Mapping) else None
            id_ = shown.get("id") if isinstance(shown, Mapping) else None
            if not isinstance(shown, Mapping):
                continue
            if id_ is not None and not ID.fullmatch(str(id_)):
                yield f"/blocks/{index}/slack_file/id", f"input must match regex pattern: ^{ID.pattern}$"
            elif not self._ready(self.find(str(id_))):
                yield f"/blocks/{index}/slack_file", "invalid slack file"

    def _ready(self, file: File | None) -> bool:
        if file is None or file.size == (0, 0):
            return False
        file.late -= 1
        return file.late < 0
