"""The rows of a catalog file for approved one-off tasks. `docs/catalog.md` shows what each field says."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from bot.catalog_forms import STRICT, Flag, Service, Text
from policies.catalog.tasks import LONGEST_MINUTES, sound
from policies.service.approved import DEFAULT_MINUTES, ApprovedTask, Parameter


def _minutes(value: object) -> int:
    if type(value) is not int:
        raise ValueError(f"write a whole number of minutes from 1 to {LONGEST_MINUTES}, without quotes")
    return value


Minutes = Annotated[int, BeforeValidator(_minutes)]


class ParameterRow(BaseModel):
    model_config = STRICT

    pattern: Text = ""
    """within a parameter: a regular expression that the whole value must match. Either this or `choices`"""
    choices: list[Text] = []
    """within a parameter: the values that it takes"""
    default: Text | None = None
    """within a parameter: its value where none is given; without one, a value must be given"""
    dash: Flag = False
    """within a parameter: `true` lets its value begin with a dash, where the program would take it for an
    option"""

    def parameter(self, name: str) -> Parameter:
        return Parameter(name, self.pattern, tuple(self.choices), self.default, self.dash)


class TaskRow(BaseModel):
    model_config = STRICT

    service: Service
    """within a task: the service whose network, platform version and capacity it copies"""
    container: Text = Field(min_length=1)
    """within a task: the container whose exit code says how the run ended"""
    revision: Text = ""
    """within a task: exactly this revision, as `family:7` or as its ARN. Either this or `family`"""
    family: Text = ""
    """within a task: the newest revision of this family, as long as it is what the other fields say; one that
    is not is refused, and the newest older one that is gets a button"""
    image: Text = ""
    """within a task: the image repository of its container, without a tag. Needed with `family`"""
    command: list[Text] = []
    """within a task: what runs, one element each, never by a shell. An element that is `{name}` is filled by
    that parameter. Needed with `family`; a `revision` without one runs its own command"""
    entry_point: list[Text] = []
    """within a task: the entry point that the revisions of a `family` must have; none if left out"""
    sidecars: dict[Text, Text] = {}
    """within a task: the other containers of a `family`, each with its image repository"""
    task_role: Text = ""
    """within a task: the ARN of its task role, which the bot passes to ECS; none if left out"""
    execution_role: Text = ""
    """within a task: the ARN of its execution role, which the bot passes to ECS; none if left out"""
    registered_by: list[Text] = []
    """within a task: patterns with `*` of the ARN of whoever may register its revisions, for example
    `arn:aws:sts::123456789012:assumed-role/ci-deploy/*`. Needed with `family`"""
    parameters: dict[Text, ParameterRow] = {}
    """within a task: by name, what a person fills in when running it"""
    minutes: Minutes = DEFAULT_MINUTES
    """within a task: for how long a run is watched. What has not ended by then is left running, which is said
    """

    def task(self, name: str) -> ApprovedTask:
        """The task that this row approves. Raises ``Miswritten`` if it is not sound."""
        own = self.model_dump(exclude={"sidecars", "parameters", "command", "entry_point", "registered_by"})
        return sound(
            ApprovedTask(
                name,
                **own,
                command=tuple(self.command),
                entry_point=tuple(self.entry_point),
                sidecars=tuple(self.sidecars.items()),
                registered_by=tuple(self.registered_by),
                parameters=tuple(row.parameter(name) for name, row in self.parameters.items()),
            )
        )
