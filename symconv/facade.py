"""The public functions: each one is a short road through the layers below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from functools import cached_property, partial
from typing import TypedDict, Unpack

from symconv.algebra.bilinear import FastTiles, fast_tiles
from symconv.algebra.channels import BatchedGradients, derive_channels
from symconv.algebra.derivation import DerivedGradients, derive_gradients
from symconv.codegen.kernel import FAST, GeneratedFile, Kernel
from symconv.codegen.request import fastest_request, request_kernel
from symconv.codegen.targets import build_of
from symconv.document.choices import Format, Level
from symconv.document.figure import Figure
from symconv.document.figure.gallery import draw, picture_named
from symconv.document.formulas import latex_formulas
from symconv.document.language import language
from symconv.document.tiles import tiles_latex, tiles_text
from symconv.document.writing import (
    DocumentRequest,
    document_files,
    request_document,
    write_document,
)
from symconv.errors import OptionError, SpecError
from symconv.spec import ConvSpec


class Derivation(DerivedGradients):
    """A derivation that can show itself; its parts are those of DerivedGradients."""

    def to_text(self) -> str:
        """Return the derivation for a terminal, in Unicode."""
        return str(self.to_document(Format.TEXT))

    def to_latex(self, *, fragment: bool = False, **choices: Unpack[DocumentChoices]) -> str:
        """Return the derivation as a LaTeX document.

        Args:
            fragment: without preamble, to be pasted into a document that loads amsmath,
                booktabs, longtable, listings and TikZ.
            choices: those of `to_document`.
        """
        return str(self.to_document("latex", fragment=fragment, **choices))

    def to_markdown(self, **choices: Unpack[DocumentChoices]) -> str:
        """Return the derivation in Markdown with formulas between dollar signs."""
        return str(self.to_document("markdown", **choices))

    def to_html(self, **choices: Unpack[DocumentChoices]) -> str:
        """Return the derivation as one HTML page that needs nothing else."""
        return str(self.to_document("html", **choices))

    def to_document(
        self, form: str, *, fragment: bool = False, **choices: Unpack[DocumentChoices]
    ) -> str | bytes:
        """Return the derivation as a document; touches no disk.

        Args:
            form: "text", "latex", "markdown", "html", "pdf" or "notebook".
            fragment: LaTeX without preamble.
            choices: lang, "en" or "zh"; level, "brief", "full" or "classroom"; input_shape, the
                image on which everything is written out.

        Raises:
            OptionError: a choice does not exist, or does not fit the others.
            SpecError: a window does not fit into the image.
            ToolError: a PDF is asked for, and no TeX engine is there.
        """
        return write_document(self._requested(form, fragment=fragment, **choices))

    def document_files(
        self, name: str, form: str, *, fragment: bool = False, **choices: Unpack[DocumentChoices]
    ) -> dict[str, str | bytes]:
        """Return the files of a document: itself, and for Markdown the figures beside it.

        Args:
            name: the file name of the document.
            form: as in `to_document`, like the rest.
            fragment: LaTeX without preamble.
            choices: lang, level and input_shape.
        """
        request = self._requested(form, fragment=fragment, **choices)
        return document_files(request, name=name)

    def figure(
        self,
        name: str,
        *,
        input_shape: Sequence[int] | None = None,
        at: Sequence[int] | None = None,
        axis: int = 0,
        lang: str = "en",
    ) -> Figure:
        """Return a picture that shows itself in Jupyter; `symconv plot` writes it to a file.

        Args:
            name: "windows", "overlap", "phases", "meeting", "axis", "scatter" or "copies".
            input_shape: the image; by default the smallest that shows everything.
            at: the cell of the meeting; by default the one that the most windows read.
            axis: the axis of the strip.
            lang: the language of its words.

        Raises:
            OptionError: there is no such figure or language.
            SpecError: a window does not fit, or there is no such cell or axis.
        """
        return draw(
            self,
            picture_named(name),
            input_shape=input_shape,
            at=at,
            axis=axis,
            translate=language(lang).translate,
        )

    def _requested(
        self, form: str, *, fragment: bool, **choices: Unpack[DocumentChoices]
    ) -> DocumentRequest:
        request = request_document(self, form=form, fragment=fragment, **choices)
        return replace(request, kernel_source=_kernel_source(self, request))

    @cached_property
    def batched(self) -> BatchedGradients:
        """The same derivation with images, channels and groups: sums over the channels too."""
        return derive_channels(self)

    def fast(self, tile: int | Sequence[int]) -> Tiles:
        """Return the transforms of fast tiles, multiplied out and proved equal to this derivation.

        Args:
            tile: the outputs of a tile, along all axes or along each.

        Raises:
            OptionError: stride or dilation are not 1, or the tile is too large.

        Example:
            >>> tiles = derive(ConvSpec(kernel_shape=(3,))).fast(2)
            >>> print(tiles.to_text())  # doctest: +ELLIPSIS
            y = A^T [(G w) * (B^T x)],  dw = G^T [(A dy) * (B^T x)]
            ...
              B^T =
                1   0  -1  0
                0   1   1  0
                0  -1   1  0
                0  -1   0  1
            ...
        """
        sizes = (tile,) * self.spec.axes if isinstance(tile, int) else tuple(tile)
        tiles = fast_tiles(self, sizes)
        return Tiles(tiles.transforms, tiles.filters)

    def _repr_latex_(self) -> str:
        return latex_formulas(self)


class Tiles(FastTiles):
    """Fast tiles that can show themselves; their parts are those of FastTiles."""

    def to_text(self) -> str:
        """Return the matrices, the identity and the error bound for a terminal."""
        return tiles_text(self)

    def to_latex(self) -> str:
        """Return the matrices of each axis as LaTeX, between dollar signs."""
        return tiles_latex(self)

    def _repr_latex_(self) -> str:
        return tiles_latex(self)


class DocumentChoices(TypedDict, total=False):
    """The choices that all formats share."""

    lang: str
    level: str
    input_shape: Sequence[int] | None


def _kernel_source(derivation: DerivedGradients, request: DocumentRequest) -> str:
    """Return the checked NumPy kernel that a document shows; empty for none.

    It is of one channel, and so is the derivation: groups change neither.
    """
    if request.level is Level.BRIEF or request.form is Format.TEXT:
        return ""
    plane = replace(derivation, spec=derivation.spec.plane)
    try:
        (file,) = build_of(request_kernel(plane.spec), derivation=plane).checked.files
    except (OptionError, SpecError):
        return ""
    return file.text


def derive(spec: ConvSpec) -> Derivation:
    """Return the derivation of a spec: output, gradients, phases and overlap case.

    Args:
        spec: the sizes; "same" padding with a stride needs `spec.at(input_shape)` first.

    Raises:
        SpecError: the padding depends on the input, or the kernel has too many taps.

    Example:
        >>> d = derive(ConvSpec(kernel_shape=(2,), stride=3))
        >>> d.grad_weight
        Sum(dy[i]*x[3*i + r], (i, 0, g - 1))
        >>> [phase.residues for phase in d.phases], d.overlap.name
        ([(0,), (1,)], 'no overlap')
    """
    derived = derive_gradients(spec)
    return Derivation(**{field.name: getattr(derived, field.name) for field in fields(derived)})


def generate(
    spec: ConvSpec,
    *,
    target: str = "numpy",
    layout: str = "plane",
    unroll: str = "taps",
    fixed: bool = False,
    input_shape: Sequence[int] | None = None,
    out_channels: int | None = None,
    algorithm: str = "direct",
    tile: int | Sequence[int] | None = None,
    error_bound: float | None = None,
    style: str | None = None,
    dtype: str | Sequence[str] | None = None,
    name: str | None = None,
    only: str | Sequence[str] | None = None,
) -> tuple[GeneratedFile, ...]:
    """Return the source of a specialised kernel, checked; writes no file but compiled code.

    Args:
        spec: the sizes.
        target: the language, "numpy" or "c"; C has a .c and a .h file.
        layout: how arrays are laid out: "plane" is spatial axes only, "batched" (N, C, *spatial).
        unroll: "taps" for inputs of any size, or "element": entry by entry for one small input.
        fixed: whether C has the sizes of the input written in, for small devices.
        input_shape: the input of the element and the fixed form, the latter with images and
            channels in front in the batched layout; it also resolves "same" padding.
        out_channels: how many there are, for the fixed form of the batched layout.
        algorithm: "direct", or "winograd" for fast tiles: batches with stride and dilation 1.
        tile: the outputs of a fast tile, for all axes or for each; by default the fastest.
        error_bound: choose fast tiles where an error of float32 over max|x| times the sum of |w|
            is sure to be at most this, for sums over up to 1024 channels (the weight gradient:
            tiles, and |dy| for |w|); beyond, the bound grows in proportion.
        style: "unrolled", the formulas of the derivation as NumPy code, a term a line; or "fast".
            NumPy kernels of any input size have both, but for fast tiles.
        dtype: the types of entries that C files have functions for: one of "f32", "f64", "i32" and
            "i64", or some, "f32,i64"; by default "f32".
        name: of the kernel and its files; by default it says the spec and the choices.
        only: the functions that the files have, "forward,grad_weight"; by default all. The kernel
            is checked with all of them.

    Raises:
        OptionError: a choice does not exist or does not fit the others.
        SpecError: the padding depends on the input, or the kernel has too many taps.
        VerificationError: the emitted code differs from the derivation (a fault of symconv).

    Example:
        >>> [file.path for file in generate(ConvSpec(kernel_shape=(3, 5), stride=2))]
        ['conv_k3x5_s2.py']
    """
    request = request_kernel(
        spec,
        target=target,
        layout=layout,
        unroll=unroll,
        fixed=fixed,
        input_shape=input_shape,
        out_channels=out_channels,
        algorithm=algorithm,
        tile=tile,
        error_bound=error_bound,
        style=style,
        dtype=dtype,
        name=name,
        only=only,
    )
    return build_of(request).checked.files


def load(
    spec: ConvSpec,
    *,
    target: str = "numpy",
    layout: str = "plane",
    unroll: str = "taps",
    fixed: bool = False,
    input_shape: Sequence[int] | None = None,
    out_channels: int | None = None,
    threads: int = 1,
    algorithm: str = "direct",
    tile: int | Sequence[int] | None = None,
    error_bound: float | None = None,
    style: str | None = None,
) -> Kernel:
    """Return the kernel that `generate` emits, imported or compiled and ready to call.

    The arguments and errors are those of `generate`, but the style is fast by default; the checks
    are left to it. C is compiled when a type of entries is first met, and kept in the user's cache
    folder. The target "auto" is C where there is a compiler that works and C has the kernel, else
    NumPy; should C later fail to compile for a type, that type runs in NumPy. C with `threads`
    shares a call of a large plane among so many; results have the same bits for any number. In the
    child of a fork, where the threads of its parent are missing, calls run in one.

    Raises:
        ToolError: C is asked for and no compiler is found, or it has no OpenMP. A call raises it,
            too, where the compiler fails or what it made cannot be kept or loaded.

    Example:
        >>> k = load(ConvSpec(kernel_shape=(2,)))
        >>> k.grad_input([1, 10], [3, 4])
        array([ 3, 34, 40])
    """
    request = fastest_request if target == "auto" else partial(request_kernel, target=target)
    requested = request(
        spec,
        layout=layout,
        unroll=unroll,
        fixed=fixed,
        input_shape=input_shape,
        out_channels=out_channels,
        algorithm=algorithm,
        tile=tile,
        error_bound=error_bound,
        style=style,
        usual_style=FAST,
    )
    return build_of(requested).load(threads=threads, optional=target == "auto")
