"""Loading C: which compiler, where compiled code is kept, and what is never loaded."""

import os
import stat
import subprocess
import sys

import numpy as np
import pytest

from symconv import ConvSpec, ToolError, load
from symconv.codegen.runtime.cache import is_ours, library
from symconv.codegen.runtime.compiler import find_compiler

pytestmark = pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler")

SPEC = ConvSpec(kernel_shape=(3,), stride=2)
TEXTS = {"seven.c": "int seven(void);\nint seven(void) { return 7; }\n"}


def test_a_library_is_compiled_once_and_kept_from_others(cache):
    path = library("seven.c", TEXTS)
    assert path.parent == cache
    before = path.stat()
    assert library("seven.c", TEXTS) == path
    assert path.stat() == before
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert is_ours(path)
    assert library("seven.c", TEXTS, flags=["-DOTHER"]) != path
    assert [each.suffix for each in cache.iterdir()] == [".so", ".so"]


def test_a_file_that_others_can_write_is_made_anew(cache):
    path = library("seven.c", TEXTS)
    path.write_bytes(b"not ours")
    path.chmod(0o722)
    assert not is_ours(path)
    assert library("seven.c", TEXTS) == path
    assert path.read_bytes() != b"not ours"
    assert is_ours(path)


def test_a_link_is_made_anew(cache, tmp_path):
    path = library("seven.c", TEXTS)
    (tmp_path / "elsewhere").write_bytes(b"not ours")
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    assert not library("seven.c", TEXTS).is_symlink()


@pytest.mark.parametrize("place", ["kernels", "above"])
def test_a_folder_that_others_can_write_is_not_used(cache, place):
    path = library("seven.c", TEXTS)
    open_to_others = cache if place == "kernels" else cache.parent
    open_to_others.chmod(0o777)
    other = library("seven.c", TEXTS)
    assert other.parent != path.parent
    assert is_ours(other)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_a_file_of_another_user_is_made_anew(cache):
    path = library("seven.c", TEXTS)
    os.chown(path, 12345, 12345)
    assert not is_ours(path)
    library("seven.c", TEXTS)
    assert path.stat().st_uid == os.geteuid()


def test_ten_processes_may_build_the_same_kernel(cache):
    program = (
        "import ctypes, sys; from symconv.codegen.runtime.cache import library; "
        f"sys.stdin.read(); print(ctypes.CDLL(str(library('seven.c', {TEXTS!r}))).seven())"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(10)
    ]
    for process in started:
        process.stdin.close()
    for process in started:
        assert process.stdout.read() == "7\n", process.stderr.read()
        assert process.wait() == 0
        process.stdout.close()
        process.stderr.close()
    assert [path.suffix for path in cache.iterdir()] == [".so"]


def test_a_missing_compiler_is_one_line(monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler -m32")
    with pytest.raises(ToolError) as caught:
        load(SPEC, target="c")
    assert str(caught.value) == ("CC must name a C compiler that runs, got 'no-such-compiler -m32'")
    monkeypatch.delenv("CC")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolError, match=r"none of \$CC, cc, gcc, clang"):
        load(SPEC, target="c")


def test_a_compiler_that_fails_is_one_line(cache):
    with pytest.raises(ToolError) as caught:
        library("wrong.c", {"wrong.c": "int wrong = ;\n"})
    assert "failed with 1: wrong.c" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not list(cache.iterdir())


def test_auto_takes_c_where_it_can(monkeypatch):
    assert load(SPEC, target="auto").source == load(SPEC, target="c").source
    batched = load(SPEC, target="auto", layout="batched")
    assert batched.source == load(SPEC, target="c", layout="batched").source
    transposed = ConvSpec(kernel_shape=(3,), transposed=True)
    assert load(transposed, target="auto").source == load(transposed).source
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", "")
    kernel = load(SPEC, target="auto")
    assert kernel.source == load(SPEC).source
    assert kernel.forward(np.arange(5), np.ones(3, int)).tolist() == [3, 9]
