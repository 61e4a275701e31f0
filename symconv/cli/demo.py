"""symconv demo: the whole road on real data, from two specs to a trained classifier."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Final, ParamSpec, TypeVar

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from symconv.codegen.kernel import Kernel
    from symconv.demo.training import Epoch

PICTURE: Final = Path("symconv-demo.png")
T = TypeVar("T")
P = ParamSpec("P")


def demo(
    epochs: Annotated[
        int, typer.Option(metavar="N", min=1, max=1000, help="Passes over the training images.")
    ] = 25,
    seed: Annotated[
        int, typer.Option(metavar="N", min=0, help="The same seed gives the same accuracy.")
    ] = 0,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The picture of the training.")
    ] = PICTURE,
) -> None:
    """Derive, check and generate two kernels, and train a digit classifier with them.

    The data are the 1,797 handwritten digits that scikit-learn ships. Both
    convolutions of the network, 3x3 with stride 1 and with stride 2, and
    all of their gradients are emitted kernels. Needs the extra: pip install
    'symconv[demo]'.

    Examples:

      symconv demo

      symconv demo --epochs 5 --seed 1 -o training.png
    """
    from rich.console import Console

    from symconv.demo.data import load_digits
    from symconv.demo.network import new_network
    from symconv.demo.picture import draw, require_matplotlib
    from symconv.demo.training import train

    require_matplotlib()
    digits = load_digits(seed=seed)
    console = Console()
    kernels = _kernels(console)
    network = new_network(*kernels, seed=seed)
    console.print(
        f"Training on {len(digits.train)} handwritten digits, testing on {len(digits.test)}; "
        "every convolution and every gradient of one is an emitted kernel."
    )
    history = _progress(train(network, digits, epochs=epochs, seed=seed), epochs=epochs)
    last = history[-1]
    draw(history, last.network.filters, output)
    seconds = sum(epoch.seconds for epoch in history)
    console.print(
        f"Test accuracy [bold]{last.test_accuracy:.1%}[/bold] after {len(history)} epochs in "
        f"{seconds:.1f} s (training {last.train_accuracy:.1%}, loss {last.loss:.4f})."
    )
    console.print(f"Learnt filters and curves: {output}", soft_wrap=True)


def _kernels(console: Console) -> list[Kernel]:
    """Derive, emit, check and load the two kernels; print a row for each."""
    from symconv.codegen.kernel import FAST
    from symconv.codegen.request import request_kernel
    from symconv.codegen.targets import build_of
    from symconv.spec import ConvSpec

    table, kernels = _table(), []
    for stride in (1, 2):
        request = request_kernel(ConvSpec(kernel_shape=(3, 3), stride=stride), usual_style=FAST)
        build, deriving = _timed(build_of, request)
        files, emitting = _timed(build.spelled, build.check.proof)
        _, checking = _timed(build.check.run)
        kernel = build.load(files)
        table.add_row(
            kernel.name,
            build.derivation.overlap.name,
            str(len(list(build.derivation.phases))),
            f"{deriving * 1000:.0f} ms",
            f"{emitting * 1000:.0f} ms",
            f"{checking * 1000:.0f} ms",
        )
        kernels.append(kernel)
    console.print(table)
    console.print(
        "Checked: run on SymPy symbols for three input sizes each; every entry of every result "
        "equals the polynomial of the derivation."
    )
    return kernels


def _table() -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("kernel", "overlap case", "phases", "derived", "generated", "checked"):
        table.add_column(heading)
    return table


def _timed(work: Callable[P, T], *args: P.args, **options: P.kwargs) -> tuple[T, float]:
    """Return what the work returns, and how many seconds it took."""
    started = perf_counter()
    result = work(*args, **options)
    return result, perf_counter() - started


def _progress(steps: Iterable[Epoch], *, epochs: int) -> list[Epoch]:
    """Run the training behind a progress bar that shows loss and accuracy."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("epoch {task.completed:.0f}/{task.total:.0f}"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    history = []
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("loading", total=epochs)
        for epoch in steps:
            history.append(epoch)
            progress.update(
                task,
                advance=1,
                description=f"loss {epoch.loss:.3f}, test accuracy {epoch.test_accuracy:.1%}",
            )
    return history
