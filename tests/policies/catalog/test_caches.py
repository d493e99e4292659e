"""What people write for a cache, and what they are told to write instead."""

from __future__ import annotations

import re

import pytest

from policies.catalog.caches import CLUSTER, SERVERLESS, cache, kind_of
from policies.catalog.forms import Miswritten
from tests.golden import Golden

ARN = "arn:aws:elasticache:eu-central-1:123456789012"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("staging-sessions", ""),
        ("s" * 40, ""),
        ("cluster:staging-pages", CLUSTER),
        (f"cluster:{'p' * 50}", CLUSTER),
        ("serverless:staging", SERVERLESS),
    ],
)
def test_a_cache_id_is_taken_as_it_is_with_its_kind(text: str, kind: str) -> None:
    assert (cache(text), kind_of(text)) == (text, kind)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Staging-Sessions", "staging-sessions"),
        ("serverless:Staging", "serverless:staging"),
        (" sessions", "sessions"),
        (f"{ARN}:replicationgroup:sessions", "sessions"),
        (f"{ARN}:cluster:pages", "cluster:pages"),
        ("arn:aws-cn:elasticache:cn-north-1:123456789012:serverlesscache:Hot", "serverless:hot"),
        ("replicationgroup:sessions", "sessions"),
        ("serverlesscache:hot", "serverless:hot"),
        ("master.sessions.abc123.euc1.cache.amazonaws.com:6379", "sessions"),
        ("replica.sessions.abc123.euc1.cache.amazonaws.com", "sessions"),
        ("clustercfg.sessions.abc123.euc1.cache.amazonaws.com", "sessions"),
        ("sessions.abc123.clustercfg.euc1.cache.amazonaws.com", "sessions"),
        ("sessions.abc123.ng.0001.euc1.cache.amazonaws.com", "sessions"),
        ("sessions-ro.abc123.ng.0001.euc1.cache.amazonaws.com", "sessions"),
        ("sessions-001.sessions.abc123.euc1.cache.amazonaws.com", "sessions"),
        ("pages.abc123.cfg.euc1.cache.amazonaws.com:11211", "cluster:pages"),
        ("pages.abc123.0001.euc1.cache.amazonaws.com", "cluster:pages"),
        ("rediss://hot-items-x1y2z3.serverless.euc1.cache.amazonaws.com:6379/0", "serverless:hot-items"),
        ("hot-x1y2z3.serverless.cnn1.cache.amazonaws.com.cn:6380", "serverless:hot"),
    ],
)
def test_a_mistake_whose_meaning_is_clear_is_answered_with_the_right_text(
    text: str, right: str, golden: Golden
) -> None:
    with pytest.raises(Miswritten) as told:
        cache(text)
    said = str(told.value)
    assert re.split(r"[ ;]", said)[-1] == right
    assert cache(right) == right
    assert said == golden


@pytest.mark.parametrize(
    "text",
    [
        "",
        "staging_sessions",
        "sessions-",
        "s" * 41,
        f"cluster:{'p' * 51}",
        f"serverless:{'h' * 41}",
        f"{ARN}:snapshot:nightly",
        "redis://localhost:6379",
        "sessions.example.com",
        "memcached:pages",
    ],
)
def test_a_mistake_that_cannot_be_guessed_is_answered_with_an_example(text: str, golden: Golden) -> None:
    with pytest.raises(Miswritten) as told:
        cache(text)
    assert str(told.value) == golden


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(Miswritten) as told:
        cache("rediss://app:not-a-real-one@master.sessions.abc123.euc1.cache.amazonaws.com:6379")
    assert "not-a-real-one" not in str(told.value)
    assert str(told.value).endswith(" sessions")
