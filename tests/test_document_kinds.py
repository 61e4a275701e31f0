"""Documents of transposed convolutions and of copied padding tell no lies either.

As in tests/test_document_round_trip.py, every displayed equation is read back and evaluated.
"""

from dataclasses import replace
from functools import cache

import pytest

from symconv import ConvSpec, derive
from tests.documents import Document
from tests.read_back import claims_of

TRANSPOSED = {
    "transposed, output padding": ConvSpec(
        kernel_shape=(3, 2),
        stride=(2, 3),
        padding=((1, 0), (0, 1)),
        output_padding=(1, 2),
        transposed=True,
    ),
    "transposed, dilated": ConvSpec(
        kernel_shape=(2, 3), stride=(3, 2), dilation=(1, 2), transposed=True
    ),
    "transposed, one axis": ConvSpec(
        kernel_shape=(4,), stride=2, dilation=3, padding=((2, 4),), transposed=True
    ),
    "transposed, three axes, flipped": ConvSpec(
        kernel_shape=(2, 1, 2), stride=(1, 2, 2), true_convolution=True, transposed=True
    ),
    "transposed, groups, cells added": ConvSpec(
        kernel_shape=(2, 2), padding=((-1, 0), (1, 1)), groups=2, transposed=True
    ),
    "transposed, 4x5, abridged": ConvSpec(kernel_shape=(4, 5), stride=(2, 1), transposed=True),
}
COPIED = {
    "reflect": ConvSpec(
        kernel_shape=(3, 2), stride=(2, 1), padding=((1, 1), (2, 0)), padding_mode="reflect"
    ),
    "circular, one axis": ConvSpec(kernel_shape=(3,), stride=2, padding=3, padding_mode="circular"),
    "replicate, three axes": ConvSpec(
        kernel_shape=(2, 2, 1),
        stride=(1, 2, 1),
        padding=((1, 0), (2, 1), (0, 1)),
        padding_mode="replicate",
    ),
    "replicate, flipped, dilated, groups": ConvSpec(
        kernel_shape=(3, 2),
        stride=(1, 2),
        dilation=(2, 1),
        padding=((2, 1), (0, 0)),
        padding_mode="replicate",
        true_convolution=True,
        groups=2,
    ),
    "circular, gaps": ConvSpec(
        kernel_shape=(2, 3), stride=(4, 1), padding=(1, 2), padding_mode="circular"
    ),
    "reflect, nothing to copy": ConvSpec(kernel_shape=(2, 2), padding_mode="reflect"),
}
SPECS = {**TRANSPOSED, **COPIED}
STEPS = "setting output partials resolved by-phase closed-form written-out by-weight by-bias"
OF_BOTH = f"{STEPS} flattened channels example exercises"


@cache
def document(name):
    return Document(derive(SPECS[name]).to_latex(level="classroom"), SPECS[name])


@pytest.mark.parametrize("name", SPECS)
def test_every_displayed_equation_holds(name):
    wrong, counts = document(name).faults()
    assert wrong == []
    assert counts.total() >= 40
    more = "padded folded" if name in COPIED else "by-input adjoint"
    for step in f"{OF_BOTH} {more}".split():
        assert counts[step], step


@pytest.mark.parametrize("name", SPECS)
def test_the_displayed_loop_computes_what_it_says(name):
    assert document(name).loop_computes("y" if name in TRANSPOSED else "dx")


def test_zeros_are_inserted_where_a_stride_inserts_some():
    wide = document("transposed, dilated")
    assert [said for said in wide.said if said.step == "inserted"]
    dense = document("transposed, groups, cells added")
    assert not [said for said in dense.said if said.step == "inserted"]


PLANTED = {
    "a copy of the wrong cell": ("reflect", "padded", "- u, v", "- u - 1, v"),
    "a copy off by one": ("reflect", "padded", "2 m - 2 - u", "2 m - 1 - u"),
    "the ends of the padding": ("reflect", "padded", r"-2 \leq v", r"-1 \leq v"),
    "a fold forgotten": ("reflect", "folded", "1 \\leq v \\leq 2", "1 \\leq v \\leq 1"),
    "folded to a neighbour": ("reflect", "folded", "u = m - 2", "u = m - 1"),
    "one copy too few": (
        "replicate, flipped, dilated, groups",
        "folded",
        r"\sum_{\alpha=-2}^{-1}",
        r"\sum_{\alpha=-1}^{-1}",
    ),
    "the other end": ("circular, one axis", "folded", "m + u", "m - u"),
    "the padded input for the input": ("reflect", "by-weight", "X_{2 i", "x_{2 i"),
    "copying the wrong way": ("reflect", "flattened", r"P^{\top}", "P"),
    "an output too many": (
        "transposed, dilated",
        "setting",
        r"g &= 3 m - 1",
        r"g &= 3 m",
    ),
    "the stride of a delta": ("transposed, dilated", "output", "3 i + r", "2 i + r"),
    "the bias forgotten": ("transposed, dilated", "by-phase", " + b", ""),
    "the wrong phase": ("transposed, dilated", "by-phase", "w_{1, 0}", "w_{0, 0}"),
    "zeros at the wrong places": (
        "transposed, dilated",
        "inserted",
        r"3 \mid u",
        r"2 \mid u",
    ),
    "the kernel not turned": ("transposed, dilated", "inserted", "u - r", "u + r"),
    "the dilation of a gradient": ("transposed, dilated", "by-input", "2 j + 2 s", "2 j + s"),
    "the adjoint without a bias": ("transposed, dilated", "adjoint", r"y_{u, v} - b", r"y_{u, v}"),
    "transpose forgotten": ("transposed, dilated", "flattened", r"T^{\top}", "T"),
    "the channels of w": ("transposed, dilated", "channels", "w_{c, o", "w_{o, c"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(fault):
    name, step, right, wrong = PLANTED[fault]
    good = document(name)
    said = next(said for said in good.said if said.step == step and right in said.latex)
    bad = replace(said, latex=said.latex.replace(right, wrong, 1))
    assert [f for claim in claims_of(bad.latex) for f in good.faults_of(bad, claim)]
    assert not [f for claim in claims_of(said.latex) for f in good.faults_of(said, claim)]
