"""What ``run`` and ``end`` say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from handlers.words.errors import Trouble
from handlers.words.message import LONGEST_LABEL, Offer, Text, blocks
from handlers.words.result import Answer, Choice, Refusal, Unchanged
from policies.access.decision import Refused, refuse
from policies.catalog.choosing import FEW
from policies.catalog.filling import choices_left, corrected, near
from policies.service.approved import ApprovedTask, Given, Parameter, spelled
from policies.service.environment import Environment
from policies.service.one_off import OneOff, named
from policies.service.running_once import Defined, Placement

STOP_IT = "Stop task"


@dataclass(frozen=True)
class Newest:
    """The newest revision of a family, and in what it differs from what is approved."""

    defined: Defined
    differences: Sequence[str]


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
    """Name the approved tasks, and offer the one that may have been meant, or each of a few: those that take
    these values.
    """
    names = [task.name for task in place.tasks]
    meant = place.task(near(typed, names))
    have = f"Approved tasks: {', '.join(f'`{name}`' for name in names)}." if names else "No task is approved."
    asked = f" Did you mean `{meant.name}`?" if meant else ""
    told = f"`{typed[:40]}` is not approved for `{place.name}`, so it is not run. {have}{asked}"
    decision = refuse("tasks.unapproved", told)
    if meant:
        return _with_choices(Refusal(decision, corrected=_corrected(meant, values)), meant, values)
    each = [_corrected(task, values) for task in place.tasks if len(place.tasks) <= FEW]
    return Refusal(decision, offers=tuple(_run(f"Run {bound['task']}", bound) for bound in each if bound))


def unfilled(refused: Refused, task: ApprovedTask, values: Given | None) -> Refusal:
    """Offer the values that may have been meant, or each of a few choices."""
    return _with_choices(Refusal(refused, corrected=_corrected(task, values)), task, values)


def _with_choices(refusal: Refusal, task: ApprovedTask, values: Given | None) -> Refusal:
    """Add a button for each choice of a parameter, unless it is known which is meant."""
    if refusal.corrected:
        return refusal
    given = values.values if values else {}
    return replace(
        refusal,
        offers=tuple(
            _run(f"Run {task.name} with {spelled(_apart(left, given))}", _bound(task, left))
            for left in choices_left(task, given)
        ),
    )


def _apart(left: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in left.items() if given.get(name) != value}


def _run(label: str, arguments: Mapping[str, str]) -> Offer:
    return Offer(label[:LONGEST_LABEL], "run", arguments=arguments)


def _corrected(task: ApprovedTask, values: Given | None) -> dict[str, str]:
    """The arguments with which the task would run; empty if that is not known."""
    right = corrected(task, values.values if values else {})
    return {} if right is None else _bound(task, right)


def _bound(task: ApprovedTask, values: Mapping[str, str]) -> dict[str, str]:
    return {"task": task.name} | ({"values": spelled(values)} if values else {})


def no_revision(task: ApprovedTask, reference: str) -> Refused:
    what = f"the revision `{_short(reference)}`" if ":" in reference else f"a revision of `{reference}`"
    return refuse("tasks.no-revision", f"`{task.name}` is not run: ECS does not have {what}.")


def inactive(task: ApprovedTask, defined: Defined) -> Refused:
    """A family's newest revision is always active, so that of a family is one that was offered."""
    other = (
        "An admin can approve another one in the catalog." if task.revision else "Ask again for another one."
    )
    return refuse(
        "tasks.inactive",
        f"`{task.name}` is not run: the revision `{defined.name}` is INACTIVE, and ECS no longer runs it. "
        f"{other}",
    )


def differs(
    task: ApprovedTask, defined: Defined, differences: Sequence[str], *, offered: bool = False
) -> Refused:
    """``offered``: it is an older revision, which was offered."""
    whose = "the revision" if offered else "the approved revision" if task.revision else "the newest revision"
    return refuse(
        "tasks.differs",
        f"`{task.name}` is not run, because {whose} `{defined.name}` is not what the catalog approves: "
        f"{'; '.join(differences)}.",
    )


def older_fits(task: ApprovedTask, newest: Newest, older: Defined, values: Given | None) -> Refusal:
    """Name the newest older revision that is approved, with a button that runs exactly that one."""
    bound = _bound(task, values.values if values else {}) | {"revision": str(older.number)}
    told = f"`{older.name}` is the newest revision that is."
    return _differs(task, newest, told, (_run(f"Run revision {older.number}", bound),))


def none_fits(task: ApprovedTask, newest: Newest, oldest: int) -> Refusal:
    """``oldest``: the number of the oldest revision that was looked at."""
    before = newest.defined.number - oldest
    if not before:
        return _differs(task, newest, "There is no older revision.")
    if oldest == 1:
        return _differs(task, newest, "No older active revision is, either.")
    told = f"None of the {before} revisions before it is, either; older ones were not looked at."
    return _differs(task, newest, told)


def older_unread(task: ApprovedTask, newest: Newest, number: int, trouble: Trouble) -> Refusal:
    """``number``: the revision that could not be read."""
    told = f"Whether an older revision is cannot be told: revision {number} could not be read. {trouble}"
    return _differs(task, newest, told)


def _differs(task: ApprovedTask, newest: Newest, further: str, offers: tuple[Offer, ...] = ()) -> Refusal:
    refused = differs(task, newest.defined, newest.differences)
    return Refusal(refuse(refused.rule, f"{refused.told} {further}"), offers=offers)


def pinned_since(task: ApprovedTask, number: int) -> Refused:
    told = (
        f"`{task.name}` is not run as revision {number}, because the catalog now approves "
        f"`{_short(task.revision)}` and no other."
    )
    return refuse("tasks.differs", told)


def newer(newest: Newest) -> str:
    """Say of the newest revision why an older one runs."""
    named = newest.defined.name
    if not newest.differences:
        return f"`{named}` is newer and is approved as well; it does not run now."
    return f"`{named}` is newer, but is not what the catalog approves: {'; '.join(newest.differences)}."


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
