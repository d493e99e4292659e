"""May the bot read AWS's list prices, and what does the bill say?

Deliberately absent: a question to Cost Explorer, which would cost money. The database has the last answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date

from bot.bootstrap import Core, payer
from bot.cli.checks.check import Check
from handlers.clock.pricing import ALWAYS
from handlers.ports.money import Asked, BillingQuery, Doubted
from handlers.tell import billing as tell
from handlers.words.errors import Trouble

ALLOW = "attach `lamplighter policy --caller` to the bot's own identity; until then built-in prices are used"
ALLOW_BILL = "attach `lamplighter policy --billing` to the role, and let it trust the bot's own identity"
AGAIN = "run this check again"


def prices(core: Core) -> Iterator[Check]:
    """Check the price list of each region in the catalog."""
    if core.settings.prices == "table":
        yield Check(
            "prices", None, "LAMPLIGHTER_PRICES is `table`: built-in prices are used, and none is read"
        )
        return
    for region in sorted({e.region for e in core.db.catalog.read().environments}):
        try:
            quoted = core.scopes.aws.price_list().prices(region, ALWAYS)
        except Trouble as trouble:
            yield Check(f"prices of {region}", None, trouble.sentence, ALLOW)
            return
        doubts = [doubt.item for doubt in quoted.doubts if doubt.why is Doubted.AMBIGUOUS]
        said = f"AWS's price list has {len(quoted.prices)} of the {len(ALWAYS)} prices that are always read"
        unclear = f"; it has two different ones for {', '.join(doubts)}" if doubts else ""
        yield Check(f"prices of {region}", True if quoted.prices else None, f"{said}{unclear}")


def bill(core: Core) -> Iterator[Check]:
    """Report what is known of the bill, and what asking for it has cost. Yield nothing if no bill is
    configured.
    """
    if payer(core.settings) is None:
        return
    yield from _identity(core)
    today = core.clock.now().astimezone(UTC).date()
    queries = core.db.book.ledger.billed.queries(today.replace(day=1))
    yield _newest(queries, today)
    pages = sum(query.pages for query in queries)
    yield Check("bill", None, tell.spent(pages, core.settings.billing_pages))


def _identity(core: Core) -> Iterator[Check]:
    wanted = payer(core.settings)
    if wanted is None:
        return
    try:
        account = core.scopes.aws.billing(*wanted).who()
    except Trouble as trouble:
        yield Check("bill", False, trouble.sentence, ALLOW_BILL)
        return
    if account != wanted.account:
        said = f"the credentials lead to account {account}, and LAMPLIGHTER_BILLING names {wanted.account}"
        yield Check("bill", False, said, "correct LAMPLIGHTER_BILLING")


def _newest(queries: Sequence[BillingQuery], today: date) -> Check:
    newest = queries[-1] if queries else None
    well = True if newest and newest.state is Asked.ANSWERED else None
    todo = " ".join(tell.steps(newest.tags, today)) if newest else "`serve` asks for it once a day"
    return Check("bill", well, tell.standing(newest), todo)
