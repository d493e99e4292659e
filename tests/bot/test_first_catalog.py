"""The first catalog's file: whatever names others chose, reading the file again gives what was meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalog_file import CatalogFileError, parse
from handlers.tell.first_catalog import first_catalog, shown
from policies.catalog.draft import Admin, Draft
from policies.catalog.found import Found, FoundChannel, FoundCluster, FoundDatabase
from policies.catalog.guesses import guess
from policies.service.environment import LiveService
from tests.golden import Golden
from tests.soaking import often

WORDS = st.sampled_from(
    ["on", "null", "1", "1e3", "No", "~", "prod", "staging", "a: b", "# x", "'", '"', "é", "{", "&a"]
)
NASTY = st.one_of(WORDS, st.text(max_size=12))
CLUSTER = st.one_of(
    st.sampled_from(["on", "null", "1", "1e3", "0x1F", "-", "prod", "nonprod", "2026-01-01"]),
    st.from_regex(r"[A-Za-z0-9_-]{1,20}", fullmatch=True),
)
TAGS = st.dictionaries(st.sampled_from(["environment", "Env", "stage", "lamplighter"]), NASTY, max_size=2)
DATABASE = st.from_regex(r"(cluster:)?[a-z](-?[a-z0-9]){0,8}", fullmatch=True)


@st.composite
def founds(draw: st.DrawFn) -> Found:
    clusters = []
    for name in draw(st.lists(CLUSTER, unique=True, max_size=4)):
        arn = f"arn:aws:ecs:eu-central-1:123456789012:service/{name}"
        tags = draw(st.lists(TAGS, max_size=3))
        services = (LiveService(f"s{n}", name, f"{arn}/s{n}", each) for n, each in enumerate(tags))
        clusters.append(FoundCluster(name, tuple(services), draw(st.sampled_from(["", "no\nway #"]))))
    channels = [FoundChannel(f"C{n}", name) for n, name in enumerate(draw(st.lists(NASTY, max_size=2)))]
    databases = draw(st.lists(DATABASE, unique=True, max_size=3))
    return Found(
        "012345678901",
        "eu-central-1",
        tuple(channels),
        tuple(clusters),
        tuple(FoundDatabase(id_, draw(TAGS)) for id_ in databases),
        (draw(NASTY),),
    )


@settings(max_examples=often(25, 60), deadline=None)
@given(
    found=founds(),
    name=st.text(max_size=8).filter(str.isprintable),
    console=st.sampled_from(["ada", "no", "uid-1"]),
)
def test_the_file_says_what_was_meant(found: Found, name: str, console: str) -> None:
    draft = Draft("T0HOME", Admin("U0ADA", name, "Europe/Berlin", console), found, guess(found))
    wanted, text = draft.wanted(), first_catalog(draft)
    again = parse(text, team="T0HOME")
    assert (again.environments, again.grants) == (wanted.environments, wanted.grants)
    assert not again.schedules
    assert not any(one.open_to for one in again.environments)


def test_many_environments_are_shown_without_every_reason() -> None:
    clusters = tuple(
        FoundCluster(f"qa-{n}", (LiveService("web", f"qa-{n}", f"arn:{n}", {}),)) for n in range(40)
    )
    environments = guess(Found("123456789012", "eu-central-1", clusters=clusters)).environments
    assert len(list(shown(environments))) == 40
    assert len(list(shown(environments[:1]))) > 1


@pytest.mark.parametrize(
    ("old", "new", "near"),
    [
        ("    cluster: live", "    clusters: live", "perhaps cluster"),
        ("version: 1\n", "version: 1\nsettings: { group_admins: 'yes' }\n", "true or false"),
        ("person: U0ADA", 'person: "<@U0ADA>"', "U0ADA"),
        ('environment: "*" }', 'environment: "*", until: "2031" }', "date"),
    ],
)
def test_a_mistake_made_later_in_the_file_is_reported_as_in_any_catalog(
    old: str, new: str, near: str
) -> None:
    text = first_catalog(example())
    assert old in text
    with pytest.raises(CatalogFileError, match=near):
        parse(text.replace(old, new, 1))


def example() -> Draft:
    def service(name: str, cluster: str, **tags: str) -> LiveService:
        return LiveService(name, cluster, f"arn:{cluster}/{name}", tags)

    clusters = (
        FoundCluster("live", (service("web", "live", lamplighter="true"),)),
        FoundCluster(
            "nonprod",
            (service("a", "nonprod", env="qa"), service("b", "nonprod", env="demo"), service("c", "nonprod")),
        ),
        FoundCluster("old"),
        FoundCluster("dark", unread="AWS did not allow the bot to list the services of dark."),
    )
    channels = (FoundChannel("C0QA", "qa"), FoundChannel("C0X", "x"))
    databases = (FoundDatabase("cluster:qa-aurora"), FoundDatabase("files", {}, "it is RDS Custom"))
    found = Found("123456789012", "eu-central-1", channels, clusters, databases, ("Something is not known.",))
    return Draft("T0HOME", Admin("U0ADA", "Ada Ames", "Europe/Berlin", "ada"), found, guess(found))


def test_a_first_catalog_reads_as_the_golden_file(golden: Golden) -> None:
    assert first_catalog(example()) == golden
