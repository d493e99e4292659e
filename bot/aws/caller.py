"""Who AWS says that the credentials of this process are: STS's own answer to a signed question."""

from __future__ import annotations

from contextlib import suppress

import botocore.session
from botocore.exceptions import NoCredentialsError

from bot.aws.errors import translated
from bot.aws.identity import Identity
from bot.aws.session import AwsSettings, Identities
from handlers.words.errors import Denied

EXPIRED = "The AWS session of this terminal has expired; sign in to AWS again."
UNUSABLE = "The AWS credentials of this terminal do not work, so AWS does not say whose they are."
ENDED = ("SSOTokenLoadError", "UnauthorizedSSOTokenError", "TokenRetrievalError")
"""How botocore calls a session of IAM Identity Center that is over, or was never begun."""
ACTION = "find out whose credentials these are"


def caller(settings: AwsSettings, region: str) -> str:
    """Return the ARN; empty if there are no credentials. ``region`` is asked if the credentials' own profile
    names none. Raises ``Trouble`` if STS does not answer, or not with an ARN.

    The question goes to the address of the settings, whatever the process's variables say of endpoints.
    """
    try:
        with translated(ACTION), suppress(NoCredentialsError):
            own = botocore.session.Session().get_config_variable("region")
            client = Identities(settings).client("sts", Identity("", ""), own or region, action=ACTION)
            return str(client.get_caller_identity()["Arn"])
    except Denied as denied:
        expired = denied.code in ENDED or denied.code.startswith("ExpiredToken")
        raise Denied(EXPIRED if expired else UNUSABLE, denied.code, denied.request_id) from denied
    except (OSError, ValueError, EOFError) as broken:
        raise Denied(UNUSABLE, type(broken).__name__) from broken
    return ""
