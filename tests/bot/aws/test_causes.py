"""Why AWS does not let the bot in: each cause has its own next step."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from botocore import exceptions as boto

from bot.aws import causes
from bot.aws.errors import translated
from bot.causes import Cause
from handlers.words.errors import Trouble
from tests.bot.aws.scripted import ScriptedAws
from tests.bot.aws.stage import DEV, environment, made_up_credentials
from tests.bot.aws.test_permissions import STAGING
from tests.golden import Golden

NOW = datetime(2031, 5, 1, 8, 0, tzinfo=UTC)
URL = "https://ecs.eu-central-1.amazonaws.com/"


def answered(code: str, message: str = "", *, status: int = 403, at: datetime = NOW) -> boto.ClientError:
    metadata = {"HTTPStatusCode": status, "HTTPHeaders": {"date": format_datetime(at, usegmt=True)}}
    return boto.ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata},  # type: ignore[typeddict-item]
        "GetCallerIdentity",
    )


def why(error: Exception) -> Cause:
    with pytest.raises(Trouble) as caught, translated("ask AWS who the bot is in staging"):
        raise error
    return causes.identity(caught.value, STAGING, NOW)


@pytest.mark.parametrize(
    "error",
    [
        boto.NoCredentialsError(),
        boto.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
        boto.ProfileNotFound(profile="ops"),
        boto.UnauthorizedSSOTokenError(),
        answered("ExpiredToken", status=400),
        answered("InvalidClientTokenId"),
        answered("SignatureDoesNotMatch", "The request signature we calculated does not match"),
        answered(
            "SignatureDoesNotMatch", "Signature expired: 20310501T074800Z", at=NOW + timedelta(minutes=12)
        ),
        answered("RequestTimeTooSkewed", at=NOW - timedelta(hours=1)),
        answered("RegionDisabledException"),
        answered("AccessDenied", "not authorized to perform: sts:AssumeRole"),
        answered("Throttling", status=400),
        answered("503", status=503),
        answered("403", status=403),
        answered("407", status=407),
    ],
    ids=lambda error: f"{type(error).__name__} {getattr(error, 'response', {}).get('Error', {})}",
)
def test_each_cause_has_its_next_step(error: Exception, golden: Golden) -> None:
    assert why(error) == golden


@pytest.mark.parametrize(
    "inner",
    [
        socket.gaierror(-2, "Name or service not known"),
        ConnectionRefusedError(111, "Connection refused"),
        TimeoutError("timed out"),
        ssl.SSLCertVerificationError("self-signed certificate in certificate chain"),
        ssl.SSLError("wrong version number"),
        OSError("Tunnel connection failed: 407 Proxy Authentication Required"),
        OSError(101, "Network is unreachable"),
        ConnectionResetError(104, "Connection reset by peer"),
    ],
    ids=lambda error: type(error).__name__ + str(error),
)
def test_each_way_not_to_reach_aws_has_a_cause_of_its_own(inner: OSError, golden: Golden) -> None:
    assert why(boto.EndpointConnectionError(endpoint_url=URL, error=inner)) == golden


def test_a_role_that_may_not_read_is_given_the_policy() -> None:
    with pytest.raises(Trouble) as caught, translated("read the services of staging"):
        raise answered("AccessDeniedException", "not authorized to perform: ecs:DescribeServices")
    assert "lamplighter policy --environment staging" in causes.told(caught.value, STAGING, NOW).todo


def test_the_doctor_reports_a_refused_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error passes through botocore and urllib3 as they really wrap it."""
    made_up_credentials(monkeypatch)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    assert "nothing listens" in _doctor(url).lower()


def test_the_doctor_reports_a_proxy_that_answers_in_place_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    made_up_credentials(monkeypatch)
    with ScriptedAws() as aws:
        aws.answer("GetCallerIdentity", 407, "<html>who are you?</html>")
        assert "a proxy on the way asks for a user and a password (HTTP 407)" in _doctor(aws.url)


def _doctor(url: str) -> str:
    from bot.aws.ports import Aws
    from bot.aws.session import AwsSettings
    from bot.scopes import PortScopes
    from tests.fakes.book import FakeBook
    from tests.still_clock import StillClock

    where, clock = environment("staging", role_arn=""), StillClock()
    aws = Aws(AwsSettings(endpoint_url=url, read_attempts=1), lambda: [where], clock)
    [finding] = PortScopes(aws, clock, FakeBook().book).preflight(where, DEV)
    assert (finding.check, finding.ok) == ("identity", False)
    return f"{finding.sentence} {finding.todo}"
