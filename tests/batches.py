"""Batches for tests: what Hypothesis draws, and the arrays of one."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from symconv import ConvSpec
from tests import strategies


class Batch(NamedTuple):
    """A spec and integer arrays that fit it."""

    spec: ConvSpec
    x: np.ndarray
    w: np.ndarray
    b: np.ndarray
    dy: np.ndarray

    def of_dtype(self, dtype):
        return Batch(self.spec, *(array.astype(dtype) for array in self[1:]))


def batch(spec, sizes, *, images=2, inputs=2, outputs=3, seed=0, low=-9, high=10):
    """Arrays with that many images, and channels per group."""
    groups = spec.groups
    first, second = (inputs, outputs) if spec.transposed else (outputs, inputs)
    return Batch(
        spec,
        strategies.integers((images, inputs * groups, *sizes), seed, low, high),
        strategies.integers((first * groups, second, *spec.kernel_shape), seed + 1, low, high),
        strategies.integers((outputs * groups,), seed + 2, low, high),
        strategies.integers(
            (images, outputs * groups, *spec.output_shape(sizes)), seed + 3, low, high
        ),
    )


@st.composite
def batches(draw, **limits):
    """A batch of 0 to 3 images, 1 to 3 groups, and 1 to 5 channels in each group."""
    drawn = strategies.images(**limits) | strategies.whole_images(**limits)
    plane, sizes = draw(drawn)
    spec = replace(plane, groups=draw(st.integers(1, 3)))
    return batch(
        spec,
        sizes,
        images=draw(st.integers(0, 3)),
        inputs=draw(st.sampled_from([1, 2, 5])),
        outputs=draw(st.sampled_from([1, 2, 5])),
        seed=draw(strategies.seeds),
    )
