"""Checks the feature flags that the catalog names: their parameters and configurations, and whether they may
be switched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.aws.flag_policy import SWITCH
from handlers.ports.aws import Moves
from handlers.ports.scope import Scope
from handlers.words.errors import Absent, Trouble
from policies.access.decision import Refused
from policies.capacity.stopping import permissions
from policies.flags.switching import (
    FREEFORM,
    MISSING,
    PLAIN,
    UNDEPLOYED,
    VARIANTS,
    Held,
    readable,
    stands,
    unfit,
)
from policies.service.environment import Environment, Flag


@dataclass(frozen=True)
class Checked:
    """The result of one check, as in ``bot.aws.preflight.Finding``, or the trouble that kept it from being
    made."""

    check: str
    ok: bool | None = None
    sentence: str = ""
    todo: str = ""
    trouble: Trouble | None = None


_IDS = "Correct the ids under `appconfig` of the flag, or the region, in the catalog."
_UNFIT = {
    UNDEPLOYED: "Deploy the profile once to its AppConfig environment.",
    VARIANTS: "Take the flag out of the catalog, or take its variants away: it is not switched from here.",
    MISSING: "Correct `flag` under `appconfig` of the flag in the catalog, or deploy a profile that has it.",
}


def flag_checks(scope: Scope) -> Iterator[Checked]:
    """Look at each flag, then whether they may be switched, unless production is closed to it."""
    where = scope.environment
    for flag in where.flags:
        try:
            if flag.appconfig is not None:
                yield _deployed(scope, flag)
            else:
                yield _found(where, flag, scope.flags.read((flag.name,)).get(flag.name))
        except Absent as trouble:
            said = f"The flag {flag.name} is not in AppConfig of {where.region}: {trouble.sentence}"
            yield Checked(f"flag {flag.name}", False, said, _IDS)
        except Trouble as trouble:
            yield Checked(f"flag {flag.name}", trouble=trouble)
    if where.flags and (not where.production or SWITCH in where.open_to):
        yield _switching(scope)


def _deployed(scope: Scope, flag: Flag) -> Checked:
    """Everything that a change reads is read, so that no permission is found missing only then."""
    feature = scope.features.facts(flag.name)
    if feature.latest:
        scope.features.rollout(flag.name, feature.latest)
    check, held = f"flag {flag.name}", feature.held
    if held.type == FREEFORM:
        return Checked(check, False, unfit(flag, held), "Name a profile of type AWS.AppConfig.FeatureFlags.")
    if held.type != PLAIN:
        return Checked(check, None, unfit(flag, held), _UNFIT[held.type])
    return Checked(check, True, f"Flag {flag.name} can be read: it is {stands(flag, held)}.")


def _found(where: Environment, flag: Flag, held: Held | None) -> Checked:
    check = f"flag {flag.name}"
    if held is None:
        todo = "Correct the parameter's name or the region in the catalog, or create it as a String."
        return Checked(check, False, f"Parameter Store has no {flag.parameter} in {where.region}.", todo)
    refused = readable(flag, held)
    if isinstance(refused, Refused):
        todo = "Store the flag as a String under another name, and name that in the catalog."
        return Checked(
            check, False, f"The parameter {flag.parameter} is a {held.type}, which is not read.", todo
        )
    state = stands(flag, held)
    if state is None:
        todo = f"Correct `text_on` ({flag.on}) and `text_off` ({flag.off}) of the flag in the catalog."
        said = f"The parameter {flag.parameter} holds neither of the flag's two texts."
        return Checked(check, None, said, todo)
    return Checked(check, True, f"Flag {flag.name} can be read: it is {state}.")


def _switching(scope: Scope) -> Checked:
    check, where = "switching flags", scope.environment
    try:
        lacking = scope.permissions.lacking(Moves(flags=tuple(flag.name for flag in where.flags)))
    except Trouble as trouble:
        todo = "Allow the role iam:SimulatePrincipalPolicy on itself, as the generated policy does."
        said = f"It is not known whether flags may be switched: {trouble.sentence}"
        return Checked(check, None, said, todo)
    if lacking:
        todo = "Attach the policy that Lamplighter generates to the role."
        return Checked(check, False, f"The role lacks {permissions(lacking)}.", todo)
    return Checked(check, True, f"The bot may switch the flags of {where.name}.")
