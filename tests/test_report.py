"""The errata: everything in it, in every format, and no formula that breaks out of the page."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from rich.cells import cell_len

from symconv.errors import OptionError
from symconv.mathml import mathml
from symconv.verification.deciding.counterexample_search import Counterexample
from symconv.verification.deciding.solver import Query
from symconv.verification.outcome import Outcome
from symconv.verification.report.certificates import certificates
from symconv.verification.report.errata import (
    errata_fragment,
    errata_markdown,
    errata_page,
    write_report,
)
from symconv.verification.report.report import Change, Report, Verdict, merged, verdict_of
from symconv.verification.report.statuses import SHOWN, STATUSES
from symconv.verification.report.wording import Example, example
from tests.work import calls_of

WRONG = (
    r"\frac{\partial e}{\partial w_{rs}} = \sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
    r"\frac{\partial e}{\partial y_{ij}} x_{i+r,jt+s}"
)
REPAIRED = WRONG.replace("x_{i+r,", r"x_{\boxed{i t + r},")
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


WHERE = {"p": 1, "t": 2, "q": 1, "m": 3, "n": 1, "g": 2, "h": 1}


@pytest.fixture(scope="module")
def report():
    """One with a repair, one with a derived formula, and one that is not understood."""
    weight = Verdict(
        "", 1, 4, f"\n{WRONG}\n", "grad_weight", "x input, w kernel", "refuted", "smallest",
        counterexample=Example(
            WHERE, {"r": 0, "s": 0},
            "∂e/∂y[0, 0]·x[0, 0] + ∂e/∂y[1, 0]·x[1, 0]",
            "∂e/∂y[0, 0]·x[0, 0] + ∂e/∂y[1, 0]·x[2, 0]",
            ("misplaced beside ∂e/∂y[1, 0]: cell x[1, 0] should be x[2, 0]",),
        ),
        repair=REPAIRED, edits=(Change("i + r", "i t + r"),), condition="t = 1",
    )  # fmt: skip
    size = Verdict(
        "", 2, 8, r"g = m \cdot p", "output size", "m input height", "refuted", "smallest",
        counterexample=Example({"p": 1, "t": 2, "m": 2}, {}, "2", "1", ("should be 1, not 2",)),
        derived=r"g = \lfloor \frac{m - p}{t} \rfloor + 1", derived_text="g = (m - p)//t + 1",
    )  # fmt: skip
    lost = Verdict(
        "", 3, 12, r"1 \int &lt; 2", "not understood", "", "not_understood", "an integral",
        help="leave it out",
    )  # fmt: skip
    return Report((weight, size, lost), ((), (), ()))


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
    assert [tags.count(f"h{level}") for level in (1, 2, 3)] == [1, 3, 3]
    text = re.sub(r"<[^>]+>", " ", page)
    assert "2 wrong" in " ".join(text.split())
    parts = ("What to correct", "What is not settled", "Formula by formula")
    assert sorted(parts, key=page.index) == list(parts)
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
            reach=hostile, derived=hostile, condition=hostile, help=hostile, statement=hostile,
            repair_reach=hostile, status=status,
        )
        for verdict in report.verdicts
        for status in STATUSES
    )  # fmt: skip
    for text in map(errata_page, [Report(verdicts, ())]):
        page = Page(text)
        assert not {"script", "img", "b"} & set(page.tags)
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        assert not [value for name, value in page.attributes if name == "style"]
        assert all(v.startswith("#formula-") for n, v in page.attributes if n == "href")
    shown = errata_markdown(Report(verdicts, ()))
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
    assert "right when: t = 1" in text
    assert r"\boxed{i t + r}" in text


def test_where_no_repair_is_found_the_derived_formula_is_shown(report):
    (_, size, _) = report.verdicts
    assert "the right formula stands below" in errata_page(report)
    assert f"$$\n{size.derived}\n$$" in errata_markdown(report)
    assert size.derived_text in listed(report, width=80)


def test_a_report_and_a_verdict_show_themselves_in_a_notebook(report):
    assert report._repr_html_() == errata_fragment(report)
    assert report._repr_markdown_() == errata_markdown(report)
    html = report.verdicts[0]._repr_html_()
    assert Page(html).tags.count("section") == 1
    assert report.verdicts[0]._repr_markdown_().count("### Formula") == 1


def test_json_has_the_counterexample_in_parts(report):
    data = report.to_json()
    assert data["schema"] == 2
    assert data["ok"] is False
    assert list(data["counts"]) == list(STATUSES)
    assert sum(data["counts"].values()) == len(data["verdicts"]) == 3
    first = data["verdicts"][0]
    assert set(first) == {
        "source", "index", "line", "latex", "statement", "kind", "reading", "status", "label",
        "reach", "condition", "help", "counterexample", "repair", "repair_reach", "edits",
        "derived", "derived_text",
    }  # fmt: skip
    assert (first["status"], first["label"]) == ("refuted", "✗ wrong")
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
    page = errata_page(Report((), ()))
    assert "Verdicts" in page
    assert "no formula found; nothing was checked" in page
    assert Page(page).tags.count("section") == 0


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
    for part in (
        "✗ wrong",
        "p = 1, t = 2",
        "replace",
        "right when",
        "3 verdicts: 2 wrong; not checked: 1 not understood",
    ):
        assert part in words
    assert ("\\frac{\\partial e}{\\partial w_{rs}}" in text.split(": wrong")[0]) == (width >= 60)


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
    assert "1 verdict: 1 wrong." in errata_markdown(one)
    assert "no formula found; nothing was checked" in listed(Report((), ()), width=100)


EXAMPLE = Example({"p": 2, "q": 1}, {"i": 0}, "w[0]·x[1]", "w[1]·x[0]", ("misplaced",))


def verdict(status, **says):
    says = {"kind": "output", "reading": "O output, I input", "reach": "for all p, q", **says}
    return Verdict("", 1, 7, r"O_{ij} = (F * I)_{ij}", status=status, **says)


def alone(found):
    return Report((found,), ((),))


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_has_the_same_words_everywhere(status):
    found = verdict(status, condition="the stride is 1", help="tell me what F is")
    label = SHOWN[status].label
    assert label in listed(alone(found), width=80)
    assert f'class="label {status}">{label}<' in errata_page(alone(found))
    assert f"**{label}: output**" in errata_markdown(alone(found))
    assert alone(found).to_json()["verdicts"][0]["label"] == label
    assert SHOWN[status].words in alone(found).summary


@pytest.mark.parametrize("show", [errata_page, errata_markdown, lambda r: listed(r, width=80)])
def test_every_format_says_the_condition_the_reading_and_what_would_help(show):
    words = " ".join(show(alone(verdict("right_when", condition="the stride is 1"))).split())
    assert "the stride is 1" in words
    assert "O output, I input" in words
    condition = "right if F is the kernel; wrong if F is the input"
    words = show(alone(verdict("depends", condition=condition, counterexample=EXAMPLE)))
    for part in ("right if F is the kernel", "wrong if F is the input", "p = 2, q = 1, i = 0"):
        assert part in " ".join(words.split())
    lost = verdict("not_understood", reach="what is a?", help="tell me: --letters 'a=input'")
    words = " ".join(show(alone(lost)).replace("&#39;", "'").split())
    assert "what is a?" in words
    assert "--letters 'a=input'" in words


@pytest.mark.parametrize("show", [errata_page, errata_markdown, lambda r: listed(r, width=80)])
def test_a_repair_says_for_which_sizes_it_is_proved_and_never_more(show):
    found = verdict("refuted", counterexample=EXAMPLE, repair="a = b")
    assert "proved for" not in show(alone(found))
    told = show(alone(replace(found, repair_reach="for all p, at stride 1")))
    assert "proved for all p, at stride 1" in told


def test_an_outcome_becomes_the_verdict_on_its_place():
    outcome = Outcome(
        "output", "right_when", "O output", "for all p", condition="s = 1", help="say s",
        edits=(("a", "b"),), repair="r", repair_reach="for all p", counterexample=EXAMPLE,
    )  # fmt: skip
    found = verdict_of(outcome, source="a.md", index=3, line=9, latex="O", seconds=0.5)
    assert (found.source, found.index, found.line, found.latex) == ("a.md", 3, 9, "O")
    assert (found.status, found.condition, found.help) == ("right_when", "s = 1", "say s")
    assert found.edits == (Change("a", "b"),)
    assert (found.counterexample, found.repair_reach) == (EXAMPLE, "for all p")


@pytest.mark.parametrize("status", STATUSES)
def test_a_check_fails_for_what_is_wrong_and_a_strict_one_for_what_is_open(status):
    found = alone(verdict(status))
    assert found.checked() == found.ok == (status != "refuted")
    assert found.checked(strict=True) == (status in ("proved", "right_when", "no_claim"))
    assert not Report((), ()).checked(strict=True)


def test_the_summary_says_how_much_was_not_checked():
    statuses = ["proved"] * 5 + ["right_when"] * 2 + ["refuted"] + ["not_understood"] * 3
    verdicts = tuple(map(verdict, [*statuses, "no_claim"]))
    found = Report(verdicts, ((),) * len(verdicts))
    said = "12 verdicts: 5 proved, 2 right when, 1 wrong; not checked: 3 not understood, 1 no claim"
    assert found.summary == said
    assert said in " ".join(listed(found, width=60).split())
    assert said in errata_page(found)
    assert said in errata_markdown(found)
    assert alone(verdict("no_claim")).summary == "1 verdict; not checked: 1 no claim"


STEERING = "\x1b[31mred\x1b]0;title\x07 \x9b2J \u202eab\u2066 \x00 \udc80"


def test_nothing_in_a_text_steers_the_terminal():
    fields = ("source", "latex", "kind", "reading", "reach", "condition", "help", "repair")
    for status in STATUSES:
        hostile = replace(verdict(status, derived_text=STEERING, edits=(Change(STEERING, "b"),)),
                          **dict.fromkeys(fields, STEERING))  # fmt: skip
        shown = listed(alone(hostile), width=80, color_system=None)
        assert not [sign for sign in shown if sign != "\n" and not sign.isprintable()]
        assert r"\x1b[31mred" in shown
        assert not set(errata_page(alone(hostile))) & set("\x1b\x07\x9b\x00\udc80\u202e")
        assert not set(errata_markdown(alone(hostile))) & set("\x1b\x07\x9b\x00\udc80\u202e")


def test_a_long_formula_is_cut_between_two_signs_and_shown_whole_where_it_is_wrong():
    latex = r"\begin{align} y &= " + r" + \frac{\partial e}{\partial w_{rs}}" * 9 + r" \end{align}"
    found = replace(verdict("refuted", counterexample=EXAMPLE), latex=latex)
    head, _, rest = listed(alone(found), width=60).partition("\n")
    cut = head.partition("wrong")[2].strip()
    assert cut.endswith("…")
    assert set(re.findall(r"\\[a-z]+", cut)) == {r"\frac", r"\partial"}
    assert rest.count("partial w_{rs}") == 9
    assert "begin" not in head + rest


def test_a_formula_in_a_wide_script_fits_too():
    found = replace(verdict("proved"), latex="输出 = 输入 + " * 20, reading="步长 s " * 20)
    for line in listed(alone(found), width=60).splitlines():
        assert cell_len(line) <= 60


def test_each_claim_of_a_display_is_shown_as_it_stands():
    first = replace(verdict("proved"), statement="a = b")
    second = replace(verdict("refuted", counterexample=EXAMPLE), statement="c = d")
    both = Report((first, second), ((), ()))
    shown = listed(both, width=80).splitlines()
    assert shown[0].endswith("a = b")
    assert shown[2].endswith("c = d")
    assert errata_markdown(both).count("the claim: $") == 2
    assert errata_page(both).count('class="claim"') == 2


@pytest.mark.parametrize(
    ("latex", "lines"),
    [
        ("a < b > c", [r"a \lt  b \gt  c"]),
        ("a\n\n= b % what\n- c", ["a", "{}= b", "{}- c"]),
        ("- a\n1. b\n# c", ["{}- a", "{}1. b", "{}# c"]),
        (r"a \% b", [r"a \% b"]),
    ],
)
def test_formulas_in_markdown_are_no_lists_headings_or_comments(latex, lines):
    shown = errata_markdown(alone(replace(verdict("proved"), latex=latex)))
    assert "\n".join(["", "", "$$", *lines, "$$", ""]) in shown


@pytest.mark.parametrize("latex", ["a `b` ``c", "x $ y", r"\left( a", "| a | b |", "*a_b_c*", ""])
@pytest.mark.parametrize("status", STATUSES)
def test_markdown_is_read_as_it_is_meant(latex, status):
    found = verdict(
        status, reach=f"as {latex} | x", help=latex, repair=latex, counterexample=EXAMPLE,
        edits=(Change(latex, latex),),
    )  # fmt: skip
    tokens = (
        MarkdownIt("commonmark")
        .enable("table")
        .parse(errata_markdown(alone(replace(found, latex=latex))))
    )
    kinds = [token.type for token in tokens]
    assert "html_block" not in kinds
    assert "table_open" not in kinds
    titles = [
        tokens[place + 1].content for place, kind in enumerate(kinds) if kind == "heading_open"
    ]
    assert titles[0] in ("Errata", "Verdicts")
    assert titles[-1] == "Formula 1, line 7"
    blocks = [block for token in tokens if token.children for block in token.children]
    assert not [block for block in blocks if block.type in ("html_inline", "link_open")]


def test_certificates_are_listed_with_every_query_and_its_answer():
    queries = (Query("one", "(check-sat)", "unsat"), Query("two", "(check-sat)", "unknown"))
    found = Report((verdict("undecided"), verdict("proved")), (queries, ()))
    files = certificates(found)
    assert list(files) == ["001-01.smt2", "index.json"]
    manifest = json.loads(files["index.json"])
    assert [entry["status"] for entry in manifest["verdicts"]] == ["undecided", "proved"]
    assert manifest["verdicts"][0]["queries"] == [
        {"name": "one", "answer": "unsat", "file": "001-01.smt2"},
        {"name": "two", "answer": "unknown", "file": None},
    ]
    assert manifest["verdicts"][1]["queries"] == []


def test_a_counterexample_speaks_in_the_letters_of_its_author():
    claimed = {(("dy", (1,)), ("x", (1,))): 1}
    true = {(("dy", (1,)), ("x", (2,))): 1}
    found = Counterexample({"p": 1, "q": 1, "m": 3}, {"_m": 0}, claimed, true)
    told = example(found, {"p": "F", "q": "F", "m": "m", "dy": "δ", "x": "a"})
    assert told.where == "F = 1, size m = 3, index m = 0"
    assert (told.claimed, told.true) == ("δ[1]·a[1]", "δ[1]·a[2]")
    assert told.difference == ("misplaced beside δ[1]: cell a[1] should be a[2]",)
    assert example(found).where == "p = 1, q = 1, size m = 3, index m = 0"
    assert example(found).true == "∂e/∂y[1]·x[2]"


@pytest.mark.parametrize("piece", ["a", "输", "a\\b", "\\", "{", "% "])
@pytest.mark.parametrize("width", [20, 60])
def test_a_hopeless_formula_is_shown_in_time_that_grows_with_its_length(piece, width):
    def work(length):
        text = piece * length
        found = replace(verdict("refuted", counterexample=EXAMPLE), latex=text, repair=text)
        return calls_of(lambda: listed(alone(found), width=width))

    assert work(4000) < 2.2 * work(2000) + 1000


def test_nobody_says_that_no_repair_exists_where_none_was_looked_for():
    found = alone(verdict("refuted", counterexample=EXAMPLE))
    for shown in (errata_page(found), errata_markdown(found)):
        assert "no small change" not in shown
        assert "wrong at p = 2, q = 1, i = 0" in shown
