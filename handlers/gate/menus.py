"""What somebody may ask for, and where: decided by the same policies as a request is, before there is one."""

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
    """Of one person at one moment. ``operations``: all that can be asked for in Slack; ``places``: the
    environments they may view, by name; ``here``: the one environment of the channel, empty where it has none
    or several."""

    operations: tuple[Operation, ...] = ()
    places: tuple[Environment, ...] = ()
    mine: tuple[Grant, ...] = ()
    here: str = ""

    def place(self, name: str) -> Environment | None:
        return next((place for place in self.places if place.name == name), None)

    def there(self, name: str) -> tuple[Operation, ...]:
        """What they may ask for in that environment, and beside any. Without a name: in one of theirs."""
        if not name:
            return tuple(o for o in self.operations if self._beside(o) or self._somewhere(o))
        place = self.place(name)
        if place is None:
            return ()
        return tuple(o for o in self.operations if self._beside(o) or self.allows(o, place))

    def where(self, operation: Operation) -> tuple[str, ...]:
        """The environments in which they may ask for it."""
        return tuple(place.name for place in self.places if self.allows(operation, place))

    def allows(self, operation: Operation, place: Environment) -> bool:
        if operation.reach not in NAMING:
            return False
        return isinstance(may(operation, place, self.mine), Allowed)

    def _somewhere(self, operation: Operation) -> bool:
        return any(self.allows(operation, place) for place in self.places)

    def _beside(self, operation: Operation) -> bool:
        """Of an operation that concerns no single environment: whether they may somewhere what it needs."""
        if operation.reach not in (Reach.VIEWABLE, Reach.ONE_OR_ALL):
            return False
        if operation.anyone:
            return True
        roles = [found.role for place in self.places if (found := standing(place, self.mine))]
        return any(role >= operation.role for role in roles)


def in_slack(operations: Sequence[Operation]) -> tuple[Operation, ...]:
    return tuple(operation for operation in operations if not operation.console)
