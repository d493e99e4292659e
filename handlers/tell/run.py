"""What ``run`` and ``end`` say."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.words.message import Offer, Text, blocks
from handlers.words.result import Answer, Choice, Refusal, Unchanged
from policies.access.decision import Refused, refuse
from policies.catalog.filling import corrected, near
from policies.service.approved import ApprovedTask, Given, Parameter, spelled
from policies.service.environment import Environment
from policies.service.one_off import OneOff, named
from policies.service.running_once import Defined, Placement

STOP_IT = "Stop task"


def approved(place: Environment) -> Answer:
    """Name the tasks that may be run, each with what it takes."""
    if not place.tasks:
        return Answer(f"No task is approved for `{place.name}`. An admin adds them in the catalog.")
    lines = tuple(_line(task) for task in place.tasks)
    return Answer(f"In `{place.name}` you can run:", blocks(Text(lines)))


def _line(task: ApprovedTask) -> str:
    """*`reindex` takes `index` (one of orders, customers).*"""
    takes = " and ".join(_takes(parameter) for parameter in task.parameters)
    return f"`{task.name}` takes {takes}." if takes else f"`{task.name}`"


def _takes(parameter: Parameter) -> str:
    left_out = f"; `{parameter.default}` if left out" if parameter.default is not None else ""
    return f"`{parameter.name}` ({parameter.told}{left_out})"


def unapproved(place: Environment, typed: str, values: Given | None) -> Refusal:
    """Name the approved tasks, and offer the one that may have been meant if it takes these values."""
    names = [task.name for task in place.tasks]
    meant = place.task(near(typed, names))
    have = f"Approved tasks: {', '.join(f'`{name}`' for name in names)}." if names else "No task is approved."
    asked = f" Did you mean `{meant.name}`?" if meant else ""
    told = f"`{typed[:40]}` is not approved for `{place.name}`, so it is not run. {have}{asked}"
    return Refusal(refuse("tasks.unapproved", told), corrected=_corrected(meant, values) if meant else {})


def unfilled(refused: Refused, task: ApprovedTask, values: Given | None) -> Refusal:
    """Offer the values that may have been meant."""
    return Refusal(refused, corrected=_corrected(task, values))


def _corrected(task: ApprovedTask, values: Given | None) -> dict[str, str]:
    """The arguments with which the task would run; empty if that is not known."""
    right = corrected(task, values.values if values else {})
    if right is None:
        return {}
    return {"task": task.name} | ({"values": spelled(right)} if right else {})


def no_revision(task: ApprovedTask) -> Refused:
    what = f"the revision `{_short(task.revision)}`" if task.revision else f"a revision of `{task.family}`"
    return refuse("tasks.no-revision", f"`{task.name}` is not run: ECS does not have {what}.")


def inactive(task: ApprovedTask, defined: Defined) -> Refused:
    return refuse(
        "tasks.inactive",
        f"`{task.name}` is not run: the revision `{defined.name}` is INACTIVE, and ECS no longer runs "
        "it. An admin can approve another one in the catalog.",
    )


def differs(task: ApprovedTask, defined: Defined, differences: Sequence[str]) -> Refused:
    whose = "the approved revision" if task.revision else "the newest revision"
    return refuse(
        "tasks.differs",
        f"`{task.name}` is not run, because {whose} `{defined.name}` is not what the catalog approves: "
        f"{'; '.join(differences)}.",
    )


def no_service(task: ApprovedTask, place: str) -> Refused:
    return refuse(
        "tasks.no-service",
        f"`{task.name}` is not run: it takes its network from `{task.service}`, and `{place}` has no such "
        "service.",
    )


def runs_already(task: ApprovedTask, others: Sequence[OneOff], place: str) -> Refusal:
    told = f"`{task.name}` is not run a second time beside {named(others)}."
    mine = [other for other in others if other.run_here]
    offers = tuple(_stop(other, place) for other in mine[:1])
    return Refusal(refuse("tasks.runs-already", told), offers=offers)


def what_runs(defined: Defined, task: ApprovedTask) -> str:
    return f"`{defined.name}` runs in the network of `{task.service}`."


def on_spot(task: ApprovedTask, place: Placement) -> tuple[str, ...]:
    if not place.on_spot:
        return ()
    return (f"It runs on Spot capacity, as `{task.service}` does, so AWS may end it early.",)


def asleep(environment: str) -> str:
    return f"`{environment}` is stopped, so what it needs there may not answer."


def not_running(environment: str) -> Unchanged:
    return Unchanged(f"That task no longer runs in `{environment}`; nothing was stopped.")


def which(tasks: Sequence[OneOff], environment: str) -> Choice:
    told = f"More than one is running in `{environment}`: {named(tasks)}. Which one do you want to stop?"
    offers = tuple(_stop(one, environment, f"{STOP_IT} {one.family} ({one.id[:8]})") for one in tasks)
    return Choice(told, offers=offers)


def _stop(task: OneOff, environment: str, label: str = STOP_IT) -> Offer:
    return Offer(label, "end", environment, arguments={"which": task.id}, style="danger")


def _short(revision: str) -> str:
    return revision.rsplit("/", 1)[-1]
