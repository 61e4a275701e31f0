"""What is written is read as it is written: names, marks, signs, statements."""

from __future__ import annotations

import pytest

from symconv.errors import FormulaError
from symconv.formula.notation import (
    Big,
    Conditional,
    Decimal,
    Differential,
    Dots,
    Evaluated,
    ForAll,
    Group,
    Indicator,
    Juxtaposed,
    Keyword,
    Mark,
    Marked,
    Member,
    Multiplied,
    Name,
    Range,
    Run,
    SetOf,
    Slice,
    Starred,
    Statement,
    Transposed,
    Unread,
    Words,
)
from symconv.formula.reader import read
from symconv.formula.tree import (
    AllOf,
    AnyOf,
    Branch,
    Cases,
    Ceiling,
    Compare,
    Divides,
    Floor,
    Integer,
    Largest,
    Matrix,
    Negated,
    Node,
    Partial,
    Quotient,
    Remainder,
    Total,
    walk,
)


def only(text: str) -> Statement:
    """Return the one statement that the text holds."""
    (statement,) = read(text)
    assert isinstance(statement, Statement), statement
    return statement


def side(text: str) -> Node:
    """Return the one side of a text without a relation."""
    statement = only(text)
    assert not statement.relations
    return statement.sides[0]


def right(text: str) -> Node:
    """Return the last side of the one equation of the text."""
    return only(text).sides[-1]


def run(letters: str) -> Run:
    return Run(tuple(Name(letter) for letter in letters))


def word(text: str) -> Name:
    return Name(text, word=True)


def bare(node: Node) -> Node:
    """Return the node without what names look like in the source."""
    return node


def same(left: str, other: str) -> bool:
    """Return whether two texts say the same, spelling aside."""
    return strip(read(left)) == strip(read(other))


def strip(found: object) -> object:
    """Return the tree as tuples, without spans, spelling and the text of marks."""
    if isinstance(found, Node | Unread):
        skipped = {"span", "spelled", "reason"} | ({"text"} if isinstance(found, Mark) else set())
        parts = {key: strip(value) for key, value in vars(found).items() if key not in skipped}
        parts.pop("names", None)
        return (type(found).__name__, tuple(parts.items()))
    if isinstance(found, tuple):
        return tuple(strip(item) for item in found)
    return found


def is_tree(text: str, tree: Node) -> bool:
    """Return whether the text is one side and this tree."""
    return strip(side(text)) == strip(tree)


# Names


def test_letters_side_by_side_are_a_run_and_words_are_names() -> None:
    assert is_tree(r"\alpha pad", Juxtaposed((Name("alpha"), run("pad")))) or is_tree(
        r"\alpha pad", Run((Name("alpha"), *run("pad").letters))
    )
    assert is_tree("FS", run("FS"))
    assert is_tree("stride", word("stride"))
    assert is_tree(r"\text{pad} \cdot \mathrm{ks}", Multiplied((word("pad"), word("ks"))))
    assert is_tree(r"\text{filter size} + 1", Total((word("filter size"), Integer(1))))


def test_digits_behind_letters_belong_to_the_last_letter() -> None:
    assert is_tree("W1 - 1", Total((Name("W1"), Negated(Integer(1)))))
    assert is_tree("dv23", Run((Name("d"), Name("v23"))))
    assert is_tree("conv3d", word("conv3d"))


def test_fonts_are_gone_and_accents_and_primes_are_part_of_the_name() -> None:
    assert is_tree(r"\mathbf{V} + \boldsymbol{\mu}", Total((Name("V"), Name("mu"))))
    assert is_tree(
        r"\hat W + \tilde{u} + \bar{\mathbf z}",
        Total((Name("W_hat"), Name("u_tilde"), Name("z_bar"))),
    )
    assert is_tree(r"v' + u^{\prime\prime}", Total((Name("v'"), Name("u''"))))
    assert is_tree(r"\overline{v[k]}", Marked(Name("v_bar"), (Mark("bracket", (Name("k"),)),)))


def test_a_name_keeps_how_it_was_spelled() -> None:
    name = side(r"\widehat{K}")
    assert isinstance(name, Name)
    assert name.spelled == r"\widehat{K}"


def test_identifiers_of_text_are_words_or_marked() -> None:
    assert is_tree("in_height", word("in_height"))
    assert is_tree("H_out", word("H_out"))
    assert is_tree("v_i", Marked(Name("v"), (Mark("sub", (Name("i"),)),)))
    assert is_tree("v_ij", Marked(Name("v"), (Mark("sub", (run("ij"),)),)))
    assert is_tree("RF_l", Marked(run("RF"), (Mark("sub", (Name("l"),)),)))
    assert is_tree(r"filter\_size", word("filter_size"))


def test_other_scripts_are_words() -> None:
    assert same("步长 = 1", "步长=1")
    assert is_tree("填充 + 1", Total((word("填充"), Integer(1))))
    assert is_tree("размер ядра - 1", Total((word("размер ядра"), Negated(Integer(1)))))


def test_an_unknown_command_is_a_name() -> None:
    assert is_tree(r"\TV_{i}", Marked(Name("TV"), (Mark("sub", (Name("i"),)),)))


# Marks


def test_scripts_hold_anything_and_are_cut_at_commas() -> None:
    indexed = side(r"v_{i+a, 2j}^{(l)}")
    assert isinstance(indexed, Marked)
    below, above = indexed.marks
    assert below.kind == "sub"
    assert len(below.items) == 2
    assert strip(above.items) == strip((Group("(", (Name("l"),)),))


def test_glued_indices_are_one_juxtaposition() -> None:
    (mark,) = side(r"v_{(i+a)(j+b)}").marks  # type: ignore[attr-defined]
    (item,) = mark.items
    assert isinstance(item, Juxtaposed)
    assert [type(factor) for factor in item.factors] == [Group, Group]


def test_two_digits_are_one_integer_and_the_text_keeps_them() -> None:
    (mark,) = side("v_{01}").marks  # type: ignore[attr-defined]
    assert strip(mark.items) == strip((Integer(1),))
    assert mark.text == "01"


def test_a_bracket_behind_a_name_is_a_mark_and_behind_a_bracket_a_factor() -> None:
    assert is_tree(
        "K(k-1)", Marked(Name("K"), (Mark("paren", (Total((Name("k"), Negated(Integer(1)))),)),))
    )
    assert isinstance(side("(a+b)(c+d)"), Juxtaposed)
    assert isinstance(side("(u * v)(i, j)"), Marked)
    assert isinstance(side("2(k-1)"), Juxtaposed)


def test_a_transpose_is_a_mark_however_it_is_written() -> None:
    transposed = Marked(Name("M"), (Mark("sup", (Name("T"),)),))
    for text in (r"M^T", r"M^\top", r"M^{\mathsf T}", r"\mathbf{M}^{\intercal}", "M.T", "Mᵀ"):
        assert is_tree(text, transposed), text
    assert isinstance(side(r"(M + N)^T"), Transposed)


def test_small_characters_are_scripts() -> None:
    assert same("vᵢⱼ + 2ⁿ", "v_{ij} + 2^{n}")
    assert same("vᵢ₊₁,ⱼ", "v_{i+1,j}")


# Signs


def test_signs_of_products_are_kept_apart() -> None:
    assert isinstance(side("a b"), Juxtaposed)
    assert isinstance(side(r"a \cdot b \times c"), Multiplied)
    for text, sign in (
        ("a * b", "*"),
        (r"a \ast b", "*"),
        (r"a \star b", "star"),
        ("a ⊛ b", "circledast"),
        (r"a \odot b", "odot"),
        ("A @ B", "@"),
    ):
        starred = side(text)
        assert isinstance(starred, Starred)
        assert starred.sign == sign


def test_a_sign_may_have_marks() -> None:
    full = side(r"\delta *_{\text{full}} K")
    assert isinstance(full, Starred)
    assert strip(full.marks) == strip((Mark("sub", (word("full"),)),))
    tilde = side(r"a \tilde{\otimes} b")
    assert isinstance(tilde, Starred)
    assert tilde.sign == "otimes"
    assert strip(tilde.marks) == strip((Mark("sup", (Name("tilde"),)),))


def test_side_by_side_binds_tighter_than_a_slash() -> None:
    assert is_tree("a/bc", Quotient(Name("a"), run("bc")))  # type: ignore[arg-type]
    assert is_tree(r"\frac12 v", Juxtaposed((Quotient(Integer(1), Integer(2)), Name("v"))))
    assert is_tree(r"{a \over b}", Quotient(Name("a"), Name("b")))  # type: ignore[arg-type]


def test_integer_quotients_floors_and_remainders() -> None:
    floor = Floor(Quotient(Name("a"), Name("b")))  # type: ignore[arg-type]
    for text in (
        "a // b",
        "a ÷ b",
        r"\lfloor a/b \rfloor",
        "⌊a/b⌋",
        "⎣ a/b ⎦",
        "floor(a/b)",
        "math.floor(a / b)",
        "int(a/b)",
    ):
        assert is_tree(text, floor), text
    assert is_tree(r"\lceil a \rceil", Ceiling(Name("a")))  # type: ignore[arg-type]
    for text in ("a % b", r"a \bmod b", r"a \% b", "a mod b"):
        assert is_tree(text, Remainder(Name("a"), Name("b"))), text  # type: ignore[arg-type]


def test_numbers_are_exact_and_powers_are_marks() -> None:
    assert is_tree("4.5", Decimal(45, 10))
    assert is_tree("2^{n}", Marked(Integer(2), (Mark("sup", (Name("n"),)),)))
    assert same("b**n", "b^n")
    assert same("b²", "b^2")
    assert same("180°", r"180^\circ")


# Large signs


def test_a_sum_runs_to_the_next_sign_of_a_sum() -> None:
    total = right(r"y = \sum_{k=0}^{K-1} v_k u_k + b")
    assert isinstance(total, Total)
    big = total.terms[0]
    assert isinstance(big, Big)
    assert strip(big.below) == strip((Compare("=", Name("k"), Integer(0)),))  # type: ignore[arg-type]
    assert isinstance(big.body, Juxtaposed)


@pytest.mark.parametrize(
    "text",
    [
        r"\sum_{a}\sum_{b} v_{a} u_{b}",
        "Σ_a Σ_b v_a u_b",
        "∑(a)∑(b) v_a u_b",
        "∑ₐ∑_b v_a u_b",
        "sum_a sum_b v_a u_b",
        "∑∑ v_a u_b\na b",
    ],
)
def test_sums_in_every_spelling(text: str) -> None:
    assert same(text, r"\sum_{a}\sum_{b} v_{a} u_{b}")


def test_a_sum_of_a_text_names_its_limits_behind_the_body() -> None:
    assert same("sum(v[i]*u[i], i=0..n-1)", r"\sum_{i=0}^{n-1} v[i]*u[i]")
    big = side("sum(v[i]*u[j], i, j)")
    assert isinstance(big, Big)
    assert strip(big.below) == strip((Name("i"), Name("j")))
    comprehension = side("sum(v[i] for i in range(n))")
    assert isinstance(comprehension, Big)
    assert isinstance(comprehension.below[0], Member)


def test_limits_may_be_conditions() -> None:
    big = side(r"\sum_{-1 \le a, b \le 1} v_{a,b}")
    assert isinstance(big, Big)
    assert isinstance(big.below[0], AllOf)
    assert len(big.below[0].conditions) == 4
    stacked = side(r"\sum_{\substack{l,m \\ \text{s.t.} \\ s l + m = j}} v_l")
    assert isinstance(stacked, Big)
    assert [type(item) for item in stacked.below] == [Name, Name, Compare]


def test_maxima_of_values_and_over_limits() -> None:
    assert is_tree("max(0, a)", Largest((Integer(0), Name("a"))))  # type: ignore[arg-type]
    assert isinstance(side(r"\max_{(a,b)\in\{0,1\}^2} v_{a,b}"), Big)
    over = side("max{v[a] : 0 ≤ a < n}")
    assert isinstance(over, Big)
    assert over.operator == "max"
    assert isinstance(over.below[0], AllOf)
    argument = side(r"\arg\max_{a} v_a")
    assert isinstance(argument, Big)
    assert argument.operator == "argmax"


# Derivatives


@pytest.mark.parametrize(
    "text",
    [
        r"\frac{\partial L}{\partial w_{ij}}",
        r"\frac{dL}{dw_{ij}}",
        r"\partial L / \partial w_{ij}",
        "∂L/∂w_{ij}",
        "dL/dw_{ij}",
        r"\nabla_{w_{ij}} L",
        r"\partial_{w_{ij}} L",
        r"\frac{\partial}{\partial w_{ij}} L",
        r"\frac{\mathrm{d}L}{\mathrm{d}w_{ij}}",
        r"\\frac{\\partial L}{\\partial w_{ij}}",
    ],
)
def test_derivatives_in_every_spelling(text: str) -> None:
    derivative = side(text)
    assert isinstance(derivative, Partial)
    assert strip(derivative.of) == strip(Name("L"))
    assert isinstance(derivative.by, Marked)


def test_a_lone_differential_is_no_derivative() -> None:
    assert isinstance(side(r"\partial W"), Differential)
    assert isinstance(side("∇a_{22}"), Differential)
    assert is_tree("dW", run("dW"))
    assert isinstance(side("d_i/d_o"), Quotient)


def test_a_product_of_derivatives_in_text() -> None:
    product = right("∂L/∂w = ∂L/∂y ∂y/∂w")
    assert isinstance(product, Juxtaposed)
    assert [type(factor) for factor in product.factors] == [Partial, Partial]


# Brackets


def test_brackets_that_mean_something_are_kept() -> None:
    group = side("[a/b] + 1").terms[0]  # type: ignore[attr-defined]
    assert isinstance(group, Group)
    assert group.bracket == "["
    pair = side("(a, b)")
    assert isinstance(pair, Group)
    assert len(pair.items) == 2


def test_slices_keywords_and_texts_among_arguments() -> None:
    sliced = side("v[i:i+p, :]")
    assert isinstance(sliced, Marked)
    assert strip(sliced.marks[0].items[1]) == strip(Slice(None, None, None))
    called = side("conv2d(X, W; stride=2, mode='full')")
    assert isinstance(called, Marked)
    assert isinstance(called.marks[0].items[2], Keyword)


def test_indicators_and_what_holds_under_a_condition() -> None:
    for text in ("[i = j]", r"\mathbb{1}[i = j]", r"\mathbf 1_{\{i = j\}}", r"\mathbb{1}_{i=j}"):
        assert is_tree(text, Indicator(Compare("=", Name("i"), Name("j")))), text  # type: ignore[arg-type]
    assert isinstance(side(r"\left. v \right|_{s=1}"), Evaluated)


def test_sets_intervals_and_membership() -> None:
    member = side(r"i, j \in [0, n)")
    assert isinstance(member, Member)
    assert len(member.elements) == 2
    assert strip(member.container) == strip(Range(Integer(0), Name("n"), open_high=True))
    assert isinstance(side(r"v \in \{0, 1, \dots, n\}").container, Range)  # type: ignore[attr-defined]
    chosen = side(r"\{v_a \mid a \in S\}")
    assert isinstance(chosen, SetOf)
    assert len(chosen.conditions) == 1


def test_divisibility_and_congruence() -> None:
    assert isinstance(side(r"t \mid u - r"), Divides)
    congruent = side(r"r \equiv u \pmod t")
    assert isinstance(congruent, Compare)
    assert isinstance(congruent.left, Remainder)
    assert isinstance(congruent.right, Remainder)


# Tables


def test_matrices_and_brackets_around_them() -> None:
    two = Matrix(((Integer(1), Negated(Integer(1))), (Integer(0), Integer(1))))
    for begin, end in (
        (r"\begin{bmatrix}", r"\end{bmatrix}"),
        (r"\left[\begin{matrix}", r"\end{matrix}\right]"),
        (r"\left(\begin{array}{cc}", r"\end{array}\right)"),
    ):
        assert is_tree(rf"{begin} 1 & -1 \\ 0 & 1 {end}", two), begin


def test_case_distinctions_in_every_spelling() -> None:
    expected = Cases(
        (
            Branch(Name("a"), Compare("<", Name("i"), Name("n"))),  # type: ignore[arg-type]
            Branch(Integer(0), None),
        )
    )
    for text in (
        r"\begin{cases} a & \text{if } i < n \\ 0 & \text{otherwise} \end{cases}",
        r"\left\{\begin{array}{ll} a, & i < n \\ 0, & \text{sonst} \end{array}\right.",
        r"\begin{cases} a & i < n \\ 0 & 其他 \end{cases}",
        "{a if i < n, 0 otherwise}",
    ):
        assert is_tree(text, expected), text


def test_choices_of_code() -> None:
    choice = Conditional(Name("a"), Compare("=", Name("s"), Integer(1)), Name("b"))  # type: ignore[arg-type]
    assert strip(right("v = a if s == 1 else b")) == strip(choice)
    assert strip(right("v = s == 1 ? a : b")) == strip(choice)


def test_a_system_of_equations_is_several_statements() -> None:
    assert len(read(r"\begin{cases} u = 1 \\ v = 2 \end{cases}")) == 2


# Statements


def test_a_chain_is_one_statement_and_a_row_may_go_on_with_it() -> None:
    chain = only("\\begin{align} a &= b \\\\ &= c \\end{align}")
    assert chain.relations == ("=", "=")
    assert isinstance(only(r"&= \sum_i v_i").sides[0], Dots)


def test_a_row_that_begins_with_a_sign_goes_on_with_the_expression() -> None:
    assert same("v = a\n  + b", "v = a + b")
    assert same("v = a \\times \\\\\n b", r"v = a \times b")


@pytest.mark.parametrize(
    "text",
    [
        "u = 1\nv = 2",
        "u = 1, v = 2",
        "u = 1; v = 2",
        r"u = 1, \qquad v = 2",
        r"u = 1 \quad v = 2",
        "u = 1 and v = 2",
        "u = 1，v = 2",
        "$u = 1$, and $v = 2$",
    ],
)
def test_several_equations_are_several_statements(text: str) -> None:
    first, second = read(text)
    assert isinstance(first, Statement)
    assert isinstance(second, Statement)
    assert strip((first.sides, second.sides)) == strip(
        ((Name("u"), Integer(1)), (Name("v"), Integer(2)))
    )


@pytest.mark.parametrize(
    "text",
    [
        r"v = u, \quad 0 \le i < n",
        r"v = u & 0 \le i < n",
        "v = u for 0 <= i < n",
        r"v = u \text{ where } 0 \le i < n",
        "v = u\n0 <= i < n",
        r"\text{if } 0 \le i < n \text{ then } v = u",
    ],
)
def test_conditions_stand_beside_their_statement(text: str) -> None:
    statement = only(text)
    assert strip(statement.sides) == strip((Name("v"), Name("u")))
    (condition,) = statement.conditions
    assert isinstance(condition, AllOf)


def test_index_ranges_beside_a_statement() -> None:
    for text in (r"v = u, \quad i = 1, \ldots, n", "v = u for i = 1..n"):
        (condition,) = only(text).conditions
        assert strip(condition) == strip(Member((Name("i"),), Range(Integer(1), Name("n"))))
    (every,) = only("v = u for all i").conditions
    assert strip(every) == strip(ForAll((Name("i"),)))


def test_arrows_between_conditions() -> None:
    implied = only(r"a \ge b \implies c < d")
    assert implied.relations == ("implies",)
    assert [type(item) for item in implied.sides] == [Compare, Compare]
    assert only(r"a = b \Rightarrow c = d").relations == ("implies",)
    assert only("a < b iff c < d").relations == ("iff",)


def test_headings_tags_and_remarks() -> None:
    assert only(r"\text{Backward: } v = u").label == "Backward:"
    assert only("VALID: v = u").label == "VALID:"
    assert only(r"v = u \tag{2.1} \label{eq:a}").tag == "2.1"
    assert only("v = (a - b)/c  (as documented)").conditions == (Words("as documented"),)


def test_sentences_around_a_formula_are_words() -> None:
    statement = only("The size is $o = (i - k)/s + 1$ where $s$ is the step.")
    assert statement.relations == ("=",)
    assert statement.conditions == (Words("s is the step"),)


def test_increments_and_definitions() -> None:
    assert only(r"v \mathrel{+}= u").relations == ("+=",)
    assert only("v += u").relations == ("+=",)
    assert only("v := u").relations == (":=",)
    assert only(r"v \xrightarrow{\text{fold}} u").relations == ("arrow:fold",)


def test_a_loop_is_a_condition() -> None:
    statement = only("for i in range(n):\n    v[i] += u")
    assert statement.relations == ("+=",)
    (loop,) = statement.conditions
    assert isinstance(loop, Member)


def test_or_joins_conditions() -> None:
    assert isinstance(side("a < b or c < d"), AnyOf)


# Damage


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        (r"v = \\lfloor \\frac{a}{b} \\rfloor", r"v = \lfloor \frac{a}{b} \rfloor"),
        (r"v = frac{a}{b} times text{pad} + \mu", r"v = \frac{a}{b} \times \text{pad} + \mu"),
        (r"v = \left\lfloor \frac{a}{b} + 1", r"v = \left\lfloor \frac{a}{b} + 1 \right\rfloor"),
        (r"v = \lfloor \frac{a}{b \rfloor + 1", r"v = \lfloor \frac{a}{b} \rfloor + 1"),
        (r"v = \frac{a}{b}} + 1", r"v = \frac{a}{b} + 1"),
        ("H o u t = ( H i n − 1 ) × 2", "Hout = (Hin - 1) × 2"),
        ("v = (a + b) * c.", "v = (a + b) * c"),
        (r"v = a \times" + "\n\n" + "b", r"v = a \times b"),
        ("v &lt; u", "v < u"),
        ("`v = u`", "v = u"),
        (":math:`v = u`", "v = u"),
        (r"\boxed{v = u}", "v = u"),
        ("v = （a + b）", "v = (a + b)"),
        (r"v = \big( \tfrac{a}{b}\, c \big)", r"v = (\frac{a}{b} c)"),
    ],
)
def test_damage_is_mended(damaged: str, whole: str) -> None:
    assert same(damaged, whole)


def test_what_cannot_be_read_says_where() -> None:
    first, second = read("v = u ! w\nx = y")
    assert isinstance(first, Unread)
    assert "stands where" in first.reason
    assert isinstance(second, Statement)


def test_every_name_and_statement_has_its_place() -> None:
    text = "u = 1\nvv = \\hat{w}_{i} + pad"
    for statement in read(text):
        assert isinstance(statement, Statement)
        assert statement.span.line in {1, 2}
        for node in walk(statement.sides):
            if isinstance(node, Name | Run | Marked):
                assert text[node.span.start : node.span.end].strip()


def test_limits() -> None:
    with pytest.raises(FormulaError):
        read("x" * 20_001)
    assert isinstance(read("(" * 500 + "x" + ")" * 500)[0], Unread)
    assert isinstance(read("1" * 200)[0], Unread)
    assert isinstance(read("*".join(["a"] * 200))[0], Unread)
    assert isinstance(side("+".join(["a"] * 5_000)), Total)


def test_a_sign_without_a_meaning_is_not_left_out() -> None:
    for text in (r"v = a \pm b", "v = a ⊘ b", "v = a ⋉ b"):
        assert isinstance(read(text)[0], Unread), text
    assert same("⇶V + 1", "V + 1")


def test_code_is_read_as_what_it_computes() -> None:
    assert same("int o = math.floor((n - k) / s) + 1;", "o = floor((n - k)/s) + 1")
    statement = only("for (int r = 0; r < k; r++) v[r] += u[r];")
    assert strip(statement.conditions) == strip(
        (Member((Name("r"),), Range(Integer(0), Name("k"), open_high=True)),)
    )
    summed = right("v = (u * w).sum() + b")
    assert isinstance(summed, Total)
    assert isinstance(summed.terms[0], Big)
    assert same("p = K x K x C", r"p = K \times K \times C")
    assert same("H<sub>out</sub> = 1", "H_{out} = 1")
