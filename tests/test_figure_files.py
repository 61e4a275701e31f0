"""Figures as files: well-formed, accessible SVG; TikZ that compiles; PNG and GIF; the command."""

import re
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest

from symconv import ConvSpec, ToolError
from symconv.algebra.derivation import derive_gradients
from symconv.cli.main import run
from symconv.document.figure import (
    axis_figure,
    meeting_figure,
    overlap_figure,
    phases_figure,
    scatter_animation,
    windows_figure,
    write_gif,
    write_png,
    write_svg,
    write_tikz,
)
from symconv.document.figure.shapes import Figure, Words
from symconv.document.figure.tikz import spell_text

ROOT = Path(__file__).parents[1]
SVG = "{http://www.w3.org/2000/svg}"
SPECS = [
    ConvSpec(kernel_shape=(3, 5), stride=2),
    ConvSpec(kernel_shape=(4,), stride=2, dilation=3, padding=((1, 2),)),
    ConvSpec(kernel_shape=(2, 3, 2), stride=(2, 1, 3)),
]
MAKERS = (
    windows_figure,
    overlap_figure,
    phases_figure,
    meeting_figure,
    axis_figure,
    scatter_animation,
)


def every_figure():
    return [make(derive_gradients(spec)) for spec in SPECS for make in MAKERS]


def test_svg_is_well_formed_and_has_a_text_alternative():
    seen = []
    for figure in every_figure():
        root = ElementTree.fromstring(write_svg(figure))
        title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert (title.text, desc.text) == (figure.title, figure.description)
        assert root.get("role") == "img"
        assert root.get("aria-labelledby").split() == [title.get("id"), desc.get("id")]
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        assert all(re.fullmatch(re.escape(figure.name) + "(-title|-desc)?", i) for i in ids)
        seen += ids
        words = [text.text for text in root.iter(f"{SVG}text")]
        shapes = [*figure.shapes, *(s for m in figure.moments for s in m.shapes)]
        assert words == [shape.text for shape in shapes if isinstance(shape, Words)]
    assert len(seen) == len({*seen})  # several figures in one page do not clash


def test_an_animation_shows_each_moment_in_its_time():
    figure = scatter_animation(derive_gradients(SPECS[0]))
    root = ElementTree.fromstring(write_svg(figure))
    animations = list(root.iter(f"{SVG}animate"))
    assert len(animations) == len(figure.moments)
    for moment, animation in zip(figure.moments, animations, strict=True):
        values = animation.get("values").split(";")
        times = [float(time) for time in animation.get("keyTimes").split(";")]
        assert times[0] == 0
        assert times == sorted(times)
        for tick in range(figure.ticks):
            now = sum(time <= (tick + 0.5) / figure.ticks for time in times) - 1
            assert (values[now] == "visible") == (moment.first <= tick < moment.stop)
    resting = [g for g in root.iter(f"{SVG}g") if "resting" in g.get("class")]
    assert len(resting) == sum(m.first <= figure.still < m.stop for m in figure.moments)


def test_hostile_text_stays_text():
    hostile = '</title><script>x</script> & "q" \\input{x} %_^~#$'
    words = Words(1, 1, hostile, 0.4)
    figure = Figure("plain", hostile, hostile, 9, 2, (words,))
    root = ElementTree.fromstring(write_svg(figure))
    assert [text.text for text in root.iter(f"{SVG}text")] == [hostile]
    assert "\\input" not in write_tikz(figure).replace(f"% {hostile}", "")
    assert spell_text("100 % of {a_b}") == r"100 \% of \{a\_b\}"


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_tikz_compiles_and_fits_the_line(tmp_path):
    pictures = ["\\noindent\n" + write_tikz(figure) for figure in every_figure()]
    wide, narrow = "\n\n".join(pictures), "\n\n".join(pictures[2:4])
    text = (
        "\\documentclass{article}\n\\usepackage{tikz}\n\\begin{document}\n"
        f"{wide}\n\n\\begin{{minipage}}{{5cm}}\\raggedright\n{narrow}\n\\end{{minipage}}\n"
        "\\end{document}\n"
    )
    (tmp_path / "figures.tex").write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "figures.tex"],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
        check=False,
    )
    log = (tmp_path / "figures.log").read_text(errors="replace")
    assert done.returncode == 0, log[-2000:]
    assert not re.findall(r"^(?:Overfull \\hbox|.*Warning|! ).*", log, re.MULTILINE)


def test_png_and_gif_are_the_same_bytes_each_time():
    from PIL import Image

    figure = scatter_animation(derive_gradients(SPECS[1]))
    assert write_gif(figure) == write_gif(figure)
    assert write_png(figure) == write_png(figure)
    gif, png = Image.open(BytesIO(write_gif(figure))), Image.open(BytesIO(write_png(figure)))
    assert gif.n_frames == len({figure.at(tick) for tick in range(figure.ticks)})
    assert gif.size == png.size
    assert png.getpixel((0, 0)) == (255, 255, 255)
    assert Image.open(BytesIO(write_gif(overlap_figure(derive_gradients(SPECS[0]))))).n_frames == 1


def test_bytes_do_not_depend_on_the_hash_seed(tmp_path):
    lines = ["plot -p 3 -q 5 -t 2 --animate -o -", "plot --kernel 4 -t 2 --at 3"]
    script = "import sys; from symconv.cli.main import run; [run(a.split()) for a in sys.argv[1:]]"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script, *lines],
            env={"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": seed, "LC_ALL": locale},
            capture_output=True,
            timeout=120,
            check=True,
        ).stdout
        for seed, locale in (("1", "C"), ("2", "C.UTF-8"))
    }
    assert len(outputs) == 1
    assert outputs.pop().count(b"<svg") == 2


@pytest.mark.parametrize("missing", ["PIL.ImageFont", "matplotlib"])
def test_without_the_extra_one_line_says_what_to_install(missing, monkeypatch):
    figure = overlap_figure(derive_gradients(SPECS[0]))
    if missing == "matplotlib":
        monkeypatch.setattr("symconv.document.figure.raster.find_spec", lambda _: None)
    else:
        monkeypatch.setitem(sys.modules, missing, None)
    for write in (write_png, write_gif):
        with pytest.raises(ToolError, match=r"pip install 'symconv\[plot\]'"):
            write(figure)


def test_a_figure_shows_itself_in_jupyter():
    figure = phases_figure(derive_gradients(SPECS[0]))
    assert figure._repr_svg_() == write_svg(figure)


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
    ("options", "name"),
    [
        ("", "conv_k3x5_s2-overlap-6x10"),
        ("--figure windows", "conv_k3x5_s2-windows-6x10"),
        ("--figure phases --input 9x11", "conv_k3x5_s2-phases-9x11"),
        ("--at 4,7", "conv_k3x5_s2-meeting-6x10-4x7"),
        ("--figure meeting", "conv_k3x5_s2-meeting-6x10-2x4"),
        ("--axis 1", "conv_k3x5_s2-axis-6x10-v"),
        ("--animate -o -", "conv_k3x5_s2-scatter-6x10"),
        ("--padding same --input 8x8", "conv_k3x5_s2_lo0x1_hi1x2-overlap-8x8"),
    ],
)
def test_plot_prints_the_figure_that_is_asked_for(symconv, options, name):
    code, out, err = symconv(f"plot -p 3 -q 5 -t 2 {options}")
    assert (code, err) == (0, "")
    assert ElementTree.fromstring(out).get("id") == name


@pytest.mark.parametrize(("options", "picture"), [("", "overlap.svg"), ("--at 2,4", "meeting.svg")])
def test_the_pictures_of_the_readme_are_what_plot_prints(symconv, options, picture):
    _, out, _ = symconv(f"plot -p 3 -q 5 -t 2 {options}")
    assert (ROOT / "docs" / "pictures" / picture).read_text(encoding="utf-8") == out


@pytest.mark.parametrize(
    ("file", "start"),
    [
        ("a.svg", b"<svg "),
        ("a.PNG", b"\x89PNG"),
        ("deep/a.gif", b"GIF89a"),
        ("a.tex", b"% The gradient scattered"),
    ],
)
def test_plot_writes_the_format_of_the_file(symconv, tmp_path, file, start):
    code, out, err = symconv(f"plot --kernel 2 --stride 3 --animate -o {file}")
    assert (code, out, err) == (0, "", f"wrote {file}\n")
    assert (tmp_path / file).read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("plot", "a kernel must be given: -p 3 -q 5, or --kernel 3x5"),
        ("plot -p 3 -q 5 -o a.pdf", "--output must end in .svg, .png, .gif, .tex, got 'a.pdf'"),
        ("plot -p 3 -q 5 -o .", "--output must end in .svg, .png, .gif, .tex, got '.'"),
        ("plot -p 3 -q 5 --at 1", "at must have one entry per axis (2), got (1,)"),
        ("plot -p 3 -q 5 --at u,v", "--at must be integers like 3,5, got 'u,v'"),
        ("plot -p 3 -q 5 --at -1,0", "at must lie inside the input (5, 9), got (-1, 0)"),
        ("plot -p 3 -q 5 --at 5,0 --input 5x9", "at must lie inside the input (5, 9), got (5, 0)"),
        ("plot -p 3 -q 5 --axis 2", "axis must be from 0 to 1, got 2"),
        ("plot -p 3 -q 5 --axis 0 --animate", "--animate goes with --figure scatter"),
        ("plot -p 3 -q 5 --at 0,0 --figure overlap", "--at goes with --figure meeting"),
        ("plot -p 3 -q 5 --figure pie", "'pie' is not one of 'windows', 'overlap'"),
        ("plot -p 3 -q 5 --input 2x9", "input_shape[0] must be at least 3 for a window"),
        ("plot -p 3 -q 5 --animate --input 40x40", "at most 64 windows to be animated, got 1368"),
        ("plot --kernel 3 --padding 3 --input 0", "input_shape must be at least 1 along each axis"),
        ("plot -p 3 -q 5 -t 2 --padding same", "depends on the input"),
        ("plot -p 3 -q 5 --at 99999999999,0", "input_shape[0] must be at most 2147483647"),
    ],
)
def test_bad_input_of_plot_is_one_line(symconv, line, message):
    code, out, err = symconv(line)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
