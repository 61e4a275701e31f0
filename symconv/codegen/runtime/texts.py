"""Which files are compiled for a type of entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from symconv.codegen.build import Build
from symconv.codegen.kernel import GeneratedFile

NONE: Final[Mapping[str, str]] = {}
Texts: TypeAlias = Callable[[str], Mapping[str, str]]


def texts_of(
    build: Build, files: Sequence[GeneratedFile], *, beside: Mapping[str, str] = NONE
) -> Texts:
    """Return the function from a suffix of DTYPES to the files, name -> text, that have the type.

    Args:
        build: what is loaded.
        files: those of its request, or others in their place; a type that the request does not
            have is spelled in files of its own.
        beside: other files that are compiled with them, name -> text.
    """

    def texts(suffix: str) -> Mapping[str, str]:
        if suffix in build.request.dtypes:
            return {**beside, **{file.path: file.text for file in files}}
        alone = build.other(replace(build.request, dtypes=(suffix,)))
        return {**beside, **{file.path: file.text for file in alone.unchecked}}

    return texts
