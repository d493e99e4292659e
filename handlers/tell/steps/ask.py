"""Composes what the step that asks for a grant says."""

from __future__ import annotations

NO_SLACK = "There is no Slack here to ask anybody in."
ANOTHER = "This was asked for a moment ago."


def asked(name: str, role: str, environment: str) -> str:
    return (
        f"{name} was told in a direct message that you ask for {role} on `{environment}`, and which lines to "
        "add to the catalog."
    )


def not_taken(name: str, why: str) -> str:
    return f"Slack did not take the direct message to {name}. {why}"


def unknown(name: str) -> str:
    return f"Slack's answer was lost: it is not known whether {name} has the direct message."
