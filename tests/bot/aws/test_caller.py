"""Who AWS says that the credentials of a terminal are: STS itself is asked, and nobody else is believed."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from bot.aws.caller import caller
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
