"""The bot's environment: built from nothing, and pointing at the playground alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from playground.slack.cast import APP_TOKEN, BOT_TOKEN, COMMANDS, SIGNING_SECRET, TEAM
from playground.slack.organisation import ALONE, Organisation

REAL_SECRETS = (
    re.compile(r"xox[a-z]-\d{6,}-"),
    re.compile(r"xapp-\d-[A-Z0-9]{6,}-\d+"),
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
)
PAYER = "123456789012"
"""The payer: the world's one account pays for itself."""
CATALOG = Path(__file__).with_name("environments.yaml")


@dataclass(frozen=True)
class BotSetup:
    """How the bot of one playground is started. ``extra`` overrides everything else. ``budgets`` are US
    dollars a month by environment, in place of the catalog's shipped budgets.
    """

    home: Path
    transport: str
    port: int
    database_url: str
    tick: float
    extra: Mapping[str, str] = field(default_factory=dict)
    organisation: Organisation = ALONE
    budgets: Mapping[str, str] = field(default_factory=dict)


def looks_real(value: str) -> bool:
    """Return whether the value looks like a token or key that opens something in the real world."""
    return any(pattern.search(value) for pattern in REAL_SECRETS)


def parse_extra(pairs: list[str]) -> dict[str, str]:
    """Parse ``NAME=VALUE`` pairs; ``ValueError`` on another form or on a secret that looks real."""
    extra = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise ValueError(f"--env needs NAME=VALUE, not {name!r}")
        extra[name] = value
    refuse_real(extra)
    return extra


def refuse_real(extra: Mapping[str, str]) -> None:
    """Raise ``ValueError`` naming the variable whose value looks like a real secret, but never the value."""
    for name, value in extra.items():
        if looks_real(value):
            raise ValueError(f"{name} looks like a real secret; the playground takes none")


def environment(setup: BotSetup, playground_url: str, world_url: str | None) -> dict[str, str]:
    """Return every variable that the bot sees."""
    home = setup.home
    built = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home / "home"),
        "LANG": "C.UTF-8",
        "LAMPLIGHTER_DATABASE_URL": setup.database_url,
        "LAMPLIGHTER_SLACK_TRANSPORT": setup.transport,
        "LAMPLIGHTER_SLACK_BOT_TOKEN": BOT_TOKEN,
        "LAMPLIGHTER_SLACK_APP_TOKEN": APP_TOKEN,
        "LAMPLIGHTER_SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "LAMPLIGHTER_SLACK_API_URL": f"{playground_url}/api/",
        "LAMPLIGHTER_SLACK_TEAM": setup.organisation.id or TEAM,
        "LAMPLIGHTER_SLACK_PICTURES": "true",
        "LAMPLIGHTER_SLACK_COMMAND": next(iter(COMMANDS)),
        "LAMPLIGHTER_HTTP_HOST": "127.0.0.1",
        "LAMPLIGHTER_HTTP_PORT": str(setup.port),
        "LAMPLIGHTER_CLOCK_URL": f"{playground_url}/playground/clock",
        "LAMPLIGHTER_CATALOG_FILE": str(_catalog(setup)),
        "LAMPLIGHTER_TICK_SECONDS": f"{setup.tick:g}",
        "LAMPLIGHTER_LEASE_SECONDS": "10",
        "AWS_ACCESS_KEY_ID": "PLAYGROUND",
        "AWS_SECRET_ACCESS_KEY": "playground-not-a-secret",
        "AWS_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(home / "home" / "no-aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "home" / "no-aws-credentials"),
    }
    if world_url is not None:
        built |= {"LAMPLIGHTER_AWS_ENDPOINT_URL": world_url, "LAMPLIGHTER_BILLING": PAYER}
    return {**built, **setup.extra}


def _catalog(setup: BotSetup) -> Path:
    """Return the shipped catalog, or a copy with an organisation's people and other budgets."""
    shipped = CATALOG.read_text(encoding="utf-8")
    wanted = with_budgets(setup.organisation.catalog(shipped), setup.budgets)
    if wanted == shipped:
        return CATALOG
    made = setup.home / "environments.yaml"
    made.write_text(wanted, encoding="utf-8")
    return made


def with_budgets(text: str, amounts: Mapping[str, str]) -> str:
    """Return the catalog with these amounts in its budgets; an amount without a budget changes nothing."""
    for name, amount in amounts.items():
        row = re.compile(rf"(environments: {re.escape(name)}, monthly: )[^,}}\n]+")
        text = row.sub(rf'\g<1>"{amount} USD"', text)
    return text
