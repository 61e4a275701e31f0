"""The handwritten digits that scikit-learn ships, split into a training and a test part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from symconv.errors import OptionError, ToolError

Floats: TypeAlias = npt.NDArray[np.float64]
Labels: TypeAlias = npt.NDArray[np.int64]

CLASSES: Final = 10
IMAGE_SHAPE: Final = (8, 8)
FULL_INK: Final = 16  # a pixel counts the set bits of a 4x4 block of the scan
NOISE: Final = 0.1  # standard deviation, of a full ink of 1
SHIFTED: Final = 0.2  # share of images that move by one cell along an axis


@dataclass(frozen=True)
class LabelledImages:
    """Images and the digits they show.

    Attributes:
        images: (N, 1, 8, 8), share of ink less a constant; the second axis is the channel.
        labels: (N,), 0 <= label < 10.
    """

    images: Floats
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, indices: npt.NDArray[np.intp]) -> LabelledImages:
        """Return the images at `indices`, (n,), in that order."""
        return LabelledImages(images=self.images[indices], labels=self.labels[indices])


@dataclass(frozen=True)
class Digits:
    """The digits in two parts that share no image.

    Attributes:
        train: what the network learns from.
        test: what it is judged by.
    """

    train: LabelledImages
    test: LabelledImages


def load_digits(*, seed: int = 0, test_share: float = 0.2) -> Digits:
    """Return the 1797 scans of scikit-learn, split at random, class by class.

    The constant taken from every pixel is the mean of the training part.

    Args:
        seed: of the split; the same seed gives the same split.
        test_share: the share of every class that goes into the test part, 0 < share < 1.

    Raises:
        ToolError: scikit-learn is missing.
        OptionError: the share is out of range.

    Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998.
    """
    scans, labels = _read_scans()
    ink = (np.asarray(scans, np.float64) / FULL_INK).reshape((-1, 1, *IMAGE_SHAPE))
    labels = np.asarray(labels, np.int64)
    train, test = split_indices(labels, seed=seed, test_share=test_share)
    digits = LabelledImages(images=ink - ink[train].mean(), labels=labels)
    return Digits(train=digits.take(train), test=digits.take(test))


def split_indices(
    labels: Labels, *, seed: int, test_share: float
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the indices of a training and a test part, each in ascending order.

    Args:
        labels: (N,); each class gives round(test_share * its size) images to the test part.
        seed: of the choice.
        test_share: 0 < share < 1.

    Raises:
        OptionError: the share is out of range.

    Example:
        >>> train, test = split_indices(np.repeat([0, 1], [5, 10]), seed=0, test_share=0.2)
        >>> len(train), [int(np.sum(test < 5)), int(np.sum(test >= 5))]
        (12, [1, 2])
    """
    if not 0 < test_share < 1:
        raise OptionError(f"test_share must be between 0 and 1, got {test_share}")
    rng = np.random.default_rng(seed)
    in_test = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        in_test[members[: round(test_share * len(members))]] = True
    return np.flatnonzero(~in_test), np.flatnonzero(in_test)


def jitter(part: LabelledImages, *, rng: np.random.Generator) -> LabelledImages:
    """Return the images with a little noise, some moved by a cell, so that none is learnt by heart.

    Args:
        part: the images; a cell that a move uncovers repeats its neighbour.
        rng: where the moves and the noise come from.
    """
    count = len(part)
    framed = np.pad(part.images, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="edge")
    crops = sliding_window_view(framed, part.images.shape[2:], axis=(2, 3))  # (N, 1, 3, 3, 8, 8)
    rows, columns = rng.choice(3, size=(2, count), p=(SHIFTED / 2, 1 - SHIFTED, SHIFTED / 2))
    moved = crops[np.arange(count), :, rows, columns]
    noise = rng.normal(scale=NOISE, size=moved.shape)
    return LabelledImages(images=moved + noise, labels=part.labels)


def _read_scans() -> tuple[Any, Any]:
    """Return the pixels, (1797, 64), 0 <= pixel <= 16, and the labels, (1797,)."""
    try:
        from sklearn import datasets
    except ImportError as err:
        raise ToolError("the demo needs scikit-learn: pip install 'symconv[demo]'") from err
    scans, labels = datasets.load_digits(return_X_y=True)
    return scans, labels
