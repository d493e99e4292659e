"""The page as one person of the cast sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests import waiting
from tests.browser.chromium import context_of

PATIENCE = waiting.PATIENCE * 1_000
"""Milliseconds after which something that should be on the page counts as missing."""
Size = tuple[int, int]
DESK: Size = (1280, 800)
PHONE: Size = (390, 844)
WIDE: Size = (1400, 900)
BEYOND = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
"""How many pixels of the page are beyond its right edge."""


class Screen:
    """A page that was opened; ``pictures`` is where its pictures go."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self.page, self._pictures = page, pictures

    def says(self, text: str) -> Locator:
        """Type a text and send it; return the message that answers, however it is edited later."""
        before = self.newest_ts()
        self.types(text)
        return self.newer_than(before)

    def types(self, text: str) -> None:
        """Types it and sends it, whatever comes of it."""
        box = self.page.get_by_label("Message", exact=True)
        box.fill(text)
        box.press("Enter")

    def presses(self, message: Locator, label: str, *, times: int = 1) -> Locator:
        """Press a button of the message, ``times`` in quick succession; return the message that answers."""
        before = self.newest_ts()
        message.get_by_role("button", name=label).click(click_count=times)
        return self.newer_than(before)

    def at(self, ts: str) -> Locator:
        """Return the message with that ts, as this person sees it."""
        return self.page.locator(f'#log > li.message[data-ts="{ts}"]')

    def thread_of(self, message: Locator) -> Locator:
        """Return the first reply below the message."""
        ts = message.get_attribute("data-ts")
        return self.page.locator(f'#log > li.message[data-ts="{ts}"] + li.message.reply')

    def goes_to(self, place: str) -> None:
        """Go to a channel or the App Home; return once its content is drawn."""
        link = self.page.get_by_role("link", name=place)
        link.click()
        expect(link).to_have_attribute("aria-current", "page")
        self.drawn()

    def acts_as(self, user: str) -> None:
        """Act as another person; return once the conversation is drawn as that person sees it."""
        people = self.page.get_by_label("Acting as")
        if people.input_value() != user:
            people.select_option(user)
            self.drawn()

    def drawn(self) -> None:
        """Return once the conversation is on the page, unless it is hidden behind the App Home."""
        expect(self.page.locator("#log[hidden], #log[aria-busy=false]")).to_be_attached()

    def picture(self, name: str) -> None:
        self._pictures.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=self._pictures / f"{name}.png", animations="disabled")

    def everywhere(self, name: str) -> None:
        """Take pictures on a desk and on a phone, light and dark. Fails if anything is beyond the page's
        edge.
        """
        page, before = self.page, self.page.viewport_size
        for width, height in (WIDE, PHONE):
            page.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                self.picture(f"{name}-{width}-{scheme}")
            assert page.evaluate(BEYOND) <= 0, f"{name}: something is beyond the edge at {width}"
        page.emulate_media(color_scheme="no-preference")
        assert before is not None
        page.set_viewport_size(before)

    def newest_ts(self) -> str:
        """Return the ts of the last message outside threads; empty if there is none."""
        return (self._roots.last.get_attribute("data-ts") or "") if self._roots.count() else ""

    def newer_than(self, ts: str) -> Locator:
        """Return the last message outside threads, once it is another than that."""
        newest = self._roots.last
        expect(newest).to_have_attribute("data-ts", re.compile(rf"^(?!{re.escape(ts)}$).+$"))
        return self._fixed(newest)

    @property
    def _roots(self) -> Locator:
        return self.page.locator("#log > li.message:not(.reply)")

    def _fixed(self, message: Locator) -> Locator:
        """Return a locator that stays on this message when others follow."""
        return self.at(message.get_attribute("data-ts") or "")


@contextmanager
def opened(browser: Browser, url: str, user: str, pictures: Path, *, size: Size = DESK) -> Iterator[Screen]:
    """Open #staging as that person. Raises ``AssertionError`` if the page logs an error to the console."""
    width, height = size
    page = context_of(browser, width, height, touch=size == PHONE).new_page()
    page.set_default_timeout(PATIENCE)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    try:
        page.goto(f"{url}/?as={user}")
        expect(page.get_by_label("Bot state")).to_have_text("Bot ready")
        expect(page.get_by_label("Acting as")).to_have_value(user)
        screen = Screen(page, pictures)
        screen.drawn()
        yield screen
    finally:
        page.close()
    assert wrong == []
