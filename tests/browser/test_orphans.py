"""Environments without an owner, as a person handles them from the digest in the channel: Keep 30 days, Stop
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import PICTURES
from tests.browser.screen import Screen, opened
from tests.scenarios.control import Control
from tests.waiting import BETWEEN_QUESTIONS, until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ORPHANS = ("demo-acme", "pr-142")


@pytest.fixture
def orphaned(browser: Browser, weekend: tuple[str, Control]) -> Iterator[Screen]:
    """#platform-ops as Ada, who was told of both orphans."""
    url, control = weekend
    until("both are found, and what they cost is known", lambda: _found(control), pause=BETWEEN_QUESTIONS)
    with opened(browser, url, "U0ADA", PICTURES) as ada:
        ada.goes_to("platform-ops")
        expect(ada.page.locator("#log > li.message").last).to_contain_text("2 of your 5 environments")
        yield ada


def _found(control: Control) -> bool:
    control.post("/command", {"user": "U0ADA", "channel": "C0OPS", "text": "/env orphans"})
    told = str(control.get("/messages", channel="C0OPS", viewer="U0ADA")["messages"][-1:])
    return all(f"`{name}`: about" in told for name in ORPHANS)


def posted(ada: Screen) -> Locator:
    """Return the digest for everybody. If the clock has not posted it by then, Ada does, and Slack asks for
    confirmation before the post.
    """
    digests = ada.page.locator("#log > li.message:not(.ephemeral)").filter(has_text="Head of the audit log")
    if not digests.count():
        mine = ada.says("/env digest")
        mine.get_by_role("button", name="Post to the channel").click()
        ada.page.get_by_role("dialog").get_by_role("button", name="Post to the channel").click()
    expect(digests).to_have_count(1)
    digest = digests
    for name in ORPHANS:
        expect(digest.get_by_role("button", name=f"Keep 30 days: {name}")).to_be_visible()
    return ada.at(digest.get_attribute("data-ts") or "")


def test_one_orphan_is_kept_and_not_asked_about_again_and_the_other_is_stopped(
    orphaned: Screen,
) -> None:
    ada, digest = orphaned, posted(orphaned)
    ada.picture("orphans-1-digest")

    question = ada.presses(digest, "Keep 30 days: pr-142")
    expect(question).to_contain_text("Why does pr-142 have to stay for 30 days?")
    ada.picture("orphans-2-why")
    kept = ada.presses(question, "A demo or a test is coming up")
    expect(kept).to_contain_text("pr-142 is kept until")
    expect(kept).not_to_contain_text("Only visible to you")
    ada.picture("orphans-3-kept")
    expect(digest.get_by_role("button", name="Keep 30 days: pr-142")).to_have_count(0)
    expect(digest).to_contain_text("pr-142: Ada Ames keeps it until")
    expect(digest.get_by_role("button", name="Keep 30 days: demo-acme")).to_be_visible()
    ada.picture("orphans-3-digest-answered")
    left = ada.says("/env orphans")
    expect(left).to_contain_text("1 of your 5 environments looks orphaned.")
    expect(left).to_contain_text(
        re.compile(r"pr-142: Ada Ames keeps it until .*A demo or a test is coming up")
    )
    expect(left.get_by_role("button", name="Keep 30 days")).to_have_count(1)

    question = ada.presses(digest, "Stop it: demo-acme")
    expect(question).to_contain_text("Stop demo-acme?")
    ada.picture("orphans-4-stop-asks")
    stopped = ada.presses(question, "Stop it")
    expect(stopped).to_contain_text("demo-acme stopped")
    ada.picture("orphans-5-stopped")
    expect(ada.says("/env status demo-acme")).to_contain_text("stopped")
