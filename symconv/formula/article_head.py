r"""The head of an article: the fields between --- at its beginning."""

from __future__ import annotations

import re
from typing import Final

_HEAD: Final = re.compile(
    r"\ufeff?---[ \t]*\r?\n(?P<fields>.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.DOTALL | re.MULTILINE
)
_FIELD: Final = re.compile(r"(?P<key>[A-Za-z_][\w-]*)[ \t]*:(?P<value>.*)")
_NESTED: Final = re.compile(r"[ \t]+(?:-[ \t]+)?(?P<entry>\S.*)")
MAX_HEAD: Final = 100_000


def head_of(text: str) -> tuple[dict[str, str], int]:
    r"""Return key -> value of the head of a text, and the place behind it.

    The lines that are indented below a field belong to it, "F: kernel" as "F=kernel".

    Example:
        >>> head_of("---\ntitle: A\nletters:\n  F: kernel\n  s: stride\n---\nx")[0]
        {'title': 'A', 'letters': 'F=kernel, s=stride'}
    """
    found = _HEAD.match(text, 0, MAX_HEAD)
    if found is None:
        return {}, 0
    fields: dict[str, list[str]] = {}
    key = ""
    for line in found["fields"].splitlines():
        field, nested = _FIELD.fullmatch(line), _NESTED.fullmatch(line)
        if field:
            key = field["key"]
            fields[key] = [_unquoted(field["value"].strip())]
        elif nested and key:
            fields[key].append(_pair(nested["entry"].strip()))
    joined = {key: ", ".join(filter(None, values)) for key, values in fields.items()}
    return joined, found.end()


def _pair(entry: str) -> str:
    name, sign, value = entry.rpartition(":")
    return f"{name.strip()}={_unquoted(value.strip())}" if sign and "=" not in entry else entry


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value
