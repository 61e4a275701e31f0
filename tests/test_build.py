"""One build makes every step once, and one table says which targets there are."""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from jinja2 import ChoiceLoader, DictLoader

import symconv as sc
from symconv import ConvSpec, OptionError, VerificationError
from symconv.algebra import bilinear, derivation
from symconv.cli.main import run
from symconv.codegen.build import Stages
from symconv.codegen.check.numpy_kernels import check_of_plane
from symconv.codegen.kernel import ELEMENT, FIXED, TAPS, WINOGRAD, Variant, kernel_with
from symconv.codegen.plan import plans
from symconv.codegen.request import request_kernel
from symconv.codegen.runtime.compiler import find_compiler
from symconv.codegen.runtime.threads import refuse_threads
from symconv.codegen.targets import TARGETS, build_of, require
from symconv.render import environment_of

SPEC = ConvSpec(kernel_shape=(2, 3), stride=(1, 2), padding=((1, 0), (0, 2)))
SQUARE = ConvSpec(kernel_shape=(3, 3), padding=1)
PLANE = {"read_copies": 1, "plan_kernel": 1}
BATCHED = {"read_copies": 1, "derive_channels": 1, "plan_kernel": 1}
TILES = {**BATCHED, "plan_fast": 1, "multiplied_out": 4}  # of x and of dy, along both axes


@pytest.fixture
def calls(monkeypatch):
    """How often what costs time is made: derivations, plans and proofs of tiles."""
    counted = Counter()

    def count(module, name):
        right = getattr(module, name)

        def counting(*arguments, **options):
            counted[name] += 1
            return right(*arguments, **options)

        monkeypatch.setattr(module, name, counting)

    count(derivation, "read_copies")  # once in every derivation, whoever asks for it
    count(plans, "derive_channels")
    count(plans, "plan_kernel")
    count(plans, "plan_fast")
    count(bilinear, "multiplied_out")  # once in every proof of a transform
    return counted


@pytest.mark.parametrize(
    ("spec", "choices", "made"),
    [
        (SPEC, {}, PLANE),
        (SPEC, {"target": "c"}, PLANE),
        (SPEC, {"target": "c", "fixed": True, "input_shape": (3, 4)}, PLANE),
        (SPEC, {"layout": "batched"}, BATCHED),
        (SPEC, {"layout": "batched", "target": "c"}, BATCHED),
        (SQUARE, {"layout": "batched", "algorithm": "winograd", "tile": 2}, TILES),
        (SQUARE, {"layout": "batched", "algorithm": "winograd", "tile": 2, "target": "c"}, TILES),
    ],
    ids=lambda given: "-".join(map(str, given.values())) if isinstance(given, dict) else None,
)
def test_a_kernel_is_derived_and_planned_once(calls, spec, choices, made):
    build = build_of(request_kernel(spec, **choices))
    assert build.checked.files
    assert build.kernel
    assert calls == made


def test_loading_derives_once(calls):
    if find_compiler() is None:
        pytest.skip("there is no C compiler")
    sc.load(SPEC, target="c")
    assert calls == PLANE


@pytest.mark.parametrize("groups", [1, 2])
def test_a_document_with_its_kernel_derives_once(monkeypatch, groups):
    """Its figures of one axis are of other specs, with that axis only."""
    right, derived = derivation.read_copies, []

    def recording(padded, spec):
        derived.append(spec)
        return right(padded, spec)

    monkeypatch.setattr(derivation, "read_copies", recording)
    spec = replace(SPEC, groups=groups)
    assert "grad_input" in sc.derive(spec).to_html()
    assert [each for each in derived if each.axes == 2] == [spec]


def test_another_spec_is_derived_anew(calls):
    """Many groups are checked beside few, and much padding beside less."""
    for spec in (replace(SPEC, groups=9), replace(SPEC, padding=((400, 0), (0, 400)))):
        calls.clear()
        assert build_of(request_kernel(spec, layout="batched")).checked
        assert calls["read_copies"] == 2


def test_every_step_of_a_build_is_made_when_it_is_asked_for(calls):
    build = build_of(request_kernel(SPEC))
    assert calls == {"read_copies": 1}
    assert build.plan is build.plan
    assert build.files is build.files
    assert calls == PLANE


@pytest.mark.parametrize(
    ("variant", "message"),
    [
        (Variant(form=FIXED), "fixed needs target=c, got numpy"),
        (Variant(layout="batched", form=FIXED), "fixed needs target=c, got numpy"),
        (
            Variant("c", "batched", ELEMENT),
            "unroll=element needs the plane layout, got batched",
        ),
        (
            Variant("c", "plane", TAPS, WINOGRAD),
            "algorithm=winograd needs the batched layout, got plane",
        ),
        (
            Variant("c", "batched", FIXED, WINOGRAD),
            "algorithm=winograd needs unroll=taps, got fixed",
        ),
        (
            Variant("c", "plane", FIXED, WINOGRAD),
            "fixed needs algorithm=direct, got winograd",
        ),
        (
            Variant("numpy", "plane", FIXED, WINOGRAD),
            "fixed and algorithm=winograd do not go together",
        ),
    ],
)
def test_what_the_table_lacks_is_one_line(variant, message):
    with pytest.raises(OptionError) as caught:
        require(variant)
    assert str(caught.value) == message


# A toy target, as a folder of symconv/codegen would have it. It writes a program with a line a tap,
# "0 1 : 1 -1 2 1": the tap, and per axis the slope and the constant of the cell that it reads.


@dataclass(frozen=True)
class ToyProgram:
    """The context of toy/plane.toy.jinja: how far it is checked, and the tap lines."""

    proof: tuple[str, ...]
    taps: tuple[str, ...]


TOY_TEMPLATE = (
    "{% for line in proof %}\n# {{ line }}\n{% endfor %}\n"
    "{% for tap in taps %}\n{{ tap }}\n{% endfor %}\n"
)


def toy_program(plan, request, *, proof):
    def numbers(term):
        return [number for index in term.index for number in (index.slope, index.constant)]

    lines = (f"{spaced(term.tap)} : {spaced(numbers(term))}" for term in plan.taps)
    return ToyProgram(tuple(proof), tuple(lines))


def spaced(numbers):
    return " ".join(map(str, numbers))


def load_toy(build, files, loading):
    refuse_threads(loading.threads, got="target=toy")
    (file,) = files
    request = build.request
    toy = Toy(request.spec, file.text)
    return kernel_with(toy, spec=request.spec, name=request.name, source=file.text)


class Toy:
    """An interpreter of the program: it multiplies and adds whatever the arrays hold."""

    def __init__(self, spec, text):
        self.spec = spec
        self.taps = []
        for line in text.splitlines():
            if line and not line.startswith("#"):
                tap, numbers = (tuple(map(int, part.split())) for part in line.split(":"))
                self.taps.append((tap, list(zip(numbers[::2], numbers[1::2], strict=True))))

    def met(self, input_shape, output_shape):
        """Every window, tap and cell that meet."""
        for window, (tap, reads) in product(np.ndindex(output_shape), self.taps):
            cell = tuple(slope * i + at for i, (slope, at) in zip(window, reads, strict=True))
            if all(0 <= u < size for u, size in zip(cell, input_shape, strict=True)):
                yield window, tap, cell

    def forward(self, x, w, b=None):
        shape = self.spec.output_shape(x.shape)
        y = np.full(shape, 0 if b is None else b, x.dtype)
        for window, tap, cell in self.met(x.shape, shape):
            y[window] = y[window] + x[cell] * w[tap]
        return y

    def grad_input(self, dy, w, input_shape):
        dx = np.zeros(input_shape, dy.dtype)
        for window, tap, cell in self.met(input_shape, dy.shape):
            dx[cell] = dx[cell] + dy[window] * w[tap]
        return dx

    def grad_weight(self, dy, x):
        dw = np.zeros(self.spec.kernel_shape, dy.dtype)
        for window, tap, cell in self.met(x.shape, dy.shape):
            dw[tap] = dw[tap] + dy[window] * x[cell]
        return dw

    def grad_bias(self, dy):
        return dy.sum()

    def backward(self, dy, x, w):
        return SimpleNamespace(
            input=self.grad_input(dy, w, x.shape),
            weight=self.grad_weight(dy, x),
            bias=self.grad_bias(dy),
        )


def use_toy(monkeypatch, *, template=TOY_TEMPLATE):
    """Add the toy target: its template, and its line in the table."""
    environment = environment_of("toy/plane.toy.jinja")
    toy = DictLoader({"toy/plane.toy.jinja": template})
    monkeypatch.setattr(environment, "loader", ChoiceLoader([toy, environment.loader]))
    stages = Stages(
        plan=lambda plans: plans.plane,
        context=toy_program,
        templates={"toy": "toy/plane.toy.jinja"},
        load=load_toy,
        check=check_of_plane,
    )
    monkeypatch.setitem(TARGETS, Variant("toy", "plane", TAPS), stages)


def test_a_new_target_is_one_line_in_the_table(monkeypatch, tmp_path, capsys):
    use_toy(monkeypatch)
    (file,) = sc.generate(SPEC, target="toy")
    assert file.path == "conv_k2x3_s1x2_lo1x0_hi0x2.toy"
    assert "was run on SymPy symbols" in file.text
    assert file.text.endswith("1 2 : 1 0 2 2\n")
    x, w = np.arange(20).reshape(4, 5), np.arange(6).reshape(2, 3)
    kernel = sc.load(SPEC, target="toy")
    np.testing.assert_array_equal(kernel.forward(x, w, 7), sc.reference.forward(SPEC, x, w, 7))
    assert run(["generate", "--kernel", "2", "--target", "toy", "-o", str(tmp_path)]) == 0
    assert "conv_k2_s1.toy: run on SymPy symbols for input" in capsys.readouterr().err
    assert (tmp_path / "conv_k2_s1.toy").read_text().splitlines()[-2:] == ["0 : 1 0", "1 : 1 1"]


def test_a_new_target_is_checked_like_the_others(monkeypatch):
    use_toy(monkeypatch, template=TOY_TEMPLATE.replace("{{ tap }}", "{{ tap }}0"))
    with pytest.raises(VerificationError, match="forward of conv_k2x3_s1x2_lo1x0_hi0x2 on input"):
        sc.generate(SPEC, target="toy")


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"layout": "batched"}, "layout must be one of plane, got 'batched'"),
        ({"fixed": True}, "fixed needs target=c, got toy"),
        ({"unroll": "element"}, "unroll=element needs target=numpy or c, got toy"),
        ({"algorithm": "winograd"}, "target=toy needs algorithm=direct, got winograd"),
    ],
)
def test_a_new_target_has_what_its_lines_say(monkeypatch, choices, message):
    use_toy(monkeypatch)
    with pytest.raises(OptionError) as caught:
        sc.generate(SPEC, target="toy", **choices)
    assert str(caught.value) == message
    with pytest.raises(OptionError, match="threads needs target=c for inputs of any size, got"):
        sc.load(SPEC, target="toy", threads=2)
