"""What the field ``caches`` takes: ids of ElastiCache, and what to write instead of an address or an ARN.

Names and lengths are ElastiCache's (facts/ecs 7.10). Nothing here asks AWS whether there is such a cache.
"""

from __future__ import annotations

import re

from policies.catalog.forms import Miswritten, shown

CLUSTER, SERVERLESS = "cluster:", "serverless:"
"""An id that begins with one of these is a cache cluster's or a serverless cache's; any other is a
replication group's."""
LONGEST = {"": 40, CLUSTER: 50, SERVERLESS: 40}
"""Characters of an id, by its kind."""

_CACHE = re.compile(r"(cluster:|serverless:|)([a-z](?:-?[a-z0-9])*)")
_KINDS = {"replicationgroup": "", "cluster": CLUSTER, "serverlesscache": SERVERLESS}
"""As ARNs name them."""
_HOST = re.compile(r"(?:[a-z]+://)?(?:[^/@]*@)?([a-z0-9.-]+)(?::[0-9]+)?(?:/.*)?")
_OF_A_GROUP = ("master", "replica", "clustercfg")
"""With encryption in transit, what stands before the id of a replication group."""
_CFG, _CLUSTERCFG, _PLAIN, _SERVERLESS = "cfg", "clustercfg", "ng", "serverless"
"""What stands elsewhere in an address, by the kind of endpoint."""
_LEAST = 5


def cache(text: str) -> str:
    """A replication group by its id, a cache cluster as ``cluster:<id>``, a serverless cache as
    ``serverless:<name>``. ``Miswritten`` for anything else."""
    found = _CACHE.fullmatch(text)
    if found and len(found[2]) <= LONGEST[found[1]]:
        return text
    if found:
        raise Miswritten(f"{shown(text)} is longer than the {LONGEST[found[1]]} characters of a cache's id")
    if _CACHE.fullmatch(text.strip()):
        raise Miswritten(f"{shown(text)} has a space around it; write {text.strip()}")
    lower = text.strip().lower()
    if _CACHE.fullmatch(lower):
        raise Miswritten(f"{shown(text)}: ElastiCache keeps ids in lower case: {lower}")
    if meant := _meant(lower):
        reader = " is a reader's address" if _reads(lower) else ""
        raise Miswritten(f"{shown(text)}{reader}: write the id alone: {meant}")
    raise Miswritten(
        f"{shown(text)} is no id that ElastiCache gives; write a replication group's, such as "
        "staging-sessions, a single cluster's, such as cluster:staging-pages, or a serverless cache's, such "
        "as serverless:staging"
    )


def kind_of(cache_id: str) -> str:
    """Its prefix: ``cluster:``, ``serverless:``, or an empty text."""
    return next((kind for kind in (CLUSTER, SERVERLESS) if cache_id.startswith(kind)), "")


def address_of(host: str) -> str:
    """The id of the cache that is reached at this address of ElastiCache; empty for any other address."""
    return _reached(_labels(host.lower()))


def address_reads(text: str) -> bool:
    """Is it the address of a reader, to which nothing can be written?"""
    return _reads(text.lower())


def _meant(text: str) -> str:
    """The id out of an ARN, another word for its kind, or an address by which the cache is reached; empty
    if it is none of these."""
    parts = text.split(":")
    if parts[0] == "arn" and len(parts) == 7 and parts[2] == "elasticache":
        return _checked(_KINDS.get(parts[5], "?"), parts[6])
    if len(parts) == 2 and parts[0] in _KINDS:
        return _checked(_KINDS[parts[0]], parts[1])
    return _reached(_labels(text))


def _checked(kind: str, name: str) -> str:
    return f"{kind}{name}" if _CACHE.fullmatch(f"{kind}{name}") else ""


def _labels(text: str) -> list[str]:
    host = _HOST.fullmatch(text)
    labels = host[1].split(".") if host else []
    return labels if "cache" in labels and "amazonaws" in labels and len(labels) >= _LEAST else []


def _reached(labels: list[str]) -> str:
    """Whose address that is (facts/ecs 7.10)."""
    match labels:
        case [lead, name, *_] if lead in _OF_A_GROUP:
            return _checked("", name)
        case [name, kind, *_] if kind == _SERVERLESS:
            return _checked(SERVERLESS, name.rpartition("-")[0])
        case [name, _, kind, *_] if kind == _PLAIN:
            return _checked("", name.removesuffix("-ro"))
        case [name, _, kind, *_] if kind == _CLUSTERCFG:
            return _checked("", name)
        case [name, _, kind, *_] if kind == _CFG or kind.isdigit():
            return _checked(CLUSTER, name)
        case [node, name, *_] if node.startswith(f"{name}-"):
            return _checked("", name)
    return ""


def _reads(text: str) -> bool:
    """Is it the address of a reader, to which nothing can be written?"""
    labels = _labels(text)
    plain = len(labels) > 2 and labels[2] == _PLAIN and labels[0].endswith("-ro")
    serverless = len(labels) > 1 and labels[1] == _SERVERLESS and ":6380" in text
    return bool(labels) and (labels[0] == "replica" or plain or serverless)
