"""A claim has one verdict, however its author spells it; a fault has none that is obliging.

SYMCONV_SPELLINGS=5000 .venv/bin/python -m pytest tests/test_spellings.py draws many more claims.
"""

import os
from random import Random

import pytest

from symconv.verification.verify import verify
from tests.spellings import drawn, spelled, spelling
from tests.spellings_scalars import drawn_size, said_of, spelled_size, worded

DRAWS = int(os.environ.get("SYMCONV_SPELLINGS", "60"))
PARTS = 6
RIGHT = {"proved", "right_when"}


def asked(text, options):
    """Return the verdict on one formula."""
    verdicts = verify(text, formula=True, repairs=False, **options).verdicts
    assert len(verdicts) == 1, (text, verdicts)
    return verdicts[0]


def entries(number, *, fault):
    """Return a drawn equation of entries, with what its author says half of the time."""
    random = Random(2 * number + fault)
    claim = drawn(random, fault=fault)
    how = spelling(random, claim)
    options = {"index_base": how.base} if random.random() < 0.5 else {}
    if claim.fault == "one too far":  # it is not, where indices start from another number
        options = {"index_base": how.base}
    if how.told:
        options["letters"] = how.told
    return claim, spelled(claim, how), options


def sizes(number, *, fault):
    """Return a drawn equation of sizes, with what its author says half of the time."""
    random = Random(2 * number + fault)
    size, how = drawn_size(random, fault=fault), worded(random)
    options = {"letters": said_of(size, how)} if random.random() < 0.5 else {}
    return size, spelled_size(size, how), options


@pytest.mark.parametrize("part", range(PARTS))
def test_a_right_equation_of_entries_is_right_in_every_spelling(part):
    for number in range(part, DRAWS, PARTS):
        claim, text, options = entries(number, fault=False)
        verdict = asked(text, options)
        assert verdict.status in RIGHT, (claim, text, options, verdict)


@pytest.mark.parametrize("part", range(PARTS))
def test_no_reading_proves_a_fault_among_entries(part):
    for number in range(part, DRAWS, PARTS):
        claim, text, options = entries(number, fault=True)
        verdict = asked(text, options)
        assert verdict.status != "proved", (claim, text, options, verdict)
        if verdict.status in ("depends", "right_when"):
            assert verdict.condition


@pytest.mark.parametrize("part", range(PARTS))
def test_a_right_equation_of_sizes_is_right_in_every_spelling(part):
    for number in range(part, 2 * DRAWS, PARTS):
        size, text, options = sizes(number, fault=False)
        verdict = asked(text, options)
        assert verdict.status in RIGHT, (size, text, options, verdict)


@pytest.mark.parametrize("part", range(PARTS))
def test_no_reading_proves_a_fault_among_sizes(part):
    for number in range(part, 2 * DRAWS, PARTS):
        size, text, options = sizes(number, fault=True)
        verdict = asked(text, options)
        assert verdict.status != "proved", (size, text, options, verdict)
        if verdict.status == "right_when":
            assert verdict.condition


def test_most_faults_are_refuted_in_every_spelling():
    statuses = [
        asked(*case(number, fault=True)[1:]).status
        for number in range(DRAWS)
        for case in (entries, sizes)
    ]
    assert statuses.count("refuted") > 0.75 * len(statuses)
