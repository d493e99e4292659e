"""The time from a slash command to its HTTP 200, for the bot and the bare app in turns, so that both meet the
same noise.
"""

from __future__ import annotations

from dataclasses import dataclass

from playground.slack.cast import SIGNING_SECRET
from tests.bench.load import Load, Shape, loading
from tests.bench.quantiles import quantile
from tests.bench.rig import Rig

WARMING = 60


@dataclass(frozen=True)
class Beside:
    """Milliseconds of each command. ``answered``: how many of the bot's commands were also answered."""

    bot: list[float]
    bare: list[float]
    answered: int

    def ratio(self, part: float) -> float:
        """Return the bot's quantile divided by the bare app's."""
        return quantile(self.bot, part) / quantile(self.bare, part)


async def beside(rig: Rig, commands: int, block: int, shape: Shape) -> Beside:
    """Send ``commands`` to each of the two, in alternating blocks."""
    async with loading(SIGNING_SECRET) as load:
        for url in (rig.bot, rig.bare):
            await load.send(url, min(WARMING, commands), shape)
        await load.answers.until(min(WARMING, commands))
        warm = load.answers.count
        taken = Beside([], [], 0)
        for done in range(0, commands, block):
            await _block(rig, load, taken, shape, min(block, commands - done))
        return Beside(taken.bot, taken.bare, load.answers.count - warm)


async def _block(rig: Rig, load: Load, taken: Beside, shape: Shape, size: int) -> None:
    """Send one block to each; the bare app's turn begins when the bot has done all acknowledged work."""
    before = load.answers.count
    taken.bot.extend(await load.send(rig.bot, size, shape))
    await load.answers.until(before + size)
    taken.bare.extend(await load.send(rig.bare, size, shape))
