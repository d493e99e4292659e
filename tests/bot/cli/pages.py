"""What a command printed, in a form that a golden file can hold: whole, or the part that a test is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bot.cli.person import console_user

ME = console_user().name
VARYING = (
    (re.compile(r"^\{.*\}\n", re.MULTILINE), ""),
    (re.compile(rf"(?:(?<=console:)|(?<=console: )|(?<=`)){re.escape(ME)}\b"), "ME"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "HASH"),
    (re.compile(r"(?<=after )\d[^.)\n·]*[^.)\n· ]"), "…"),
    (re.compile(r"\b\d[\d,.]* (?=USD\b)"), "# "),
    (re.compile(r"^\w+ +disk: .*(\n +-> .*)*", re.MULTILINE), "…     disk: …"),
)
"""What differs between runs and machines: lines of the log, who runs the tests, hashes, durations, monthly
costs, and the disk of the temporary folder.
"""


@dataclass(frozen=True)
class Finding:
    """One check of a page: ``ok``, ``note`` or ``FAIL``, and the sentence with the next step."""

    mark: str
    said: str


def page(text: str, folder: Path | None = None) -> str:
    """The whole page, without what varies. ``folder`` is the test's own, whose name varies too."""
    if folder is not None:
        text = text.replace(str(folder), "FOLDER")
    text = text.replace(f" · {ME}", " · ME")
    for varying, steady in VARYING:
        text = varying.sub(steady, text)
    return text.rstrip("\n")


def lines(text: str, about: str) -> list[str]:
    """The lines that name what the test is about."""
    return [line.strip() for line in page(text).splitlines() if about in line]


def findings(text: str, what: str) -> list[Finding]:
    """The findings of the check with this name."""
    told = re.findall(rf"^(\w+) +{re.escape(what)}: (.*(?:\n +-> .*)*)$", page(text), re.MULTILINE)
    return [Finding(mark, said) for mark, said in told]
