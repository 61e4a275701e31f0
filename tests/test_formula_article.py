"""Displays are found where a person sees them, with their lines, and read one by one."""

import pytest

from symconv.errors import FormulaError
from symconv.formula import read_article, source, spell_text
from symconv.formula.tree import NotUnderstood


def found(text, **options):
    """(line, claims in the text form) of each display."""
    return [
        (display.span.line, [_text(claim) for claim in display.claims])
        for display in read_article(text, **options).displayed
    ]


def _text(claim):
    return f"<{claim.reason}>" if isinstance(claim, NotUnderstood) else spell_text(claim)


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("$$", "$$"),
        (r"\[", r"\]"),
        (r"\begin{equation}", r"\end{equation}"),
        (r"\begin{align*}", r"\end{align*}"),
        (r"\begin{gather}", r"\end{gather}"),
        (r"\begin{alignat}{2}", r"\end{alignat}"),
        ("```math\n", "\n```"),
        (r"$$\begin{aligned}", r"\end{aligned}$$"),
        (r"\begin{equation}\begin{split}", r"\end{split}\end{equation}"),
    ],
)
def test_displays(opening, closing):
    text = f"A line.\n\n{opening} y &= x \\\\ z &= w {closing}\n\nText with $a=b$ inside."
    ((line, claims),) = found(text)
    assert claims == ["y = x", "z = w"]
    assert line in (3, 4)


@pytest.mark.parametrize(
    "text",
    [
        "```\n$$ a = b $$\n```",
        "~~~python\n$$ a = b $$\n~~~",
        "`$$ a = b $$`",
        "`` `$$ a = b $$ ``",
        "<!-- $$ a = b $$ -->",
        "<pre>$$ a = b $$</pre>",
        r"\begin{verbatim}$$ a = b $$\end{verbatim}",
        "\\documentclass{article}\n% $$ a = b $$\n",
        r"a price of \$\$ a = b",
        "a reference \\[1\\]",
        "$$ $$",
        "",
    ],
)
def test_no_displays(text):
    assert found(text) == []


def test_a_percent_sign_in_markdown_hides_nothing():
    assert found("about 5% of\n$$a = b$$") == [(2, ["a = b"])]


def test_tex_quotes_are_no_code():
    text = "\\documentclass{article}\n``quoted''\n$$a = b$$\n``again''"
    assert found(text) == [(3, ["a = b"])]


def test_html_escapes_and_line_ends():
    text = (
        "x\r\n$$\r\ny = \\begin{cases} a &amp; b &lt; c \\\\ 0 &amp; others \\end{cases}\r\n$$\r\n"
    )
    ((line, claims),) = found(text)
    assert (line, claims) == (2, ["y = cases(a if b < c, 0 otherwise)"])


def test_places_are_those_of_the_article():
    text = "One\n$$a = b$$\n\ntwo\n$$\n c = d \\\\\n e = ? \n$$"
    first, second = read_article(text).displayed
    assert (first.index, first.latex, first.span.line, first.span.column) == (1, "a = b", 2, 3)
    claim, refused = second.claims
    assert (claim.span.line, text[claim.span.start : claim.span.end]) == (6, "c = d")
    assert (refused.span.line, refused.span.column) == (7, 6)
    assert second.latex == text[second.span.start : second.span.end]


def test_an_unclosed_display_is_told_and_the_rest_is_read():
    text = "$$ a = b\n\n\\[ c = d \\]"
    assert found(text) == [(1, ["<the end of the displayed formula is missing>"]), (3, ["c = d"])]


def test_front_matter():
    text = '---\ntitle: "A b"\nletters: L=e, K=w\nfunctions: g\nlist:\n  - x\n---\n$$ L = g(Y) $$'
    article = read_article(text)
    assert article.front_matter["letters"] == "L=e, K=w"
    assert article.front_matter["title"] == "A b"
    assert [_text(claim) for claim in article.displayed[0].claims] == ["L = g(Y,)"]


def test_without_its_end_it_is_no_front_matter():
    assert read_article("---\nletters: L=e\n").front_matter == {}


def test_what_breaks_a_limit_spares_the_other_displays():
    text = f"$$ {'(' * 80} $$\n$$ a = b $$"
    assert found(text) == [
        (1, ["<more than 64 brackets in each other>"]),
        (2, ["a = b"]),
    ]


def test_an_article_that_is_too_long(monkeypatch):
    monkeypatch.setattr("symconv.formula.article.MAX_ARTICLE", 10)
    with pytest.raises(FormulaError, match=r"line 2, column 3: an article of more than 10") as info:
        read_article("abcdefg\n" + "x" * 10)
    assert (info.value.line, info.value.column, info.value.exit_code) == (2, 3, 2)


def test_the_limits_are_generous():
    assert source.MAX_ARTICLE >= 10_000_000
    assert source.MAX_FORMULA >= 100_000
