"""Any spelling of a right claim about pooling holds, and a planted fault is proved under none."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.formula.notation import Statement
from symconv.formula.reader import read
from symconv.verification.questions.pooling import statements as pooling
from symconv.verification.reading.roles import Told

OUTPUTS = (("i", "j"), ("m", "n"), ("h", "w"), ("a", "b"))
TAPS = (("u", "v"), ("x", "y"), ("r", "c"), ("i'", "j'"))
KERNELS = ("k", "K", "F", "k_h")
STRIDES = ("s", "S", "t", "s_h")
ARRAYS = (("y", "x"), ("P", "A"), ("O", "I"), ("z^{l}", "z^{l-1}"))


@dataclass(frozen=True)
class Spelling:
    """A claim about pooling, spelled out.

    Attributes:
        averages: an average, not a maximum.
        outputs, taps: letters of the indices.
        kernel, stride: the sizes.
        arrays: the output's name and the input's.
        base: the first index.
        brackets: whether indices stand in brackets.
        fault: what is wrong, or "".
    """

    averages: bool
    outputs: tuple[str, str]
    taps: tuple[str, str]
    kernel: str
    stride: str
    arrays: tuple[str, str]
    base: int
    brackets: bool
    absolute: bool
    fault: str = ""

    def text(self) -> str:
        """Return the claim in LaTeX."""
        first = [self._first(letter) for letter in self.outputs]
        limits, cells = [], []
        for tap, start in zip(self.taps, first, strict=True):
            low, high = self._limits()
            if self.absolute:
                limits.append((f"{tap}", f"{start}+{low}", f"{start}+{high}"))
                cells.append(tap)
            else:
                limits.append((f"{tap}", low, high))
                cells.append(f"{start}+{tap}")
        if self.fault == "always the same cell":
            cells = list(self.outputs)
        left = self._entry(self.arrays[0], self.outputs)
        right = self._entry(self.arrays[1], tuple(cells))
        return f"{left} = {self._operator(limits)} {right}"

    def _first(self, output: str) -> str:
        stride, kernel = self.stride, self.kernel
        step = kernel if self.fault == "stride and window swapped" else stride
        start = f"({output}-1) {step}+1" if self.base else f"{output} {step}"
        return f"{start}+1" if self.fault == "shifted by one" else start

    def _limits(self) -> tuple[str, str]:
        size = self.stride if self.fault == "stride and window swapped" else self.kernel
        low = "1" if self.fault == "first cell left out" else "0"
        high = size if self.fault == "one cell too many" else f"{size}-1"
        return low, high

    def _operator(self, limits: list[tuple[str, str, str]]) -> str:
        if self.averages:
            sums = "".join(rf"\sum_{{{tap}={low}}}^{{{high}}}" for tap, low, high in limits)
            divisor = self.kernel if self.fault == "divisor" else rf"{self.kernel} {self.kernel}"
            return rf"\frac{{1}}{{{divisor}}} {sums}"
        below = ", ".join(rf"{low} \le {tap} \le {high}" for tap, low, high in limits)
        return rf"\max_{{{below}}}"

    def _entry(self, array: str, indices: tuple[str, ...]) -> str:
        inside = ", ".join(indices)
        if self.brackets or "^" in array:
            return f"{array}[{inside}]" if "^" not in array else f"{array}_{{{inside}}}"
        return f"{array}_{{{inside}}}"


FAULTS = (
    "one cell too many", "first cell left out", "stride and window swapped", "shifted by one",
    "divisor", "always the same cell",
)  # fmt: skip
SPELLINGS = st.builds(
    Spelling,
    averages=st.booleans(),
    outputs=st.sampled_from(OUTPUTS),
    taps=st.sampled_from(TAPS),
    kernel=st.sampled_from(KERNELS),
    stride=st.sampled_from(STRIDES),
    arrays=st.sampled_from(ARRAYS),
    base=st.sampled_from((0, 1)),
    brackets=st.booleans(),
    absolute=st.booleans(),
)


def status(spelling: Spelling, *, told: bool) -> str:
    """Return the status of a claim."""
    said = Told()
    if told:
        kernel, stride = (name.replace("{", "").replace("}", "")
                          for name in (spelling.kernel, spelling.stride))  # fmt: skip
        said = Told({kernel: "kernel size", stride: "stride"}, index_base=spelling.base)
    statements = [part for part in read(spelling.text()) if isinstance(part, Statement)]
    (found,) = pooling.decide(statements, said)
    return found.status if found is not None else "nothing"


@settings(max_examples=40, deadline=None, derandomize=True)
@given(SPELLINGS, st.booleans())
def test_a_right_claim_holds_in_any_spelling(spelling: Spelling, told: bool) -> None:
    assert status(spelling, told=told) in ("proved", "right_when"), spelling.text()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(SPELLINGS, st.sampled_from(FAULTS), st.booleans())
def test_a_planted_fault_is_refuted_in_any_spelling(
    spelling: Spelling, fault: str, told: bool
) -> None:
    faulty = replace(spelling, fault=fault, averages=spelling.averages or fault == "divisor")
    assert status(faulty, told=told) == "refuted", faulty.text()
