"""Figures: what stands in their cells is what plain loops over the definition find."""

from collections import Counter
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings

from symconv import ConvSpec, SpecError
from symconv.algebra.derivation import derive_gradients
from symconv.algebra.phases import AxisTable, PhaseTable
from symconv.document.figure import (
    axis_figure,
    meeting_figure,
    overlap_figure,
    phases_figure,
    scatter_animation,
    windows_figure,
)
from symconv.document.figure.abridge import slots
from symconv.document.figure.colours import (
    DARK,
    HUES,
    LIGHT,
    contrast,
    count_fill,
    ink_on,
    phase_fill,
)
from symconv.document.figure.compose import input_board, placed
from symconv.document.figure.measure import text_width
from symconv.document.figure.meeting import label
from symconv.document.figure.setting import setting_of
from symconv.document.figure.shapes import Box, Line, Words
from symconv.document.figure.strip import LEFT, STRIP_Y, Strip
from symconv.document.figure.texts import Texts
from symconv.document.sizes import telling_input_shape
from tests import oracle
from tests.strategies import images

SPECS = [
    ConvSpec(kernel_shape=(3, 5), stride=2),
    ConvSpec(kernel_shape=(2, 3), stride=3),
    ConvSpec(kernel_shape=(3, 3), padding=1),
    ConvSpec(kernel_shape=(4,), stride=2, dilation=3, padding=((1, 2),)),
    ConvSpec(kernel_shape=(3, 2), stride=2, dilation=(2, 3), padding=((1, 1), (0, 2))),
    ConvSpec(kernel_shape=(2, 3, 2), stride=(2, 1, 3)),
    ConvSpec(kernel_shape=(1, 1)),
    ConvSpec(kernel_shape=(2, 3), padding=((0, 4), (5, 0)), stride=(1, 2)),
]
EVERY_FIGURE = (
    windows_figure,
    overlap_figure,
    phases_figure,
    meeting_figure,
    axis_figure,
    scatter_animation,
)
by_name = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)


def meetings(spec, shape):
    return list(
        oracle.meetings(shape, spec.kernel_shape, spec.stride, spec.padding_pairs, spec.dilation)
    )


def words_at(shapes, x, y):
    """The last text that stands in the middle of the cell with this corner."""
    found = [
        shape.text
        for shape in shapes
        if isinstance(shape, Words)
        and shape.anchor == "middle"
        and abs(shape.x - x - 0.5) + abs(shape.y - y - 0.5) < 1e-6
    ]
    return found[-1] if found else None


def in_cells(derivation, shapes, *, shape=None):
    """Cell -> text, of every cell of the padded input in a figure of one board."""
    setting = setting_of(derivation, shape, texts=Texts())
    board = placed(input_board(setting))
    return {cell: words_at(shapes, *board.place(cell)) for cell in board.shown()}


def input_cells(spec, shape):
    return product(*map(range, shape))


@by_name
def test_the_overlap_map_counts_the_windows_that_read(spec):
    derivation = derive_gradients(spec)
    shape = telling_input_shape(derivation)
    counts = Counter(cell for _, _, cell in meetings(spec, shape))
    shown = in_cells(derivation, overlap_figure(derivation).shapes)
    assert {cell: shown[cell] for cell in input_cells(spec, shape)} == {
        cell: str(counts[cell]) for cell in input_cells(spec, shape)
    }


def test_a_wrong_phase_table_makes_a_wrong_overlap_map():
    derivation = derive_gradients(SPECS[0])
    rows, columns = derivation.phases.axes
    one_less = AxisTable(stride=2, before=0, phases=rows.phases[1:])
    wrong = replace(derivation, phases=PhaseTable((one_less, columns)))
    shown = in_cells(derivation, overlap_figure(wrong, (6, 10)).shapes)
    counts = Counter(cell for _, _, cell in meetings(SPECS[0], (6, 10)))
    assert any(text != str(counts[cell]) for cell, text in shown.items())


@given(images())
@settings(max_examples=25)
def test_every_convolution_can_be_drawn(case):
    spec, shape = case
    derivation = derive_gradients(spec)
    counts = Counter(cell for _, _, cell in meetings(spec, shape))
    shown = in_cells(derivation, overlap_figure(derivation, shape).shapes, shape=shape)
    for cell in input_cells(spec, shape):
        assert shown.get(cell, str(counts[cell])) == str(counts[cell])
    for make in (windows_figure, phases_figure, meeting_figure, axis_figure):
        figure = make(derivation, shape)
        for words in (w for w in figure.shapes if isinstance(w, Words) and w.room is not None):
            assert text_width(words.text, size=words.size) <= words.room + 1e-9


@by_name
def test_the_phases_are_remainders_by_the_stride(spec):
    derivation = derive_gradients(spec)
    shown = in_cells(derivation, phases_figure(derivation).shapes)
    for cell in input_cells(spec, telling_input_shape(derivation)):
        before = (lo for lo, _ in spec.padding_pairs)
        residues = [(u + lo) % t for u, lo, t in zip(cell, before, spec.stride, strict=True)]
        assert shown[cell] == ",".join(map(str, residues))


@pytest.mark.parametrize("spec", [s for s in SPECS if s.axes > 1], ids=lambda spec: spec.name)
def test_every_window_is_named_in_its_first_cell(spec):
    derivation = derive_gradients(spec)
    shape = telling_input_shape(derivation)
    shown = in_cells(derivation, windows_figure(derivation).shapes)
    for window in oracle.ranges(spec.output_shape(shape)):
        first = oracle.read(
            window, (0,) * spec.axes, spec.stride, spec.padding_pairs, spec.dilation
        )
        assert shown.pop(first) == ",".join(map(str, window))
    assert set(shown.values()) <= {None, "0"}


@by_name
def test_the_terms_of_a_meeting_are_those_of_the_gradient(spec):
    derivation = derive_gradients(spec)
    shape = telling_input_shape(derivation)
    for cell in list(input_cells(spec, shape))[::5]:
        figure = meeting_figure(derivation, shape, at=cell)
        texts = [s.text for s in figure.shapes if isinstance(s, Words)]
        terms = {
            f"∂e/∂y[{','.join(map(str, window))}]·w[{','.join(map(str, tap))}]"
            for window, tap, read in meetings(spec, shape)
            if read == cell
        }
        shown = {text.removesuffix(" +") for text in texts if "·w[" in text}
        more = max(0, len(terms) - len(shown))
        assert shown <= terms
        assert len(shown) == len(terms) if len(terms) <= 12 else f"and {more} terms more" in texts
        letters = Counter(texts)
        for number in range(min(len(terms), 12) - (len(terms) > 12)):
            assert letters[label(number)] >= 3  # kernel, gradient, sum; and the input, where shown


@by_name
def test_a_strip_shows_the_taps_of_every_window(spec):
    derivation = derive_gradients(spec)
    shape = telling_input_shape(derivation)
    for axis in range(spec.axes):
        ((lo, hi), n) = spec.padding_pairs[axis], shape[axis]
        sizes = (
            (n,),
            (spec.kernel_shape[axis],),
            (spec.stride[axis],),
            ((lo, hi),),
            (spec.dilation[axis],),
        )
        shapes = axis_figure(derivation, axis=axis).shapes
        (outputs,) = oracle.output_shape(*sizes)
        column = {index: LEFT + slot for slot, index in enumerate(range(-lo, n + hi))}
        for window in range(min(outputs, 12)):
            y = STRIP_Y + 1.25 + 1.1 * window
            for tap in range(spec.kernel_shape[axis]):
                (read,) = oracle.read((window,), (tap,), *sizes[2:])
                assert words_at(shapes, column[read], y) == str(tap)
        counts = Counter(cell for _, _, (cell,) in oracle.meetings(*sizes))
        y = STRIP_Y + 1.25 + 1.1 * min(outputs, 13) + 0.2
        for cell in range(n):
            assert words_at(shapes, column[cell], y) == str(counts[cell])


@by_name
def test_the_scatter_adds_one_term_for_each_window(spec):
    derivation = derive_gradients(spec)
    shape = telling_input_shape(derivation)
    figure = scatter_animation(derivation)
    found = meetings(spec, shape)
    windows = list(oracle.ranges(spec.output_shape(shape)))
    assert len(windows) < figure.ticks
    received = Counter()
    final = figure.at(figure.ticks - 1)
    for tick, window in enumerate(windows):
        arriving = [",".join(map(str, tap)) for at, tap, _ in found if at == window]
        new = Counter(w.text for w in figure.at(tick) if isinstance(w, Words))
        still = Counter(w.text for w in figure.shapes if isinstance(w, Words))
        for text in arriving:
            assert new[text] > still[text] - 1
        received.update(cell for at, _, cell in found if at == window)
    last = Counter(w.text for w in final[len(figure.shapes) :] if isinstance(w, Words))
    expected = Counter(str(count) for count in received.values())
    assert {text: last[text] for text in expected} == expected


@by_name
@pytest.mark.parametrize("make", EVERY_FIGURE, ids=lambda make: make.__name__)
def test_no_text_leaves_its_place_and_nothing_the_figure(make, spec):
    figure = make(derive_gradients(spec))
    for tick in range(figure.ticks):
        for shape in figure.at(tick):
            if isinstance(shape, Words):
                width = text_width(shape.text, size=shape.size)
                assert shape.room is None or width <= shape.room + 1e-9, shape
                left = {"start": 0, "middle": 0.5, "end": 1}[shape.anchor] * width
                assert shape.x - left > -0.3, shape
                assert shape.x - left + width < figure.width + 0.3, shape
                assert 0 < shape.y < figure.height, shape
            points = shape.points if isinstance(shape, Line) else ((shape.x, shape.y),)
            assert all(-1e-9 <= x <= figure.width for x, _ in points), shape
            if isinstance(shape, Box):
                assert shape.x + shape.width <= figure.width + 1e-9, shape
                assert shape.y + shape.height <= figure.height + 1e-9, shape


@by_name
def test_figures_have_names_and_text_alternatives_of_their_own(spec):
    derivation = derive_gradients(spec)
    figures = [make(derivation) for make in EVERY_FIGURE]
    figures += [meeting_figure(derivation, at=(0,) * spec.axes)]
    figures += [axis_figure(derivation, axis=axis) for axis in range(1, spec.axes)]
    assert len({figure.name for figure in figures}) == len({*figures})
    assert all(figure.title and len(figure.description) > len(figure.title) for figure in figures)


@by_name
@pytest.mark.parametrize("make", EVERY_FIGURE, ids=lambda make: make.__name__)
def test_every_word_is_translated(make, spec):
    figure = make(derive_gradients(spec), translate=lambda message: f"⟦{message}⟧")
    texts = {
        w.text for tick in range(figure.ticks) for w in figure.at(tick) if isinstance(w, Words)
    }
    for text in {*texts, figure.title, figure.description}:
        plain = [word for word in text.split() if len(word) > 2 and word.isalpha()]
        assert "⟦" in text or not plain, text


@pytest.mark.parametrize("padding", [(0, 0), (1, 0), (0, 3), (2, 2)])
def test_the_telling_size_shows_all_and_is_the_smallest_that_does(padding):
    for k, t, d in product(range(1, 5), range(1, 5), (1, 2, 3)):
        spec = ConvSpec(kernel_shape=(k,), stride=t, dilation=d, padding=(padding,))
        (size,) = telling_input_shape(derive_gradients(spec))
        best = max(range(1, 40), key=lambda n: (sees(spec, n), -n))
        assert sees(spec, size) == sees(spec, best), spec
        assert size == best, spec


def sees(spec, size):
    """Whether two windows, every phase with all its taps and a gap are there; then, a tail."""
    (t,), ((lo, _),) = spec.stride, spec.padding_pairs
    taps = Counter(spec.dilation[0] * r % t for r in range(spec.kernel_shape[0]))
    counts = Counter(cell for _, _, (cell,) in meetings(spec, (size,)))
    read = {(u + lo) % t: 0 for u in range(size)}
    for u in range(size):
        read[(u + lo) % t] = max(read[(u + lo) % t], counts[u])
    outputs = max(0, (size + sum(spec.padding_pairs[0]) - spec.extent[0]) // t + 1)
    gap = len(taps) == t or any((u + lo) % t not in taps for u in range(size))
    basic = size > 1 and outputs > 1 and gap and all(read.get(r) == taps[r] for r in taps)
    return (basic, basic and spec.unread_tail((size,)) != (0,))


def test_long_axes_are_abridged_to_what_matters():
    assert slots(-1, 3, most=4).entries == (-1, 0, 1, 2)
    assert slots(0, 6, most=5).entries == (0, 1, 2, 3, 4, 5)  # dots for one cell save nothing
    nearest = (0, 1, 2, None, 49, 50, 51, None, 97, 98, 99)
    assert slots(0, 100, most=9, keep=[50]).entries == nearest
    assert slots(0, 100, most=4).span(1, 50) == (1, 1)
    assert slots(0, 100, most=4).span(40, 50) is None
    large = overlap_figure(derive_gradients(SPECS[0]), (200, 3000))
    assert large.width < 30
    assert len(large.shapes) < 1500
    assert any(s.text.startswith("Dots:") for s in large.shapes if isinstance(s, Words))
    assert overlap_figure(derive_gradients(SPECS[0]), (2_000_000, 2_000_000)).height < 40


def test_animations_have_limits():
    derivation = derive_gradients(SPECS[0])
    with pytest.raises(SpecError, match="at most 64 windows to be animated, got 225"):
        scatter_animation(derivation, (31, 33))
    with pytest.raises(SpecError, match=r"input_shape\[1\] must be at most 24 with its padding"):
        scatter_animation(derivation, (3, 25))


def test_a_cell_outside_is_refused_and_a_far_one_makes_the_input_longer():
    derivation = derive_gradients(SPECS[0])
    with pytest.raises(SpecError, match=r"at must lie inside the input \(6, 10\), got \(6, 0\)"):
        meeting_figure(derivation, (6, 10), at=(6, 0))
    with pytest.raises(SpecError, match="at must have one entry per axis"):
        meeting_figure(derivation, at=(6,))
    with pytest.raises(SpecError, match="axis must be from 0 to 1, got 2"):
        axis_figure(derivation, axis=2)
    assert meeting_figure(derivation, at=(4, 20)).name == "conv_k3x5_s2-meeting-6x25-4x20"


def test_texts_can_be_read_on_their_colours():
    fills = [phase_fill((a, b), strides=(7, 7)) for a, b in product(range(7), range(7))]
    fills += [phase_fill((a,), strides=(9,)) for a in range(9)]
    fills += [count_fill(count, most=most) for most in (1, 2, 9, 121) for count in range(1, most)]
    assert min(contrast(ink_on(fill), fill) for fill in fills) >= 4.5
    for scheme in (LIGHT, DARK):
        assert contrast(scheme["ink"], scheme["paper"]) > 7
        assert contrast(scheme["faint"], scheme["paper"]) > 4.5
    assert len(set(HUES)) == 7


def test_a_strip_of_a_long_axis_keeps_its_ends():
    derivation = derive_gradients(ConvSpec(kernel_shape=(3,), stride=100))
    strip = Strip(setting_of(derivation, (1000,), texts=Texts()), "u")
    assert strip.cells.entries[0] == 0
    assert strip.cells.entries[-1] == 999
    assert [u for u in (100, 102, 900, 902) if u in strip.cells.of] == [100, 102, 900, 902]
    assert strip.windows == (0, 1, None, 9)
