"""How the suite is shared out among workers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-not-found,import-untyped,unused-ignore]

STAGE = re.compile(r"^(?:tests/)?scenarios/.*\[((?:socket|http)-(?:sqlite|postgresql))")


class ByStage(LoadScopeScheduling):  # type: ignore[misc,unused-ignore]
    """Scenarios on one kind of stage go to one worker, which then starts that stage once; any other test goes
    wherever there is room. By test id, because ``xdist_group`` does nothing here: xdist 3.8 writes it to a
    field that pytest 9.2 no longer reads."""

    def _split_scope(self, nodeid: str) -> str:
        found = STAGE.match(nodeid)
        return f"stage {found[1]}" if found else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByStage | None:
    return ByStage(config, log) if config.getoption("dist") == "loadgroup" else None
