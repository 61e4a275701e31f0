"""How many instructions C kernels take, undisturbed: `python -m benchmarks.instructions`.

Six kernels are compiled for AVX2 and run under callgrind. Their counts are compared with those in
instructions.json, if they are of the same compiler; --write puts new ones there. Exit code 1: a
count is more than 2 % above the one kept.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from math import prod
from pathlib import Path
from shutil import which
from typing import Final

from symconv.codegen.request import request_kernel
from symconv.codegen.runtime.compiler import require_compiler
from symconv.codegen.targets import build_of
from symconv.sizes import Shape
from symconv.spec import ConvSpec

KEPT: Final = Path(__file__).with_suffix(".json")
TOLERANCE: Final = 0.02
FLAGS: Final = ("-std=c99", "-O3", "-ffp-contract=fast", "-march=x86-64-v3")
SIZES: Final[Shape] = (60, 91)
CASES: Final = (
    ("forward", ConvSpec(kernel_shape=(3, 3))),
    ("forward", ConvSpec(kernel_shape=(5, 5), stride=2)),
    ("grad_input", ConvSpec(kernel_shape=(3, 3), padding=1)),
    ("grad_input", ConvSpec(kernel_shape=(7, 7))),
    ("grad_weight", ConvSpec(kernel_shape=(3, 3))),
    ("grad_weight", ConvSpec(kernel_shape=(5, 5), stride=2)),
)


def main(arguments: Sequence[str]) -> int:
    """Print the counts beside those kept; return 1 if one has grown."""
    compiler = require_compiler().version
    counts = {name_of(*case): instructions(*case) for case in CASES}
    if "--write" in arguments:
        kept = {"compiler": compiler, "counts": counts}
        KEPT.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    same = kept["compiler"] == compiler
    if not same:
        print(f"the counts kept are of {kept['compiler']}, this is {compiler}: nothing to compare")
    grown = []
    for name, count in counts.items():
        before = kept["counts"][name] if same else None
        print(f"{name}: {count}" + (f", kept {before}" if before else ""))
        grown += [name] if before and count > before * (1 + TOLERANCE) else []
    print(*(f"{name} takes more instructions" for name in grown), sep="\n", file=sys.stderr)
    return int(bool(grown))


def name_of(operation: str, spec: ConvSpec) -> str:
    """Return "forward conv_k3x3_s1"."""
    return f"{operation} {spec.name}"


def instructions(operation: str, spec: ConvSpec) -> int:
    """Return how many instructions one call in float takes on an image of 60 by 91."""
    with tempfile.TemporaryDirectory() as folder:
        program = build(operation, spec, SIZES, Path(folder), flags=FLAGS)
        collect = f"--toggle-collect={spec.name}_{operation}_f32"
        told = run_under("callgrind", [collect, "--callgrind-out-file=/dev/null"], program)
    found = re.search(r"Collected : (\d+)", told.stderr)
    return int(found[1]) if found else 0


def run_under(tool: str, options: Sequence[str], program: Path) -> subprocess.CompletedProcess[str]:
    """Run a program under a tool of valgrind."""
    valgrind = which("valgrind") or "valgrind"
    return subprocess.run(
        [valgrind, f"--tool={tool}", *options, str(program)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def build(
    operation: str, spec: ConvSpec, sizes: Shape, folder: Path, *, flags: Sequence[str]
) -> Path:
    """Return a program that calls one function once, with arrays from malloc.

    It returns what the function returns, or 2 if the result is not a number somewhere.
    """
    for file in build_of(request_kernel(spec, target="c")).unchecked:
        (folder / file.path).write_text(file.text, encoding="utf-8")
    shapes = {"x": sizes, "y": spec.output_shape(sizes), "w": spec.kernel_shape, "b": ()}
    roles = {"forward": "yxw", "grad_input": "xyw", "grad_weight": "wyx", "grad_bias": "by"}
    counts = [prod(shapes[role]) for role in roles[operation]]
    names = [f"array{number}" for number in range(len(counts))]
    made = "".join(
        f"    float *{name} = malloc({count} * sizeof(float));\n"
        f"    for (int k = 0; k < {count} && {number}; k++)\n        {name}[k] = (float)(k % 5);\n"
        for number, (name, count) in enumerate(zip(names, counts, strict=True))
    )
    bias = ["0"] if operation == "forward" else []
    call = f"{spec.name}_{operation}_f32({', '.join([*names, *bias, *map(str, sizes)])})"
    (folder / "main.c").write_text(
        f'#include <stdlib.h>\n#include "{spec.name}.h"\n\nint main(void)\n{{\n{made}'
        f"    int code = {call};\n"
        f"    for (int k = 0; k < {counts[0]}; k++)\n"
        "        code |= array0[k] == array0[k] ? 0 : 2;\n"
        + "".join(f"    free({name});\n" for name in names)
        + "    return code;\n}\n",
        encoding="utf-8",
    )
    words = [*require_compiler().command, *flags, "-g", "-o", "main", "main.c", f"{spec.name}.c"]
    subprocess.run(words, cwd=folder, check=True, timeout=300)
    return folder / "main"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
