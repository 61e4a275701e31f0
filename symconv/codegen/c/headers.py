"""The parts of C kernels that are the same for all sizes: the headers in runtime/, as text.

Each of them is C that an editor opens by itself: what an emitted file defines for its own kernel,
the headers named spec* define for an example, and no file is given those. An emitted file needs no
header but its own, so the texts of those that it uses are put into it, without what a header needs
only as a file: the guard and the includes.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from symconv.errors import RenderError

RUNTIME: Final = Path(__file__).parent / "runtime"
_ALONE: Final = re.compile(
    r"(?P<head>.*?)#ifndef (?P<guard>SYMCONV_\w+_H)\n#define (?P=guard)\n(?P<body>.*)\n#endif\n\Z",
    re.DOTALL,
)
_INCLUDES: Final = re.compile(r'^#include (".*"|<std.*>)\n', re.MULTILINE)


def headers(*names: str) -> str:
    """Return the texts of headers one after the other, as they stand in an emitted file.

    Args:
        names: those of the headers, in an order in which each finds what it uses: "sizes", "work".
    """
    return "\n\n".join(map(_header, names))


@cache
def _header(name: str) -> str:
    text = (RUNTIME / f"{name}.h").read_text(encoding="utf-8")
    found = _ALONE.match(text)
    if found is None:
        raise RenderError(f"{name}.h must have a guard around all but its first comment")
    body = _INCLUDES.sub("", found["body"]).strip("\n")
    return f"/* ---- {name}.h ---- */\n{found['head']}\n{body}"
