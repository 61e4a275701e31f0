"""Training: Adam on random batches, one Epoch at a time, the same numbers for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import cos, pi
from time import perf_counter
from typing import Final

import numpy as np

from symconv.demo.data import Digits, LabelledImages, jitter
from symconv.demo.network import Network, Parameters
from symconv.errors import OptionError

DECAY: Final = (0.9, 0.999)
EPSILON: Final = 1e-8


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training images came to.

    Attributes:
        number: 1, 2, ...
        loss: mean cross entropy of its jittered batches, each before the step it led to.
        train_accuracy: share of training images that the network gets right afterwards.
        test_accuracy: share of test images that it gets right afterwards.
        seconds: how long the pass and the two accuracies took.
        network: the network afterwards.
    """

    number: int
    loss: float
    train_accuracy: float
    test_accuracy: float
    seconds: float = field(compare=False)
    network: Network = field(repr=False, compare=False)


@dataclass(frozen=True)
class Adam:
    """The optimiser's memory: how many steps, and decaying means of gradients and their squares.

    Attributes:
        steps: steps taken so far.
        mean: decaying sum of the gradients, each array shaped like its parameter.
        square: decaying sum of the squared gradients.
    """

    steps: int
    mean: Parameters
    square: Parameters


def train(
    network: Network,
    digits: Digits,
    *,
    epochs: int = 25,
    batch_size: int = 96,
    rate: float = 2e-2,
    seed: int = 0,
) -> Iterator[Epoch]:
    """Yield the epochs one by one; the last one carries the trained network.

    Args:
        network: where to start; it stays as it is.
        digits: what to learn from and what to be judged by.
        epochs: how many passes over the training images, >= 1.
        batch_size: images a step, >= 1.
        rate: step size at the start; it falls along half a cosine to 0.
        seed: of the order of the images and of what jitters them.

    Raises:
        OptionError: a number is out of range.
    """
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        if value < 1:
            raise OptionError(f"{name} must be at least 1, got {value}")
    return _epochs(
        network,
        digits,
        rates=[rate * (1 + cos(pi * epoch / epochs)) / 2 for epoch in range(epochs)],
        batch_size=batch_size,
        rng=np.random.default_rng(seed),
    )


def _epochs(
    network: Network,
    digits: Digits,
    *,
    rates: list[float],
    batch_size: int,
    rng: np.random.Generator,
) -> Iterator[Epoch]:
    nothing = Parameters(*map(np.zeros_like, network.parameters.arrays()))
    adam = Adam(steps=0, mean=nothing, square=nothing)
    for number, rate in enumerate(rates, start=1):
        start = perf_counter()
        total = 0.0
        for batch in _batches(digits.train, size=batch_size, rng=rng):
            loss, gradients = network.loss_and_gradients(batch.images, batch.labels)
            total += loss * len(batch)
            adam, parameters = step(adam, network.parameters, gradients, rate=rate)
            network = replace(network, parameters=parameters)
        yield Epoch(
            number=number,
            loss=total / len(digits.train),
            train_accuracy=network.accuracy(digits.train.images, digits.train.labels),
            test_accuracy=network.accuracy(digits.test.images, digits.test.labels),
            seconds=perf_counter() - start,
            network=network,
        )


def step(
    adam: Adam, parameters: Parameters, gradients: Parameters, *, rate: float
) -> tuple[Adam, Parameters]:
    """Return the optimiser and the parameters after one step of Adam.

    Args:
        adam: the optimiser before.
        parameters: θ.
        gradients: de/dθ.
        rate: the step size.

    Source: D. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1.
    """
    keep, keep_square = DECAY
    steps = adam.steps + 1
    mean = [
        keep * m + (1 - keep) * d
        for m, d in zip(adam.mean.arrays(), gradients.arrays(), strict=True)
    ]
    square = [
        keep_square * s + (1 - keep_square) * d * d
        for s, d in zip(adam.square.arrays(), gradients.arrays(), strict=True)
    ]
    unbiased = rate * np.sqrt(1 - keep_square**steps) / (1 - keep**steps)
    moved = [
        p - unbiased * m / (np.sqrt(s) + EPSILON)
        for p, m, s in zip(parameters.arrays(), mean, square, strict=True)
    ]
    return Adam(steps, Parameters(*mean), Parameters(*square)), Parameters(*moved)


def _batches(
    part: LabelledImages, *, size: int, rng: np.random.Generator
) -> Iterator[LabelledImages]:
    """Yield all images, jittered and in a random order, `size` at a time; the last may be fewer."""
    order = rng.permutation(len(part))
    for start in range(0, len(part), size):
        yield jitter(part.take(order[start : start + size]), rng=rng)
