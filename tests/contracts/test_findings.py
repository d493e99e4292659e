"""What ``handlers.ports.findings`` promises: findings with their answers, owners, looks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers.ports.findings import Look, Orphans
from handlers.ports.store import CatalogChange
from policies.orphans.answers import Answer, Reply
from policies.orphans.changes import Change, Changes
from policies.orphans.evidence import Evidence, Judged, Last, Measured, Owner, Rest, Standing
from policies.orphans.findings import Finding, answered, found, has
from policies.orphans.leftovers import Leftover, Sweep
from policies.orphans.owners import Owned
from policies.service.environment import ClusterPick, Environment, TagPick
from tests.contracts.conftest import Process
from tests.contracts.values import NOW, STAGING, later

BERLIN = ZoneInfo("Europe/Berlin")
EVIDENCE = Evidence(
    "pr-142",
    NOW,
    deployed=Last(later(days=-60), later(days=-60)),
    acted=Last(None, later(days=-41)),
    image=later(days=-120),
    requests=Measured(0, 14, NOW),
    cpu=Measured(20, 14, NOW),
    optimizer=Judged(idle=True, at=NOW),
    owner=Owner(Standing.DEACTIVATED, "Rex", "U0REX"),
    made_for="pull request 142",
    rest=Rest(),
    monthly=62_000_000,
)
KEPT = Answer("op-1", Reply.KEPT, NOW, "slack:T0HOME:U0DEV", "Dev", later(days=30), "a \x00 demo \ud83d", "")
WHOLE = Finding(
    "pr-142",
    later(days=-10),
    NOW,
    evidence=EVIDENCE,
    asked=later(days=-9),
    grace_end=later(days=5),
    urged=later(days=-1),
    answer=KEPT,
    denied=(replace(KEPT, reply=Reply.NOT_MINE, id="op-2"),),
)
ADDRESS = Leftover(
    "111122223333", "eu-west-1", "public address", "eipalloc-1", "198.51.100.7", monthly=3_650_000
)
LEFT = Finding(ADDRESS.key, NOW, NOW, leftover=ADDRESS)
OWNED = Owned("staging", "T0HOME", "U0DEV", "Dev \x00", "slack:T0HOME:U0ADA", "Ada", NOW)


@pytest.fixture
def orphans(store: Any) -> Orphans:
    return store.book.orphans  # type: ignore[no-any-return]


def put(orphans: Orphans, *findings: Finding) -> None:
    for finding in findings:
        orphans.findings.change(finding.subject, partial(found, seen=finding))


# Findings


def test_a_finding_is_read_back_whole(orphans: Orphans) -> None:
    put(orphans, WHOLE, LEFT)
    assert orphans.findings.find("pr-142") == WHOLE
    assert orphans.findings.all() == [LEFT, WHOLE]
    assert orphans.findings.find("qa-eu") is None


def test_an_instant_is_the_same_in_any_zone(orphans: Orphans) -> None:
    put(orphans, replace(WHOLE, found=WHOLE.found.astimezone(BERLIN)))
    assert orphans.findings.all() == [WHOLE]


def test_a_finding_that_is_gone_is_found_by_name_and_not_listed(orphans: Orphans) -> None:
    put(orphans, WHOLE, LEFT)
    gone = orphans.findings.change("pr-142", lambda known: replace(known or WHOLE, gone=NOW))
    assert gone == replace(WHOLE, gone=NOW)
    assert orphans.findings.all() == [LEFT]
    assert orphans.findings.find("pr-142") == gone


def test_a_change_to_nothing_leaves_the_finding_as_it_was(orphans: Orphans) -> None:
    assert orphans.findings.change("pr-142", lambda known: known) is None
    put(orphans, WHOLE)
    assert orphans.findings.change("pr-142", lambda _known: None) is None
    assert orphans.findings.all() == [WHOLE]


def test_one_of_many_answers_at_once_stands(process: Process) -> None:
    bare = replace(WHOLE, answer=None, denied=())
    put(process("one").book.orphans, bare)
    answers = [replace(KEPT, id=f"op-{n}", by=f"slack:T0HOME:U{n}") for n in range(8)]
    holders = [process(f"holder-{n}").book.orphans for n in range(2)]

    def give(number: int) -> Finding | None:
        become = partial(answered, answer=answers[number], over="")
        return holders[number % 2].findings.change("pr-142", become)  # type: ignore[no-any-return]

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(give, range(8)))
    assert len({repr(finding) for finding in made}) == 1
    assert [has(made[0], answer) for answer in answers].count(True) == 1


def test_many_who_find_the_same_thing_at_once_agree_since_when(process: Process) -> None:
    holders = [process(f"holder-{n}").book.orphans for n in range(2)]

    def find(number: int) -> Finding | None:
        seen = replace(LEFT, found=later(seconds=number), seen=later(seconds=number))
        return holders[number % 2].findings.change(LEFT.subject, partial(found, seen=seen))  # type: ignore[no-any-return]

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(find, range(8)))
    assert len({finding.found for finding in made if finding}) == 1
    assert holders[0].findings.all()[0].found == (made[0] or LEFT).found


# Owners


def test_an_owner_is_read_back_whole_and_replaced(orphans: Orphans) -> None:
    orphans.owners.put(OWNED)
    orphans.owners.put(replace(OWNED, environment="qa-eu", user="U0OLU"))
    again = replace(OWNED, user="U0VIC", name="Vic", at=later(hours=1))
    orphans.owners.put(again)
    assert dict(orphans.owners.all()) == {
        "qa-eu": replace(OWNED, environment="qa-eu", user="U0OLU"),
        "staging": again,
    }


def test_only_the_named_owner_is_removed_and_only_once(orphans: Orphans) -> None:
    orphans.owners.put(OWNED)
    assert not orphans.owners.remove("staging", "U0OLU")
    assert not orphans.owners.remove("qa-eu", "U0DEV")
    assert orphans.owners.remove("staging", "U0DEV")
    assert not orphans.owners.remove("staging", "U0DEV")
    assert orphans.owners.all() == {}


# Another environment of the same name

ELSEWHERE = {
    "account": replace(STAGING, account="999999999999"),
    "region": replace(STAGING, region="us-east-1"),
    "cluster": replace(STAGING, pick=ClusterPick("staging-2")),
    "tag": replace(STAGING, pick=TagPick(("staging",), "environment", "staging")),
}
SAME = {
    "owner": replace(STAGING, owner="Olu"),
    "channel": replace(STAGING, channel="C0OTHER"),
    "as it was": STAGING,
}


def remembered(store: Any) -> tuple[bool, bool, bool]:
    """Is there an owner, a look and a finding of staging?"""
    kept = store.book.orphans
    return "staging" in kept.owners.all(), "staging" in kept.looks.all(), bool(kept.findings.find("staging"))


def said(store: Any) -> None:
    store.catalog.write(CatalogChange(put_environments=(STAGING, replace(STAGING, name="qa-eu"))))
    kept = store.book.orphans
    for name in ("staging", "qa-eu"):
        kept.owners.put(replace(OWNED, environment=name))
        kept.looks.put(replace(LOOK, environment=name))
        put(kept, replace(WHOLE, subject=name))


@pytest.mark.parametrize("change", [*ELSEWHERE.values(), *SAME.values()], ids=[*ELSEWHERE, *SAME])
def test_an_environment_in_another_place_is_another_one_of_the_same_name(
    store: Any, change: Environment
) -> None:
    said(store)
    store.catalog.write(CatalogChange(put_environments=(change,)))
    assert remembered(store) == (change in SAME.values(),) * 3
    assert next(iter(store.book.orphans.owners.all())) == "qa-eu"


def test_an_environment_that_comes_back_after_its_removal_has_no_owner(store: Any) -> None:
    said(store)
    store.catalog.write(CatalogChange(remove_environments=("staging",)))
    assert remembered(store)[:2] == (False, False)
    store.book.orphans.owners.put(OWNED)  # written by something that was still under way
    store.catalog.write(CatalogChange(put_environments=(STAGING,)))
    assert remembered(store) == (False, False, False)
    assert list(store.book.orphans.owners.all()) == ["qa-eu"]


def test_an_environment_picked_by_tag_keeps_its_owner_when_its_clusters_change(store: Any) -> None:
    said(store)
    tagged = replace(STAGING, pick=TagPick(("one",), "environment", "staging"))
    store.catalog.write(CatalogChange(put_environments=(tagged,)))
    store.book.orphans.owners.put(OWNED)
    more = replace(tagged, pick=TagPick(("one", "two"), "environment", "staging"))
    store.catalog.write(CatalogChange(put_environments=(more,)))
    assert "staging" in store.book.orphans.owners.all()


# Looks

LOOK = Look(
    "staging", NOW, EVIDENCE, Changes({"web": Change("web:7", NOW, later(days=-60)), "api": Change("", NOW)})
)


def test_a_look_is_read_back_whole_and_an_earlier_one_changes_nothing(orphans: Orphans) -> None:
    orphans.looks.put(LOOK)
    orphans.looks.put(Look("staging", NOW - timedelta(microseconds=1)))
    assert orphans.looks.all() == {"staging": LOOK}
    orphans.looks.put(Look("staging", NOW))
    assert orphans.looks.all() == {"staging": Look("staging", NOW)}


def test_the_newest_sweep_of_each_account_and_region_is_kept(orphans: Orphans) -> None:
    first = Sweep("111122223333", "eu-west-1", NOW, (("volume", "AWS refused: 'no' \x00"), ("", "Zürich")))
    other = replace(first, region="eu-central-1", unread=())
    for sweep in (first, other, replace(first, at=later(minutes=-1), unread=())):
        orphans.sweeps.put(sweep)
    assert list(orphans.sweeps.all()) == [other, first]
    orphans.sweeps.put(replace(first, at=later(minutes=1), unread=()))
    assert list(orphans.sweeps.all()) == [other, replace(first, at=later(minutes=1), unread=())]
