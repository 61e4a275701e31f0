"""symconv translate: a call of one library as the equal call of another."""

from __future__ import annotations

from typing import Annotated

import typer

from symconv.errors import OptionError

NO_EQUAL_CALL = 1


def translate(
    call: Annotated[str, typer.Argument(help="The call, in quotes: 'Conv2d(3, 8, 3, padding=1)'.")],
    source: Annotated[str, typer.Option("--from", help="Its library: torch, keras, jax, onnx.")],
    target: Annotated[str, typer.Option("--to", help="The library to say it in.")],
    in_channels: Annotated[
        int | None,
        typer.Option(min=1, help="Input channels, where the call does not say them."),
    ] = None,
    out_channels: Annotated[
        int | None,
        typer.Option(min=1, help="Output channels, where the call does not say them."),
    ] = None,
) -> None:
    """Translate a convolution's call: the equal call, or the input where none is equal.

    The call is read, never run. Of jax and onnx the weight stands as its
    shape: rhs=(8, 3, 3, 3), W=(8, 3, 3, 3).

    Examples:

      symconv translate --from torch --to keras 'Conv2d(3, 8, 3, padding=1)'

      symconv translate --from keras --to onnx "Conv1D(8, 5, padding='causal')"

      symconv translate --from torch --to jax 'ConvTranspose2d(8, 3, 3, 2, 1, 1)'
    """
    from dataclasses import replace

    from symconv.conventions import read_call
    from symconv.conventions import translate as translate_layer
    from symconv.conventions.translation import notes
    from symconv.notation import write_sizes

    layer = read_call(call, library=source)
    layer = replace(
        layer,
        in_channels=_known("--in-channels", in_channels, layer.in_channels),
        out_channels=_known("--out-channels", out_channels, layer.out_channels),
    )
    translation = translate_layer(layer, target=target)
    if translation.call is not None:
        typer.echo(translation.call)
        for note in notes(translation, source=source):
            typer.echo(f"# {note}")
        return
    where = "for every input"
    if translation.witness is not None:
        where = f"for an input of size {write_sizes((translation.witness,) * layer.spec.axes)}"
    typer.echo(f"no call of {target} is equal {where}")
    for rejected in translation.rejected:
        typer.echo(f"{rejected.call} {rejected.reason}")
    raise typer.Exit(NO_EQUAL_CALL)


def _known(name: str, given: int | None, known: int | None) -> int | None:
    if given is not None and known not in (None, given):
        raise OptionError(f"{name} must be {known} as in the call, got {given}")
    return known if given is None else given
