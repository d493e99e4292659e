"""What cannot be done as it was typed: each answer names the cause and what would work, and nothing is done.

The refusals of ``logs``, ``flag``, ``run`` and ``rollback`` stand beside what these do.
"""

from __future__ import annotations

from tests.scenarios.pool import MOST_KEYS
from tests.scenarios.stage import DEV, GENERAL, OLU, Stage, kinds_of
from tests.scenarios.test_running_tasks import register
from tests.scenarios.world import API


def test_a_number_or_name_that_does_not_exist_is_answered_with_those_that_do(stage: Stage) -> None:
    register(stage)
    place, other = stage.environment(API), stage.environment({**API, "name": "web"})
    stage.types(OLU, f"/env scale {place} api 7")
    stage.hears(OLU, "allows `api` 0 to 6 tasks, and 7 is outside that")
    stage.types(OLU, f"/env scale {place} api -1")
    stage.hears(OLU, "`-1` is not a whole number of 0 or more", "/env scale")
    stage.types(DEV, f"/env diff {place} api with {other}")
    stage.hears(DEV, f"no service `api` in `{other}`", "`web`")
    stage.types(DEV, f"/env run {place} migrate too=base")
    stage.hears(DEV, "takes no `too`: it takes `to`")
    stage.types(DEV, f"/env run {place} migrate to=")
    stage.hears(DEV, "`to` cannot be empty", "head, base")
    stage.types(DEV, f"/env rollback {place} api to 999")
    stage.hears(DEV, "never run revision `999`", "no other revision that worked")
    stage.types(DEV, f"/env rollback {place} api to latest")
    stage.hears(DEV, "`latest` is no revision", "/env rollback")
    assert stage.world.changes(place).get("UpdateService", 0) == 0
    assert stage.public(f"`{place}`") == []


def test_a_typing_error_is_not_refused_and_its_button_runs_the_corrected_command(stage: Stage) -> None:
    register(stage)
    place = stage.environment(API)
    stage.types(DEV, f"/env run {place} migrat too=bas")
    told = stage.hears(DEV, "not found", "`migrat` is not approved", "Did you mean `migrate`?")
    assert "refused" not in told.words
    assert kinds_of(stage.audit(place)) == ["refused"]
    stage.presses(DEV, told, "Run it")
    stage.message_of(place, "ran in", "exit code 0")
    stage.types(DEV, f"/env run {place} migrate to=bas")
    assert stage.hears(DEV, "not understood", "`to` cannot be `bas`", "Did you mean `base`?").buttons


def test_too_many_keys_and_a_cache_that_is_gone_are_said_before_anything_is_deleted(stage: Stage) -> None:
    stage.types(DEV, "/env flush staging session:*")
    stage.hears(DEV, f"More than {MOST_KEYS:,} keys match `session:*`", "Choose a longer pattern")
    gone = stage.environment(prefix="g")
    stage.types(DEV, f"/env flush {gone} session:*", channel=GENERAL)
    stage.hears(DEV, f"ElastiCache has no cache `{gone}-sessions`", "mend the catalog", channel=GENERAL)
    stage.types(DEV, "/env flush staging session:11*")
    assert stage.hears(DEV, "keys match `session:11*`").buttons
