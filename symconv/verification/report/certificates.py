"""The solver's queries as files for another solver, and a manifest by which a missing one shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from symconv.verification.deciding.solver import Query
from symconv.verification.report.report import Report

MANIFEST: Final = "index.json"
SCHEMA: Final = 1
_ABOUT: Final = (
    "Every query that was asked for a verdict, and its answer. A query has a file if its answer "
    "was unsat; any SMT-LIB 2 solver must give the same answer."
)


def certificates(report: Report) -> dict[str, str]:
    """Return the files of the certificates: name -> text, the manifest last.

    Only a query that was answered unsat shows something, and only such a query has a file. The
    manifest lists all queries of all verdicts.
    """
    files: dict[str, str] = {}
    entries = []
    for number, (verdict, queries) in enumerate(
        zip(report.verdicts, report.queries, strict=True), start=1
    ):
        named = tuple(_named(queries, number))
        files |= {name: query.smtlib for name, query in named if name}
        entries.append(
            {
                "number": number,
                "source": verdict.source,
                "line": verdict.line,
                "kind": verdict.kind,
                "status": verdict.status,
                "reading": verdict.reading,
                "queries": [_entry(name, query) for name, query in named],
            }
        )
    manifest = {"schema": SCHEMA, "about": _ABOUT, "verdicts": entries}
    return {**files, MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"}


def _named(queries: Sequence[Query], number: int) -> Iterator[tuple[str, Query]]:
    """Yield each query with the name of its file, "" for none."""
    for place, query in enumerate(queries, start=1):
        yield f"{number:03d}-{place:02d}.smt2" if query.answer == "unsat" else "", query


def _entry(name: str, query: Query) -> dict[str, Any]:
    return {"name": query.name, "answer": query.answer, "file": name or None}
