"""Texts for a terminal of transposed convolutions and of copied padding."""

import pytest

from symconv import ConvSpec, derive
from symconv.document.answers import explain_text, spec_cases_text
from symconv.document.text import derivation_text
from symconv.document.text_kinds import folded_lines, padded_lines
from tests import oracle

TRANSPOSED = ConvSpec(kernel_shape=(3, 2), stride=(2, 3), padding=(1, 0), transposed=True)
COPIED = ConvSpec(
    kernel_shape=(3, 2), stride=(1, 2), padding=((2, 1), (0, 1)), padding_mode="reflect"
)
SHAPE = (3, 4)


def terms(text):
    """The products of the sum that a text ends with."""
    _, _, total = text.rpartition(" = ")
    return sorted(" ".join(total.split()).split(" + "))


def product(array, index, tap):
    return f"{array}[{', '.join(map(str, index))}]·w[{', '.join(map(str, tap))}]"


def sizes(spec):
    return spec.kernel_shape, spec.stride, spec.padding_pairs, spec.dilation


def test_an_output_is_explained_by_the_inputs_that_reach_it():
    derivation = derive(TRANSPOSED)
    for cell in oracle.ranges(TRANSPOSED.output_shape(SHAPE)):
        meetings = oracle.meetings(SHAPE, *sizes(TRANSPOSED), transposed=True)
        reaching = [product("x", i, tap) for u, tap, i in meetings if u == cell]
        text = explain_text(derivation, cell, input_shape=SHAPE)
        assert terms(text) == sorted([*reaching, "b"])


def test_a_copied_cell_is_explained_by_all_its_windows():
    derivation = derive(COPIED)
    for cell in oracle.ranges(SHAPE):
        meetings = oracle.meetings(SHAPE, *sizes(COPIED), mode="reflect")
        reading = [product("dy", i, tap) for i, tap, u in meetings if u == cell]
        text = explain_text(derivation, cell, input_shape=SHAPE)
        assert terms(text) == (sorted(reading) or ["0"])


@pytest.mark.parametrize(
    ("mode", "padded", "folded"),
    [
        ("reflect", ["x at 2m − 2 − u", "x at −u"], ["2m − 2 − u", "−u"]),
        ("circular", ["x at u − m", "x at m + u"], ["m + u", "u − m"]),
    ],
)
def test_copies_are_named_in_both_directions(mode, padded, folded):
    derivation = derive(ConvSpec(kernel_shape=(3,), padding=((2, 3),), padding_mode=mode))
    assert [line.partition(" is ")[2] for line in padded_lines(derivation)] == padded
    copies = [line.partition(" has a copy at ")[2] for line in folded_lines(derivation)[1:]]
    assert copies == folded


def test_replicated_cells_have_a_range_of_copies():
    derivation = derive(ConvSpec(kernel_shape=(3,), padding=((2, 1),), padding_mode="replicate"))
    assert padded_lines(derivation) == ["X at u = m is x at m − 1", "X at u = −2 … −1 is x at 0"]
    assert folded_lines(derivation)[1:] == [
        "u = m − 1 has copies at m",
        "u = 0 has copies at −2 … −1",
    ]


def test_the_closed_form_of_a_transposed_spec_is_its_output():
    derivation = derive(ConvSpec(kernel_shape=(3,), stride=4, padding=((1, 0),), transposed=True))
    assert spec_cases_text(derivation).splitlines()[-3:] == [
        "  y[u] = x[K]·w[ρ] + b",
        "  where ρ ≤ 2; y[u] = b elsewhere",
        "  with K = ⌊(u + 1)/4⌋, ρ = (u + 1) mod 4",
    ]


def test_the_phases_of_a_transposed_spec_are_its_output():
    text = derivation_text(derive(ConvSpec(kernel_shape=(3,), stride=2, transposed=True)))
    lines = [line.strip() for line in text.splitlines()]
    assert "y[2K] = x[K]·w[0] + x[K − 1]·w[2] + b" in lines
    assert "y[2K + 1] = x[K]·w[1] + b" in lines


def test_the_phases_of_copied_padding_are_of_the_padded_input():
    text = derivation_text(derive(COPIED))
    lines = [line.strip() for line in text.splitlines()]
    assert "∂e/∂X[u, v] = Σ(α = 0 … 2) dy[u + 2 − α, L]·w[α, σ]" in lines
