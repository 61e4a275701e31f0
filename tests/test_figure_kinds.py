"""Figures of transposed convolutions and of copied padding, against plain loops."""

from collections import Counter
from itertools import product

import pytest

from symconv import ConvSpec, SpecError, derive
from symconv.document.figure import write_svg
from symconv.document.figure.board import Board
from symconv.document.figure.compose import input_board, placed
from symconv.document.figure.setting import setting_of
from symconv.document.figure.shapes import Words
from symconv.document.figure.texts import Texts
from tests import oracle

TRANSPOSED = [
    ConvSpec(
        kernel_shape=(3, 2),
        stride=(2, 3),
        padding=((1, 0), (0, 1)),
        output_padding=(1, 2),
        transposed=True,
    ),
    ConvSpec(kernel_shape=(2, 3), stride=(3, 2), dilation=(1, 2), transposed=True),
    ConvSpec(kernel_shape=(2, 1, 2), stride=(1, 2, 2), padding=(0, -1, 1), transposed=True),
]
COPIED = [
    ConvSpec(kernel_shape=(3, 2), stride=(2, 1), padding=((1, 1), (2, 0)), padding_mode="reflect"),
    ConvSpec(kernel_shape=(3,), stride=2, padding=3, padding_mode="circular"),
    ConvSpec(
        kernel_shape=(2, 3),
        dilation=2,
        padding=((0, 2), (1, 1)),
        padding_mode="replicate",
        true_convolution=True,
    ),
]
FIGURES = ("windows", "overlap", "phases", "meeting", "axis", "scatter")
by_name = pytest.mark.parametrize("spec", TRANSPOSED + COPIED, ids=lambda spec: spec.name)


def shown(spec, name):
    """The figure, its board, and the setting of both."""
    derivation = derive(spec)
    setting = setting_of(derivation, None, texts=Texts())
    return derivation.figure(name), placed(input_board(setting)), setting


def text_at(figure, board: Board, cell):
    x, y = board.place(cell)
    middle = (x + 0.5, y + 0.5)
    found = [s for s in figure.shapes if isinstance(s, Words) and (s.x, s.y) == middle]
    return found[-1].text if found else ""


@pytest.mark.parametrize("spec", TRANSPOSED, ids=lambda spec: spec.name)
def test_the_overlap_map_counts_the_inputs_of_each_output(spec):
    figure, board, setting = shown(spec, "overlap")
    sizes = (spec.kernel_shape, spec.stride, spec.padding_pairs, spec.dilation)
    meetings = oracle.meetings(setting.input_shape, *sizes, transposed=True)
    counts = Counter(output for output, _, _ in meetings)
    outputs = oracle.output_shape(setting.input_shape, *sizes, transposed=True)
    for cell in oracle.ranges(outputs):
        assert text_at(figure, board, cell) == str(counts[cell])


@pytest.mark.parametrize("spec", COPIED, ids=lambda spec: spec.name)
def test_the_overlap_map_counts_the_windows_of_each_copy(spec):
    figure, board, setting = shown(spec, "overlap")
    sizes = (spec.kernel_shape, spec.stride, spec.padding_pairs, spec.dilation)
    windows = oracle.output_shape(setting.input_shape, *sizes)
    taps = product(oracle.ranges(windows), oracle.ranges(spec.kernel_shape))
    counts = Counter(oracle.read(window, tap, *sizes[1:]) for window, tap in taps)
    for cell in padded_cells(spec, setting.input_shape):
        assert text_at(figure, board, cell) == str(counts[cell])


@pytest.mark.parametrize("spec", COPIED, ids=lambda spec: spec.name)
def test_the_copies_carry_the_index_of_their_source(spec):
    figure, board, setting = shown(spec, "copies")
    for cell in padded_cells(spec, setting.input_shape):
        sources = zip(cell, setting.input_shape, strict=True)
        source = [oracle.source(u, n, spec.padding_mode) for u, n in sources]
        assert text_at(figure, board, cell) == ",".join(map(str, source))


def padded_cells(spec, shape):
    sides = zip(shape, spec.padding_pairs, strict=True)
    return product(*(range(-lo, n + hi) for n, (lo, hi) in sides))


@by_name
@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_drawn_and_described(spec, name):
    for lang in ("en", "zh"):
        figure = derive(spec).figure(name, lang=lang)
        assert figure.title in write_svg(figure)
        assert figure.description


def test_what_copies_nothing_has_no_copies_to_show():
    with pytest.raises(SpecError, match="padding_mode must be one that copies"):
        derive(ConvSpec(kernel_shape=(3,), padding=1)).figure("copies")


def test_the_strip_of_a_flipped_kernel_has_its_taps_the_other_way_round():
    spec = ConvSpec(kernel_shape=(2, 3), true_convolution=True)
    figure = derive(spec).figure("axis", axis=1, input_shape=(2, 3))
    taps = [s for s in figure.shapes if isinstance(s, Words) and s.text in ("0", "1", "2")]
    lines = {
        y: [t.text for t in sorted(taps, key=lambda t: t.x) if t.y == y]
        for y in {tap.y for tap in taps}
    }
    assert ["2", "1", "0"] in lines.values()
