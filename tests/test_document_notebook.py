"""The notebook is valid, runs from top to bottom, and its checks can fail."""

import json
import os
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from symconv import ConvSpec, derive

ROOT = Path(__file__).parents[1]
SPECS = {
    "3x5 stride 2": ConvSpec(kernel_shape=(3, 5), stride=2),
    "one axis": ConvSpec(kernel_shape=(4,), stride=3, dilation=2, padding=((1, 2),)),
    "transposed": ConvSpec(kernel_shape=(3, 2), stride=2, padding=1, transposed=True),
    "copied": ConvSpec(kernel_shape=(3, 2), padding=(2, 1), padding_mode="reflect"),
    "three axes": ConvSpec(kernel_shape=(2, 1, 3), stride=(2, 1, 1), padding=1),
}
WRONG_KERNEL = """
from dataclasses import replace
from symconv.codegen.build import Build

right = Build.spelled

def wrong(build, proof):
    (file,) = right(build, proof)
    text = file.text.replace("_weigh(y, x, w,", "_weigh(y, x, -w,")
    assert text != file.text
    return (replace(file, text=text),)

Build.spelled = wrong
"""
WRONG_PHASES = "input_shape = (input_shape[1], input_shape[0])"


@cache
def text(name):
    return derive(SPECS[name]).to_document("notebook", level="classroom")


def notebook(name):
    return nbformat.reads(text(name), as_version=4)


def execute(cells, folder, monkeypatch):
    """Run a notebook in a kernel of its own that imports this tree."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    monkeypatch.setenv("PYTHONPATH", path)
    monkeypatch.setenv("IPYTHONDIR", str(folder / "ipython"))
    resources = {"metadata": {"path": str(folder)}}
    return NotebookClient(cells, timeout=120, kernel_name="python3", resources=resources).execute()


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("level", ["brief", "full", "classroom"])
def test_notebooks_are_valid(name, level):
    written = derive(SPECS[name]).to_document("notebook", level=level)
    cells = nbformat.reads(written, as_version=4).cells
    nbformat.validate(json.loads(written))
    ids = [cell.id for cell in cells]
    assert len(ids) == len(set(ids))
    assert cells[0].cell_type == "markdown"
    assert any(cell.cell_type == "code" for cell in cells)


@pytest.mark.parametrize("name", SPECS)
def test_notebooks_run_from_top_to_bottom(name, tmp_path, monkeypatch):
    done = execute(notebook(name), tmp_path, monkeypatch)
    code = [cell for cell in done.cells if cell.cell_type == "code"]
    assert len(code) >= 4
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert list(tmp_path.glob("*")) == [tmp_path / "ipython"]


@pytest.mark.parametrize(
    ("fault", "caught_by"), [(WRONG_KERNEL, "check-kernel"), (WRONG_PHASES, "check-by-phase")]
)
def test_the_checks_of_a_notebook_can_fail(fault, caught_by, tmp_path, monkeypatch):
    wrong = notebook("3x5 stride 2")
    places = {cell.id: place for place, cell in enumerate(wrong.cells)}
    wrong.cells.insert(places["check-setting"] + 1, nbformat.v4.new_code_cell(fault))
    with pytest.raises(CellExecutionError):
        execute(wrong, tmp_path, monkeypatch)
    failed = [
        cell.id
        for cell in wrong.cells
        if cell.cell_type == "code" and any(o.output_type == "error" for o in cell.outputs)
    ]
    assert failed == [caught_by]
