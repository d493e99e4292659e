"""An operation's id can be read wherever it is shown."""

from __future__ import annotations

import re

from bot.bootstrap import new_id
from policies.secrets.public import public
from policies.secrets.redaction import redact


def test_an_id_is_taken_neither_for_an_account_nor_for_a_secret() -> None:
    for _ in range(200):
        made = new_id()
        assert re.fullmatch(r"\d{6}t\d{6}-[0-9a-f]{10}", made)
        told = f"restart by Dev, for 14 s (operation {made}); 2 of 2 tasks healthy"
        assert public(told) == redact(told) == told
