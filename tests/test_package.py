"""The package as it is shipped: layers, public face, a wheel that works from any folder, README."""

import os
import re
import shlex
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

import symconv
from symconv.document.formulas import latex_formulas

ROOT = Path(__file__).parents[1]


def test_the_public_names_are_there():
    for name in symconv.__all__:
        assert getattr(symconv, name).__name__ in (name, f"symconv.{name}")
        assert name in dir(symconv)
    with pytest.raises(AttributeError, match="no attribute 'derivative'"):
        _ = symconv.derivative


def test_importing_symconv_is_light():
    script = (
        "import sys, symconv; symconv.ConvSpec(kernel_shape=(3,)).output_shape((5,));"
        "assert not {'sympy', 'numpy', 'jinja2', 'rich', 'typer'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=60)


def test_a_derivation_shows_itself_in_jupyter():
    derivation = symconv.derive(symconv.ConvSpec(kernel_shape=(2, 2)))
    assert derivation._repr_latex_() == latex_formulas(derivation)
    assert "phase (0, 0), 4 taps" in derivation.to_text()


def test_a_spec_and_its_phases_show_themselves_in_jupyter():
    spec = symconv.ConvSpec(kernel_shape=(3, 2), stride=(2, 4), padding=((1, 0), (0, 0)))
    assert "<tr><td>0</td><td>3</td><td>2</td><td>1</td><td>(1, 0)</td></tr>" in spec._repr_html_()
    table = symconv.derive(spec).phases._repr_html_()
    assert "<tr><td>0</td><td>0</td><td>0, 2</td><td>K, K-1</td></tr>" in table
    assert table.count("<tr>") == 1 + 2 + 2
    ElementTree.fromstring(table)
    assert (
        "same</td>" in symconv.ConvSpec(kernel_shape=(3,), stride=2, padding="same")._repr_html_()
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built without network from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_the_templates_the_headers_and_the_types(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "symconv/templates/numpy/plane.py.jinja" in names
    assert "symconv/py.typed" in names
    assert "symconv/codegen/c/runtime/work.h" in names
    assert not [name for name in names if name.startswith(("tests", "benchmarks", "generated"))]


def test_the_wheel_works_in_an_empty_environment_from_any_folder(wheel, tmp_path):
    venv.create(tmp_path / "env", with_pip=True)
    python = next((tmp_path / "env").glob("[bS]*/python*"))
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    constraints = ROOT / "constraints.txt"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    subprocess.run([*install, "-c", constraints, wheel], check=True, timeout=600, env=environment)
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    script = python.parent / "symconv"
    for line in ("generate -p 3 -q 5 -t 2", "derive -p 2 -q 2", "cases"):
        done = subprocess.run(
            [script, *line.split()],
            cwd=elsewhere,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    committed = ROOT / "generated" / "numpy" / "conv_k3x5_s2.py"
    assert (elsewhere / committed.name).read_bytes() == committed.read_bytes()
    done = subprocess.run(
        [script, "demo"],
        cwd=elsewhere,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 3
    assert "symconv[demo]" in done.stderr


README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_of_the_readme_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


def test_the_commands_of_the_readme_run(tmp_path, monkeypatch, capsys):
    from symconv.cli.main import run

    monkeypatch.chdir(tmp_path)
    lines = re.findall(r"^symconv (.+?)(?:  +# (.*))?$", README, re.MULTILINE)
    assert len(lines) >= 5
    for line, remark in lines:
        arguments = shlex.split(line)
        if arguments[0] == "bench":
            arguments += ["--peers", "numpy"]  # the others warn when they are imported
        if arguments[0] != "demo" and "FILE" not in line and "MODULE" not in line:
            assert run(arguments) == ("exit code 1" in remark), line
    capsys.readouterr()


def test_the_change_log_has_an_unreleased_section_on_top():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased"
