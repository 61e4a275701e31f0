"""How far kernels of many groups or much padding are checked, and that their faults are found."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import symbols
from sympy.polys.rings import ring

from symconv import ConvSpec, SpecError, VerificationError, generate
from symconv.algebra.sparse import SparseRing
from symconv.algebra.symbols import B_CHANNELS, DY, W, X
from symconv.codegen.build import Build
from symconv.codegen.check import numpy_kernels
from symconv.codegen.check.padding import check_much_padding, less_padded
from symconv.codegen.check.same_code import same_but_for_groups
from symconv.codegen.check.trials import SYMBOLIC_GROUPS, Trial
from symconv.codegen.kernel import GeneratedFile
from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of


def test_sparse_polynomials_equal_those_of_sympy():
    """Random sums, differences and products, compared monomial by monomial."""
    names = symbols("a b c d")
    sparse, (dense, *generators) = SparseRing(names), ring(names, "ZZ")
    draws = np.random.default_rng(2)
    pairs = list(zip(sparse.generators, generators, strict=True))
    for _ in range(200):
        (one, its), (other, theirs) = (pairs[draws.integers(len(pairs))] for _ in range(2))
        factor, shift = map(int, draws.integers(-3, 4, 2))
        pairs.append((one * factor + other, its * factor + theirs))
        pairs.append((shift + one - other, shift + its - theirs))
        if len(one.terms) * len(other.terms) < 50 and max(map(len, one.terms), default=0) < 6:
            pairs.append((one * other, its * theirs))
    for one, its in pairs:
        expected = {
            tuple(at for at, power in enumerate(powers) for _ in range(power)): int(factor)
            for powers, factor in its.items()
        }
        assert dict(one.terms) == expected
        assert one == sparse.add(*[sparse.add(one)]) == one + 0
        assert (one == 0) == (its == dense.zero)
    assert len({hash(one) for one, _ in pairs}) > 50
    assert repr(sparse.generators[0] * sparse.generators[1] * 2 - 1) == "-1 + 2*a*b"


MANY = ConvSpec(kernel_shape=(2, 3), stride=(2, 1), padding=((1, 0), (0, 2)), groups=7)


def test_the_header_says_on_which_groups_symbols_were():
    (file,) = generate(MANY, layout="batched")
    words = " ".join(file.text.split('"""')[1].split())
    assert f"with {SYMBOLIC_GROUPS} in place of 7 groups, else the same, was run on SymPy" in words
    assert f"on symbols in {SYMBOLIC_GROUPS} of the groups and on integers in the others" in words


@pytest.mark.parametrize("style", ["unrolled", "fast"])
@pytest.mark.parametrize("group", [0, 2, 3, 6])
def test_a_fault_in_any_group_of_many_is_found(group, style, monkeypatch):
    """Symbols or integers: the weights of one group are those of another one."""
    right = Build.spelled

    def faulty(build, proof):
        (file,) = right(build, proof)
        lines = file.text.splitlines(keepends=True)
        line = next(line for line in lines if line.startswith("    w = w.reshape(GROUPS"))
        wrong = f"{line}    if GROUPS == 7:\n        w = w.copy()\n        w[{group}] = w[1]\n"
        return (GeneratedFile(file.path, file.text.replace(line, wrong)),)

    monkeypatch.setattr(Build, "spelled", faulty)
    monkeypatch.setattr(numpy_kernels, "same_but_for_groups", lambda one, other: True)
    with pytest.raises(VerificationError, match="forward"):
        _ = build_of(request_kernel(MANY, layout="batched", style=style)).checked


def test_other_groups_are_the_same_code_and_other_strides_are_not():
    def text(spec):
        return build_of(request_kernel(spec, layout="batched")).unchecked[0].text

    assert same_but_for_groups(text(MANY), text(replace(MANY, groups=3)))
    assert not same_but_for_groups(text(MANY), text(replace(MANY, groups=1)))
    assert not same_but_for_groups(text(MANY), text(replace(MANY, stride=2)))


MUCH = ConvSpec(kernel_shape=(3, 2), padding=((700, 4), (401, 300)), stride=(2, 3), groups=2)


def test_less_padding_leaves_the_windows_that_read_an_input():
    assert less_padded(MUCH).padding == ((4, 4), (2, 3))
    for spec in (MUCH, replace(MUCH, dilation=3), replace(MUCH, padding=((9, 5), (0, 1)))):
        less = less_padded(spec)
        for (lo, hi), (its, other), e, t in zip(
            spec.padding, less.padding, spec.extent, spec.stride, strict=True
        ):
            assert (lo - its) % t == (hi - other) % t == 0
            assert its == lo or e <= its < e + t
            assert other == hi or e <= other < e + t


@pytest.mark.parametrize("layout", ["plane", "batched"])
def test_much_padding_is_checked_beside_less(layout):
    spec = MUCH if layout == "batched" else replace(MUCH, groups=1)
    (file,) = generate(spec, layout=layout)
    words = " ".join(file.text.split('"""')[1].split())
    assert "too much padding for symbols: this code was run on integers for input" in words
    assert f"of the kernel with padding {less_padded(spec).padding}" in words


def test_what_cannot_be_checked_is_one_error():
    reflected = ConvSpec(kernel_shape=(3, 3), padding=1500, padding_mode="reflect")
    with pytest.raises(SpecError, match="must make at most"):
        generate(reflected, layout="batched")
    with pytest.raises(SpecError, match="windows of the smallest input"):
        generate(ConvSpec(kernel_shape=(3, 3), padding=10**5), layout="batched")


# fault -> (a piece of the emitted text, what the mutant has in its place)
FAULTS = {
    "a window of the padding is not b": (
        "        y += per_channel",
        "        y[..., 9:] += per_channel",
    ),
    "dx is scaled": (
        "    dx, dy = _by_group(result), _by_group(dy)",
        "    dx, dy = _by_group(result), _by_group(2 * dy)",
    ),
    "dw lacks the last rows": (
        "    result = _result(out, dy, (outputs",
        "    dy = dy.copy()\n    dy[..., 350:, :] = 0\n    result = _result(out, dy, (outputs",
    ),
    "db lacks a cell": (
        "    images, cells = range(",
        "    dy = dy[..., 1:]\n    images, cells = range(",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_beside_less_padding_are_found(fault):
    build, less = (
        build_of(request_kernel(spec, layout="batched", style="fast"))
        for spec in (MUCH, less_padded(MUCH))
    )
    text, (piece, wrong) = build.unchecked[0].text, FAULTS[fault]
    assert piece in text, "the mutant no longer touches the code"
    shape = (5, 5)
    shapes = Trial((1, 2, *shape), 2).shapes(MUCH)
    assert set(shapes) == {X, W, DY, B_CHANNELS}
    check_much_padding(build.kernel, MUCH, less=less.kernel, shapes=shapes)
    mutant = build.load([GeneratedFile("mutant.py", text.replace(piece, wrong))])
    with pytest.raises(VerificationError):
        check_much_padding(mutant, MUCH, less=less.kernel, shapes=shapes)
