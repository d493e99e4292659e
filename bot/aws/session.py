"""Identities: the credentials and clients that this process holds, few and bounded.

A role is assumed when it is first needed and again before its credentials end. Only botocore holds
credentials: nothing here logs, stores or shows them. The lifetimes of credentials follow real time, never the
decision clock.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import CredentialProvider, CredentialResolver, DeferredRefreshableCredentials
from botocore.exceptions import NoCredentialsError
from botocore.loaders import Loader, create_loader
from botocore.model import ServiceId
from botocore.signers import RequestSigner
from botocore.utils import parse_timestamp

from bot.aws.errors import translated
from bot.aws.identity import Identity
from bot.aws.throttle import Allowance

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import AssumeRoleRequestTypeDef

Watch = Callable[[str, str], None]
"""Called with the service (botocore's name) and the operation of each call that is about to be made."""

SHORTEST_SESSION, LONGEST_SESSION = 1_800, 43_200
"""Seconds. botocore renews credentials 15 minutes before the end, so a shorter session would be renewed at
every call.
"""


@dataclass(frozen=True)
class AwsSettings:
    """How AWS is called. Times are in seconds; ``endpoint_url`` is only for the playground and tests.

    ``send_within``: look-ups and credentials before a change may be slow. A change sent after its lease has
    ended could arrive after another holder found that it never happened, so later than this nothing is sent.
    """

    endpoint_url: str | None = None
    session_duration: int = 3_600
    external_id: str = ""
    connect_timeout: float = 3.0
    read_timeout: float = 10.0
    read_attempts: int = 3
    send_within: float = 20.0
    most_clients: int = 64
    membership_seconds: float = 5.0
    allowance: Allowance = field(default_factory=Allowance)

    def __post_init__(self) -> None:
        if not SHORTEST_SESSION <= self.session_duration <= LONGEST_SESSION:
            raise ValueError(f"session_duration must be {SHORTEST_SESSION} to {LONGEST_SESSION} seconds")

    @property
    def longest_change(self) -> float:
        """Seconds from the beginning of a change until its answer, or its silence. A lease must be longer."""
        return self.send_within + self.connect_timeout + self.read_timeout


TOKEN_SECONDS = 900
"""For how long ElastiCache takes a signed address (facts/ecs 5)."""


class Identities:
    """Clients by identity, region and service: the ``most_clients`` used last. Safe between threads."""

    def __init__(self, settings: AwsSettings, watch: Watch | None = None) -> None:
        self._settings, self._watch = settings, watch
        self._own = _session()
        self._own.set_config_variable("sts_regional_endpoints", "regional")
        self._clients: OrderedDict[tuple[Identity, str, str, bool], BaseClient] = OrderedDict()
        self._sessions: OrderedDict[Identity, botocore.session.Session] = OrderedDict()
        self._takers: dict[str, STSClient] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._clients)

    def client(
        self, service: str, identity: Identity, region: str, *, action: str, once: bool = False
    ) -> Any:
        """A client whose credentials are valid now. Raise ``Trouble`` if there are none; then nothing was
        done.

        ``action`` names what the client is wanted for. A client makes a single attempt if its identity has a
        person, who makes changes, or if it is to ask ``once``, because each attempt may be charged.
        """
        change = bool(identity.person) or once
        as_whom = " (taking on the environment's role)" if identity.role_arn else ""
        with translated(f"{action}{as_whom}"):
            session, client = self._found(service, identity, region, change)
            credentials = session.get_credentials()
            if credentials is not None:
                credentials.get_frozen_credentials()
        return client

    def presigned(self, identity: Identity, region: str, *, action: str, service: str, url: str) -> str:
        """Sign an address in its query, good for 15 minutes, as that identity. No call is made but for the
        credentials. Raise ``Trouble`` if there are none.
        """
        with translated(action):
            with self._lock:
                session = self._session(identity, region)
            credentials, events = session.get_credentials(), session.get_component("event_emitter")
            if credentials is None:
                raise NoCredentialsError
            signer = RequestSigner(ServiceId(service), region, service, "v4", credentials, events)
            request = {"method": "GET", "url": url, "body": {}, "headers": {}, "context": {}}
            return str(signer.generate_presigned_url(request, "connect", expires_in=TOKEN_SECONDS))

    def _found(
        self, service: str, identity: Identity, region: str, change: bool
    ) -> tuple[botocore.session.Session, BaseClient]:
        key = (identity, region, service, change)
        with self._lock:
            session = self._session(identity, region)
            client = self._clients.get(key)
            if client is None:
                client = self._clients[key] = self._made(session, service, region, change=change)
            self._clients.move_to_end(key)
            while len(self._clients) > self._settings.most_clients:
                self._clients.popitem(last=False)
        return session, client

    def _session(self, identity: Identity, region: str) -> botocore.session.Session:
        if not identity.role_arn:
            return self._own
        session = self._sessions.get(identity)
        if session is None:
            session = self._sessions[identity] = self._assuming(identity, region)
        self._sessions.move_to_end(identity)
        while len(self._sessions) > self._settings.most_clients:
            self._sessions.popitem(last=False)
        return session

    def _assuming(self, identity: Identity, region: str) -> botocore.session.Session:
        """A session that assumes the role and renews its own credentials."""
        sts = self._sts(region)
        request = assume_request(identity, self._settings)

        def renew() -> dict[str, str]:
            given = sts.assume_role(**request)["Credentials"]
            return {
                "access_key": given["AccessKeyId"],
                "secret_key": given["SecretAccessKey"],
                "token": given["SessionToken"],
                "expiry_time": given["Expiration"].isoformat(),
            }

        credentials = DeferredRefreshableCredentials(refresh_using=renew, method="assume-role")
        session = _session()
        session.register_component("credential_provider", CredentialResolver([_Given(credentials)]))
        return session

    def _sts(self, region: str) -> STSClient:
        """The client that assumes every role of that region."""
        if region not in self._takers:
            self._takers[region] = self._made(self._own, "sts", region, change=False)
        return self._takers[region]

    def _made(self, session: botocore.session.Session, service: str, region: str, *, change: bool) -> Any:
        client = session.create_client(
            service,
            region_name=region,
            endpoint_url=self._settings.endpoint_url,
            config=call_config(self._settings, change=change),
        )
        if self._watch:
            client.meta.events.register("before-call", _telling(self._watch))
        return client


@cache
def _models() -> Loader:
    """botocore's service models, one copy for the process. The models never change, are many megabytes, and
    take most of the running time of a short command to read.
    """
    return create_loader()


def _session() -> botocore.session.Session:
    session = botocore.session.Session()
    session.register_component("data_loader", _models())
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=instant)
    return session


def instant(value: Any) -> datetime:
    """Read a time of an answer. botocore's own reader asks for the machine's time zone at every number, which
    took three quarters of the bot's work when it read two months of metrics; what is neither a number nor
    ISO 8601 is left to it.
    """
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    with suppress(TypeError, ValueError):
        found = datetime.fromisoformat(value)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    return parse_timestamp(value)


class _Given(CredentialProvider):
    """Provides exactly the credentials that it was made with."""

    METHOD = "lamplighter"

    def __init__(self, credentials: DeferredRefreshableCredentials) -> None:
        super().__init__()
        self._credentials = credentials

    def load(self) -> DeferredRefreshableCredentials:
        return self._credentials


def _telling(watch: Watch) -> Callable[..., None]:
    def tell(model: Any, **_: object) -> None:
        watch(model.service_model.service_name, model.name)

    return tell


def assume_request(identity: Identity, settings: AwsSettings) -> AssumeRoleRequestTypeDef:
    """AssumeRole's parameters. A person is named three ways, the reader only by its session name."""
    request: AssumeRoleRequestTypeDef = {
        "RoleArn": identity.role_arn,
        "RoleSessionName": identity.session_name,
        "DurationSeconds": settings.session_duration,
    }
    if settings.external_id:
        request["ExternalId"] = settings.external_id
    if identity.person:
        request["SourceIdentity"] = identity.person
        request["Tags"] = [
            {"Key": "environment", "Value": identity.environment},
            {"Key": "person", "Value": identity.actor},
        ]
    if identity.only:
        request["Policy"] = identity.only
    return request


def call_config(settings: AwsSettings, *, change: bool) -> Config:
    """A client's configuration. A change gets exactly one attempt: with boto3's defaults, one lost answer led
    to three deployments.

    Addresses come from our settings alone, never from ``AWS_ENDPOINT_URL`` or a profile.
    """
    return Config(  # type: ignore[call-arg]  # the stubs do not know ignore_configured_endpoint_urls
        retries={"mode": "standard", "total_max_attempts": 1 if change else settings.read_attempts},
        connect_timeout=settings.connect_timeout,
        read_timeout=settings.read_timeout,
        ignore_configured_endpoint_urls=True,
        max_pool_connections=16,
        user_agent_extra="lamplighter",
    )
