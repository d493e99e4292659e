"""Where the cache is whose keys may be deleted, and as whom somebody signs in to it (facts/ecs 5).

A token or a password is made or read at each use, returned once, and never stored, logged or shown.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from bot.aws.attached_caches import read_cache
from bot.aws.errors import translated
from bot.aws.identity import changer
from bot.aws.own_calls import GET_SECRET_VALUE
from bot.aws.place import Place
from handlers.words.errors import Absent, Rejected
from policies.cache.endpoints import Address, Unusable, of_row, of_url
from policies.catalog.caches import kind_of
from policies.service.environment import Flush

NOBODY = ("", "")
_USERS, _PASSWORDS = ("username", "user"), ("password", "auth_token", "authToken", "token")
"""The fields of a secret that is written as JSON."""


@dataclass(frozen=True)
class CacheAccess:
    place: Place

    def address(self) -> Address:
        """Return where the cache takes writes. Raise ``Absent`` if there is no such cache, and ``Rejected``
        if nothing can be deleted there."""
        flush = self._flush()
        try:
            if flush.url:
                return of_url(flush.url)
            row = read_cache(self.place, flush.cache, nodes=True)
            if row is None:
                where = self.place.environment.region
                told = f"ElastiCache has no cache `{flush.cache}` in {where}, but the catalog names it"
                raise Absent(f"{told} (`flush: cache`). An admin can mend the catalog.")
            return of_row(kind_of(flush.cache), row)
        except Unusable as why:
            raise Rejected(f"Keys of the cache cannot be deleted: {why}.") from None

    def login(self, address: Address) -> tuple[str, str]:
        """Return the user and the password; both are empty where the cache asks nobody who they are."""
        flush = self._flush()
        if flush.secret:
            return self._secret(flush)
        return (flush.user, self._token(flush.user, address)) if flush.user else NOBODY

    def _token(self, user: str, address: Address) -> str:
        """Sign in by IAM, as the person who asked. Raise ``Rejected`` where the cache cannot have that."""
        if not address.tls or not address.name:
            raise Rejected(
                "The cache has no encryption in transit (TLS), without which nobody signs in by IAM. An "
                "admin must turn it on, or name a secret in the catalog instead of a user."
            )
        kind = "&ResourceType=ServerlessCache" if address.serverless else ""
        url = f"http://{address.name}/?Action=connect&User={quote(user, safe='')}{kind}"
        environment = self.place.environment
        signed = self.place.identities.presigned(
            changer(environment, self.place.actor),
            environment.region,
            action="sign in to the cache",
            service="elasticache",
            url=url,
        )
        return signed.removeprefix("http://")

    def _secret(self, flush: Flush) -> tuple[str, str]:
        """Read the one secret, with a session of the role that may do nothing else."""
        environment, action = self.place.environment, "read the password of the cache"
        only = {"Effect": "Allow", "Action": GET_SECRET_VALUE.action, "Resource": flush.secret}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [only]}, separators=(",", ":"))
        who = replace(changer(environment, self.place.actor), only=policy)
        client: Any = self.place.identities.client("secretsmanager", who, environment.region, action=action)
        with translated(action):
            held = client.get_secret_value(SecretId=flush.secret).get("SecretString", "")
        return _user_and_password(held, flush.user)

    def _flush(self) -> Flush:
        flush = self.place.environment.flush
        if flush is None:
            raise Rejected(
                f"The catalog names no cache of {self.place.environment.name} to delete keys from."
            )
        return flush


def _user_and_password(held: str, user: str) -> tuple[str, str]:
    """Read a secret that is the password itself, or JSON with a field for it. Raise ``Rejected`` if it is
    neither; nothing of it is told.
    """
    try:
        fields = json.loads(held)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        password = held
    else:
        user = user or next((str(fields[name]) for name in _USERS if name in fields), "")
        password = next((str(fields[name]) for name in _PASSWORDS if name in fields), "")
    if not password:
        raise Rejected(
            "The secret of the cache holds no password: it is to be the password itself, or JSON with the "
            "field password."
        )
    return user, password
