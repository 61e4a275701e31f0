"""The docstring of a package is the table of its modules: none is missing, none is gone."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import symconv

ROOT = Path(symconv.__file__).parent
PACKAGES = [
    package.parent
    for wing in ("codegen", "formula", "verification")
    for package in sorted((ROOT / wing).rglob("__init__.py"))
]
ROW = re.compile(r"^ *([a-z]\w*(?:, [a-z]\w*)*)(?: {2,}\S.*)$", re.MULTILINE)


def tabled(package: Path) -> list[str]:
    """The names in the first column of the tables of a package's docstring."""
    tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    rows = ROW.findall(ast.get_docstring(tree, clean=False) or "")
    return [name for row in rows for name in row.split(", ")]


def modules(package: Path) -> list[str]:
    """The modules and packages inside a package."""
    files = [path.stem for path in package.glob("*.py") if path.stem != "__init__"]
    return sorted(files + [path.parent.name for path in package.glob("*/__init__.py")])


@pytest.mark.parametrize(
    "package", PACKAGES, ids=lambda path: ".".join(path.relative_to(ROOT).parts)
)
def test_every_module_stands_once_in_the_docstring_of_its_package(package):
    assert sorted(tabled(package)) == modules(package)
