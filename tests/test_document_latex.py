"""The LaTeX compiles without errors and nothing leaves the page; the same input, the same bytes."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

from symconv import ConvSpec, derive
from tests.strategies import specs

ROOT = Path(__file__).parents[1]
COMMITTED = sorted((ROOT / "generated" / "latex").glob("*.tex"))
FIXED = {
    "one axis": ConvSpec(kernel_shape=(11,), stride=2, dilation=3, padding=((1, 2),)),
    "40 taps": ConvSpec(kernel_shape=(40,)),
    "40 phases": ConvSpec(kernel_shape=(40,), stride=40),
    "transposed, three axes": ConvSpec(
        kernel_shape=(2, 3, 2), stride=(3, 2, 1), dilation=(1, 2, 1), groups=2, transposed=True
    ),
    "copied, three axes": ConvSpec(
        kernel_shape=(3, 3, 2), stride=2, padding=(1, 2, 1), padding_mode="replicate"
    ),
    "11x11, abridged": ConvSpec(kernel_shape=(11, 11), stride=4, padding=((2, 2), (2, 2))),
}
DRAWN = 20
KINDS = ("label", "ref", "eqref")
MOST_OVERFULL = 1.0  # points; what nobody sees

_OVERFULL = re.compile(r"Overfull \\hbox \((?P<points>[\d.]+)pt too wide\)[^\n]*")
_COMPLAINT = re.compile(
    r"^(?:!.*|Missing character.*|.*undefined on input line.*|.*multiply.defined.*"
    r"|Package hyperref Warning.*)$",
    re.MULTILINE,
)
_LABEL = re.compile(r"\\(label|ref|eqref)\{(eq|step):")

needs_pdflatex = pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is missing")
needs_xelatex = pytest.mark.skipif(not shutil.which("xelatex"), reason="xelatex is missing")


def compiled(latex, folder, *, engine="pdflatex", runs=2):
    """Return what a TeX engine complains about in its last run; references need two of them."""
    (folder / "document.tex").write_text(latex, encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "-no-shell-escape", "document.tex"]
    environment = {**os.environ, "max_print_line": "10000"}
    for _ in range(runs):
        subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    log = (folder / "document.log").read_text(encoding="utf-8", errors="replace")
    wide = [found[0] for found in _OVERFULL.finditer(log) if float(found["points"]) > MOST_OVERFULL]
    written = [] if "Output written on document.pdf" in log else ["no output"]
    complaints = _COMPLAINT.findall(log)
    unsettled = [line for line in complaints if runs == 1 and "undefined on input line" in line]
    return written + wide + [line for line in complaints if line not in unsettled]


def drawn_specs():
    """Return specs that Hypothesis draws, the same ones every time."""
    found = []

    @settings(max_examples=3 * DRAWN, derandomize=True, database=None, phases=[Phase.generate])
    @given(specs(max_kernel=4, max_stride=4, max_padding=3))
    def draw(spec):
        if spec not in found and len(found) < DRAWN:
            found.append(spec)

    draw()
    return found


def together(preamble, fragments):
    """Return one document of many fragments, each with labels of its own."""
    bodies = [
        _LABEL.sub(lambda found, n=number: rf"\{found[1]}{{{found[2]}:{n}:", fragment)
        for number, fragment in enumerate(fragments)
    ]
    return preamble + "\n\\clearpage\n".join(["\\begin{document}", *bodies]) + "\\end{document}\n"


@needs_pdflatex
@pytest.mark.parametrize("name", FIXED)
def test_documents_compile_and_fit_the_page(name, tmp_path):
    assert compiled(derive(FIXED[name]).to_latex(level="classroom"), tmp_path) == []


@needs_pdflatex
def test_documents_of_many_specs_compile_and_fit_the_page(tmp_path):
    chosen = drawn_specs()
    assert len(chosen) == DRAWN
    assert {spec.axes for spec in chosen} == {1, 2, 3}
    fragments = [derive(spec).to_latex(level="classroom", fragment=True) for spec in chosen]
    preamble, _, _ = derive(chosen[0]).to_latex(level="brief").partition(r"\begin{document}")
    assert compiled(together(preamble, fragments), tmp_path, runs=1) == []
    for fragment in fragments:
        names = {kind: set(re.findall(rf"\\{kind}\{{(.*?)\}}", fragment)) for kind in KINDS}
        assert len(names["label"]) > 10
        assert names["ref"] | names["eqref"] <= names["label"]


@needs_xelatex
@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_committed_documents_compile(path, tmp_path):
    text = path.read_text(encoding="utf-8")
    if "{ctexart}" not in text:
        assert compiled(text, tmp_path) == []
    assert compiled(text, tmp_path, engine="xelatex") == []


def test_there_are_committed_documents_in_both_languages():
    assert len(COMMITTED) >= 5
    assert {".zh" in path.name for path in COMMITTED} == {True, False}


@needs_pdflatex
def test_complaints_are_noticed(tmp_path):
    page = r"\documentclass{article}\begin{document}%s\end{document}"
    assert compiled(page % r"\ref{nothing}", tmp_path)
    assert compiled(page % (r"\noindent " + "x" * 300), tmp_path)
    assert compiled(page % r"\wrong", tmp_path)
    assert compiled(page % "right", tmp_path) == []


PRINT_DIGESTS = """
import hashlib, sys
import symconv as sc
derivation = sc.derive(sc.ConvSpec(kernel_shape=(2, 3), stride=(1, 2), padding=((0, 1), (1, 1))))
for form in sys.argv[1:]:
    document = derivation.to_document(form, level="brief" if form == "pdf" else "classroom")
    data = document if isinstance(document, bytes) else document.encode()
    print(form, len(data), hashlib.sha256(data).hexdigest())
"""


def test_same_input_same_bytes(tmp_path):
    forms = [
        "latex",
        "html",
        "markdown",
        "notebook",
        *(["pdf"] if shutil.which("pdflatex") else []),
    ]
    printed = []
    for seed, locale, zone in (("0", "C", "UTC"), ("1", "tr_TR.UTF-8", "Asia/Tokyo")):
        folder = tmp_path / seed
        folder.mkdir()
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}
        environment |= {"LC_ALL": locale, "LANG": locale, "TZ": zone}
        command = [sys.executable, "-c", PRINT_DIGESTS, *forms]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
        printed.append(done.stdout)
    assert printed[0] == printed[1]
    assert len(printed[0].splitlines()) == len(forms)
