"""Emitted code obeys the rules of hand-written code, for odd specs beside the catalogue's."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from symconv import ConvSpec
from symconv.codegen.kernel import STYLES
from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of

ROOT = Path(__file__).parents[1]
SPECS = [
    ConvSpec(kernel_shape=(1,)),
    ConvSpec(kernel_shape=(1, 1), stride=7, padding=9),
    ConvSpec(kernel_shape=(4,), stride=3, padding=5, dilation=2),
    ConvSpec(kernel_shape=(7, 6), stride=(2, 5), dilation=(3, 2), padding=((2, 0), (0, 3))),
    ConvSpec(kernel_shape=(3, 3, 3), stride=(2, 1, 12), padding=1),
]
GROUPED = [
    ConvSpec(
        kernel_shape=(7, 6), stride=(2, 5), dilation=(3, 2), padding=((2, 0), (0, 3)), groups=3
    ),
    ConvSpec(kernel_shape=(3, 3, 3), stride=(2, 1, 12), padding=1, groups=16),
]
KINDS = [
    ConvSpec(kernel_shape=(3,), stride=5, padding=-2, groups=2),
    ConvSpec(kernel_shape=(1,), stride=3, padding=((2, 3),), padding_mode="reflect"),
    ConvSpec(kernel_shape=(3, 2), padding=((2, 1), (0, 2)), padding_mode="replicate", groups=4),
    ConvSpec(kernel_shape=(3, 3, 2), stride=(2, 1, 3), padding=1, padding_mode="circular"),
    ConvSpec(kernel_shape=(2,), stride=3, transposed=True, output_padding=1, groups=2),
    ConvSpec(
        kernel_shape=(3, 12),
        stride=(2, 3),
        padding=(1, 12),
        transposed=True,
        true_convolution=True,
    ),
]
TILED = {
    ConvSpec(kernel_shape=(3, 3), padding=1): (4, 4),
    ConvSpec(kernel_shape=(3,), padding=1, groups=2): (6,),
    ConvSpec(kernel_shape=(2, 5, 1), padding=1, true_convolution=True): (1, 4, 1),
    ConvSpec(kernel_shape=(1, 7)): (1, 2),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("emitted")
    planes = [*SPECS, *(replace(spec, groups=1) for spec in KINDS)]
    batches = [*SPECS[:3], *GROUPED, *KINDS]
    requests = []
    for style in STYLES:
        requests += [request_kernel(spec, style=style) for spec in planes]
        requests += [request_kernel(spec, layout="batched", style=style) for spec in batches]
    requests += [
        request_kernel(replace(spec, groups=1), unroll="element", input_shape=(8,))
        for spec in KINDS
        if spec.axes == 1
    ]
    requests.append(request_kernel(SPECS[2], unroll="element", input_shape=(9,)))
    requests += [
        request_kernel(spec, layout="batched", algorithm="winograd", tile=tile)
        for spec, tile in TILED.items()
    ]
    for request in requests:
        file = build_of(request).unchecked[0]
        (folder / file.path).write_text(file.text)
    return folder


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--config", str(ROOT / "pyproject.toml"), "."],
        ["ruff", "format", "--check", "--config", str(ROOT / "pyproject.toml"), "."],
        ["mypy", "--strict", "--cache-dir", ".cache", "."],
    ],
    ids=["ruff check", "ruff format", "mypy"],
)
def test_tools_find_nothing(folder, command):
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
