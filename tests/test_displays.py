"""Displays are found where a reader sees them, with their lines and the prose before them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv.errors import FormulaError
from symconv.formula.displays import find_displays
from tests.work import calls_of


def found(text):
    """(line, source) of each display."""
    return [(d.span.line, " ".join(d.source.split())) for d in find_displays(text).displays]


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("$$", "$$"),
        (r"\[", r"\]"),
        (r"\begin{equation}", r"\end{equation}"),
        (r"\begin{align*}", r"\end{align*}"),
        (r"\begin{alignat}{2}", r"\end{alignat}"),
        ("```math\n", "\n```"),
        (".. math::\n   :label: a\n\n   ", "\n"),
        ('<script type="math/tex; mode=display">', "</script>"),
        ("$", "$"),
        (r"\(", r"\)"),
        (":math:`", "`"),
        ("- $", "$."),
    ],
)
def test_displays(opening, closing):
    text = f"A line.\n\n{opening}y = x + b{closing}\n\nText with $a=b$ inside."
    ((line, source),) = found(text)
    assert source.strip(" .") == "y = x + b"
    assert line >= 3


@pytest.mark.parametrize(
    "text",
    [
        "```\n$$ a = b $$\n```",
        "~~~python\n$$ a = b $$\n~~~",
        "`$$ a = b $$`",
        "<!-- $$ a = b $$ -->",
        "<pre>$$ a = b $$</pre>",
        r"\begin{verbatim}$$ a = b $$\end{verbatim}",
        r"\begin{comment}$$ a = b $$\end{comment}",
        "\\section{x} \\verb|$$ a = b $$|",
        "\\documentclass{article}\n% $$ a = b $$\n",
        "% $$ a = b $$\n",
        "text\n\n    $$ a = b $$\n",
        "rst::\n\n    $$ a = b $$\n\n.. note:: x\n",
        r"a price of \$\$ a = b",
        "a reference \\[1\\]",
        "where $a = b$ is said in a sentence",
        "the name $$x$$ and the name $$w$$ in a sentence",
        "$x$",
        "$5 and $6",
        "$$ $$",
        "",
    ],
)
def test_no_displays(text):
    assert found(text) == []


def test_formulas_that_belong_together_are_one_display():
    assert found("$a_i$ = $b_i$") == [(1, "a_i = b_i")]
    assert found("$a = b$, $c = d$ and $e = f$.") == [(1, "a = b , c = d and e = f .")]
    assert found("$$a$$ = $$b$$") == [(1, "a = b")]
    assert found("$$a = b$$\n\n$$c = d$$") == [(1, "a = b"), (3, "c = d")]


def test_a_missing_first_and_last_dollar():
    assert found("a = 1$, $b = 2$, and $c = 3") == [(1, "a = 1 , b = 2 , and c = 3")]
    assert found(r"a = \tfrac12$ for $i \in \{1, 2\}") == [(1, r"a = \tfrac12 for i \in \{1, 2\}")]


def test_tex_without_any_dollar_is_a_display_where_no_words_are():
    assert found("Then\n\ng = \\lfloor \\frac{m-p}{t} \\rfloor + 1") == [
        (3, r"g = \lfloor \frac{m-p}{t} \rfloor + 1")
    ]
    assert found(r"we see that g = \frac{m}{t} holds") == []
    assert found(r"\newcommand{\x}{a = \frac{b}{c}}") == []


def test_dollars_inside_of_a_text_stay():
    (display,) = find_displays(r"$$ a = b \text{ for $i > 0$} $$").displays
    assert "$i > 0$" in display.source


def test_places_are_those_of_the_article():
    text = "One\n$$a = b$$\n\ntwo\n$$\n c = d\n$$"
    first, second = find_displays(text).displays
    assert (first.index, first.source, first.span.line, first.span.column) == (1, "a = b", 2, 3)
    assert second.source == text[second.span.start : second.span.end]


def test_a_display_without_its_end_is_told_and_the_rest_is_found():
    first, second = find_displays("$$ a = b\n\n\\[ c = d \\]").displays
    assert (first.closed, second.closed) == (False, True)
    assert second.source == " c = d "


def test_the_prose_before_a_display_and_the_sentence_behind_it():
    text = """# Forward

Here $s$ is the stride.

```
$p$ is the padding
```

$$ a = b $$

where $k$ is the kernel. It follows that

$$ c = d $$

其中 $x$ 为输入。

$$ e = f $$
"""
    first, second, third = find_displays(text).displays
    assert "$s$ is the stride" in first.prose_before
    assert "padding" not in first.prose_before
    assert first.prose_before.endswith("where $k$ is the kernel.")
    assert second.prose_before.startswith("where $k$ is the kernel. It follows that")
    assert "其中 $x$ 为输入" in second.prose_before
    assert "其中" in third.prose_before


def test_a_list_behind_where():
    text = "$$a = b$$\n\nwhere:\n\n- $s$: stride\n- $k$: kernel\n\nThe end is $t$."
    (display,) = find_displays(text).displays
    assert "$s$: stride\n- $k$: kernel" in display.prose_before
    assert "The end" not in display.prose_before


def test_the_head_and_the_comments():
    text = (
        "---\ntitle: A\nletters:\n  F: kernel\n---\n<!-- symconv: index_base: 1 -->\n% a\n$$a=b$$"
    )
    read = find_displays(text)
    assert read.head == {"title": "A", "letters": "F=kernel"}
    assert read.comments == (" symconv: index_base: 1 ", " a")
    assert find_displays("---\nletters: L=e\n").head == {}


def test_an_article_that_is_too_long(monkeypatch):
    monkeypatch.setattr("symconv.formula.displays.MAX_ARTICLE", 10)
    with pytest.raises(FormulaError, match="line 2, column 3: an article of more than 10"):
        find_displays("abcdefg\n" + "x" * 10)


@pytest.mark.parametrize(
    "piece", ["$$ a = b $$\n\nwords\n\n", "$$ a\n\n", "`", "$a = $", "\\[ ", "    x\n\n", "&#9"]
)
def test_the_work_is_linear(piece):
    def work(length):
        return calls_of(lambda: find_displays(piece * (length // len(piece))))

    assert work(40_000) < 2.2 * work(20_000) + 1000


PIECES = [
    "$", "$$", "\\[", "\\]", "`", "```", "%", "\n", "\n\n", "    ", "a=b", "\\begin{align}",
    "\\end{align}", ".. math::", "<!--", "-->", "- ",
    "where ", "---\n", "\\verb|", "<pre>", "}", "{",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_text_is_searched(pieces):
    text = "".join(pieces)
    ends = [display.span.end for display in find_displays(text).displays]
    assert ends == sorted(ends)
