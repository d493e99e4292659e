"""Who AWS sees, how few clients are held, and when credentials are renewed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.utils import parse_timestamp

from bot.aws.identity import Identity, changer, reader, source_identity
from bot.aws.session import AwsSettings, Identities, assume_request, call_config, instant
from handlers.words.errors import Denied, Trouble
from policies.access.people import Actor, ClockActor, ConsoleUser, SlackPerson
from tests.bot.aws.scripted import ScriptedAws
from tests.bot.aws.stage import DEV, ROLE, Stage, environment
from tests.golden import Golden


@pytest.fixture
def aws() -> Iterator[ScriptedAws]:
    with ScriptedAws() as server:
        yield server


def credentials(lasting: timedelta) -> str:
    until = (datetime.now(UTC) + lasting).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
        "<AccessKeyId>made-up</AccessKeyId><SecretAccessKey>made-up</SecretAccessKey>"
        f"<SessionToken>made-up</SessionToken><Expiration>{until}</Expiration></Credentials></AssumeRoleResult>"
        "<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></AssumeRoleResponse>"
    )


def test_a_change_names_the_person_three_ways_and_a_read_names_only_the_reader(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web"})
    start = len(stage.traffic)

    stage.bind(environment(cluster), external_id="lamps").services.deploy("web")

    reading, changing = stage.requests("sts.AssumeRole", start)
    assert reading == {
        "RoleArn": ROLE,
        "RoleSessionName": "lamplighter-reader",
        "DurationSeconds": "3600",
        "ExternalId": "lamps",
    } | {k: v for k, v in reading.items() if k in ("Action", "Version")}
    assert changing["RoleSessionName"] == changing["SourceIdentity"] == "U0DEV"
    roles = {r["method"]: r["role"] for r in stage.traffic[start:] if r["method"].startswith("ecs.")}
    assert roles == {
        "ecs.DescribeServices": "lamplighter-staging/lamplighter-reader",
        "ecs.UpdateService": "lamplighter-staging/U0DEV",
    }


@pytest.mark.parametrize(
    "told",
    [
        0,
        1764553905,
        1764553905.125,
        -1.5,
        "1764553905",
        "1.764553905E9",
        "2026-12-01T02:51:45Z",
        "2026-12-01T02:51:45.123Z",
        "2026-12-01T02:51:45+02:00",
        "20261201T025145Z",
        "Tue, 01 Dec 2026 02:51:45 GMT",
        "2026-12-01T02:51:45",
    ],
)
def test_a_time_of_an_answer_is_read_as_botocore_reads_it(told: Any) -> None:
    assert instant(told) == parse_timestamp(told)


@pytest.mark.parametrize("told", ["soon", "", None])
def test_what_is_no_time_is_an_error_as_it_is_for_botocore(told: Any) -> None:
    for read in (instant, parse_timestamp):
        with pytest.raises((ValueError, RuntimeError)):
            read(told)


def test_the_session_of_a_change_is_tagged_with_environment_and_person() -> None:
    request = assume_request(changer(environment("staging"), DEV), AwsSettings())

    assert request["Tags"] == [
        {"Key": "environment", "Value": "staging"},
        {"Key": "person", "Value": "slack:T0LAMP:U0DEV"},
    ]
    assert "Tags" not in assume_request(reader(environment("staging")), AwsSettings())
    assert "SourceIdentity" not in assume_request(reader(environment("staging")), AwsSettings())


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        (SlackPerson("T1", "U0DEV"), "U0DEV"),
        (SlackPerson("T1", "U0 DÉV<x>"), "U0-D-V-x-"),
        (SlackPerson("T1", "U"), "U-"),
        (SlackPerson("T1", "U" * 99), "U" * 64),
        (ConsoleUser("ada lovelace"), "console-ada-lovelace"),
        (
            ConsoleUser(
                "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/dev@acme.io"
            ),
            "console-AWSReservedSSO_Dev_0123456789abcdef-dev@acme.io",
        ),
        (ClockActor(), "lamplighter-clock"),
    ],
)
def test_a_source_identity_fits_stss_alphabet_and_length(actor: Actor, name: str) -> None:
    assert source_identity(actor) == name


def test_two_environments_of_an_account_share_the_reader_and_never_a_persons_session() -> None:
    one, two = environment("one"), environment("two")

    assert reader(one) == reader(two)
    assert changer(one, DEV) != changer(two, DEV)
    assert changer(one, DEV) != changer(one, SlackPerson("T0LAMP", "U0OLU"))
    assert changer(one, DEV) != changer(one, SlackPerson("T0OTHER", "U0DEV"))


def test_a_role_is_assumed_once_and_the_session_used_again(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web"})
    scopes = stage.scopes([environment(cluster)])
    start = len(stage.traffic)

    for _ in range(3):
        scopes.bind(environment(cluster), DEV).services.summaries(["web"])

    assert len(stage.requests("sts.AssumeRole", start)) == 1


def test_no_more_clients_are_held_than_allowed_and_the_oldest_goes_first(stage: Stage) -> None:
    identities = Identities(AwsSettings(endpoint_url=stage.url, most_clients=3))

    def client(n: int) -> object:
        identity = Identity("123456789012", ROLE, "staging", f"U{n:03d}", f"slack:T1:U{n:03d}")
        return identities.client("ecs", identity, "eu-central-1", action="look")

    first = client(0)
    for n in range(1, 3):
        client(n)
    assert client(0) is first
    client(3)
    assert len(identities) == 3
    assert client(0) is first
    for n in range(10, 14):
        client(n)
    assert len(identities) == 3
    assert client(0) is not first


def test_without_a_role_the_processs_own_credentials_are_used(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web"})
    start = len(stage.traffic)

    stage.bind(environment(cluster, role_arn="")).services.deploy("web")

    assert stage.requests("sts.AssumeRole", start) == []


def test_credentials_near_their_end_are_renewed(aws: ScriptedAws) -> None:
    aws.answer("AssumeRole", 200, credentials(timedelta(minutes=5)), credentials(timedelta(hours=1)))
    identities = Identities(AwsSettings(endpoint_url=aws.url))

    for _ in range(4):
        identities.client("ecs", reader(environment("staging")), "eu-central-1", action="look")

    # The first credentials are already within botocore's last ten minutes; the second are not.
    assert aws.count("AssumeRole") == 2


def test_a_role_that_cannot_be_assumed_is_denied_and_ecs_is_not_asked(
    aws: ScriptedAws, golden: Golden
) -> None:
    refusal = (
        "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error>"
        "<RequestId>r-2</RequestId></ErrorResponse>"
    )
    aws.answer("AssumeRole", 403, refusal)
    identities = Identities(AwsSettings(endpoint_url=aws.url))

    with pytest.raises(Denied) as caught:
        identities.client("ecs", changer(environment("staging"), DEV), "eu-central-1", action="restart web")

    assert (caught.value.code, caught.value.request_id) == ("AccessDenied", "r-2")
    assert caught.value.sentence == golden
    assert aws.count("AssumeRole") == 1 == len(aws.asked)


def test_a_silent_sts_before_a_change_leaves_no_doubt_about_the_change(aws: ScriptedAws) -> None:
    aws.drop("AssumeRole")
    identities = Identities(AwsSettings(endpoint_url=aws.url, read_attempts=1))

    with pytest.raises(Trouble) as caught:
        identities.client("ecs", changer(environment("staging"), DEV), "eu-central-1", action="restart web")

    assert type(caught.value) is Trouble


def test_a_dropped_connection_gets_one_attempt_for_a_change_and_three_for_a_read(aws: ScriptedAws) -> None:
    aws.answer("AssumeRole", 200, credentials(timedelta(hours=1)))
    aws.drop("UpdateService")
    aws.drop("DescribeServices")
    identities = Identities(AwsSettings(endpoint_url=aws.url))
    staging = environment("staging")
    changing = identities.client("ecs", changer(staging, DEV), "eu-central-1", action="restart")
    reading = identities.client("ecs", reader(staging), "eu-central-1", action="read")

    with pytest.raises(Exception, match="Connection was closed"):
        changing.update_service(cluster="c", service="s", forceNewDeployment=True)
    with pytest.raises(Exception, match="Connection was closed"):
        reading.describe_services(cluster="c", services=["s"])

    assert (aws.count("UpdateService"), aws.count("DescribeServices")) == (1, 3)


def test_time_outs_of_a_change_end_well_within_its_lease() -> None:
    config: Any = call_config(AwsSettings(), change=True)

    assert config.retries == {"mode": "standard", "total_max_attempts": 1}
    assert config.connect_timeout + config.read_timeout == 13
    assert AwsSettings().longest_change == 33 < 60


def test_sts_is_asked_in_the_environments_own_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "legacy")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://example.invalid")
    identity = Identity("123456789012", "")

    client = Identities(AwsSettings()).client("sts", identity, "eu-central-1", action="look")

    assert client.meta.endpoint_url == "https://sts.eu-central-1.amazonaws.com"


@pytest.mark.parametrize("seconds", [900, 50_000])
def test_a_session_too_short_or_too_long_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match="session_duration"):
        AwsSettings(session_duration=seconds)


def test_nothing_that_is_shown_holds_a_key(stage: Stage) -> None:
    settings = AwsSettings(endpoint_url=stage.url)
    identities = Identities(settings)
    identities.client("ecs", reader(environment("staging")), "eu-central-1", action="look")

    shown = json.dumps([repr(settings), repr(identities), repr(reader(environment("staging")))])
    assert "testing" not in shown
