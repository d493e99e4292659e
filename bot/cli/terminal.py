"""As whom a command of ``lamplighter env`` is asked for: whoever AWS says it is, if the catalog names them,
else the account on this machine.
"""

from __future__ import annotations

from bot.aws.caller import caller
from bot.bootstrap import aws_settings
from bot.cli.output import warn
from bot.cli.person import console_user
from bot.settings import Settings
from handlers.ports.store import CatalogState
from handlers.words.errors import Trouble
from policies.access.people import ConsoleUser
from policies.access.terminals import terminal


def somebody(settings: Settings, state: CatalogState) -> ConsoleUser:
    """Return who asks. Says on standard error whose grants count, unless nobody but the account is possible.

    AWS is asked only if the catalog names somebody whom it could know.
    """
    account = console_user()
    if not state.terminals:
        return account
    region = next((place.region for place in state.environments), "us-east-1")
    try:
        arn = caller(aws_settings(settings), region)
    except Trouble as trouble:
        warn(f"{trouble.sentence} {_acts(account)}")
        return account
    row = terminal(arn, state.terminals)
    if row is not None:
        warn(f"AWS says that you are {arn}. The grants of {row.subject} count.")
        return ConsoleUser(arn)
    if arn:
        warn(f"AWS says that you are {arn}, whom the catalog does not name. {_acts(account)}")
    return account


def _acts(account: ConsoleUser) -> str:
    return f"The grants of {account.id} count."
