"""Follows docs/playground.md from top to bottom: types what it says to type, presses what it says to press,
and looks for what it promises. The test reads the page itself and repeats none of it.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from handlers import registry
from handlers.typed import reading
from handlers.typed.room import Room
from handlers.typed.values import Names, Parsed
from tests.browser.conftest import MANY, OPTIONS, PICTURES
from tests.browser.screen import Screen, opened
from tests.scenarios.control import Control
from tests.scenarios.process import SOURCES, PlaygroundProcess
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PAGE = (SOURCES / "docs" / "playground.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^## (.+)\n", re.MULTILINE)
ROW = re.compile(r"^\| (\w+) \| (?:`(/env .*?)`|\*\*(.+?)\*\*) \| (.+) \|$", re.MULTILINE)
BUTTON, WORDS = re.compile(r"\*\*(.+?)\*\*"), re.compile(r"\*(.+?)\*")
ORDER = re.compile(r"curl (?:-s )?localhost:3000/playground(/\w+) -d '([^']+)'")
CHIPS = ("evening", "morning")
SCRIPT = (SOURCES / "playground" / "slack" / "static" / "page.js").read_text(encoding="utf-8")
SUGGESTED = re.findall(r'"(/env [^"]+)"', SCRIPT[SCRIPT.index("const CHIPS") : SCRIPT.index("];")])
A_MINUTE = 61
"""Seconds after which a change joins no message of the one before (docs/messages.md)."""


@dataclass(frozen=True)
class Step:
    """A row of the page: who acts, what they type or else press, and what they should then see."""

    name: str
    typed: str
    pressed: str
    words: list[str]
    buttons: list[str]


def steps(text: str) -> list[Step]:
    found = []
    for name, typed, pressed, promise in ROW.findall(text):
        rest = BUTTON.sub("", promise)
        found.append(Step(name, typed, pressed, WORDS.findall(rest), BUTTON.findall(promise)))
    return found


TABLES = {
    title: steps(text)
    for title, text in zip(*[iter(SECTION.split(PAGE)[1:])] * 2, strict=True)
    if steps(text)
}
ORDERS = ORDER.findall(PAGE)


@pytest.fixture
def demo(browser: Browser) -> Iterator[tuple[Screen, Control]]:
    """#staging as the page's first visitor sees it, in a playground that begins as `make demo` does."""
    with tempfile.TemporaryDirectory(prefix="lamplighter-following-") as folder:
        process = PlaygroundProcess(Path(folder), [*OPTIONS, *MANY, "--at", "tuesday"])
        control = Control(process.url)
        try:
            with opened(browser, process.url, "U0DEV", PICTURES) as screen:
                yield screen, control
        finally:
            bot = control.get("")["bot"]["pid"]
            control.close()
            process.end(bot)


def test_every_step_of_the_page_does_what_it_says(demo: tuple[Screen, Control]) -> None:
    """A service that failed to deploy is stopped in the evening with the rest, and the rest comes back as it
    was.
    """
    screen, control = demo
    before = counts(control)
    for title, rows in TABLES.items():
        for step in rows:
            if step.typed.startswith("/env restart"):
                control.post("/clock", {"advance": A_MINUTE})
            follow(screen, step)
            if "stopped" in "".join(step.words):
                assert set(counts(control).values()) == {(0, 0)}
            if step.pressed == "morning":
                until("the counts that were there", lambda: healthy(before) <= healthy(counts(control)))
        screen.picture(f"following-{title.replace(' ', '-').lower()}")
    for path, order in ORDERS:
        control.post(path, json.loads(order))


def test_nothing_that_the_page_says_to_type_is_left_out() -> None:
    typed = {step.typed for rows in TABLES.values() for step in rows}
    assert typed - {""} == set(re.findall(r"`(/env .*?)`", PAGE))
    assert (len(TABLES), len(ORDERS)) == (3, 3)


def test_what_the_page_has_its_first_visitor_look_at_can_also_be_pressed() -> None:
    """The first visitor is Dev, in #staging."""
    names = Names(frozenset({"staging"}), services=lambda _: ("orders-api", "broken-api", "web"))
    room = Room(registry.load(), "/env", names)

    def looks(line: str) -> bool:
        """Whether the bot understands the line and changes nothing for it."""
        asked = reading.read(line.removeprefix("/env "), room)
        return isinstance(asked, Parsed) and not room.registry.operations[asked.operation].changes

    lines = {step.typed for step in TABLES["Worth trying"] if step.name == "Dev" and looks(step.typed)}
    assert "/env logs staging orders-api" in lines
    assert lines <= set(SUGGESTED)
    understood = [reading.read(line.removeprefix("/env "), room) for line in SUGGESTED]
    assert all(isinstance(asked, Parsed) for asked in understood), understood


def follow(screen: Screen, step: Step) -> None:
    """Follow a step. Fails, with the step in the message, if its promise does not come true."""
    page, before = screen.page, ""
    screen.acts_as(f"U0{step.name.upper()}")
    if step.typed:
        before = screen.newest_ts()
        page.get_by_label("Message", exact=True).fill(step.typed)
        page.keyboard.press("Enter")
        expect(page.locator("#log > li.typed").last).to_contain_text(step.typed)
    else:
        pressable(screen, step.pressed).click()
    said = page.locator(f'#log > li.message[data-ts="{before}"] ~ li' if before else "#log > li.message")
    for words in step.words:
        pattern = re.compile(".*".join(map(re.escape, words.split("…"))), re.DOTALL)
        expect(said.filter(has_text=pattern).last, f"{step}: {words}").to_be_visible()
    for label in step.buttons:
        expect(said.get_by_role("button", name=label).last, f"{step}: {label}").to_be_enabled()


def pressable(screen: Screen, label: str) -> Locator:
    """Return a chip of the clock, or the newest button of that name in the conversation."""
    if label in CHIPS:
        clock = screen.page.get_by_role("group", name="Move the clock")
        return clock.get_by_role("button", name=re.compile(f"^{label} "))
    return screen.page.locator("#log").get_by_role("button", name=label, exact=True).last


def counts(control: Control) -> dict[str, tuple[int, int]]:
    """Return how many tasks each of staging's services wants and runs."""
    told = control.post("/world", {"do": "describe"})["clusters"]["staging"]
    return {name: (row["desired"], row["running"]) for name, row in told.items()}


def healthy(found: dict[str, tuple[int, int]]) -> set[tuple[str, int]]:
    return {(name, wanted) for name, (wanted, run) in found.items() if wanted == run and name != "broken-api"}
