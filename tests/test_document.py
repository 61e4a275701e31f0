"""Documents: what is said at each level, what is abridged, and how bad input is answered."""

import re
import shutil
import sys

import pytest
from sympy import Basic

from symconv import ConvSpec, ToolError, derive
from symconv.cli.main import run
from symconv.document.blocks import Display, Exercise, Paragraph, Reach
from symconv.document.outline import Level, outline
from symconv.document.pdf import pdf_of
from symconv.document.tex import spell_latex

SPECS = {
    "3x5 stride 2": ConvSpec(kernel_shape=(3, 5), stride=2),
    "one axis, gaps": ConvSpec(kernel_shape=(2,), stride=3, padding=((1, 2),)),
    "three axes": ConvSpec(kernel_shape=(2, 3, 1), stride=2, dilation=(1, 2, 1)),
    "reads padding only": ConvSpec(kernel_shape=(1,), stride=4, padding=2),
}
HEADINGS = {
    "latex": r"\\section\{(.*?)\}\\label",
    "markdown": r"(?m)^## \d+\. (.*)$",
    "html": r"<h2>\d+\. (.*?)</h2>",
    "notebook": r"## \d+\. (.*?)\\n",
}
specs = pytest.mark.parametrize("name", SPECS)


@pytest.fixture
def symconv(capsys, tmp_path, monkeypatch):
    """Run a command line in an empty folder: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(line):
        code = run(line.split())
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--format pdf", "add -o FILE"),
        ("--format html --lang xx", "lang must be one of en, zh, got 'xx'"),
        ("--format html --lang ../en", "lang must be one of en, zh, got '../en'"),
        ("--format html --level deep", "'deep' is not one of"),
        ("--format word", "'word' is not one of"),
        ("--format html --fragment", "fragment must go with format latex, got format html"),
        ("--level brief", "must go with a document"),
        ("--format latex --input 1x9", "input_shape[0] must be at least 2"),
        ("--format latex --input 3x3x3", "input_shape must have one entry per axis"),
        ("--format latex --input 200x200", "input_shape must have at most 1024 cells"),
        ("--format latex --padding 200", "input_shape must have at most 1024 cells"),
        ("--format html -o .", "--output must be a file, got the folder ."),
    ],
)
def test_bad_input_is_one_line(symconv, tmp_path, monkeypatch, options, message):
    if "pdf" in options:
        monkeypatch.setattr("symconv.document.writing.pdf_of", lambda *_, **__: b"%PDF")
    code, out, err = symconv(f"derive -p 2 -q 3 {options}")
    assert (code, out) == (2, "")
    assert message in err
    assert len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("lang", "engine"), [("en", "pdflatex or xelatex"), ("zh", "xelatex")])
def test_without_an_engine_one_line_says_what_to_install(
    symconv, tmp_path, monkeypatch, lang, engine
):
    monkeypatch.setenv("PATH", "")
    code, _, err = symconv(f"derive -p 2 -q 3 --format pdf --lang {lang} --level brief -o x.pdf")
    assert code == 3
    assert len(err.splitlines()) == 1
    assert f"needs {engine}: install TeX" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is missing")
def test_an_engine_that_fails_is_a_tool_error():
    with pytest.raises(ToolError, match=r"pdflatex failed with code 1: ! Undefined control"):
        pdf_of(r"\documentclass{article}\begin{document}\wrong\end{document}", lang="en")


@pytest.mark.skipif(sys.platform == "win32", reason="a script with a shebang")
def test_an_engine_that_says_nothing_is_a_tool_error(tmp_path, monkeypatch):
    engine = tmp_path / "pdflatex"
    engine.write_text("#!/bin/sh\nexit 7\n")
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="pdflatex failed with code 7: see its log"):
        pdf_of("", lang="en")


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is missing")
def test_a_pdf_is_written(symconv, tmp_path):
    code, out, _ = symconv("derive --kernel 2 --format pdf --level brief -o conv.pdf")
    assert (code, out) == (0, "")
    assert (tmp_path / "conv.pdf").read_bytes().startswith(b"%PDF-")


def steps(name, level):
    return outline(derive(SPECS[name]), level=level).steps


@specs
def test_levels_are_nested(name):
    brief, full, classroom = ([step.name for step in steps(name, level)] for level in Level)
    assert [step for step in full if step in brief] == brief
    assert [step for step in classroom if step in full] == full
    assert len(brief) < len(full) < len(classroom)
    assert len(set(classroom)) == len(classroom)


@specs
def test_every_step_has_a_reason_and_a_reach(name):
    for step in steps(name, Level.CLASSROOM):
        assert step.title.text
        assert step.reason.text.endswith(".")
        assert isinstance(step.reach, Reach)
        assert step.blocks


@specs
@pytest.mark.parametrize("form", HEADINGS)
def test_every_format_says_every_step(name, form):
    derivation = derive(SPECS[name])
    for level in Level:
        document = derivation.to_document(form, level=level.name.lower())
        titles = [step.title.text for step in outline(derivation, level=level).steps]
        headings = re.findall(HEADINGS[form], document)
        assert [title for title in headings if title != "The kernel"] == titles


@specs
def test_no_sentence_lists_nothing(name):
    for block in outline(derive(SPECS[name]), level=Level.CLASSROOM).blocks():
        if isinstance(block, Paragraph):
            for _, value in block.text.values:
                assert not isinstance(value, Basic) or spell_latex(value)


def test_an_image_in_the_padding_only_has_no_exercise_on_its_cells():
    derivation = derive(SPECS["reads padding only"])
    plain = outline(derivation, level=Level.CLASSROOM, input_shape=(1,))
    usual = outline(derive(SPECS["3x5 stride 2"]), level=Level.CLASSROOM)
    counts = [sum(isinstance(b, Exercise) for b in each.blocks()) for each in (plain, usual)]
    assert counts[1] - counts[0] == 2


def test_long_sums_are_abridged_in_the_text_and_whole_in_the_appendix():
    derivation = derive(ConvSpec(kernel_shape=(11, 11)))
    made = outline(derivation, level=Level.FULL, input_shape=(13, 12))
    latex = derivation.to_latex(level="full", input_shape=(13, 12))
    text, _, appendix = latex.partition(r"\section*{Appendix")
    assert r"\cdots" in text
    assert appendix
    assert r"\cdots" not in appendix
    long = next(step for step in made.steps if step.name == "by-phase")
    (display,) = (block for block in long.appendix if isinstance(block, Display))
    assert [len(terms) for e in display.equations for terms in e.rights] == [121]
    (shown,) = (block for block in long.blocks if isinstance(block, Display))
    assert [len(terms) for e in shown.equations for terms in e.rights] == [12 + 1 + 6]
    assert "abridged" in text


def test_short_documents_have_no_appendix():
    made = outline(derive(SPECS["one axis, gaps"]), level=Level.CLASSROOM)
    assert [step.name for step in made.steps if step.appendix] == []
