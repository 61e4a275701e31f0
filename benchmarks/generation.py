"""What generating a gradient costs, from the sizes to the text of the code.

symconv's kernel is made for every image at once. Others write the loss of one image out,
differentiate it by every input cell, and emit code; their derivatives are compared with the sums
that must come out.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from itertools import product
from time import perf_counter
from typing import Any, Final, TypeAlias

from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of
from symconv.spec import ConvSpec

SPEC: Final = ConvSpec(kernel_shape=(3, 3))
SIDE: Final = 3
SYMPY_MOST: Final = 16
Cell: TypeAlias = tuple[int, int]
Derivatives: TypeAlias = dict[Cell, str]


@dataclass(frozen=True)
class Generation:
    """What one engine took for one square image.

    Attributes:
        engine: its name.
        image: the number of rows of the input, and of columns.
        seconds: from the sizes to the text; None where it was not run.
        right: whether every derivative is the sum that must come out.
        note: why it was not run; else empty.
    """

    engine: str
    image: int
    seconds: float | None
    right: bool | None = None
    note: str = ""


def generations(images: Sequence[int]) -> Iterable[Generation]:
    """Yield what every engine takes for every image."""
    _cleared(lambda: _ours("numpy"))
    for image in images:
        for target in ("numpy", "c"):
            samples = sorted(_cleared(lambda: _ours(target))[0] for _ in range(5))  # noqa: B023
            name = {"numpy": "symconv, NumPy target", "c": "symconv, C target"}[target]
            yield Generation(name, image, samples[2], right=True)
        for engine, (package, run) in ENGINES.items():
            yield _generation(engine, package, run, image)


def as_dicts(found: Iterable[Generation]) -> list[dict[str, Any]]:
    """Return plain data, from which `Generation(**data)` makes the same."""
    return [asdict(each) for each in found]


def expected(image: int) -> dict[Cell, frozenset[tuple[Cell, Cell]]]:
    """Return for every input cell the (tap, output) pairs whose products are its gradient."""
    cells = range(image)
    terms: dict[Cell, set[tuple[Cell, Cell]]] = {(u, v): set() for u in cells for v in cells}
    for (i, j), (r, s) in product(
        product(range(image - SIDE + 1), repeat=2), product(range(SIDE), repeat=2)
    ):
        terms[i + r, j + s].add(((r, s), (i, j)))
    return {cell: frozenset(pairs) for cell, pairs in terms.items()}


def read_terms(text: str) -> frozenset[tuple[Cell, Cell]]:
    """Return the (tap, output) pairs of a sum like "w0_1*d2_3 + w1_0*d1_3"."""
    pairs = set()
    for term in text.split(" + "):
        factors = dict(re.findall(r"([wd])(\d+_\d+)", term))
        tap, output = (tuple(map(int, factors[letter].split("_"))) for letter in "wd")
        pairs.add(((tap[0], tap[1]), (output[0], output[1])))
    return frozenset(pairs)


def _generation(
    engine: str, package: str, run: Callable[[int], Derivatives], image: int
) -> Generation:
    if find_spec(package) is None:
        return Generation(engine, image, None, note=f"{package} is not installed")
    if package == "sympy" and image > SYMPY_MOST:
        return Generation(engine, image, None, note="takes minutes")
    try:
        seconds, derivatives = _cleared(lambda: run(image))
    except Exception as err:
        return Generation(engine, image, None, note=f"{type(err).__name__}: {err}".splitlines()[0])
    sums = {cell: read_terms(text) for cell, text in derivatives.items()}
    return Generation(engine, image, seconds, right=sums == expected(image))


def _cleared(run: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds and the result of a run that begins with an empty cache of SymPy."""
    from sympy.core.cache import clear_cache

    clear_cache()
    begin = perf_counter()
    result = run()
    return perf_counter() - begin, result


def _ours(target: str) -> str:
    return "".join(file.text for file in build_of(request_kernel(SPEC, target=target)).unchecked)


def _written_out(
    image: int, symbol: Callable[[str], Any], add: Callable[[list[Any]], Any]
) -> tuple[dict[str, dict[Cell, Any]], Any]:
    """Return the symbols x, w and d by index, and the loss, a sum of d times y."""
    outputs = image - SIDE + 1
    named = {
        letter: {(i, j): symbol(f"{letter}{i}_{j}") for i, j in product(range(size), repeat=2)}
        for letter, size in (("x", image), ("w", SIDE), ("d", outputs))
    }
    x, w, d = named.values()
    loss = add(
        [
            upstream * add([x[i + r, j + s] * weight for (r, s), weight in w.items()])
            for (i, j), upstream in d.items()
        ]
    )
    return named, loss


def _sympy(image: int) -> Derivatives:
    import sympy

    named, loss = _written_out(image, sympy.Symbol, lambda terms: sympy.Add(*terms))
    return {cell: sympy.pycode(loss.diff(x)) for cell, x in named["x"].items()}


def _symforce(image: int) -> Derivatives:
    """Return the derivatives; SymForce writes a Python function of them, too."""
    import symforce.symbolic as sf
    from symforce import codegen, logger
    from symforce.values import Values

    logger.setLevel("ERROR")  # it warns of divisions by zero, of which there are none
    named, loss = _written_out(image, sf.Symbol, sum)
    derivatives = {cell: loss.diff(x) for cell, x in named["x"].items()}
    outputs = image - SIDE + 1
    with tempfile.TemporaryDirectory() as folder:
        codegen.Codegen(
            inputs=Values(
                w=sf.Matrix(SIDE, SIDE, list(named["w"].values())),
                d=sf.Matrix(outputs, outputs, list(named["d"].values())),
            ),
            outputs=Values(dx=sf.Matrix(image, image, list(derivatives.values()))),
            config=codegen.PythonConfig(),
            name="grad_input",
        ).generate_function(output_dir=folder)
    return {cell: str(derivative) for cell, derivative in derivatives.items()}


def _wrenfold(image: int) -> Derivatives:
    """Return the derivatives; wrenfold writes a C++ function of them, too."""
    from wrenfold import code_generation, sym

    named, loss = _written_out(image, sym.symbol, sym.addition)
    derivatives = {cell: loss.diff(x) for cell, x in named["x"].items()}
    columns = range(image)
    matrix = sym.matrix([[derivatives[row, column] for column in columns] for row in columns])
    _wrenfold_code(code_generation, sym, named, matrix)
    return {cell: str(derivative) for cell, derivative in derivatives.items()}


def _wrenfold_code(
    code_generation: Any, sym: Any, named: dict[str, dict[Cell, Any]], matrix: Any
) -> str:
    from typing import Annotated

    from wrenfold import Shape

    outputs = 1 + max(row for row, _ in named["d"])

    def grad_input(w: Any, d: Any) -> list[Any]:
        replaced = [(symbol, w[cell]) for cell, symbol in named["w"].items()]
        replaced += [(symbol, d[cell]) for cell, symbol in named["d"].items()]
        return [code_generation.OutputArg(matrix.subs(replaced), "dx")]

    grad_input.__annotations__ = {
        "w": Annotated[sym.MatrixExpr, Shape(rows=SIDE, cols=SIDE)],
        "d": Annotated[sym.MatrixExpr, Shape(rows=outputs, cols=outputs)],
    }
    text: str = code_generation.generate_function(grad_input, code_generation.CppGenerator())
    return text


ENGINES: Final[dict[str, tuple[str, Callable[[int], Derivatives]]]] = {
    "naive SymPy": ("sympy", _sympy),
    "SymForce": ("symforce", _symforce),
    "wrenfold": ("wrenfold", _wrenfold),
}
