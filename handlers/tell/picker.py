"""Composes the texts of the picker: the labels of its fields, their hints, and their mistakes. Everything is
plain text, because a form shows no mark-up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.words.arguments import Argument
from handlers.words.operation import Operation, Target
from policies.times.between import between

OPERATION, ENVIRONMENT, SERVICE, REASON = "What", "Environment", "Service", "Reason"
BEGINS, ENDS = "From when", "Until when"
"""The labels of a span's two fields."""
ANY_BEGINNING = "Leave it empty if it begins now. For example: Tue 06:30, tomorrow 6am, 2026-12-24 18:00"
CONTAINER = "Container"
ANY_CONTAINER = "Leave it empty for the containers that the task cannot run without."
CHOOSE, TYPE = "Choose", "Choose or type"
NO_ENVIRONMENT = "Choose an environment."
NO_SERVICE = "Choose a service."
NO_OPERATION = "Choose what to do."
NOT_SAID = "No preference"
SAID: Mapping[str, Mapping[str, str]] = {
    "what to do when its tag has moved": {
        "": "Ask me if it has moved",
        "same": "Restart the same image",
        "new": "Deploy the new image",
    },
    "for a service whose image is gone from the registry": {
        "": "Leave that service stopped",
        "new": "Deploy what its tag names now",
    },
    "what comes first": {"name": "By name", "cost": "The most expensive first"},
}
"""What each choice of an argument does, by the argument's help; an empty choice is none."""
EVERY_ENVIRONMENT = "Leave it empty for all your environments together."
WHOLE = "Leave it empty for the whole environment."
AGAIN = "Choose the service once more: its name is not known any longer."
EXPIRED = "The picker could not be opened."


def label(argument: Argument) -> str:
    if argument.field == "span":
        return ENDS
    said = argument.label or argument.help or argument.name
    return said[:1].upper() + said[1:]


def hint(argument: Argument) -> str:
    """Say how the value may be written; empty if the choices show that. Whole spans are left out: the
    beginning of one has a field of its own.
    """
    if argument.choices or argument.field in ("yes", "environment", "person", "task", "flag"):
        return ""
    forms = [form for form in argument.forms if '"' not in form or not argument.why]
    forms = [form for form in forms if argument.field != "span" or between(form) is None]
    forms = forms or [argument.example] if argument.example or forms else []
    return f"For example: {', '.join(forms)}" if forms else ""


def reason_hint(argument: Argument) -> str:
    return f"For example: {argument.why}"


def service_hint(operation: Operation) -> str:
    return WHOLE if operation.target is Target.SERVICE_OR_ALL else ""


def needed(argument: Argument) -> str:
    return f"{label(argument)}? {hint(argument)}".strip()


def too_long(most: int) -> str:
    return f"That is too long: at most {most} characters."


def plainly(sentence: str) -> str:
    """Return a sentence without the marks that only a message draws."""
    return sentence.replace("`", "")


def gone(environment: str) -> str:
    return f"There is no environment {environment} here for you any more. Choose another."


def not_there(operation: str, environment: str) -> str:
    where = f"in {environment}" if environment else "anywhere"
    return f"You may not {operation} {where}. Choose something else."


def first_of(shown: int, of: int) -> str:
    """The note above a menu that cannot hold everything."""
    return f"The first {shown} of {of}. Type more letters."


def fields_of(operation: Operation) -> str:
    """The mistake if the submitted fields belonged to another operation."""
    return f"These are the fields of {operation.name} now. Look at them once more."


def everything_said(operation: Operation) -> str:
    return f"{operation.help}."


def unreadable(command: str) -> str:
    return f"{EXPIRED} Try again, or type: `{command} help`"


def choices(argument: Argument) -> Sequence[tuple[str, str]]:
    """Return the values and their labels. A first entry with an empty value stands for no choice, unless the
    argument is required or has a default.
    """
    said = SAID.get(argument.help, {})
    named = [(each, said.get(each, each[:1].upper() + each[1:])) for each in argument.choices]
    none = ("", said.get("", NOT_SAID))
    return named if argument.default or argument.required else [none, *named]
