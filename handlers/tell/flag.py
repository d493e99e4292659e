"""What ``flag`` and ``flags`` say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.tell.steps.flag import is_now
from handlers.words.message import Offer, Text, blocks
from handlers.words.result import Answer, Choice, Refusal, Unchanged
from policies.access.decision import Refused, refuse
from policies.catalog.choosing import FEW
from policies.flags.switching import PLAIN, Held, Switch, stands, unfit
from policies.service.environment import Flag

UNDO = "Undo"
NOT_REVERTED = (
    "The deployment that is to be undone is no longer the newest one, or was completed too long ago, so the "
    "state before is deployed anew."
)


def already(flag: Flag, state: Switch) -> Unchanged:
    return Unchanged(f"`{flag.name}` is {state} already.")


def not_meant(refused: Refused, near: str, others: Sequence[Flag], state: Switch | None = None) -> Refusal:
    """Refuse a flag that the catalog does not name. ``near``: the one that may have been meant; where it is
    not known, each of a few ``others`` has a button. ``state``: what the flag was to be.
    """
    if near or len(others) > FEW:
        return Refusal(refused, corrected={"name": near} if near else {})
    return Refusal(refused, offers=tuple(_instead(flag, state) for flag in others))


def _instead(flag: Flag, state: Switch | None) -> Offer:
    if state is None:
        return Offer(f"Show {flag.name}", "flags", arguments={"name": flag.name}, once=False)
    return Offer(f"Switch {flag.name} {state}", "flag", arguments={"name": flag.name, "state": str(state)})


def no_parameter(environment: str, flag: Flag) -> Refusal:
    told = (
        f"Parameter Store has no parameter for `{flag.name}` of `{environment}`, so there is nothing to "
        "switch. Whoever owns the application has to create it, as a String."
    )
    return Refusal(refuse("flags.no-parameter", told))


def neither(environment: str, flag: Flag, state: Switch, held: Held) -> Choice:
    """The parameter holds neither text: what it holds is shown before it is written over."""
    return Choice(
        f"`{flag.name}` is {is_now(flag, None, held)}. Nothing was changed yet.",
        blocks(Text(("Undo cannot bring this value back.",))),
        offers=(_switch(environment, flag, state, held),),
    )


def changed_since(environment: str, flag: Flag, state: Switch, held: Held) -> Choice:
    """The parameter was written again since the button was offered."""
    now = is_now(flag, stands(flag, held), held)
    return Choice(
        f"`{flag.name}` was changed since: it is {now} (version {held.version}). Nothing was changed yet.",
        offers=(_switch(environment, flag, state, held),),
    )


def to_be(flag: Flag, state: Switch, now: Switch | None) -> tuple[str, ...]:
    """What the message says while the flag is being switched."""
    said = f"`{flag.name}` is to be {state}; it was {now or 'neither on nor off'} before."
    return (said, *at_task_start(flag), *by_deployment(flag, state))


def by_deployment(flag: Flag, state: Switch) -> tuple[str, ...]:
    if flag.appconfig is None:
        return ()
    return (f"It counts as {state} once AppConfig has completed the deployment, its bake time included.",)


def to_be_reverted(flag: Flag, state: Switch, held: Held) -> tuple[str, ...]:
    """What the message says while a deployment is reverted."""
    reverts = f"AppConfig reverts version {held.version} of its configuration, without another deployment."
    return (f"`{flag.name}` is to be {state}; it was {state.other} before.", reverts)


def not_deployed_now(flag: Flag) -> Unchanged:
    return Unchanged(f"`{flag.name}` is not being deployed from here; nothing was stopped.")


def too_late_to_stop(flag: Flag, *, complete: bool) -> Unchanged:
    if not complete:
        return Unchanged(f"AppConfig is taking back the deployment of `{flag.name}` already.")
    return Unchanged(
        f"AppConfig has completed the deployment of `{flag.name}` already; nothing was stopped. The message "
        "of the change offers Undo once it has seen that."
    )


def at_task_start(flag: Flag) -> tuple[str, ...]:
    if not flag.service:
        return ()
    return (f"`{flag.service}` reads it only when its tasks start, so a restart is needed afterwards.",)


def one(command: str, environment: str, flag: Flag, held: Held | None) -> Answer:
    said = f"`{flag.name}` of `{environment}` {_is(flag, held)}."
    state = stands(flag, held) if held is not None else None
    other = state.other if state else Switch.ON
    change = f"Type `{command} flag {environment} {flag.name} {other}` to switch it {other}."
    notes = (change, *at_task_start(flag)) if held is not None and held.type == PLAIN else ()
    return Answer(said, blocks(Text(notes)))


def all_of(environment: str, flags: Sequence[Flag], held: Mapping[str, Held]) -> Answer:
    on = sum(stands(f, held[f.name]) is Switch.ON for f in flags if f.name in held)
    count = f"{len(flags)} flag{'' if len(flags) == 1 else 's'}"
    lines = tuple(f"`{flag.name}` {_is(flag, held.get(flag.name))}" for flag in flags)
    return Answer(f"`{environment}` has {count}; {_on(on)} on.", blocks(Text(lines)))


def _on(count: int) -> str:
    return "none is" if not count else f"{count} {'is' if count == 1 else 'are'}"


def _is(flag: Flag, held: Held | None) -> str:
    if held is None and flag.appconfig is not None:
        return "is not in AppConfig: its application, environment or configuration profile is not there"
    if held is None:
        return "has no parameter in Parameter Store"
    if held.under_way is not None:
        return f"is {_deployed(flag, held)}; a deployment of AppConfig is under way ({held.under_way} %)"
    if flag.appconfig is not None:
        return f"is {_deployed(flag, held)}"
    if held.type != PLAIN:
        return f"cannot be read: its parameter is a {held.type}, and nothing is decrypted here"
    return f"is {is_now(flag, stands(flag, held), held)}"


def _switch(environment: str, flag: Flag, state: Switch, held: Held) -> Offer:
    bound = {"name": flag.name, "state": str(state), "expected": str(held.version)}
    return Offer(f"Switch it {state}", "flag", environment, arguments=bound)


def _deployed(flag: Flag, held: Held) -> str:
    """*on*, *off*, or why AppConfig's flag is neither."""
    state = stands(flag, held)
    if state is not None:
        return str(state)
    why = unfit(flag, held).rstrip(".")
    return f"neither on nor off: {why[:1].lower()}{why[1:]}"
