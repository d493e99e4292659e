"""What a person may ask for, and where: decided by the same policies as a request, before there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.gate.judge import may
from handlers.words.operation import NAMING, Operation, Reach
from policies.access.decision import Allowed
from policies.access.grants import Grant, standing
from policies.service.environment import Environment


@dataclass(frozen=True)
class Menu:
    """What one person may do at one moment. ``operations``: all that can be asked for in Slack; ``places``:
    the environments they may view, by name; ``here``: the only environment of the channel, empty if it has
    none or several.
    """

    operations: tuple[Operation, ...] = ()
    places: tuple[Environment, ...] = ()
    mine: tuple[Grant, ...] = ()
    here: str = ""

    def place(self, name: str) -> Environment | None:
        return next((place for place in self.places if place.name == name), None)

    def there(self, name: str) -> tuple[Operation, ...]:
        """Return what the person may ask for in that environment, with what concerns no single environment.
        Without a name: in at least one of theirs.
        """
        if not name:
            return tuple(o for o in self.operations if self._beside(o) or self._somewhere(o))
        place = self.place(name)
        if place is None:
            return ()
        return tuple(o for o in self.operations if self._beside(o) or self.allows(o, place))

    def where(self, operation: Operation) -> tuple[str, ...]:
        """Return the environments in which the person may ask for an operation."""
        return tuple(place.name for place in self.places if self.allows(operation, place))

    def allows(self, operation: Operation, place: Environment) -> bool:
        if operation.reach not in NAMING:
            return False
        return isinstance(may(operation, place, self.mine), Allowed)

    def _somewhere(self, operation: Operation) -> bool:
        return any(self.allows(operation, place) for place in self.places)

    def _beside(self, operation: Operation) -> bool:
        """Return whether the operation concerns no single environment, and the person has the role it needs
        in at least one of theirs.
        """
        if operation.reach not in (Reach.VIEWABLE, Reach.ONE_OR_ALL):
            return False
        if operation.anyone:
            return True
        roles = [found.role for place in self.places if (found := standing(place, self.mine))]
        return any(role >= operation.role for role in roles)


def in_slack(operations: Sequence[Operation]) -> tuple[Operation, ...]:
    return tuple(operation for operation in operations if not operation.console)
