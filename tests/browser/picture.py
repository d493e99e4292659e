"""``python -m tests.browser.picture SUBJECT FILE``: a picture of the playground, as the README shows it.

``digest``: what the week cost, as Ada sees it in #staging. ``restart``: a minute of real use by Dev.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import expect

from policies.record.joining import WITHIN
from tests.browser.chromium import MISSING, chromium, find_chromium
from tests.browser.screen import DESK, PATIENCE, Screen, Size, opened
from tests.scenarios.control import Control
from tests.scenarios.process import PlaygroundProcess
from tests.waiting import until

LARGEST = 280_000
MARGIN = 16
"""Pixels below the message with which a picture ends."""


@dataclass(frozen=True)
class Subject:
    """What a picture shows. ``options`` are those of the playground; ``ready`` waits for what must be known
    before the page is opened.
    """

    user: str
    size: Size
    options: list[str]
    ready: Callable[[Control], None]
    take: Callable[[Screen, Path], None]


def main() -> int:
    parser = argparse.ArgumentParser("picture", description=__doc__)
    parser.add_argument("subject", choices=SUBJECTS)
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    path = find_chromium()
    if path is None:
        sys.stderr.write(f"{MISSING}\n")
        return 1
    file: Path = arguments.file
    expect.set_options(timeout=PATIENCE)
    _picture(path, SUBJECTS[arguments.subject], file)
    size = file.stat().st_size
    sys.stdout.write(f"{file}: {size} bytes\n")
    return 0 if size <= LARGEST else 1


def _picture(chromium_path: str, subject: Subject, file: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="lamplighter-picture-") as folder:
        process = PlaygroundProcess(Path(folder), subject.options)
        control = Control(process.url)
        try:
            subject.ready(control)
            with (
                chromium(chromium_path) as browser,
                opened(browser, process.url, subject.user, file.parent, size=subject.size) as screen,
            ):
                subject.take(screen, file)
        finally:
            bot = control.get("")["bot"]["pid"]
            control.close()
            process.end(bot)


def _history(control: Control) -> None:
    """Wait for four weeks of history. Asks in another channel, so that the picture shows nothing of the
    questions.
    """
    until("four weeks and both orphans are known", lambda: _known(control), pause=1.0)


def _known(control: Control) -> bool:
    control.post("/command", {"user": "U0ADA", "channel": "C0OPS", "text": "/env digest"})
    told = str(control.get("/messages", channel="C0OPS", viewer="U0ADA")["messages"][-1:])
    known = (" staging: ", " qa-eu: ", "`demo-acme`: about", "`pr-142`: about")
    return all(each in told for each in known)


def _digest(ada: Screen, file: Path) -> None:
    """Take the picture from the head of the page to the last button."""
    shown = ada.says("/env digest")
    expect(shown.get_by_role("button", name="Not mine: pr-142")).to_be_visible()
    expect(shown.get_by_role("img", name=re.compile("chart"))).to_be_visible()
    ada.page.mouse.move(0, 0)
    box = shown.bounding_box()
    assert box is not None
    wide, high = box["x"] + box["width"], box["y"] + box["height"] + MARGIN
    ada.page.screenshot(
        path=file, clip={"x": 0, "y": 0, "width": wide, "height": high}, animations="disabled"
    )


def _restart(dev: Screen, file: Path) -> None:
    """Show a question that waits, a successful restart, and a failed one with the head of its thread."""
    question = dev.says("/env restart staging web")
    expect(question.get_by_role("button", name="Redeploy the new image")).to_be_visible()
    restarted = dev.says("/env restart staging orders-api")
    expect(restarted).to_contain_text(re.compile(r"restarted in staging.*healthy after \d"))
    dev.page.wait_for_timeout(WITHIN.total_seconds() * 1_000)  # in a minute it would join the message before
    failed = dev.says("/env restart staging broken-api")
    expect(dev.thread_of(failed)).to_contain_text("DATABASE_URL")
    expect(dev.page.get_by_role("status").filter(has_text="Acknowledged")).to_be_visible()
    question.scroll_into_view_if_needed()
    dev.picture(file.stem)


def _nothing(_: Control) -> None:
    """Wait for nothing: the picture shows only answers to typed commands."""


FAST = ["--transport", "http", "--pace", "10", "--tick", "0.2", "--env", "LAMPLIGHTER_PER_MINUTE=1000"]
MONDAY = ["--at", "2026-11-30T11:00:00+01:00"]
LIVELY = ["--transport", "http", "--pace", "1.5", "--tick", "0.5"]
"""Near the pace of real life, so that the seconds in the picture are those that a person would wait."""
SUBJECTS = {
    "digest": Subject("U0ADA", (1280, 1500), [*FAST, *MONDAY], _history, _digest),
    "restart": Subject("U0DEV", DESK, LIVELY, _nothing, _restart),
}


if __name__ == "__main__":
    sys.exit(main())
