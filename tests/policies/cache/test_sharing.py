"""Which caches may not be touched because other environments use them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policies.cache.sharing import refused
from policies.cache.writing import miswritten, unfit
from policies.service.environment import Environment, Flush, Tier
from tests.handlers.world import PRODUCTION, QA, STAGING

BY_ID = Flush(cache="sessions")
BY_URL = Flush(url="redis://cache.internal")
THERE = Flush(url="rediss://master.sessions.x.euw1.cache.amazonaws.com:6379")
PREFIXED = replace(BY_ID, prefixes=("session:",))
CARTS = replace(BY_ID, prefixes=("cart:",))
WIDER = replace(BY_ID, prefixes=("cart:", "sess"))
ELSEWHERE = Flush(cache="pages", prefixes=("cart:",))
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:staging/cache-AbCdEf"
ROLE = "arn:aws:iam::111122223333:role/lamplighter"


def of(environment: Environment, flush: Flush | None = None, *caches: str, **fields: object) -> Environment:
    return replace(environment, flush=flush, caches=caches, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mine", "other", "rule"),
    [
        (of(STAGING, BY_ID, "sessions"), of(QA), ""),
        (of(STAGING, BY_ID, "sessions"), of(QA, None, "pages"), ""),
        (of(STAGING, BY_ID, "sessions"), of(QA, None, "sessions"), "flush.shared"),
        (of(STAGING, PREFIXED, "sessions"), of(QA, None, "sessions"), "flush.shared"),
        (of(STAGING, PREFIXED, "sessions"), of(QA, BY_ID, "sessions"), "flush.shared"),
        (of(STAGING, PREFIXED, "sessions"), of(QA, ELSEWHERE, "sessions", "pages"), "flush.shared"),
        (of(STAGING, PREFIXED, "sessions"), of(QA, CARTS, "sessions"), ""),
        (of(STAGING, PREFIXED, "sessions"), of(QA, PREFIXED, "sessions"), "flush.overlap"),
        (of(STAGING, PREFIXED, "sessions"), of(QA, WIDER, "sessions"), "flush.overlap"),
        (of(STAGING, WIDER, "sessions"), of(QA, PREFIXED, "sessions"), "flush.overlap"),
        (of(STAGING, PREFIXED, "sessions"), of(QA, replace(PREFIXED, database=1), "sessions"), ""),
        (of(STAGING, PREFIXED, "sessions"), of(PRODUCTION, None, "sessions"), "flush.production"),
        (of(STAGING, THERE), of(PRODUCTION, None, "sessions"), "flush.production"),
        (of(STAGING, PREFIXED, "sessions"), of(PRODUCTION, None, "sessions", region="us-east-1"), ""),
        (of(STAGING, BY_URL), of(QA, replace(BY_URL, url="redis://CACHE.internal:6379")), "flush.shared"),
        (of(STAGING, BY_URL), of(QA, BY_URL, region="us-east-1"), "flush.shared"),
        (of(STAGING, BY_URL), of(QA, replace(BY_URL, url="redis://cache.internal:6380")), ""),
        (of(PRODUCTION, PREFIXED, "sessions"), of(QA), "flush.production"),
    ],
)
def test_what_others_use_is_touched_only_by_prefix_and_productions_never(
    mine: Environment, other: Environment, rule: str
) -> None:
    found = refused(mine, [mine, other])
    assert (found.rule if found else "") == rule


@pytest.mark.parametrize("other", [None, PREFIXED])
def test_only_the_record_names_those_who_share_a_cache(other: Flush | None) -> None:
    mine = of(STAGING, PREFIXED, "sessions")
    found = refused(mine, [mine, of(QA, other, "sessions")])
    assert found is not None
    assert QA.name in found.reason
    assert QA.name not in found.told


@pytest.mark.parametrize(
    ("flush", "said"),
    [
        (PREFIXED, ""),
        (replace(BY_ID, user="lamplighter"), ""),
        (replace(BY_URL, secret=SECRET), ""),
        (Flush(), "either"),
        (replace(BY_ID, url="redis://x"), "either"),
        (replace(BY_URL, url="redis://me:word@x"), "no password"),
        (replace(BY_URL, user="lamplighter"), "IAM"),
        (replace(BY_ID, user="la mp"), "user's name"),
        (replace(BY_ID, secret="staging/cache"), "whole ARN"),
        (replace(BY_ID, prefixes=("a b",)), "without spaces"),
    ],
)
def test_a_field_that_is_miswritten_says_what_to_write(flush: Flush, said: str) -> None:
    found = miswritten(flush)
    assert said in found
    assert bool(said) == bool(found)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (of(STAGING), ""),
        (of(STAGING, BY_ID, "sessions"), ""),
        (of(STAGING, BY_ID, "pages"), "one of its caches"),
        (of(STAGING, BY_ID, "sessions", tier=Tier.PRODUCTION), "production"),
        (of(STAGING, replace(BY_ID, secret=SECRET), "sessions"), "role_arn"),
        (of(STAGING, replace(BY_ID, secret=SECRET), "sessions", role_arn=ROLE), ""),
        (of(STAGING, replace(BY_ID, secret=SECRET), "sessions", role_arn=ROLE, account="9" * 12), "account"),
    ],
)
def test_a_flush_fits_its_environment(environment: Environment, said: str) -> None:
    found = unfit(environment)
    assert said in found
    assert bool(said) == bool(found)
