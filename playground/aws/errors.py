"""The one way in which the world refuses a call: an AWS error, rendered in the caller's protocol."""

from __future__ import annotations

import json
from typing import Final
from xml.sax.saxutils import escape

JSON: Final = "application/x-amz-json-1.1"


class AwsError(Exception):
    """An AWS error ``code`` with its ``message``; ``status`` is the HTTP status, 400 by default."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def invalid(message: str) -> AwsError:
    """Return ``InvalidParameterException``, which is how ECS refuses most bad requests."""
    return AwsError("InvalidParameterException", message)


def as_json(error: AwsError) -> tuple[str, bytes]:
    """Return content type and body for the JSON protocols (ECS, ECR, Logs, tagging)."""
    return JSON, json.dumps({"__type": error.code, "message": error.message}).encode()


def as_xml(error: AwsError, request_id: str) -> tuple[str, bytes]:
    """Return content type and body for the query protocols (STS, ELB, IAM, RDS)."""
    side = "Sender" if error.status < 500 else "Receiver"
    inner = f"<Type>{side}</Type><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    body = f"<ErrorResponse><Error>{inner}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    return "text/xml", body.encode()


def as_ec2_xml(error: AwsError, request_id: str) -> tuple[str, bytes]:
    """Return content type and body in EC2's own shape of an error."""
    inner = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    body = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
    return "text/xml", body.encode()
