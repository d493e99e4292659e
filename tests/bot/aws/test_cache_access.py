"""Where a cache is, and as whom somebody signs in to it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.aws.identity import Identity, changer
from bot.aws.session import AwsSettings, assume_request
from handlers.words.errors import Absent, Rejected
from policies.cache.endpoints import Address
from policies.service.environment import Flush
from tests.bot.aws.stage import DEV, Stage, environment

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:staging/cache-AbCdEf"


def access(stage: Stage, flush: Flush | None, *caches: str, **fields: Any) -> Any:
    where = environment("staging", caches=caches, flush=flush, **fields)
    return stage.scopes([where]).aws.ports(where, DEV).cache


def made(stage: Stage, name: str, **fields: Any) -> None:
    stage.world.change({"do": "cache.create", "id": name, **fields})


def test_a_group_is_found_at_its_primary(stage: Stage) -> None:
    made(stage, "found")
    found = access(stage, Flush(cache="found"), "found").address()
    assert (found.host.split(".")[0], found.port, found.tls, found.name) == ("master", 6379, True, "found")


def test_a_cache_that_is_gone_and_one_without_keys_are_told_apart(stage: Stage) -> None:
    made(stage, "pages-of-memcached", kind="cluster", engine="memcached")
    with pytest.raises(Absent, match="nowhere"):
        access(stage, Flush(cache="nowhere"), "nowhere").address()
    with pytest.raises(Rejected, match="Memcached"):
        access(stage, Flush(cache="cluster:pages-of-memcached")).address()
    with pytest.raises(Rejected, match="no cache"):
        access(stage, None).address()


def test_nobody_signs_in_where_nobody_is_asked(stage: Stage) -> None:
    assert access(stage, Flush(url="redis://cache")).login(Address("cache", 6379, tls=False)) == ("", "")


@pytest.mark.parametrize("serverless", [False, True])
def test_a_token_is_a_signed_address_of_the_cache_without_its_scheme(stage: Stage, serverless: bool) -> None:
    cache = Address("host", 6379, tls=True, name="sessions", serverless=serverless)
    user, token = access(stage, Flush(cache="sessions", user="flusher")).login(cache)
    assert user == "flusher"
    assert token.startswith("sessions/?")
    said = {name: value for name, [value] in parse_qs(urlsplit(f"http://{token}").query).items()}
    assert (said["Action"], said["User"], said["X-Amz-Expires"]) == ("connect", "flusher", "900")
    assert "/eu-central-1/elasticache/aws4_request" in said["X-Amz-Credential"]
    assert said.get("ResourceType") == ("ServerlessCache" if serverless else None)


def test_without_tls_nobody_signs_in_by_iam(stage: Stage) -> None:
    with pytest.raises(Rejected, match="TLS"):
        access(stage, Flush(cache="s", user="flusher")).login(Address("h", 6379, tls=False, name="s"))


def test_a_secret_is_read_by_a_session_that_may_do_nothing_else() -> None:
    who = changer(environment("staging"), DEV)
    narrowed = Identity(who.account, who.role_arn, who.environment, who.person, who.actor, only="{}")
    assert "Policy" not in assume_request(who, AwsSettings())
    assert assume_request(narrowed, AwsSettings())["Policy"] == "{}"


@pytest.mark.parametrize(
    ("held", "user", "found"),
    [
        ("a-password", "", ("", "a-password")),
        ("a-password", "flusher", ("flusher", "a-password")),
        ('{"username": "kept", "password": "a-password"}', "", ("kept", "a-password")),
        ('{"username": "kept", "password": "a-password"}', "flusher", ("flusher", "a-password")),
        ('{"auth_token": "a-password"}', "", ("", "a-password")),
    ],
)
def test_a_secret_is_a_password_or_has_a_field_for_it(
    stage: Stage, held: str, user: str, found: tuple[str, str]
) -> None:
    arn = stage.client("secretsmanager").create_secret(
        Name=f"cache-{abs(hash((held, user)))}", SecretString=held
    )["ARN"]
    got = access(stage, Flush(cache="s", secret=arn, user=user)).login(Address("h", 6379, tls=True))
    assert got == found


@pytest.mark.parametrize("held", ['{"username": "kept"}', '{"password": ""}'])
def test_a_secret_without_a_password_is_told_without_what_it_holds(stage: Stage, held: str) -> None:
    arn = stage.client("secretsmanager").create_secret(Name=f"bad-{len(held)}", SecretString=held)["ARN"]
    with pytest.raises(Rejected) as told:
        access(stage, Flush(cache="s", secret=arn)).login(Address("h", 6379, tls=True))
    assert "kept" not in str(told.value)
    assert json.loads(held)
