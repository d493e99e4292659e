"""The system's Chromium, started without a screen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, BrowserContext, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-lcd-text",
)
MISSING = (
    "NO CHROMIUM: what a person sees is NOT tested. Install it from the system's packages, for example "
    f"`apt-get install chromium`; looked on PATH for {', '.join(NAMES)}"
)


def find_chromium() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path), None)


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """Start one browser. Playwright allows no other in the same thread meanwhile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


_contexts: WeakKeyDictionary[Browser, dict[tuple[int, int, bool], BrowserContext]] = WeakKeyDictionary()


def context_of(browser: Browser, width: int, height: int, *, touch: bool = False) -> BrowserContext:
    """Return the browser's one context of that size. A tab in a shared context takes half the resources of
    one in a context of its own; the page keeps its data per tab (``sessionStorage``).
    """
    known = _contexts.setdefault(browser, {})
    if (width, height, touch) not in known:
        made = known[width, height, touch] = browser.new_context(
            viewport={"width": width, "height": height}, has_touch=touch, is_mobile=touch
        )
        _kept_warm(made)
    return known[width, height, touch]


def _kept_warm(context: BrowserContext) -> None:
    """Keep an empty tab of the same site open, so that Chromium keeps the process that the other tabs use
    too.
    """
    empty = context.new_page()
    empty.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
    empty.goto("http://127.0.0.1:9/")
    empty.unroute("**/*")
