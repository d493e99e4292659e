"""The grant by which whoever applies a file may apply the next one: offered, and written into the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.catalog_yaml import CatalogFileError, place_for
from bot.cli.output import say, warn
from handlers.tell.apply import console_admin
from policies.access.decision import Allowed
from policies.access.grants import Grant, console
from policies.access.people import ConsoleUser, Role
from policies.catalog.values import from_json, to_json


@dataclass
class OwnGrant:
    """The offered grant. ``content`` is the catalog with that grant, as the operation takes it. ``wanted`` is
    the person's answer, or ``None`` before the question.
    """

    file: Path
    before: str
    after: str
    content: str
    wanted: bool | None = None

    def ask(self, agreed: Callable[[str], bool]) -> bool:
        self.wanted = agreed(f"Add that line to {self.file.name}?")
        return self.wanted

    def write(self) -> None:
        """Write the line into the file. The caller waits until the grant was applied; a file that was changed
        meanwhile is left alone.
        """
        try:
            if self.file.read_bytes().decode() != self.before:
                warn(f"{self.file} was changed meanwhile: add that line yourself.")
                return
            self.file.write_bytes(self.after.encode())
        except OSError as error:
            warn(f"{self.file} cannot be written ({error.strerror}): add that line yourself.")
            return
        say(f"The line was added to {self.file}.")


def grant_of_ones_own(content: str, file: Path, user: ConsoleUser, now: datetime) -> OwnGrant | None:
    """The grant that is missing, or ``None`` if the user has one already or no place for the line can be
    found.
    """
    wanted = from_json(content)
    if isinstance(console(user, wanted.grants, now=now), Allowed):
        return None
    try:
        before = file.read_bytes().decode()
        after = with_line(before, console_admin(user.name))
    except (OSError, UnicodeDecodeError, CatalogFileError):
        return None
    if not after:
        return None
    mine = Grant(f"console:{user.name}", Role.ADMIN)
    kept = tuple(g for g in wanted.grants if (g.subject, g.pattern) != (mine.subject, mine.pattern))
    if len(kept) != len(wanted.grants):
        return None
    return OwnGrant(file, before, after, to_json(replace(wanted, grants=(mine, *kept))))


def with_line(text: str, line: str) -> str:
    """The file with one more grant before the first and everything else unchanged; empty if nothing can be
    added to the list.
    """
    found = place_for(text, "grants")
    if found is None:
        return ""
    at, bracket = found
    if bracket:
        return f"{text[: at + 1]} {line},{text[at + 1 :]}"
    start = text.rfind("\n", 0, at) + 1
    end = "\r\n" if "\r\n" in text else "\n"
    return f"{text[:start]}{text[start:at]}- {line}{end}{text[start:]}"
