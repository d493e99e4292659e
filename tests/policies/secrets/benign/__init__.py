"""Lines that programs print and that hold no secret; many come close to one.

Each line of the text files in this folder is a template. ``@word@`` stands for something that varies and
``@@`` for the sign itself. The lines were written before the patterns they test, from what such programs
print. ``near.txt`` was written after the patterns, to see how they do on lines they were not made for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

TEMPLATES = tuple(
    line for file in sorted(Path(__file__).parent.glob("*.txt")) for line in file.read_text().splitlines()
)
_WORDS = "orders billing invoice search catalog users payments shipping report inventory ledger media"
_SERVICES = "orders-api web-frontend billing-worker auth-service token-issuer search keycloak monkey-app"
_TABLES = "orders users sessions api_keys tokens line_items password_resets ledger_entries"
_PATHS = "api/v1/orders users/42/tokens assets/img auth/callback reports/2026/03 keys/public login"
_TAGS = "live 1.14.2 main-202611210943 v2.0.0-rc.1 latest sha-0f3c9a1 feature-token-refresh"
_REGIONS = "eu-west-1 us-east-1 eu-central-1 ap-northeast-1"
_HEX, _BASE32 = "0123456789abcdef", "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def _of(alphabet: str, length: int) -> Callable[[Random], str]:
    return lambda chance: "".join(chance.choices(alphabet, k=length))


def _uuid(chance: Random) -> str:
    return "-".join(_of(_HEX, n)(chance) for n in (8, 4, 4, 4, 12))


def _number(most: int) -> Callable[[Random], str]:
    return lambda chance: str(chance.randint(1, most))


def _one(words: str) -> Callable[[Random], str]:
    return lambda chance: chance.choice(words.split())


def _day(chance: Random) -> str:
    return f"2026-03-{chance.randint(1, 28):02}"


def _time(chance: Random) -> str:
    return f"{_day(chance)}T{chance.randint(0, 23):02}:14:{chance.randint(0, 59):02}.123Z"


def _address(chance: Random) -> str:
    return f"10.{chance.randint(0, 255)}.{chance.randint(0, 255)}.{chance.randint(1, 254)}"


VALUES: dict[str, Callable[[Random], str]] = {
    **{f"hex{n}": _of(_HEX, n) for n in (7, 8, 12, 16, 24, 32)},
    **{f"sha{n}": _of(_HEX, n) for n in (40, 64)},
    **{f"id{n}": _of(_BASE32, n) for n in (16, 22, 32, 52)},
    **{f"b64x{n}": _of(_BASE64, n) for n in (43, 86)},
    **{f"n{n}": _of("123456789", n) for n in (10, 19)},
    "d": _number(9),
    "n": _number(9_999),
    "ms": _number(999),
    "port": lambda chance: str(chance.randint(1_024, 65_535)),
    "uuid": _uuid,
    "ip": _address,
    "date": _day,
    "ts": _time,
    "clf": lambda chance: f"{chance.randint(1, 28):02}/Mar/2026:10:14:44 +0000",
    "trace": lambda chance: f"1-{_of(_HEX, 8)(chance)}-{_of(_HEX, 24)(chance)}",
    "word": _one(_WORDS),
    "svc": _one(_SERVICES),
    "table": _one(_TABLES),
    "path": _one(_PATHS),
    "tag": _one(_TAGS),
    "region": _one(_REGIONS),
}


def lines(many: int) -> list[str]:
    """Return ``many`` lines, all different and always the same: each template once, then again with other
    values.
    """
    chance = Random(8)
    found: dict[str, None] = {}
    while len(found) < many:
        found.update(dict.fromkeys(_filled(template, chance) for template in TEMPLATES))
    return list(found)[:many]


def _filled(template: str, chance: Random) -> str:
    return re.sub(r"@(\w*)@", lambda m: VALUES[m[1]](chance) if m[1] else "@", template)
