"""The outcome of an audit in a notebook: a heading, a table per cause, what the cases had."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text

from symconv.auditing.report import kind_of, name_of, rows_of
from symconv.auditing.result import Audit, Failure
from symconv.render import render


@dataclass(frozen=True)
class Fact:
    """One row of a cause: its name and its text, of one or several lines."""

    name: str
    text: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Cause:
    """One cause of wrong answers."""

    name: str
    kind: str
    share: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class AuditPage:
    """The context of the templates report/audit.*."""

    title: str
    ok: bool
    reach: str
    causes: tuple[Cause, ...]
    tags: tuple[tuple[str, int, int], ...]


def audit_html(audit: Audit) -> str:
    """Return the outcome as HTML to stand inside another page, such as a notebook."""
    return render("report/audit.html.jinja", _page(audit))


def audit_markdown(audit: Audit) -> str:
    """Return the outcome as Markdown."""
    return render("report/audit.md.jinja", _page(audit))


def _page(audit: Audit) -> AuditPage:
    share = "" if audit.ok else f"{audit.failed} of "
    return AuditPage(
        title=f"{audit.function} as {audit.operation}",
        ok=audit.ok,
        reach=f"{share}{audit.reach}; {audit.layout} layout, {audit.arrays}",
        causes=tuple(_cause(audit, failure) for failure in audit.failures),
        tags=audit.tags,
    )


def _cause(audit: Audit, failure: Failure) -> Cause:
    rows = (
        (name, content.plain)
        for name, content in rows_of(audit, failure)
        if isinstance(content, Text)
    )
    return Cause(
        name=name_of(failure),
        kind=kind_of(failure),
        share=f"{failure.count} of {audit.checked} configurations",
        facts=tuple(Fact(name, text, tuple(text.splitlines())) for name, text in rows),
    )
