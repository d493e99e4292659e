"""What the picker says: the names of its fields, their hints, and what is wrong at one. All of it is plain
text, for a form shows no mark-up."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.words.arguments import Argument
from handlers.words.operation import Operation, Target

OPERATION, ENVIRONMENT, SERVICE, REASON = "What", "Environment", "Service", "Reason"
CHOOSE, TYPE = "Choose", "Choose or type"
NO_ENVIRONMENT = "Choose an environment."
NO_SERVICE = "Choose a service."
NO_OPERATION = "Choose what to do."
NOT_SAID = "No preference"
EVERY_ENVIRONMENT = "Leave it empty for all your environments together."
WHOLE = "Leave it empty for the whole environment."
AGAIN = "Choose the service once more: its name is not known any longer."
EXPIRED = "The picker could not be opened."


def label(argument: Argument) -> str:
    said = argument.label or argument.help or argument.name
    return said[:1].upper() + said[1:]


def hint(argument: Argument) -> str:
    """How it may be said; empty where its choices say that."""
    if argument.choices or argument.field in ("yes", "environment", "person"):
        return ""
    forms = [form for form in argument.forms if '"' not in form or not argument.why]
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
    """A sentence without the marks that only a message draws."""
    return sentence.replace("`", "")


def gone(environment: str) -> str:
    return f"There is no environment {environment} here for you any more. Choose another."


def not_there(operation: str, environment: str) -> str:
    where = f"in {environment}" if environment else "anywhere"
    return f"You may not {operation} {where}. Choose something else."


def first_of(shown: int, of: int) -> str:
    """Above a menu that cannot hold all."""
    return f"The first {shown} of {of}. Type more letters."


def fields_of(operation: Operation) -> str:
    """Where the fields that were filled in were those of something else."""
    return f"These are the fields of {operation.name} now. Look at them once more."


def everything_said(operation: Operation) -> str:
    return f"{operation.help}."


def unreadable(command: str) -> str:
    return f"{EXPIRED} Try again, or type: `{command} help`"


def choices(argument: Argument) -> Sequence[tuple[str, str]]:
    """Values and what they are called. The first, with no value, stands for none of them."""
    named = [(choice, choice[:1].upper() + choice[1:]) for choice in argument.choices]
    return named if argument.default or argument.required else [("", NOT_SAID), *named]
