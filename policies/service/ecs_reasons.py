"""The reasons that ECS gives for the end of a deployment, said as a person would.

ECS's own sentences are kept as evidence, in quotation marks. One that is not known here is only quoted.
"""

from __future__ import annotations

import re

from policies.secrets.redaction import redact

_TRIPPED = "so ECS's circuit breaker stopped it"
_KNOWN = (
    (
        r"ECS deployment circuit breaker: (tasks failed (?:to start|(?:container|ELB) health checks))",
        rf"its \1, {_TRIPPED}",
    ),
    (
        r"Service deployment (?:stopped|rolled back) because the circuit breaker threshold was exceeded",
        f"too many of its tasks failed, {_TRIPPED}",
    ),
    (
        r"ECS deployment circuit breaker: rolling back to deploymentId \S+",
        "ECS's circuit breaker went back to what ran before",
    ),
    (
        r"Service deployment (?:stopped|rolled back) because of a StopServiceDeployment request",
        "somebody asked ECS for that",
    ),
    (r"(?:Service deployment stopped: )?(tasks failed(?: [a-zA-Z ]{1,40})?)", r"its \1"),
)
"""What ECS says, and the same as a clause about the deployment."""


def plainly(reason: str) -> str:
    """Return the reason as a clause: *its tasks failed to start, so ECS's circuit breaker stopped it*.
    Empty if ECS gives none.
    """
    said = _told(reason)
    return _clause(said) or (f'ECS says "{said}"' if said else "")


def with_evidence(reason: str) -> str:
    """Return the same, followed by what ECS itself says, unless that says it alike."""
    said = _told(reason)
    clause = _clause(said)
    return f'{clause} (ECS says "{said}")' if clause and said not in clause else plainly(reason)


def _told(reason: str) -> str:
    return " ".join(redact(reason).split()).rstrip(".").replace('"', "'")


def _clause(said: str) -> str:
    for pattern, clause in _KNOWN:
        if found := re.fullmatch(pattern, said):
            return found.expand(clause)
    return ""
