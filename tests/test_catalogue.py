"""The committed catalogue: up to date, deterministic, complete, and never silently stale."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from symconv import OptionError, StaleOutputError
from symconv.catalogue import (
    compare_catalogue,
    make_catalogue,
    read_manifest,
    write_catalogue,
)

GENERATED = Path(__file__).parents[1] / "generated"


@pytest.fixture(scope="module")
def made():
    return dict(make_catalogue(read_manifest(GENERATED)))


def test_the_committed_files_are_what_the_generator_makes(made):
    compare_catalogue(GENERATED, made)
    assert len(made) >= 10


@pytest.fixture
def copy(tmp_path):
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(GENERATED, tmp_path / "generated", ignore=ignored))


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        (lambda path: path.unlink(), "missing"),
        (lambda path: path.write_text(path.read_text() + "\n"), "changed"),
        (lambda path: path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n")), "changed"),
        (lambda path: (path.parent / "extra.py").write_text("pass\n"), "unexpected"),
    ],
)
def test_a_difference_is_named_and_nothing_is_written(copy, made, damage, kind):
    damage(copy / "numpy" / "conv_k3x3_s1.py")
    before = {path: path.read_bytes() for path in copy.rglob("*.py")}
    with pytest.raises(StaleOutputError) as caught:
        compare_catalogue(copy, made)
    ((path, found),) = caught.value.paths
    assert (Path(path).parent.name, found) == ("numpy", kind)
    assert "symconv generate --catalogue" in str(caught.value)
    assert before == {path: path.read_bytes() for path in copy.rglob("*.py")}


def test_writing_repairs_and_removes_only_generated_files(copy, made):
    changed, orphan = copy / "numpy" / "conv_k3x3_s1.py", copy / "numpy" / "conv_old.py"
    own = copy / "numpy" / "notes.txt"
    orphan.write_text(changed.read_text())
    own.write_text("mine")
    changed.write_text("")
    assert write_catalogue(copy, made) == ("numpy/conv_k3x3_s1.py", "numpy/conv_old.py")
    assert own.exists()
    own.unlink()
    compare_catalogue(copy, made)
    assert write_catalogue(copy, made) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot read the manifest"),
        ("[[kernel]\n", "must be TOML"),
        ("", "must list a"),
        (
            "x = 1\n[[kernel]]\nkernel = '3'\n",
            "must be a list of [[kernel]] and [[document]] tables",
        ),
        ("[[kernel]]\nstride = '2'\n", "kernel 1: must have the key kernel"),
        ("[[kernel]]\nkernel = '3'\nstrides = '2'\n", "kernel 1: must have the key kernel"),
        ("[[kernel]]\nkernel = '3'\ntransposed = 'yes'\n", "transposed must be true or false"),
        ("[[kernel]]\nkernel = '3'\npadding_mode = 'wrap'\n", "kernel 1: padding_mode must be"),
        ("[[kernel]]\nkernel = 3\n", "kernel 1: kernel must be a string, got 3"),
        ("[[kernel]]\nkernel = '3'\n[[kernel]]\nkernel = '0'\n", "kernel 2: kernel_shape[0] must"),
        ("[[kernel]]\nkernel = '3'\ntarget = 'z'\n", "kernel 1: target must be one of numpy"),
    ],
)
def test_a_wrong_manifest_is_refused(tmp_path, text, message):
    if text is not None:
        (tmp_path / "manifest.toml").write_text(text)
    with pytest.raises(OptionError) as caught:
        read_manifest(tmp_path)
    assert message in str(caught.value)


def test_a_kernel_listed_twice_is_refused(tmp_path):
    (tmp_path / "manifest.toml").write_text("[[kernel]]\nkernel = '1'\n" * 2)
    with pytest.raises(OptionError, match="every file once"):
        dict(make_catalogue(read_manifest(tmp_path)))


def test_the_bytes_depend_on_nothing_but_the_request(tmp_path):
    """Other hash seeds, locales, time zones, folders: the same file."""
    texts = set()
    for seed, locale, zone in (("1", "C", "UTC"), ("77", "C.UTF-8", "Asia/Tokyo")):
        folder = tmp_path / f"run {seed}"
        folder.mkdir()
        code = "from symconv.cli.main import main; main()"
        subprocess.run(
            [sys.executable, "-c", code, "generate", "-p", "3", "-q", "5", "-t", "2"],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "LC_ALL": locale,
                "TZ": zone,
                "PYTHONPATH": str(GENERATED.parent),
            },
            check=True,
            timeout=120,
        )
        texts.add((folder / "conv_k3x5_s2.py").read_bytes())
    assert texts == {(GENERATED / "numpy" / "conv_k3x5_s2.py").read_bytes()}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("format = 'pdf'", "document 1: format must be one of latex, html, markdown, got 'pdf'"),
        ("level = 'long'", "level must be one of brief, full, classroom, got 'long'"),
        ("target = 'numpy'", "must have the key kernel and may have stride"),
        ("stride = '0'", "document 1: stride must be at least 1"),
    ],
)
def test_a_wrong_document_is_refused(tmp_path, words, message):
    text = f"[[kernel]]\nkernel = '3'\n[[document]]\nkernel = '3'\n{words}\n"
    (tmp_path / "manifest.toml").write_text(text)
    with pytest.raises(OptionError) as caught:
        read_manifest(tmp_path)
    assert message in str(caught.value)
