"""Each fact that the code relies on is in ``docs/facts``, under the heading that its citation names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FACTS = ROOT / "docs" / "facts"
ROOMS = ("bot", "handlers", "policies", "playground", "migrations", "tests")
READ = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if path != Path(__file__))
NUMBER = r"(?:,|;)? (?:and |to )?(?:traps? )?\d+(?:\.\d+)?"
CITATION = re.compile(rf"facts/(\w+)((?:{NUMBER})*)")
ELSEWHERE = re.compile(
    r"\b(?:ecs-facts|slack-facts|traps? \d+|GATE \d|GATE\.md|DESIGN\b|MEMORY\b|\[[A-Z]\d+\])"
)
MARKS = re.compile(r"\*(?:model|docs|reference|tried|reports|source|derived|believed)\b")


def flat(text: str) -> str:
    """Join the text into one line, because a citation may be broken like any sentence."""
    return re.sub(r"\s+(?:# )?", " ", text)


def cited(text: str) -> Iterator[tuple[str, str]]:
    """Yield ``("ecs", "2.4")`` or ``("slack", "Trap 14")`` for each heading that a text cites."""
    for page, numbers in CITATION.findall(flat(text)):
        trap, last = False, 0
        for to, said, number in re.findall(r"(to )?(traps? )?(\d+(?:\.\d+)?)", numbers):
            trap = trap or bool(said)
            between = range(last + 1, int(number)) if to else ()
            yield from ((page, f"Trap {n}") for n in between)
            yield page, f"Trap {number}" if trap else number
            last = int(number) if trap else 0


def headings(page: str) -> set[str]:
    found = re.findall(r"^#+ (Trap \d+|\d+(?:\.\d+)?)\b", (FACTS / f"{page}.md").read_text(), re.MULTILINE)
    return set(found)


def test_citations_are_read_however_they_are_written() -> None:
    text = """(facts/ecs 2.4, rule 3) and facts/slack 2.6, 3 and trap 20; facts/ecs
    7.2 (facts/ecs traps 14 to 16, 35 and 36)"""
    traps = [("ecs", f"Trap {n}") for n in (14, 15, 16, 35, 36)]
    assert list(cited(text)) == [
        ("ecs", "2.4"), ("slack", "2.6"), ("slack", "3"), ("slack", "Trap 20"), ("ecs", "7.2"), *traps
    ]  # fmt: skip


def test_each_citation_leads_to_a_heading() -> None:
    known = {(page.stem, heading) for page in FACTS.glob("*.md") for heading in headings(page.stem)}
    leads = {(found, str(path.relative_to(ROOT))) for path in READ for found in cited(path.read_text())}
    assert len(leads) > 150
    assert not [lead for lead in leads if lead[0] not in known]


def test_each_heading_is_cited_or_contains_one_that_is() -> None:
    """A fact that no code relies on is not ours to keep true."""
    used = {found for path in READ for found in cited(path.read_text())}
    used |= {(page, number.split(".")[0]) for page, number in used}
    for page in ("ecs", "slack"):
        assert not {(page, heading) for heading in headings(page)} - used


def test_no_citation_leaves_the_repository() -> None:
    stray = {
        str(path.relative_to(ROOT)): found
        for path in READ
        if (found := ELSEWHERE.findall(CITATION.sub("", flat(path.read_text()))))
    }
    assert not stray


@pytest.mark.parametrize("page", ["ecs", "slack"])
def test_each_fact_says_how_it_was_checked(page: str) -> None:
    """Traps are left out, because they follow from the facts."""
    text = (FACTS / f"{page}.md").read_text().split("## Traps")[0]
    facts = re.findall(r"^- .*(?:\n  .*)*", text, re.MULTILINE)
    assert len(facts) > 30
    assert not [fact for fact in facts if not MARKS.search(fact)]
