"""The command line as its users meet it: what it prints, where, and its exit codes."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from symconv.cli.main import run

ROOT = Path(__file__).parents[1]
PROGRAM = [sys.executable, "-c", "from symconv.cli.main import main; main()"]


@pytest.fixture
def symconv(capsys, tmp_path, monkeypatch):
    """Run a command line in an empty folder: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(line):
        code = run(line.split())
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def start(*arguments, **options):
    return subprocess.Popen(
        [*PROGRAM, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **options,
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("generate -p 0 -q 3", "kernel_shape[0] must be at least 1, got 0"),
        ("generate -p -3 -q 3", "kernel_shape[0] must be at least 1, got -3"),
        ("generate -p 1.5 -q 3", "-p must be one integer, got '1.5'"),
        ("generate -p three -q 3", "-p must be one integer, got 'three'"),
        ("generate -p 99999999999 -q 3", "kernel_shape[0] must be at most 2147483647"),
        (f"generate -p {'9' * 6000} -q 3", "-p must be one integer, got '9999"),
        (
            "generate -p 2000 -q 2000",
            "at most 4096 taps in the plane layout, got",
        ),
        ("derive -p 2000 -q 2000", "kernel_shape must have at most 4096 taps"),
        ("generate", "a kernel must be given: -p 3 -q 5, or --kernel 3x5"),
        ("generate -p 3", "-p and -q must be given together"),
        ("generate -p 3 -q 3 --kernel 3x3", "the kernel must be given once"),
        ("generate -p 3 -q 3 -t 0", "stride must be at least 1, got 0"),
        ("generate --kernel 3x3 --padding 1:2:3", "padding must be like 1, 1x2, 1x0:2"),
        ("generate --kernel 3x3 --groups 2", "groups must be 1 in the plane layout, got 2"),
        ("generate --kernel 3x3 --target cobol", "target must be one of numpy, c, got 'cobol'"),
        ("generate --kernel 3x3 --algorithm fft", "algorithm must be one of direct, winograd"),
        ("generate --kernel 3x3 --algorithm winograd", "needs the batched layout, got plane"),
        ("generate --kernel 3x3 --layout batched --tile 2", "tile goes with algorithm=winograd"),
        ("generate --kernel 3x3 --layout batched --error-bound 0", "must be above 0, got 0.0"),
        (
            "generate --kernel 3x3 --stride 2 --layout batched --algorithm winograd",
            "algorithm=winograd needs stride 1 and dilation 1",
        ),
        ("generate --onnx x.onnx --algorithm winograd", "takes its kernels from the model"),
        ("generate --kernel 3x3 --layout nhwc", "layout must be one of plane, batched, got 'nhwc'"),
        ("generate --kernel 3x3 --unroll element", "unroll=element needs the input shape"),
        ("generate --kernel 3x3 --unroll element --input 99x99", "at most 600 statements"),
        ("generate --kernel 3x3 --unroll element --input 2x2", "input_shape[0] must be at least 3"),
        ("generate --kernel 3x3 --stride 2 --padding same", "depends on the input"),
        ("derive --kernel 3 --padding-mode mirror", "padding_mode must be one of zeros, reflect"),
        ("derive --kernel 3 --output-padding 1", "output_padding must be"),
        ("derive --kernel 3 --format pdf", "--output must be given for --format pdf"),
        ("explain --kernel 3 --transposed --at 9 --input 3", "--at must lie inside the output 5"),
        (
            "explain --kernel 3 --padding 1 --padding-mode reflect --at 1",
            "input shape must be given where padding is copied",
        ),
        (
            "derive --kernel 3 --padding 2 --padding-mode reflect --input 2 --format latex",
            "input_shape[0] must be at least 3 for reflect padding (2, 2), got 2",
        ),
        (
            "derive --kernel 3x3 --padding 99 --stride 99 --padding-mode replicate --format latex",
            "input_shape must have at most 1024 cells with its copied padding in a document",
        ),
        (
            "plot --kernel 3 --padding 1 --figure copies",
            "padding_mode must be one that copies for the figure copies",
        ),
        ("cases --transposed", "a kernel must be given with --stride"),
        ("generate --check -p 3 -q 3", "--check goes with --catalogue"),
        ("generate --catalogue -p 3 -q 3", "--catalogue takes its kernels from the manifest"),
        ("generate --catalogue", "cannot read the manifest generated/manifest.toml"),
        (
            "generate --kernel 3x3 --layout batched --input 1x3x8x8",
            "--input must have 1 to 3 axes, got '1x3x8x8'",
        ),
        (
            "generate --kernel 3x3 --target c --layout batched --fixed --input 1x3x8x8x8x8",
            "--input must have 1 to 5 axes, got '1x3x8x8x8x8'",
        ),
        (
            "generate --kernel 3 --target c --layout batched --fixed --input 1x3x8",
            "fixed in the batched layout needs ",
        ),
        ("derive -p 3 -q 5 --input 2x9", "input_shape[0] must be at least 3 for a window"),
        ("derive -p 3 -q 5 --input 9", "input_shape must have one entry per axis (2), got (9,)"),
        (
            "derive -p 3 -q 5 --format word",
            "'word' is not one of 'text', 'latex', 'markdown', 'html', 'pdf', 'notebook'",
        ),
        ("derive -p 3 -q 5 -o .", "--output must be a file, got the folder ."),
        ("cases --stride 2", "a kernel must be given with --stride"),
        ("explain -p 3 -q 5", "Missing option '--at'"),
        ("explain -p 3 -q 5 --at 1", "--at must be 2 indices >= 0, got '1'"),
        ("explain -p 3 -q 5 --at 1,-1", "--at must be 2 indices >= 0, got '1,-1'"),
        ("explain -p 3 -q 5 --at 3,9 --input 3x9", "--at must lie inside the input 3x9"),
        ("verify", "verify needs files or --formula, one of the two"),
        (
            "verify --formula=",
            "--formula takes one formula; several go into a file, each between $$",
        ),
        ("verify --formula a=b --formula c=d", "--formula takes one formula"),
        ("verify no.md --report a.pdf", "--report must end in .html or .md, got a.pdf"),
        ("verify no.md --report .", "--report must end in .html or .md, got ."),
        ("verify no.md", "cannot read no.md: No such file or directory"),
        ("verify .", "cannot read .: Is a directory"),
        ("verify --formula x=1 --letters L", "--letters must be like F=kernel, s=stride, got 'L'"),
        (
            "verify --formula x=1 --letters L=kernl",
            "--letters: 'kernl' is not known; did you mean 'kernel'",
        ),
        (
            "verify --formula x=1 --letters s=t",
            "--letters: 't' is not known; did you mean 'stride'",
        ),
        ("verify --formula x=1 --notation mine", "'mine' is not one of 'goodfellow', 'dumoulin'"),
        (
            "verify --formula x=1 --jobs 0",
            "--jobs': Input should be greater than or equal to 1",
        ),
        (
            "verify --formula x=1 --index-base 2",
            "--index-base': Input should be less than or equal to 1",
        ),
        ("explode", "No such command 'explode'"),
        ("derive --colour", "No such option: --colour"),
    ],
)
def test_bad_input_is_one_line_on_stderr_and_exit_code_2(symconv, tmp_path, line, message):
    code, out, err = symconv(line)
    assert (code, out) == (2, "")
    assert message in err
    assert err.startswith("symconv: ")
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_generate_writes_a_checked_kernel_and_says_so(symconv, tmp_path):
    code, out, err = symconv("generate -p 3 -q 5 -t 2 -o kernels/deep")
    assert (code, out) == (0, "")
    assert "run on SymPy symbols for input 5x11, 6x12, 3x5, every entry equals" in err
    committed = ROOT / "generated" / "numpy" / "conv_k3x5_s2.py"
    path = tmp_path / "kernels" / "deep" / committed.name
    assert path.read_bytes() == committed.read_bytes()
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_batched_kernel_with_fixed_sizes_is_made_by_the_command_in_its_header(symconv, tmp_path):
    line = "generate --kernel 2 --target c --layout batched --fixed --input 2x3x5 --outputs 4"
    assert symconv(f"{line} -o first")[0] == 0
    (header,) = (tmp_path / "first").glob("*.h")
    told = re.search(r"symconv (generate .*?)\nTarget:", header.read_text(), re.DOTALL).group(1)
    command = " ".join(told.split())
    assert command == line
    assert symconv(f"{command} -o second")[0] == 0
    assert (tmp_path / "second" / header.name).read_bytes() == header.read_bytes()


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="POSIX permissions")
def test_an_output_folder_that_cannot_be_written_is_bad_input(symconv, tmp_path):
    (tmp_path / "file").write_text("kept")
    code, _, err = symconv("generate -p 1 -q 1 -o file/below")
    assert code == 2
    assert err == "symconv: cannot write under file/below: Not a directory\n"
    assert (tmp_path / "file").read_text() == "kept"


def test_catalogue_and_check(symconv, tmp_path):
    folder = tmp_path / "generated"
    folder.mkdir()
    (folder / "manifest.toml").write_text('[[kernel]]\nkernel = "2"\n')
    code, _, err = symconv("generate --catalogue --check")
    assert code == 1
    assert "numpy/conv_k2_s1.py is missing; run: symconv generate --catalogue" in err
    assert symconv("generate --catalogue")[0] == 0
    code, _, err = symconv("generate --catalogue --check")
    assert (code, err.strip()) == (0, "generated is up to date: 1 files")
    (folder / "numpy" / "conv_k2_s1.py").write_text("edited by hand\n")
    code, _, err = symconv("generate --catalogue --check")
    assert code == 1
    assert "-edited by hand" in err


GOLDEN_EXPLAIN = """\
x[4, 7] of Convolution 3×5, stride 2, an image without end
══════════════════════════════════════════════════════════

Place
─────
  u = 4 = 2·2 + 0: block 2, phase 0, taps 0, 2
  v = 7 = 2·3 + 1: block 3, phase 1, taps 1, 3

4 windows read it
─────────────────
  y[2, 3] reads it through w[0, 1]
  y[2, 2] reads it through w[0, 3]
  y[1, 3] reads it through w[2, 1]
  y[1, 2] reads it through w[2, 3]

Gradient
────────
  ∂e/∂x[4, 7] = dy[2, 3]·w[0, 1] + dy[2, 2]·w[0, 3] + dy[1, 3]·w[2, 1] + dy[1, 2]·w[2, 3]
"""


def test_explain_names_the_windows_of_a_cell(symconv):
    assert symconv("explain -p 3 -q 5 -t 2 --at 4,7") == (0, GOLDEN_EXPLAIN, "")
    code, out, _ = symconv("explain -p 3 -q 5 -t 2 --at 4,7 --input 5x9")
    assert code == 0
    assert "1 window reads it" in out
    assert "y[1, 2] reads it through w[2, 3]" in out
    assert "no window reads it" in symconv("explain --kernel 1 -t 3 --at 4")[1]


GOLDEN_CASE = """\
Convolution 2×3, stride 3×1, padding (1, 0)×(0, 0)
══════════════════════════════════════════════════

Case: columns overlap
─────────────────────
  u: gapped; 1 window at a cell, 1 of 3 residues in a gap
  v: overlapping; up to 3 windows at a cell

Closed form
───────────
  ∂e/∂x[u, v] = Σ(β = 0 … 2) dy[K, v − β]·w[ρ, β]
  where ρ ≤ 1; ∂e/∂x[u, v] = 0 elsewhere
  with K = ⌊(u + 1)/3⌋, ρ = (u + 1) mod 3
"""


def test_cases_of_a_spec(symconv):
    assert symconv("cases --kernel 2x3 -t 3x1 --padding 1:0x0") == (0, GOLDEN_CASE, "")


def test_cases_in_general_state_conditions_and_closed_forms(symconv):
    code, out, _ = symconv("cases")
    assert code == 0
    for condition in ("t ≥ p and t ≥ q", "t ≤ p − 1 and t ≥ q", "t ≤ p − 1 and t ≤ q − 1"):
        assert f"when {condition}\n" in out
    assert (
        "Σ(α = 0 … ⌊(p − 1 − ρ)/t⌋) Σ(β = 0 … ⌊(q − 1 − σ)/t⌋) "
        "dy[K − α, L − β]·w[ρ + αt, σ + βt]" in out
    )


def test_derive_prints_or_writes_text_and_latex(symconv, tmp_path):
    code, text, err = symconv("derive -p 3 -q 5 -t 2")
    assert (code, err) == (0, "")
    assert "∂e/∂x[2K + 1, 2L + 1] = dy[K, L]·w[1, 1] + dy[K, L − 1]·w[1, 3]\n" in text
    assert max(map(len, text.splitlines())) <= 100
    code, latex, _ = symconv("derive -p 3 -q 5 -t 2 --format latex -o conv.tex")
    assert (code, latex) == (0, "")
    written = (tmp_path / "conv.tex").read_text()
    assert written.startswith("% Generated by symconv; do not edit.\n\\documentclass")
    assert written.count("{") == written.count("}")


def test_derive_writes_every_entry_of_a_small_image(symconv):
    _, out, _ = symconv("derive --kernel 2x2 -t 2 --input 4x5")
    assert "Written out for input 4×5, output 2×2, unread tail 0×1" in out
    assert "  ∂e/∂x[3, 3] = dy[1, 1]·w[1, 1]\n  ∂e/∂x[3, 4] = 0\n" in out
    _, out, _ = symconv("derive --kernel 3 -t 2 --padding same --input 8 --format latex")
    assert "\\frac{\\partial e}{\\partial x_{7}} &=" in out


RIGHT = "db = sum(dy[i,j], i=0..g-1, j=0..h-1)"
WRONG = "db = sum(dy[i,j], i=0..g-1, j=0..h-2)"
UNKNOWN = r"\zeta(s) = \int_0^\infty q"


def test_verify_prints_a_verdict_for_every_claim(symconv, tmp_path):
    (tmp_path / "notes.md").write_text(f"# Notes\n\n$$\n{WRONG}\n$$\n\n$$\n{RIGHT}\n$$\n")
    assert run(["verify", "--formula", RIGHT]) == 0
    code, out, err = symconv("verify notes.md --report errata.html")
    assert code == 1
    words = " ".join(out.split())
    assert "line 4, ∂loss/∂bias: wrong" in words
    assert "smallest sizes kernel 1×1, input 1×1, g = 1, h = 1" in words
    assert words.endswith("2 verdicts: 1 proved, 1 wrong")
    assert err == "wrote errata.html\n"  # and no progress bar
    assert "\x1b" not in out + err
    assert 'id="formula-1"' in (tmp_path / "errata.html").read_text(encoding="utf-8")


def test_verify_writes_json_and_certificates_with_a_manifest(symconv, tmp_path):
    (tmp_path / "notes.md").write_text(f"# Notes\n\n$$\n{RIGHT}\n$$\n")
    code, out, _ = symconv("verify notes.md --json --certificates proofs")
    assert code == 0
    data = json.loads(out)
    assert data["schema"] == 2
    assert [verdict["status"] for verdict in data["verdicts"]] == ["proved"]
    manifest = json.loads((tmp_path / "proofs" / "index.json").read_text(encoding="utf-8"))
    asked = [query for verdict in manifest["verdicts"] for query in verdict["queries"]]
    written = {path.name for path in (tmp_path / "proofs").iterdir()}
    assert {"index.json"} | {query["file"] for query in asked if query["file"]} == written
    assert all((query["answer"] == "unsat") == bool(query["file"]) for query in asked)


@pytest.mark.parametrize(
    ("text", "code", "strict", "why"),
    [
        (RIGHT, 0, 0, ""),
        (WRONG, 1, 1, ""),
        (UNKNOWN, 0, 1, "--strict: 1 not understood"),
        ("", 0, 1, "--strict: no formula found; nothing was checked"),
    ],
)
def test_a_strict_check_fails_for_what_is_not_checked_and_says_why(
    symconv, tmp_path, text, code, strict, why
):
    (tmp_path / "notes.md").write_text(f"Notes\n\n$$\n{text}\n$$\n" if text else "Notes\n")
    assert symconv("verify --no-repair notes.md")[0] == code
    found, out, err = symconv("verify --no-repair --strict notes.md")
    assert found == strict
    assert err.strip() == (f"symconv: {why}" if why else "")
    assert "\n" in out


def test_a_file_that_is_named_twice_is_checked_once(symconv, tmp_path):
    (tmp_path / "notes.md").write_text(f"$$\n{WRONG}\n$$\n")
    _, out, _ = symconv("verify --no-repair notes.md notes.md")
    assert out.endswith("1 verdict: 1 wrong\n")


def test_verify_prints_the_same_for_any_number_of_processes(symconv, tmp_path):
    displays = [RIGHT, WRONG, UNKNOWN, RIGHT, "y_i = x_i", "E = m c"]
    displays += [rf"g_{k} = \lfloor (m-p)/{k} \rfloor + 1" for k in (1, 2, 3)]
    text = "\n".join(f"$$\n{display}\n$$\n" for display in displays)
    (tmp_path / "notes.md").write_text(text)
    one = symconv("verify --json --jobs 1 notes.md")
    assert len(json.loads(one[1])["verdicts"]) == len(displays)
    assert symconv("verify --json --jobs 3 notes.md") == one


def test_version_and_help(symconv):
    assert re.fullmatch(r"symconv \d+\.\d+\.\d+\n", symconv("--version")[1])
    for command in ("derive", "cases", "explain", "generate", "verify", "audit", "bench", "demo"):
        code, out, _ = symconv(f"{command} --help")
        assert code == 0
        assert f"symconv {command}" in out.split("Examples:")[1]


def test_help_imports_neither_sympy_nor_numpy():
    script = (
        "import sys; from symconv.cli.main import run; run(['generate', '--help']);"
        "print(sorted({'sympy', 'numpy', 'jinja2'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    assert done.stderr.strip() == "[]"


def test_a_fault_inside_is_one_line_and_exit_code_3(symconv, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("first line\nsecond line")

    monkeypatch.setattr("symconv.facade.derive", broken)
    code, out, err = symconv("derive -p 3 -q 3")
    assert (code, out) == (3, "")
    assert err == (
        "symconv: internal fault: RuntimeError: first line (SYMCONV_TRACEBACK=1 shows where)\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_in_mid_write_leaves_the_old_file_and_nothing_half_written(tmp_path):
    script = (
        "import os, signal, symconv.files as files, symconv.cli.main as main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a background job has none
        "write = files.Path.write_bytes\n"
        "def interrupted(path, data):\n"
        "    write(path, data[:500])\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "files.Path.write_bytes = interrupted\n"
        "main.main(['generate', '-p', '1', '-q', '1'])\n"
    )
    old = tmp_path / "conv_k1x1_s1.py"
    old.write_text("old\n")
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 130
    assert done.stderr == "symconv: interrupted; no file is left half-written\n"
    assert old.read_text() == "old\n"
    assert [path.name for path in tmp_path.iterdir()] == [old.name]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_while_working_ends_at_once(tmp_path):
    process = start("generate", "--kernel", "31x31", cwd=tmp_path)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
def test_a_reader_that_leaves_early_is_no_fault(tmp_path):
    process = start("derive", "--kernel", "16x16", "--input", "20x20", cwd=tmp_path)
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(timeout=60) == 0


def test_a_terminal_without_unicode_still_works(tmp_path):
    done = subprocess.run(
        [*PROGRAM, "cases"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert b"rows and columns overlap" in done.stdout


def test_fast_tiles_are_asked_for_or_chosen(symconv):
    asked = "generate --kernel 3 --layout batched --algorithm winograd --tile 2"
    assert symconv(asked)[0] == 0
    assert Path("conv_k3_s1_batched_winograd2.py").is_file()
    assert symconv("generate --kernel 3 --layout batched --error-bound 1e-3")[0] == 0
    assert Path("conv_k3_s1_batched_winograd4.py").is_file()
    assert symconv("generate --kernel 3 --layout batched --error-bound 1e-9")[0] == 0
    assert Path("conv_k3_s1_batched.py").is_file()
