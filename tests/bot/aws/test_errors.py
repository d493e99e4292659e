"""Every kind of botocore exception becomes one kind of trouble, in words fit for a channel."""

from __future__ import annotations

import pytest
from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from bot.aws.errors import plain, translated
from handlers.words.errors import Absent, Denied, Rejected, Throttled, Trouble, Unanswered
from tests.golden import Golden


def answer(code: str, message: str = "", status: int = 400) -> boto.ClientError:
    return boto.ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {
                "HTTPStatusCode": status,
                "RequestId": "r-1",
                "HTTPHeaders": {},
                "HostId": "",
                "RetryAttempts": 0,
            },
        },
        "UpdateService",
    )


def trouble(error: Exception, *, change: bool = True) -> Trouble:
    with pytest.raises(Trouble) as caught, translated("restart web", change=change):
        raise error
    return caught.value


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("AccessDeniedException", 400, Denied),
        ("AccessDenied", 403, Denied),
        ("UnauthorizedOperation", 403, Denied),
        ("ExpiredTokenException", 400, Denied),
        ("InvalidClientTokenId", 403, Denied),
        ("UnrecognizedClientException", 400, Denied),
        ("SignatureDoesNotMatch", 403, Denied),
        ("ThrottlingException", 400, Throttled),
        ("Throttling", 400, Throttled),
        ("RequestLimitExceeded", 503, Throttled),
        ("429", 429, Throttled),
        ("ClusterNotFoundException", 400, Absent),
        ("ServiceNotFoundException", 400, Absent),
        ("ServiceNotActiveException", 400, Absent),
        ("ResourceNotFoundException", 400, Absent),
        ("SomethingNew", 404, Absent),
        ("ObjectNotFoundException", 400, Absent),
        ("DBInstanceNotFound", 404, Absent),
        ("DBClusterNotFoundFault", 404, Absent),
        ("DBSubnetGroupNotFoundFault", 404, Rejected),
        ("FailedResourceAccessException", 400, Rejected),
        ("LimitExceededException", 400, Rejected),
        ("ValidationException", 400, Rejected),
        ("InvalidParameterCombination", 400, Rejected),
        ("KMSKeyNotAccessibleFault", 400, Rejected),
        ("InternalServiceException", 400, Unanswered),
        ("InvalidParameterException", 400, Rejected),
        ("ClientException", 400, Rejected),
        ("ValidationError", 400, Rejected),
        ("UnsupportedFeatureException", 400, Rejected),
        ("ServerException", 500, Unanswered),
        ("500", 500, Unanswered),
        ("InternalFailure", 503, Unanswered),
    ],
)
def test_an_answer_is_judged_by_its_code_and_keeps_code_and_request_id(
    code: str, status: int, kind: type[Trouble]
) -> None:
    found = trouble(answer(code, "it was wrong", status))

    assert type(found) is kind
    assert (found.code, found.request_id) == (code, "r-1")
    assert "restart web" in found.sentence
    assert found.retry_helps is (kind is Throttled)


@pytest.mark.parametrize(
    "code",
    [
        "InvalidDBInstanceState",
        "InvalidDBClusterStateFault",
        "InsufficientDBInstanceCapacity",
        "ConcurrentUpdateException",
    ],
)
def test_a_refusal_only_for_now_is_worth_asking_again(code: str) -> None:
    found = trouble(answer(code, "not now"))

    assert (type(found), found.code, found.retry_helps) == (Rejected, code, True)


def test_a_task_that_is_not_there_is_absent_though_ecs_calls_it_an_invalid_parameter() -> None:
    awss = "The referenced task was not found."
    assert type(trouble(answer("InvalidParameterException", awss))) is Absent


@pytest.mark.parametrize(
    "error",
    [
        boto.ReadTimeoutError(endpoint_url="https://ecs"),
        boto.ConnectionClosedError(endpoint_url="https://ecs"),
        boto.HTTPClientError(error="anything"),
        boto.SSLError(endpoint_url="https://ecs", error=OSError("cut")),
        ResponseParserError("half an answer"),
    ],
)
def test_a_change_without_an_answer_is_unanswered_and_a_read_is_not(error: Exception) -> None:
    assert type(trouble(error)) is Unanswered
    read = trouble(error, change=False)
    assert type(read) is Trouble
    assert read.retry_helps
    assert read.code == type(error).__name__


@pytest.mark.parametrize(
    "error",
    [
        boto.ConnectTimeoutError(endpoint_url="https://ecs"),
        boto.EndpointConnectionError(endpoint_url="https://ecs"),
    ],
)
def test_a_change_that_was_never_sent_is_no_doubt(error: Exception) -> None:
    assert type(trouble(error)) is Trouble
    assert trouble(error).retry_helps


def test_no_credentials_is_denied_and_our_own_mistake_is_rejected() -> None:
    assert type(trouble(boto.NoCredentialsError())) is Denied
    assert type(trouble(boto.ParamValidationError(report="service is missing"))) is Rejected


def test_a_sentence_names_the_missing_permission_and_neither_role_nor_account() -> None:
    said = (
        "User: arn:aws:sts::123456789012:assumed-role/lamplighter-staging/U0DEV is not authorized to "
        "perform: ecs:UpdateService on resource: arn:aws:ecs:eu-central-1:123456789012:service/staging/web"
    )

    denied = trouble(answer("AccessDeniedException", said))
    rejected = trouble(answer("InvalidParameterException", said))

    assert "ecs:UpdateService" in denied.sentence
    assert "web" in rejected.sentence
    for found in (denied, rejected):
        assert "123456789012" not in str(found)
        assert "lamplighter-staging" not in str(found)


def test_awss_words_are_shortened(golden: Golden) -> None:
    drains, account, secret = (
        "service arn:aws:ecs:eu-central-1:123456789012:service/staging/web is draining",
        "account 123456789012 is suspended",
        "cannot read arn:aws:ssm:eu-west-1:123456789012:parameter/staging/db.",
    )
    assert [plain(drains), plain(account), plain(secret)] == golden
    assert len(plain("x" * 5000)) == 300


def test_other_exceptions_are_not_swallowed() -> None:
    with pytest.raises(KeyError), translated("restart web"):
        raise KeyError("a mistake of ours")
