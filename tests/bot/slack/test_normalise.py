from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.normalise import normalise


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("restart staging orders–api", "restart staging orders-api"),
        ("restart staging orders—api", "restart staging orders-api"),
        ("restart staging orders‑api", "restart staging orders-api"),
        ("restart\u00a0staging\u2003web", "restart staging web"),
        ("re\u200bstart \ufeffstaging", "restart staging"),
        ("restart `staging` ```web```", "restart staging web"),
        ("audit since=“2 days”", 'audit since="2 days"'),
        ("audit since=‘now’", "audit since='now'"),
        ("status <http://orders.api.io|orders.api.io>", "status orders.api.io"),
        ("status <https://orders.io/x|orders.io/x>", "status orders.io/x"),
        ("status <http://orders.io>", "status http://orders.io"),
        ("status <http://evil.io|orders-api>", "status http://evil.io"),
        ("mail <mailto:dev@example.com|dev@example.com>", "mail dev@example.com"),
        ("grant <@U0DEV|dev> developer", "grant <@U0DEV> developer"),
        ("grant <@U0DEV>", "grant <@U0DEV>"),
        ("grant @dev", "grant @dev"),
        ("logs <#C0OPS|platform-ops>", "logs <#C0OPS>"),
        ("logs #platform-ops", "logs #platform-ops"),
        ("<!channel> hi", "@channel hi"),
        ("<!subteam^S1|@ops>", "<!subteam^S1>"),
        ("a&amp;b &lt;x&gt; &amp;lt;", "a&b <x> &lt;"),
        ("status\tstaging\r\nweb\x00\x07", "status staging web"),
        ("\u202estatus\u202c", "status"),
        ("  ", ""),
    ],
)
def test_text_from_slack_becomes_what_the_person_meant(sent: str, meant: str) -> None:
    assert normalise(sent) == meant


@given(st.text())
def test_any_text_becomes_one_line_without_anything_invisible(text: str) -> None:
    line = normalise(text)
    assert line == " ".join(line.split())
    assert "`" not in line
    assert all(letter.isprintable() for letter in line)
