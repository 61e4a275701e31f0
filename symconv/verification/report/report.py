"""The report on a text: one verdict for each question that its formulas pose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any, Final

from symconv.verification.deciding.solver import Query
from symconv.verification.outcome import Outcome, Status
from symconv.verification.report.statuses import SHOWN, STATUSES, UNSETTLED, summed
from symconv.verification.report.wording import Example

SCHEMA: Final = 2  # of the JSON; docs/verify-json.md says what is in it


@dataclass(frozen=True)
class Change:
    """One edit of a repair: what stands in the formula, and what should, both as LaTeX."""

    old: str
    new: str


@dataclass(frozen=True)
class Verdict:
    """What is known about one question of one displayed formula.

    Attributes:
        source: the name of the text, where there are several; else "".
        index: number of the display in its text, from 1.
        line: line of the text.
        latex: source of the display.
        kind: what the question is about: "output", "grad_input, case 2", "index range", ...
        reading: how the text was read, name by name.
        status: one of outcome.Status.
        reach: for which sizes the status holds, or why it is not more.
        counterexample: the smallest sizes at which the claim is wrong, or None.
        repair: the repaired claim as LaTeX, its edits in boxes; or "".
        edits: the edits of the repair.
        derived: where a wrong claim has no repair, the right one as LaTeX; or "".
        derived_text: the same in text form.
        holds_when: simple conditions under which a wrong claim is right.
        seconds: how long it took.
        condition: under which the claim is right, or what it depends on.
        help: what would help, where it is not understood.
        repair_reach: for which sizes the repair is proved; "" where that is not known.
        statement: source of the claim, where it is one of several in its display; else "".
    """

    source: str
    index: int
    line: int
    latex: str
    kind: str
    reading: str
    status: Status
    reach: str
    counterexample: Example | None = None
    repair: str = ""
    edits: tuple[Change, ...] = ()
    derived: str = ""
    derived_text: str = ""
    holds_when: tuple[str, ...] = ()
    seconds: float = 0.0
    condition: str = ""
    help: str = ""
    repair_reach: str = ""
    statement: str = ""

    @property
    def when(self) -> str:
        """The condition, or the conditions under which a wrong claim is right."""
        return self.condition or ", or ".join(self.holds_when)

    def to_json(self) -> dict[str, Any]:
        """Return plain data; times are left out, so that the same text gives the same bytes."""
        fields = asdict(self)
        del fields["seconds"], fields["holds_when"]
        return {**fields, "condition": self.when, "label": SHOWN[self.status].label}

    def _repr_html_(self) -> str:
        return Report((self,), ((),))._repr_html_()

    def _repr_markdown_(self) -> str:
        return Report((self,), ((),))._repr_markdown_()


def verdict_of(
    outcome: Outcome,
    *,
    source: str,
    index: int,
    line: int,
    latex: str,
    seconds: float,
    statement: str = "",
) -> Verdict:
    """Return what was found out about a statement as the verdict on a place in a text."""
    return Verdict(
        source=source,
        index=index,
        line=line,
        latex=latex,
        kind=outcome.kind,
        reading=outcome.reading,
        status=outcome.status,
        reach=outcome.reach,
        counterexample=outcome.counterexample,
        repair=outcome.repair,
        edits=tuple(Change(old, new) for old, new in outcome.edits),
        derived=outcome.derived,
        derived_text=outcome.derived_text,
        seconds=seconds,
        condition=outcome.condition,
        help=outcome.help,
        repair_reach=outcome.repair_reach,
        statement=statement,
    )


@dataclass(frozen=True)
class Report:
    """The verdicts on one or several texts, in their order.

    Attributes:
        verdicts: one for each question.
        queries: what the solver was asked for each of them, for certificates.
        notes: what was passed over and why, and options that met nothing.
    """

    verdicts: tuple[Verdict, ...]
    queries: tuple[tuple[Query, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is refuted."""
        return all(verdict.status != "refuted" for verdict in self.verdicts)

    def checked(self, *, strict: bool = False) -> bool:
        """Return whether the text passes: nothing is refuted.

        Args:
            strict: nor does anything depend on a reading, nor is it undecided or not understood,
                and there is a formula.
        """
        return bool(self.verdicts) and not self.unsettled if strict else self.ok

    @property
    def counts(self) -> dict[Status, int]:
        """How many verdicts there are of each status, the bad ones first."""
        statuses = [verdict.status for verdict in self.verdicts]
        return {status: statuses.count(status) for status in STATUSES if status in statuses}

    @property
    def unsettled(self) -> dict[Status, int]:
        """How many verdicts there are of each status that a strict check does not pass."""
        return {status: n for status, n in self.counts.items() if status in UNSETTLED}

    @property
    def total(self) -> str:
        """How many verdicts there are, in words."""
        return "1 verdict" if len(self.verdicts) == 1 else f"{len(self.verdicts)} verdicts"

    @property
    def summary(self) -> str:
        """How many verdicts of each status there are, in words, and how much is not checked."""
        return "".join(words for words, _ in summed(self.counts))

    @property
    def displays(self) -> Iterator[tuple[Verdict, ...]]:
        """The verdicts of one displayed formula after the other."""
        groups = groupby(self.verdicts, key=lambda verdict: (verdict.source, verdict.index))
        return (tuple(group) for _, group in groups)

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain data; docs/verify-json.md describes it."""
        counts = self.counts
        return {
            "schema": SCHEMA,
            "ok": self.ok,
            "counts": {status: counts.get(status, 0) for status in STATUSES},
            "verdicts": [verdict.to_json() for verdict in self.verdicts],
            "notes": list(self.notes),
        }

    def to_html(self) -> str:
        """Return the errata as a self-contained page: formulas as MathML, no script."""
        from symconv.verification.report.errata import errata_page

        return errata_page(self)

    def to_markdown(self) -> str:
        """Return the errata as Markdown, formulas between $$."""
        from symconv.verification.report.errata import errata_markdown

        return errata_markdown(self)

    def _repr_html_(self) -> str:
        from symconv.verification.report.errata import errata_fragment

        return errata_fragment(self)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()


def merged(reports: dict[str, Report]) -> Report:
    r"""Return the reports on some texts as one; where there are several, verdicts name theirs.

    A verdict that names the file of an \\input keeps that name.

    Args:
        reports: name of the text -> its report.
    """
    several = len(reports) > 1
    return Report(
        tuple(
            replace(verdict, source=verdict.source or (name if several else ""))
            for name, part in reports.items()
            for verdict in part.verdicts
        ),
        tuple(queries for part in reports.values() for queries in part.queries),
        tuple(
            f"{name}: {note}" if several else note
            for name, part in reports.items()
            for note in part.notes
        ),
    )
