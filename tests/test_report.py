"""The errata: everything in it, in every format, and no formula that breaks out of the page."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from symconv.errors import OptionError
from symconv.mathml import mathml
from symconv.verification.report.errata import (
    errata_fragment,
    errata_markdown,
    errata_page,
    write_report,
)
from symconv.verification.report.report import Report, merged
from symconv.verification.verify import verify

WRONG = (
    r"\frac{\partial e}{\partial w_{rs}} = \sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
    r"\frac{\partial e}{\partial y_{ij}} x_{i+r,jt+s}"
)
HOPELESS = r"g = m \cdot p"
ARTICLE = (
    f"# Notes\n\n$$\n{WRONG}\n$$\n\n$$\ng = \\frac{{m-p}}{{t}}+1\n$$\n\n$$\n1 \\int &lt; 2\n$$\n"
)
HOSTILE = (
    r"\text{<script>alert(1)</script>}",
    r"\text{</math><img src=x onerror=alert(1)>}",
    r"\text{&lt;b&gt;x&lt;/b&gt;}",
    r"\href{javascript:alert(1)}{x}",
    r"\style{position:fixed}{x}",
    r'\class{a" onload="alert(1)}{x}',
    r'\color{red" onclick="alert(1)}{x}',
    "x</code><script>alert(1)</script>",
    "x $$ <script>alert(1)</script> ``` y",
    "]]><script>alert(1)</script><!--",
    r"\unknown{<script>}",
    "{" * 5000,
    r"\newcommand{\a}{\a\a}\a",
)


@pytest.fixture(scope="module")
def report():
    return verify(ARTICLE)


class Page(HTMLParser):
    """Every element and attribute of a page, and whether its elements are closed in order."""

    VOID = ("meta", "br")

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.open = [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_has_every_verdict_and_what_to_replace(report):
    page = errata_page(report)
    tags = Page(page).tags
    assert tags.count("section") == 3
    assert [tags.count(f"h{level}") for level in (1, 2, 3)] == [1, 2, 3]
    text = re.sub(r"<[^>]+>", " ", page)
    assert "2 wrong" in " ".join(text.split())
    assert page.index("What to correct") < page.index("Formula by formula")
    assert "misplaced beside ∂e/∂y[1, 0]: cell x[1, 0] should be x[2, 0]" in page
    assert "p = 1, t = 2, q = 1, m = 3, n = 1, g = 2, h = 1, r = 0, s = 0" in page
    assert 'alttext="i t + r"' in page  # the edit as text, beside its colour
    assert page.count('class="edit"') >= 2
    assert "t = 1" in page


def test_the_page_needs_nothing_from_outside_and_runs_nothing(report):
    page = Page(errata_page(report))
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(page.tags)
    links = [value for name, value in page.attributes if name in ("href", "src")]
    assert links
    assert all(link.startswith("#formula-") for link in links)
    assert ("lang", "en") in page.attributes
    assert ("name", "viewport") in page.attributes


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_formula_breaks_out_of_the_page(report, hostile):
    verdicts = tuple(
        replace(
            verdict, source=hostile, latex=hostile, repair=hostile, kind=hostile, reading=hostile,
            reach=hostile, derived=hostile, holds_when=(hostile,),
        )
        for verdict in report.verdicts
    )  # fmt: skip
    for text in map(errata_page, [Report(verdicts, report.queries)]):
        page = Page(text)
        assert not {"script", "img", "b"} & set(page.tags)
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        assert not [value for name, value in page.attributes if name == "style"]
        assert all(v.startswith("#formula-") for n, v in page.attributes if n == "href")
    shown = errata_markdown(Report(verdicts, report.queries))
    outside = re.sub(r"(?s)(`{3,})tex\n.*?\n\1", "", shown)
    outside = re.sub(r"(?s)(`+) .*? \1", "", outside)
    assert "<" not in outside
    assert "javascript:" not in re.sub(r"\\href\{javascript", "", outside)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_mathml_is_well_formed_mathematics_or_none(hostile):
    shown = mathml(hostile, block=True)
    if shown is None:
        return
    names = {element.tag.partition("}")[2] for element in ElementTree.fromstring(shown).iter()}
    assert names <= {"math", "mi", "mo", "mn", "mrow", "mtext", "mspace", "mstyle"}
    found = {name for part in ElementTree.fromstring(shown).iter() for name in part.attrib}
    assert found <= {"display", "alttext", "stretchy", "width", "class"}


def test_what_cannot_be_shown_as_mathml_is_shown_as_source(report):
    broken = replace(report.verdicts[0], latex=r"\frac{a < b", repair="", edits=())
    broken = replace(broken, latex=r"\left( a < b")
    page = errata_page(Report((broken,), ((),)))
    assert '<code class="tex">\\left( a &lt; b</code>' in page
    assert "```tex\n\\left( a < b\n```" in errata_markdown(Report((broken,), ((),)))


@pytest.mark.parametrize(
    ("latex", "rows"),
    [
        (r"a = b\\ \;\\ i \le 2 \\", 2),
        (r"a &= b \\ c &= d", 2),
        ("a = b", 0),
        (r"\begin{cases} a & b \\ c & d \end{cases}", 2),
    ],
)
def test_lines_of_a_display_become_rows(latex, rows):
    found = ElementTree.fromstring(mathml(latex, block=True))
    assert sum(part.tag.endswith("}mtr") for part in found.iter()) == rows


def test_markdown_has_the_same_content(report):
    text = errata_markdown(report)
    assert text.count("### Formula") == 3
    assert f"$$\n{WRONG}\n$$" in text
    assert "replace $i + r$ by $i t + r$" in text
    assert r"cell x\[1, 0\] should be x\[2, 0\]" in text
    assert "holds when t = 1" in text
    assert r"\boxed{i t + r}" in text


def test_where_no_repair_is_found_the_derived_formula_is_shown():
    (verdict,) = verify(HOPELESS, formula=True).verdicts
    assert verdict.status == "refuted"
    assert not verdict.repair
    assert verdict.derived_text == "g = (m - p)//t + 1"
    (again,) = verify(verdict.derived, formula=True).verdicts
    assert again.status == "proved"
    report = Report((verdict,), ((),))
    assert "no small change makes it right; the right formula stands below" in errata_page(report)
    assert verdict.derived in errata_markdown(report)


def test_a_report_and_a_verdict_show_themselves_in_a_notebook(report):
    assert report._repr_html_() == errata_fragment(report)
    assert report._repr_markdown_() == errata_markdown(report)
    html = report.verdicts[0]._repr_html_()
    assert Page(html).tags.count("section") == 1
    assert report.verdicts[0]._repr_markdown_().count("### Formula") == 1


def test_json_has_the_counterexample_in_parts(report):
    first = report.to_json()[0]
    assert set(first) >= {
        "index", "line", "latex", "kind", "reading", "status", "reach", "counterexample",
        "repair", "derived", "holds_when", "seconds",
    }  # fmt: skip
    assert first["counterexample"]["sizes"] == {
        "p": 1, "t": 2, "q": 1, "m": 3, "g": 2, "n": 1, "h": 1,
    }  # fmt: skip
    assert first["counterexample"]["entry"] == {"r": 0, "s": 0}
    assert first["counterexample"]["claimed"] == "∂e/∂y[0, 0]·x[0, 0] + ∂e/∂y[1, 0]·x[1, 0]"
    assert first["edits"] == ({"old": "i + r", "new": "i t + r"},)


def test_several_texts_are_told_apart(report):
    both = merged({"a.md": report, "b & c.md": report})
    assert len(both.verdicts) == 2 * len(report.verdicts)
    page = errata_page(both)
    assert "a.md, line 4" in page
    assert "b &amp; c.md, line 4" in page
    assert Page(page).tags.count("section") == 6
    assert merged({"a.md": report}).verdicts == report.verdicts


def test_a_report_is_written_whole_or_refused_first(report, tmp_path):
    write_report(report, tmp_path / "deep" / "errata.HTML")
    assert (tmp_path / "deep" / "errata.HTML").read_text(encoding="utf-8") == report.to_html()
    write_report(report, tmp_path / "errata.md")
    assert (tmp_path / "errata.md").read_text(encoding="utf-8") == report.to_markdown()
    with pytest.raises(OptionError, match=r"must end in \.html or \.md"):
        write_report(report, tmp_path / "errata.pdf")
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(OptionError, match="must be a file"):
        write_report(report, tmp_path / "folder.md")


def test_an_empty_report_is_a_page_too():
    page = errata_page(verify("no formula here", formula=False))
    assert "Verdicts" in page
    assert Page(page).tags.count("section") == 0


def test_progress_tells_what_is_being_done():
    told = []
    verify(ARTICLE, progress=lambda *words: told.append(words))
    assert told[0] == ("reading", 0, 0)
    assert ("line 4: repair", 0, 3) in told
    assert ("line 8: exact check", 1, 3) in told
    assert told[-1] == ("done", 3, 3)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def listed(report, **console):
    from rich.console import Console

    from symconv.verification.report.listing import report_view

    out = Console(highlight=False, **console)
    with out.capture() as shown:
        out.print(report_view(report))
    return shown.get()


@pytest.mark.parametrize("width", [40, 60, 100, 160])
def test_the_table_fits_the_terminal_and_says_everything(report, width):
    text = listed(report, width=width, color_system=None)
    assert max(map(len, text.splitlines())) <= width
    words = " ".join(text.split())
    for part in ("✗ wrong", "p = 1, t = 2", "replace", "holds when", "3 verdicts: 2 refuted"):
        assert part in words
    assert ("\\frac{\\partial e}{\\partial w_{rs}}" in text.split("is wrong")[0]) == (width >= 100)


def test_colours_are_for_terminals_that_want_them(report, monkeypatch):
    assert "\x1b[1;31m" in listed(report, force_terminal=True, color_system="standard", width=100)
    monkeypatch.setenv("NO_COLOR", "1")
    plain = listed(report, force_terminal=True, width=100)
    assert not re.search(r"\x1b\[[\d;]*3[1-5]m", plain)


def test_a_formula_is_no_markup_for_the_terminal(report):
    marked = replace(report.verdicts[0], latex="[red]x[/red] [/]", kind="[bold]", reach="[/b]")
    assert "[red]x[/red]" in listed(Report((marked,), ((),)), width=160, color_system=None)


def test_one_verdict_is_not_plural(report):
    one = Report(report.verdicts[:1], report.queries[:1])
    assert "1 verdict:" in listed(one, width=100)
    assert "1 verdict." in errata_markdown(one)
    assert "no displayed formula found" in listed(Report((), ()), width=100)
