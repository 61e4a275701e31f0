"""The parts of C kernels that are the same for all sizes: the headers in runtime/, as text.

Each of them is C that an editor opens by itself. An emitted file needs no header but its own, so
the text of those that it uses is put into it, without what a header needs only as a file: the guard
and the includes of its neighbours.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

RUNTIME: Final = Path(__file__).parent / "runtime"
_ALONE: Final = re.compile(
    r"#ifndef (?P<guard>SYMCONV_\w+_H)\n#define (?P=guard)\n(?P<body>.*)\n#endif\n\Z", re.DOTALL
)
_INCLUDES: Final = re.compile(r"^#include .*\n", re.MULTILINE)


def headers(*names: str) -> str:
    """Return the texts of headers one after the other, "vectors", "micro_kernel"."""
    return "\n\n".join(map(_header, names))


@cache
def _header(name: str) -> str:
    text = (RUNTIME / f"{name}.h").read_text(encoding="utf-8")
    found = _ALONE.search(text)
    if found is None:
        raise AssertionError(f"{name}.h must have a guard around all of it")
    return _INCLUDES.sub("", found["body"]).strip("\n")
