"""What CloudWatch reports of things that are paid for by their use, asked once an hour as far as it answers.

Each requested metric costs money (facts/ecs 7.10), so an hour that has its points is not asked about again.
If CloudWatch may not be asked or does not answer, the use is not known: every total that needs it says so,
and everything else stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.aws.kept import Kept
from bot.aws.metrics import CloudWatch, Points, Series, Window
from bot.aws.place import Place
from handlers.words.errors import Trouble
from policies.cost.by_use import HOUR, HOURS, KEPT, hours_before

LATE = timedelta(minutes=45)
"""An hour without points is waited for no longer than this after its end."""
Told = Kept[tuple[datetime, Points]]
"""By place and series: the newest hour for which CloudWatch was asked, and the points."""


@dataclass(frozen=True)
class UsePoints:
    """The points at one moment. A missing point does not mean zero."""

    place: Place
    at: datetime
    told: Told

    def hourly(self, series: Sequence[Series]) -> list[Points]:
        """Points by the hour, as far back as something that is stopped now may have reported last."""
        newest = hours_before(self.at)[-1]
        return self._points(series, Window(newest - KEPT, self.at, int(HOUR.total_seconds())))

    def minutely(self, series: Sequence[Series]) -> list[Points]:
        newest = hours_before(self.at)[-1]
        return self._points(series, Window(newest - HOUR * (HOURS - 1), self.at, 60))

    def _points(self, series: Sequence[Series], window: Window) -> list[Points]:
        newest = hours_before(self.at)[-1]
        found: dict[Series, Points] = {}
        for one in series:
            known = self.told.find(self._key(one))
            if known is not None and known[0] == newest:
                found[one] = known[1]
        asked = [one for one in series if one not in found]
        for one, points in zip(asked, self._read(asked, window), strict=True):
            found[one] = points
            if any(newest <= at < newest + HOUR for at in points) or self.at >= newest + HOUR + LATE:
                self.told.keep(self._key(one), (newest, points))
        return [found[one] for one in series]

    def _read(self, series: Sequence[Series], window: Window) -> list[Points]:
        try:
            return CloudWatch(self.place).points(series, window) if series else []
        except Trouble:
            return [{} for _ in series]

    def _key(self, one: Series) -> tuple[str, str, str, Series]:
        where = self.place.environment
        return (where.account, where.region, where.role_arn, one)
