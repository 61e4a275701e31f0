"""The picture of a training: the learnt filters as a grid, the loss and the accuracy as curves."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.demo.training import Epoch
from symconv.errors import OptionError, ToolError
from symconv.files import write_files

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

Array: TypeAlias = npt.NDArray[Any]

INCHES: Final = (10.0, 5.4)
DPI: Final = 150
BLUE: Final = "#0072B2"  # Okabe and Ito's palette: told apart by colour-blind eyes
VERMILION: Final = "#D55E00"
INK: Final = "#333333"
FAINT: Final = "#DDDDDD"
FILTERS_A_ROW: Final = 8


def draw(history: Sequence[Epoch], filters: Array, path: Path) -> None:
    """Write the picture of a training as a PNG file, whole or not at all.

    Args:
        history: the epochs, at least one.
        filters: the kernels of the first layer, (C, p, q).
        path: the file; its folder is made when missing.

    Raises:
        ToolError: matplotlib is missing.
        OptionError: there is nothing to draw, or the file cannot be written.
    """
    write_files(path.parent, {path.name: render(history, filters)})


def render(history: Sequence[Epoch], filters: Array) -> bytes:
    """Return the picture as the bytes of a PNG, the same bytes for the same numbers.

    Args:
        history: the epochs, at least one.
        filters: the kernels of the first layer, (C, p, q).

    Raises:
        ToolError: matplotlib is missing.
        OptionError: there is nothing to draw.
    """
    if not history or not len(filters):
        raise OptionError(
            f"a picture needs an epoch and a filter, got {len(history)} and {len(filters)}"
        )
    require_matplotlib()
    from matplotlib import style
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    buffer = BytesIO()
    with style.context("default", after_reset=True):  # not the settings of the user
        figure = Figure(figsize=INCHES, dpi=DPI)
        figure.set_layout_engine("constrained", w_pad=0.12, h_pad=0.08)
        FigureCanvasAgg(figure)
        _compose(figure, history, filters)
        figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def require_matplotlib() -> None:
    """Check that a picture can be drawn, before the work whose result it shows.

    Raises:
        ToolError: matplotlib is missing.
    """
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as err:
        raise ToolError("the demo needs matplotlib: pip install 'symconv[demo]'") from err


def _compose(figure: Figure, history: Sequence[Epoch], filters: Array) -> None:
    """Put the filters in a strip on top and the curves side by side below."""
    rows = -(-len(filters) // FILTERS_A_ROW)
    grid = figure.add_gridspec(2, 1, height_ratios=(0.6 + rows, 2.6))
    top, bottom = figure.add_subfigure(grid[0]), figure.add_subfigure(grid[1])
    figure.suptitle(
        "Handwritten digits, learnt by generated convolution kernels",
        fontsize=14,
        fontweight="bold",
        color=INK,
    )
    _draw_filters(top, filters)
    left, right = bottom.subplots(1, 2, gridspec_kw={"wspace": 0.08})
    _draw_loss(left, history)
    _draw_accuracy(right, history)


def _draw_filters(figure: SubFigure, filters: Array) -> None:
    """Draw every filter in its own square, all on one colour scale, zero in the middle."""
    columns = min(FILTERS_A_ROW, len(filters))
    axes = figure.subplots(-(-len(filters) // columns), columns, squeeze=False)
    largest = float(np.abs(filters).max()) or 1.0
    for ax in axes.flat:
        ax.set_axis_off()
    for number, (ax, taps) in enumerate(zip(axes.flat, filters, strict=False), start=1):
        image = ax.imshow(taps, cmap="PuOr_r", vmin=-largest, vmax=largest)
        ax.set_title(str(number), fontsize=9, color=INK, pad=4)
    figure.suptitle("Learnt filters of the first layer", fontsize=11, color=INK)
    bar = figure.colorbar(image, ax=axes, shrink=0.8, aspect=12, pad=0.02)
    bar.set_label("weight", color=INK)
    bar.outline.set_visible(False)


def _draw_loss(ax: Axes, history: Sequence[Epoch]) -> None:
    numbers = [epoch.number for epoch in history]
    ax.plot(numbers, [epoch.loss for epoch in history], color=VERMILION, marker="o", markersize=4)
    ax.set_ylim(bottom=0)
    ax.set_title("Training loss", fontsize=11, color=INK)
    ax.set_ylabel("mean cross entropy")
    _tidy(ax, epochs=numbers[-1])


def _draw_accuracy(ax: Axes, history: Sequence[Epoch]) -> None:
    numbers = [epoch.number for epoch in history]
    percent = [100 * epoch.test_accuracy for epoch in history]
    ax.plot(numbers, percent, color=BLUE, marker="s", markersize=4)
    ax.set_title("Accuracy on digits never trained on", fontsize=11, color=INK)
    ax.set_ylabel("test accuracy (%)")
    ax.annotate(
        f"{percent[-1]:.1f} %",
        (numbers[-1], percent[-1]),
        xytext=(0, -16),
        textcoords="offset points",
        ha="right",
        va="top",
        color=BLUE,
        fontsize=13,
        fontweight="bold",
    )
    _tidy(ax, epochs=numbers[-1])


def _tidy(ax: Axes, *, epochs: int) -> None:
    from matplotlib.ticker import MaxNLocator

    ax.set_xlabel("epoch")
    ax.set_xlim(left=0, right=1.03 * epochs)
    ax.xaxis.set_major_locator(MaxNLocator(steps=(1, 2, 5, 10), integer=True))
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(color=FAINT, linewidth=0.8)
    ax.set_axisbelow(True)
