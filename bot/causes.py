"""Why something outside could not be reached, in words, with the next step: for Slack and AWS alike."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True)
class Cause:
    """``said`` is the cause, as a clause or a sentence; ``todo`` is the next step."""

    said: str
    todo: str


STATUSES = {
    400: "it did not understand the request",
    401: "it does not know who asks",
    403: "it, or a proxy on the way, forbids the request",
    404: "there is nothing at that address",
    407: "a proxy on the way asks for a user and a password",
    408: "the request took too long to arrive",
    413: "the request is too large for it, or for a proxy on the way",
    429: "it is asked too often",
    500: "it had a failure of its own",
    502: "a gateway before it got no answer from it",
    503: "it is overloaded or down for maintenance",
    504: "a gateway before it waited for it in vain",
}


def http_words(status: int) -> str:
    """A status in words, such as *it is overloaded or down for maintenance (HTTP 503)*."""
    if said := STATUSES.get(status):
        return f"{said} (HTTP {status})"
    if status >= 500:
        return f"it had a failure of its own (HTTP {status})"
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "no status that is known"
    return f"it answered with {phrase} (HTTP {status})" if status else "it gave no reason"


def network(error: BaseException, name: str, host: str) -> Cause | None:
    """Why the network failed, or ``None`` if the network is not the cause. ``name`` is whom nobody reached,
    ``host`` is where.
    """
    for one in _chain(error):
        if found := _of_one(one, name, host):
            return found
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and the errors that it wraps: urllib, urllib3 and botocore each wrap in their own way."""
    todo, seen = [error], set[int]()
    while todo:
        one = todo.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        kept = [
            getattr(one, "reason", None),
            getattr(one, "kwargs", {}).get("error"),
            one.__cause__,
            one.__context__,
        ]
        todo += [other for other in (*kept, *one.args) if isinstance(other, BaseException)]


def _of_one(error: BaseException, name: str, host: str) -> Cause | None:
    said, kind = str(error), type(error).__name__
    match error:
        case ssl.SSLCertVerificationError():
            why = f"the certificate shown for {host} is not trusted here, as where a proxy opens TLS"
            return Cause(
                why, "name the authority that signed it (SSL_CERT_FILE, AWS_CA_BUNDLE), and check the clock"
            )
        case ssl.SSLError():
            return Cause(
                f"TLS could not be agreed on with {host}", "look at the proxy or firewall on the way to it"
            )
        case socket.gaierror():
            why = f"the name {host} cannot be resolved"
            return Cause(why, f"check this machine's network and name server: {name} needs outgoing HTTPS")
        case ConnectionRefusedError():
            return Cause(
                f"nothing listens at {host}", f"check the address of {name} in the settings, and any proxy"
            )
        case TimeoutError():
            why = f"{host} did not answer in time"
            return Cause(
                why, f"let this machine through to {name} (outgoing HTTPS: security group, firewall, proxy)"
            )
        case ConnectionResetError() | ConnectionAbortedError() | BrokenPipeError():
            return Cause(
                f"the connection to {host} was cut", "look at the proxy or firewall on the way to it"
            )
    if "Tunnel connection failed" in said or kind == "ProxyError":
        return Cause(
            "the proxy did not let it through", "check HTTPS_PROXY and NO_PROXY, and the proxy's own rules"
        )
    if kind == "NameResolutionError":
        return _of_one(socket.gaierror(), name, host)
    if kind in ("ConnectTimeoutError", "ReadTimeoutError"):
        return _of_one(TimeoutError(), name, host)
    if "unreachable" in said or "No route to host" in said:
        return Cause(f"there is no way to {host}", "check this machine's network")
    return None
