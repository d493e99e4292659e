"""A message or view as somebody sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """What the control API shows of one message."""

    raw: Json

    @property
    def ts(self) -> str:
        return str(self.raw["ts"])

    @property
    def channel(self) -> str:
        return str(self.raw["channel"])

    @property
    def only_for(self) -> str | None:
        found = self.raw["only_for"]
        return None if found is None else str(found)

    @property
    def thread(self) -> str | None:
        found = self.raw.get("thread_ts")
        return None if found is None else str(found)

    @property
    def by_bot(self) -> bool:
        return str(self.raw["user"]) == "U0LAMP"

    @property
    def fallback(self) -> str:
        """What a notification shows."""
        return str(self.raw["text"])

    @property
    def words(self) -> str:
        """Everything that can be read in the message: what a screen reader says, which begins with the status
        in a word, and then the blocks from top to bottom.
        """
        return "\n".join([self.fallback, *texts(self.raw["blocks"])])

    @property
    def menu(self) -> str:
        """The value behind the message's menu; empty if there is no menu."""
        found = [
            b["accessory"] for b in self.raw["blocks"] if b.get("accessory", {}).get("type") == "overflow"
        ]
        return str(found[0]["options"][0]["value"]) if found else ""

    @property
    def buttons(self) -> list[str]:
        return [str(b["text"]["text"]) for b in buttons(self.raw["blocks"])]

    def button(self, label: str) -> Json:
        found = [b for b in buttons(self.raw["blocks"]) if b["text"]["text"] == label]
        assert len(found) == 1, f"no button {label!r} among {self.buttons} of: {self.words}"
        return found[0]


def texts(value: Any) -> list[str]:
    """Return every text inside blocks, in order."""
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    if not isinstance(value, dict):
        return []
    own = value.get("text")
    first = [own] if isinstance(own, str) else []
    return first + [text for item in value.values() for text in texts(item)]


def buttons(blocks: list[Json]) -> Iterator[Json]:
    for block in blocks:
        for element in block.get("elements", []) if block.get("type") == "actions" else []:
            if element.get("type") == "button":
                yield element
