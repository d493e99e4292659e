"""Why AWS does not let the bot in or does not answer, and what to do next. For admins only: the text names
roles.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from botocore import exceptions as boto

from bot.aws.partitions import partition_of
from bot.causes import Cause, http_words, network
from handlers.words.errors import Denied, Throttled, Trouble
from policies.service.environment import Environment

GIVE = "Give the process AWS credentials: a task role, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
EXPIRED = "Get new credentials (AWS_SESSION_TOKEN too), or use a task role, which renews its own."
CLOCK = "Set this machine's clock (NTP): AWS allows five minutes."
AGAIN = "Run this check again; if it stays, look at AWS's health and the network of the bot's host."
ATTACH = (
    "Attach the policy that Lamplighter generates to the role (`lamplighter policy --environment {name}`)."
)
SKEWED = frozenset({"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"})
UNKNOWN_KEY = frozenset(
    {"InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure", "InvalidAccessKeyId"}
)
OFF = frozenset({"RegionDisabledException", "OptInRequired"})
SIGNATURE = frozenset({"SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature"})
LATE = timedelta(minutes=1)
"""A clock that is off by less than this is not worth mentioning."""


def told(trouble: Trouble, environment: Environment, now: datetime, *, denied: str = "") -> Cause:
    """Return the trouble's sentence with its cause, where the cause is known, and the next step. ``now`` is
    this machine's time. ``denied`` is the next step if AWS knows who asks and does not allow it.
    """
    found = _of(trouble, environment, now, denied or ATTACH.format(name=environment.name))
    return Cause(f"{trouble.sentence} {found.said}".strip(), found.todo)


def identity(trouble: Trouble, environment: Environment, now: datetime) -> Cause:
    """The same as ``told``, for when the bot could not even ask who it is: a denial then concerns the role
    itself.
    """
    found = told(trouble, environment, now)
    if isinstance(trouble, Denied) and trouble.code.startswith("AccessDenied") and environment.role_arn:
        todo = (
            f"Let the bot's own identity sts:AssumeRole, sts:SetSourceIdentity and sts:TagSession on "
            f"{environment.role_arn}, and let that role's trust policy allow the same three"
            " (with the external id of LAMPLIGHTER_AWS_EXTERNAL_ID, if it asks for one)."
        )
        return Cause(found.said, todo)
    return found


def _of(trouble: Trouble, environment: Environment, now: datetime, denied: str) -> Cause:
    code, error = trouble.code, trouble.__cause__
    if code in SKEWED or (code in SIGNATURE and _about_time(error)):
        return Cause(_skew(error, now), CLOCK)
    if code.startswith("ExpiredToken"):
        return Cause(_skew(error, now), EXPIRED)
    if code in SIGNATURE:
        return Cause("", "Correct AWS_SECRET_ACCESS_KEY: it does not belong to the access key.")
    if code in UNKNOWN_KEY:
        return Cause("", _unknown_key(environment))
    if code in OFF:
        return Cause(
            "", f"Turn the region {environment.region} on for the account, or correct it in the catalog."
        )
    if isinstance(error, boto.BotoCoreError):
        return _of_silence(error, environment)
    if isinstance(trouble, Denied):
        return Cause("", denied)
    if isinstance(trouble, Throttled):
        return Cause("", "Wait a minute and run this check again: others use the same rate.")
    return Cause(_status(error), AGAIN)


def _of_silence(error: boto.BotoCoreError, environment: Environment) -> Cause:
    match error:
        case boto.ProfileNotFound():
            return Cause(
                "AWS_PROFILE names a profile that is not there.", "Correct AWS_PROFILE, or take it away."
            )
        case boto.SSOError() | boto.TokenRetrievalError():
            return Cause("The session of its profile has ended.", "Log in again (`aws sso login`).")
        case boto.PartialCredentialsError():
            return Cause("Only a part of the credentials is given.", GIVE)
        case boto.NoCredentialsError() | boto.CredentialRetrievalError():
            return Cause("", GIVE)
    host = _host(error) or f"AWS in {environment.region}"
    found = network(error, "AWS", host)
    if found is None:
        return Cause("", AGAIN)
    todo = f"{found.todo[0].upper()}{found.todo[1:]}; if only {environment.region} fails, correct the region."
    return Cause(f"{found.said[0].upper()}{found.said[1:]}.", todo)


def _host(error: boto.BotoCoreError) -> str:
    return urlsplit(str(getattr(error, "kwargs", {}).get("endpoint_url", ""))).hostname or ""


def _unknown_key(environment: Environment) -> str:
    partition = partition_of(environment.region)
    return (
        "Correct AWS_ACCESS_KEY_ID (and AWS_SESSION_TOKEN, with temporary keys). The keys must be of the "
        f"partition {partition}, and {environment.region} turned on for their account."
    )


def _about_time(error: BaseException | None) -> bool:
    """Does the error come from a skewed clock? STS and others say so only in the message about a wrong
    signature.
    """
    words = str(error)
    return "expired" in words.lower() or "not yet current" in words.lower()


def _skew(error: BaseException | None, now: datetime) -> str:
    """How far this machine's clock is off, by the date in AWS's answer."""
    if not isinstance(error, boto.ClientError):
        return ""
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    try:
        theirs = parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return ""
    off = now - theirs.astimezone(UTC)
    if abs(off) < LATE:
        return ""
    minutes = round(abs(off).total_seconds() / 60)
    return f"This machine's clock is {minutes} min {'ahead of' if off > timedelta(0) else 'behind'} AWS's."


def _status(error: BaseException | None) -> str:
    """What an HTTP status of 500 and above means: a gateway, a load balancer or AWS itself is in trouble."""
    if not isinstance(error, boto.ClientError):
        return ""
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    words = http_words(status)
    return f"{words[0].upper()}{words[1:]}." if status >= 500 else ""
