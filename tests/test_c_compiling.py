"""Compiling C: what a damaged cache, an interruption or a kill leaves, and what a long run says."""

import logging
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from symconv import ConvSpec, ToolError, load
from symconv.codegen.runtime import cache as library_cache
from symconv.codegen.runtime import compiling
from symconv.codegen.runtime.cache import library, load_library
from symconv.codegen.runtime.compiler import find_compiler
from tests.test_c_compiler import TEXTS

pytestmark = pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler")

COMPILE = f"""
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background has none
from symconv.codegen.runtime.cache import library
library("seven.c", {TEXTS!r})
"""
KILLS = 50
KILLED = f"""
import os, signal, time
from symconv.codegen.runtime.cache import library
for number in range({KILLS}):
    child = os.fork()
    if child == 0:
        library("seven.c", {{"seven.c": "int seven = %d;" % number}})
        os._exit(0)
    time.sleep(number / 1000)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
"""


def program(tmp_path, name, lines):
    """A shell script that may be run."""
    path = tmp_path / name
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o700)
    return path


@pytest.fixture
def endless(cache, tmp_path, monkeypatch):
    """A compiler that never comes to an end; it writes its number into a file."""
    started = tmp_path / "started"
    lines = f'[ "$1" = --version ] && exec echo endless\necho $$ >{started}.new\n'
    lines += f"touch left-over\nmv {started}.new {started}\nexec sleep 100000"
    monkeypatch.setenv("CC", str(program(tmp_path, "endless", lines)))
    return started


def until(condition):
    """Wait as long as it takes, but not for ever."""
    for _ in range(6000):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("waited for a minute")


def runs(process):
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def cut(data):
    return data[: len(data) // 2]


def flipped(data):
    middle = len(data) // 2
    return (
        data[:middle]
        + bytes(255 - byte for byte in data[middle : middle + 64])
        + data[middle + 64 :]
    )


@pytest.mark.parametrize("damage", [cut, flipped, lambda _: b""], ids=["cut", "flipped", "empty"])
def test_a_damaged_library_is_made_anew(cache, damage):
    path = library("seven.c", TEXTS)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert library("seven.c", TEXTS) == path
    assert path.read_bytes() == whole
    assert list(cache.iterdir()) == [path]
    assert load_library("seven.c", TEXTS).seven() == 7


def test_a_damaged_library_of_another_name_goes(cache):
    path = library("seven.c", TEXTS)
    other = path.with_stem(path.stem[:-1] + ("0" if path.stem[-1] != "0" else "1"))
    path.rename(other)
    assert library("seven.c", TEXTS) == path
    assert list(cache.iterdir()) == [path]


def test_a_damaged_kernel_is_made_anew(cache):
    call = (
        "import numpy as np; from symconv import ConvSpec, load\n"
        "k = load(ConvSpec(kernel_shape=(3,)), target='c')\n"
        "print(k.forward(np.arange(5.0), np.ones(3)).tolist())"
    )
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True)
        assert done.stdout == "[3.0, 6.0, 9.0]\n", done.stderr
        (path,) = cache.iterdir()
        path.write_bytes(flipped(path.read_bytes()))


def test_a_library_that_cannot_be_loaded_is_one_line(cache):
    texts = {"wrong.c": "extern int nowhere;\nint *at(void);\nint *at(void) { return &nowhere; }\n"}
    with pytest.raises(ToolError, match=r"^cannot load a compiled kernel: [^\n]*nowhere[^\n]*$"):
        load_library("wrong.c", texts)


def test_a_cache_that_runs_no_code_is_not_used(cache, monkeypatch):
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_flag=library_cache.NOEXEC))
    assert library("seven.c", TEXTS).parent != cache
    assert not list(cache.iterdir())


def test_a_long_compilation_says_so_once(cache, tmp_path, monkeypatch, caplog):
    go_on = tmp_path / "go-on"
    lines = f'[ "$1" = --version ] || until [ -e {go_on} ]; do sleep 0.01; done\nexec cc "$@"'
    monkeypatch.setenv("CC", str(program(tmp_path, "slow", lines)))
    monkeypatch.setattr(compiling, "PATIENCE", 0)
    monkeypatch.setattr(compiling.log, "filters", [lambda record: go_on.touch() or True])
    compiling._say.cache_clear()
    with caplog.at_level(logging.WARNING):
        library("seven.c", TEXTS)
        library("seven.c", TEXTS, flags=["-DOTHER"])  # as another type of the same kernel
    (said,) = caplog.messages
    assert said == "symconv: still compiling seven; large kernels take longer"


def test_a_short_compilation_says_nothing(cache, monkeypatch, caplog):
    monkeypatch.setattr(compiling, "PATIENCE", compiling.SECONDS)
    library("seven.c", TEXTS)
    assert not caplog.messages


def test_what_is_said_goes_to_stderr(cache):
    patient = f"from symconv.codegen.runtime import compiling\ncompiling.PATIENCE = 0\n{COMPILE}"
    done = subprocess.run([sys.executable, "-c", patient], capture_output=True, text=True)
    assert done.stdout == ""
    assert done.stderr.splitlines() == ["symconv: still compiling seven; large kernels take longer"]


def test_a_compilation_without_end_is_one_line(endless, cache, monkeypatch):
    monkeypatch.setattr(compiling, "PATIENCE", 0)
    monkeypatch.setattr(compiling, "SECONDS", 0)
    with pytest.raises(ToolError, match=r"took more than 0 s$"):
        library("seven.c", TEXTS)
    assert not list(cache.iterdir())


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_end_leaves_no_file_and_no_compiler(endless, cache, sent):
    with subprocess.Popen(
        [sys.executable, "-c", COMPILE], stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        until(endless.exists)
        compiler = int(endless.read_text())
        assert runs(compiler)
        process.send_signal(sent)
        process.wait()
        if sent != signal.SIGINT:
            until(lambda: not runs(compiler) and not list(cache.iterdir()))
    assert not runs(compiler)
    assert not list(cache.iterdir())


def test_fifty_kills_leave_nothing(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    subprocess.run([sys.executable, "-c", KILLED], check=True)
    until(lambda: all(path.suffix == ".so" for path in cache.iterdir()))
    assert all(map(library_cache._is_sound, cache.iterdir()))
    assert {path.name for path in tmp_path.iterdir()} == {"symconv"}


def broken(tmp_path, name):
    """The name of a compiler that does not work, and what the error says about it."""
    if name == "absent":
        return "no-such-compiler -m32", "CC must name a C compiler that runs, got 'no-such"
    if name == "quote":
        return "gcc '", 'CC must be words as a shell reads them, got "gcc \'"'
    if name == "echo":
        return "echo", "made no library: is it a C compiler?"
    lines = '[ "$1" = --version ] && exec echo liar 1.0\necho No space left on device >&2\nexit 1'
    return str(program(tmp_path, "liar", lines)), "failed with 1: No space left on device"


@pytest.mark.parametrize("name", ["absent", "quote", "echo", "liar"])
@pytest.mark.parametrize("layout", ["plane", "batched"])
def test_auto_is_numpy_where_the_compiler_is_broken(cache, tmp_path, monkeypatch, name, layout):
    spec = ConvSpec(kernel_shape=(1,))
    command, said = broken(tmp_path, name)
    monkeypatch.setenv("CC", command)
    kernel = load(spec, target="auto", layout=layout)
    assert kernel.source == load(spec, layout=layout).source
    x, w = ([1], [1]) if layout == "plane" else ([[1]], [[[1]]])
    with pytest.raises(ToolError) as caught:
        load(spec, target="c", layout=layout).forward(x, w)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


FULL = """
import resource, sys
import numpy as np
from symconv import ConvSpec, ToolError, load
kernels = [load(ConvSpec(kernel_shape=(1,)), target=target) for target in sys.argv[1:]]
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # nothing more can be written
kernels.append(load(ConvSpec(kernel_shape=(1,)), target="auto"))
for kernel in kernels:
    try:
        print(kernel.forward(np.ones(2), np.ones(1)).tolist(), flush=True)
    except ToolError as err:
        print(err, flush=True)
"""


def test_auto_is_numpy_where_the_disk_is_full(cache):
    command = [sys.executable, "-c", FULL, "auto", "c"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    before, c, after = done.stdout.splitlines()
    assert before == after == "[1.0, 1.0]"
    assert c.startswith("cannot write compiled kernels: ")


@pytest.mark.parametrize("layout", ["plane", "batched"])
def test_auto_is_numpy_where_only_the_kernel_cannot_be_compiled(
    cache, tmp_path, monkeypatch, layout
):
    lines = 'case "$*" in *conv*) echo no >&2; exit 1;; esac\nexec cc "$@"'
    monkeypatch.setenv("CC", str(program(tmp_path, "picky", lines)))
    spec = ConvSpec(kernel_shape=(1,))
    kernel = load(spec, target="auto", layout=layout)
    assert kernel.source != load(spec, layout=layout).source
    x, w = ([1.0, 1.0], [2.0]) if layout == "plane" else ([[1.0, 1.0]], [[[2.0]]])
    for _ in range(2):
        y = kernel.forward(x, w)
        assert y.ravel().tolist() == [2.0, 2.0]
        dx, dw, db = kernel.backward(y, x, w)
        assert (dx.sum(), dw.sum(), db.sum()) == (8, 4, 4)
