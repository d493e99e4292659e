"""A log that somebody follows: from the button under its newest lines to the direct message that goes on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opens

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_log_is_followed_in_the_direct_messages_until_somebody_stops(sees: Opens) -> None:
    dev = sees("U0DEV")
    lines = dev.says("/env logs staging orders-api")
    expect(lines).to_contain_text("[redacted]")
    dev.picture("follow-1-lines")
    lines.get_by_role("button", name="Follow").click()
    expect(lines).to_contain_text("You are following the log of orders-api in staging")
    expect(lines).to_contain_text("Only visible to you")

    dev.goes_to("Lamplighter")
    message = dev.page.locator("#log > li.message").filter(has_text="ollow").last
    expect(message).to_contain_text("Following the log of orders-api in staging until")
    log = message.locator("pre")
    expect(log).to_contain_text("GET")
    seen = log.inner_text()
    expect(log, "new lines come by themselves").not_to_have_text(seen, use_inner_text=True)
    dev.everywhere("follow-2-following")
    message.get_by_role("button", name="Stop following").click()
    expect(message).to_contain_text(
        re.compile(r"You stopped following the log of orders-api in staging at .*: [\d,]+ lines")
    )
    expect(message.get_by_role("button", name="Stop following")).to_have_count(0)
    expect(log).to_contain_text("GET")
    dev.picture("follow-3-stopped")
