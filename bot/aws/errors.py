"""Translates botocore's exceptions, in this one place, into ``handlers.words.errors``.

A sentence names the action and never an account, a role or an ARN of either; AWS's own code and request id
are kept next to it for the audit log.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from bot.causes import http_words
from handlers.words.errors import Absent, Denied, Rejected, Throttled, Trouble, Unanswered
from policies.secrets.public import public

DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "UnauthorizedAccess",
        "NotAuthorized",
        "OptInRequired",
        "AuthFailure",
        "AccountProblem",
        "RegionDisabledException",
        "KMSAccessDeniedException",
    }
)
UNKNOWN_CALLER = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "IncompleteSignature",
        "MissingAuthenticationToken",
        "RequestTimeTooSkewed",
    }
)
THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "TooManyRequestsException",
        "TooManyUpdates",
        "RequestLimitExceeded",
        "RateExceeded",
        "BandwidthLimitExceeded",
    }
)
ABSENT = frozenset(
    {
        "ClusterNotFoundException",
        "ServiceNotFoundException",
        "ServiceNotActiveException",
        "ServiceDeploymentNotFoundException",
        "TargetGroupNotFound",
        "TargetGroupNotFoundException",
        "LoadBalancerNotFound",
        "RepositoryNotFoundException",
        "ImageNotFoundException",
        "ResourceNotFoundException",
        "NoSuchEntity",
        "ObjectNotFoundException",
        "DBInstanceNotFound",
        "DBInstanceNotFoundFault",
        "DBClusterNotFoundFault",
        "ReplicationGroupNotFoundFault",
        "CacheClusterNotFound",
        "ServerlessCacheNotFoundFault",
        "ParameterNotFound",
        "404",
    }
)
NEEDED = frozenset({"AuthorizationNotFound", "DBCapacityReservationNotFound", "DBSubnetGroupNotFoundFault"})
"""RDS answers with these codes and HTTP 404 too, although the database exists: something that it needs to
start does not.
"""
LATER = frozenset(
    {
        "InvalidDBInstanceState",
        "InvalidDBInstanceStateFault",
        "InvalidDBClusterStateFault",
        "InvalidDBShardGroupState",
        "InsufficientDBInstanceCapacity",
        "ConcurrentUpdateException",
        "ScalingActivityInProgress",
        "ResourceContention",
    }
)
"""AWS refuses with these codes because of a state that changes by itself (facts/ecs 3.4, 3.5)."""
SERVER_FAILURES = frozenset({"InternalServiceException"})
"""The code by which Application Auto Scaling reports a failure of its own, whatever the HTTP status."""
NOT_FOUND = re.compile(r"\bnot found\b|\bdoes not exist\b", re.IGNORECASE)
"""How ECS says in an ``InvalidParameterException`` that a task does not exist."""

NEVER_SENT = (boto.ConnectTimeoutError, boto.EndpointConnectionError, boto.ProxyConnectionError)
"""The connection was not made, so AWS cannot have seen the request."""
NO_CREDENTIALS = (
    boto.ProfileNotFound,
    boto.NoCredentialsError,
    boto.PartialCredentialsError,
    boto.CredentialRetrievalError,
    boto.TokenRetrievalError,
    boto.SSOError,
    boto.InvalidConfigError,
    boto.InfiniteLoopConfigError,
    boto.ConfigParseError,
)
OUR_MISTAKE = (
    boto.ParamValidationError,
    boto.NoRegionError,
    boto.UnknownServiceError,
    boto.InvalidRegionError,
)

MISSING_PERMISSION = re.compile(r"perform: ([\w-]+:\w+)")
SERVER_ERROR = 500
TOO_MANY = 429
NOT_THERE = 404
LONGEST = 300


@contextmanager
def translated(action: str, *, change: bool = False) -> Iterator[None]:
    """Raise ``Trouble`` for whatever botocore raises inside; ``action`` is a verb phrase (*restart web*).

    With ``change``, a missing or inconclusive answer is ``Unanswered``. For a read it is plain ``Trouble``,
    because nothing can have happened.
    """
    try:
        yield
    except boto.ClientError as error:
        raise from_answer(error, action, change=change) from error
    except (boto.BotoCoreError, ResponseParserError) as error:
        raise from_silence(error, action, change=change) from error


def from_answer(error: boto.ClientError, action: str, *, change: bool) -> Trouble:
    """Translate an error that AWS answered. The code decides what the error means, or else the HTTP
    status.
    """
    answer = error.response
    code = str(answer.get("Error", {}).get("Code", ""))
    said = plain(str(answer.get("Error", {}).get("Message", "")))
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    request_id = str(answer.get("ResponseMetadata", {}).get("RequestId", ""))
    if code in THROTTLED or status == TOO_MANY:
        sentence = f"AWS is being asked too much just now and did not {action}."
        return Throttled(sentence, code, request_id, retry_helps=True)
    if code in UNKNOWN_CALLER:
        sentence = f"AWS did not accept who the bot says it is, so it did not {action}. {_cause(code)}"
        return Denied(sentence, code, request_id)
    if code in DENIED or code.startswith("AccessDenied"):
        return Denied(f"AWS did not allow the bot to {action}.{_permission(answer)}", code, request_id)
    broken = code in SERVER_FAILURES or (code.isdigit() and int(code) >= SERVER_ERROR)
    if status >= SERVER_ERROR or broken:
        return _no_word(action, f"AWS had a failure of its own (HTTP {status})", change, code, request_id)
    missing = code == "InvalidParameterException" and NOT_FOUND.search(said)
    if missing or code in ABSENT or (status == NOT_THERE and code not in NEEDED):
        return Absent(f"Could not {action}: {_gone(code, said)}", code, request_id)
    bare = not code or code.isdigit()
    why = said or (f"{http_words(status or int(code or 0))}." if bare else code)
    return Rejected(f"AWS refused to {action}: {why}", code, request_id, retry_helps=code in LATER)


def from_silence(error: Exception, action: str, *, change: bool) -> Trouble:
    """Translate a missing answer, or an answer that cannot be read."""
    code = type(error).__name__
    if isinstance(error, NO_CREDENTIALS):
        return Denied(f"The bot has no AWS credentials that work, so it could not {action}.", code)
    if isinstance(error, OUR_MISTAKE):
        return Rejected(f"Could not {action}: {plain(str(error))}", code)
    if isinstance(error, NEVER_SENT):
        return Trouble(f"AWS could not be reached, so it did not {action}.", code, retry_helps=True)
    return _no_word(action, "AWS did not answer", change, code, "")


def only_missing(failures: Iterable[Mapping[str, Any]], action: str) -> None:
    """Check the ``failures`` of a describe call, which AWS answers with HTTP 200. A resource that does not
    exist is left out; any other failure raises ``Trouble``.
    """
    for failure in failures:
        reason = str(failure.get("reason", ""))
        if reason != "MISSING":
            raise Trouble(f"AWS could not {action}: {reason or 'it gave no reason'}.", code=reason)


def plain(text: str) -> str:
    """AWS's words as a channel may read them, at most ``LONGEST`` characters."""
    return public(text)[:LONGEST].strip()


def _no_word(action: str, why: str, change: bool, code: str, request_id: str) -> Trouble:
    if change:
        sentence = f"{why} when asked to {action}: it is not known whether it happened."
        return Unanswered(sentence, code, request_id)
    return Trouble(f"{why} when asked to {action}.", code, request_id, retry_helps=True)


def _permission(answer: object) -> str:
    named = MISSING_PERMISSION.search(str(answer))
    if named is None:
        return ""
    return f" It lacks {named.group(1)}, or a condition on that permission does not hold."


def _cause(code: str) -> str:
    if code.startswith(("Request", "Signature", "InvalidSignature")):
        return "Check the clock of the bot's host, then its credentials."
    if code.startswith("ExpiredToken"):
        return "Its credentials have expired although they are renewed early: check the host's clock."
    return "Its credentials are wrong or were withdrawn."


def _gone(code: str, said: str) -> str:
    known = {
        "ClusterNotFoundException": "its cluster does not exist.",
        "ServiceNotFoundException": "there is no such service.",
        "ServiceNotActiveException": "the service is no longer active.",
    }
    return known.get(code, said or "it does not exist.")
