"""Who AWS says that the credentials of a terminal are: STS itself is asked, and nobody else is believed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from bot.aws.caller import EXPIRED, UNUSABLE, caller
from bot.aws.session import AwsSettings
from handlers.words.errors import Denied, Trouble
from tests.bot.aws.scripted import ScriptedAws
from tests.bot.aws.stage import Stage

ARN = "arn:aws:sts::123456789012:assumed-role/Developers/dev"
ANSWER = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>{ARN}</Arn><UserId>1</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
DENIED = """<ErrorResponse><Error><Code>ExpiredToken</Code><Message>The token is expired</Message></Error>
</ErrorResponse>"""


@pytest.fixture
def aws() -> Iterator[ScriptedAws]:
    with ScriptedAws() as scripted:
        yield scripted


def asked(url: str) -> str:
    return caller(AwsSettings(endpoint_url=url, read_attempts=1), "eu-central-1")


def test_the_answer_is_that_of_sts(aws: ScriptedAws) -> None:
    aws.answer("GetCallerIdentity", 200, ANSWER)
    assert asked(aws.url) == ARN


def test_no_variable_leads_the_question_to_another_address(
    aws: ScriptedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.answer("GetCallerIdentity", 200, ANSWER)
    with ScriptedAws() as liar:
        liar.answer("GetCallerIdentity", 200, ANSWER.replace("dev", "ada"))
        for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"):
            monkeypatch.setenv(name, liar.url)
        assert asked(aws.url) == ARN
        assert liar.count("GetCallerIdentity") == 0


def test_without_credentials_nobody_is_known_and_nobody_is_asked(
    aws: ScriptedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert asked(aws.url) == ""
    assert aws.asked == []


@pytest.mark.parametrize("status", [403, 500])
def test_an_error_of_sts_is_trouble_and_nobodys_name(aws: ScriptedAws, status: int) -> None:
    aws.answer("GetCallerIdentity", status, DENIED)
    with pytest.raises(Trouble) as trouble:
        asked(aws.url)
    assert isinstance(trouble.value, Denied) or status == 500
    assert "123456789012" not in trouble.value.sentence


def test_a_session_of_a_role_is_called_as_a_row_of_the_catalog_writes_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    sts = boto3.client("sts", region_name="eu-central-1", endpoint_url=stage.url)
    role = "arn:aws:iam::111122223333:role/Developers"
    given = sts.assume_role(RoleArn=role, RoleSessionName="dev")["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", given["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", given["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", given["SessionToken"])
    assert asked(stage.url) == ARN.replace("123456789012", "111122223333")


PROFILES = """
[profile process]
credential_process = /bin/echo junk
[profile fails]
credential_process = /bin/false
[profile chain]
role_arn = arn:aws:iam::123456789012:role/x
source_profile = nowhere
[profile identity-center]
sso_session = s
sso_account_id = 123456789012
sso_role_name = dev
[sso-session s]
sso_start_url = https://example.com/start
sso_region = eu-central-1
"""


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        *(({"AWS_PROFILE": name}, UNUSABLE) for name in ("process", "fails", "chain", "missing")),
        ({"AWS_PROFILE": "identity-center"}, EXPIRED),
        (
            {"AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/x"},
            UNUSABLE,
        ),
    ],
)
def test_credentials_that_do_not_work_are_told_in_a_sentence(
    aws: ScriptedAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variables: dict[str, str], said: str
) -> None:
    (tmp_path / "config").write_text(PROFILES)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Denied) as caught:
        asked(aws.url)
    assert caught.value.sentence == said


def test_an_expired_session_is_told_as_one_to_sign_in_again(aws: ScriptedAws) -> None:
    aws.answer("GetCallerIdentity", 403, DENIED)
    with pytest.raises(Denied) as caught:
        asked(aws.url)
    assert caught.value.sentence == EXPIRED
