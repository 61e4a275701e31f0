"""A digit classifier whose convolutions, and their gradients, are emitted plane kernels.

conv1, ReLU, conv2, ReLU, dense, softmax cross entropy. The kernels are arguments; what is not a
convolution is plain NumPy. The gradients are those of the chain rule, layer by layer; a test
compares them with finite differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import prod
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.codegen.kernel import Kernel
from symconv.demo.batch import forward, grad_bias, grad_input, grad_weight
from symconv.demo.data import CLASSES, IMAGE_SHAPE

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Parameters:
    """The numbers that are learnt; a gradient by them has the same form.

    Attributes:
        conv1_weight: (C1, 1, p, q).
        conv1_bias: (C1,).
        conv2_weight: (C2, C1, p, q).
        conv2_bias: (C2,).
        dense_weight: (10, F), F = C2 * g * h features.
        dense_bias: (10,).
    """

    conv1_weight: Array
    conv1_bias: Array
    conv2_weight: Array
    conv2_bias: Array
    dense_weight: Array
    dense_bias: Array

    def arrays(self) -> tuple[Array, ...]:
        """Return the arrays in the order of the fields: Parameters(*p.arrays()) is p."""
        return tuple(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True)
class Network:
    """conv1, ReLU, conv2, ReLU, dense; convolved by kernels, the rest is plain NumPy.

    Attributes:
        conv1: the kernel of the first layer.
        conv2: the kernel of the second layer.
        parameters: the numbers that are learnt.
    """

    conv1: Kernel
    conv2: Kernel
    parameters: Parameters

    @property
    def filters(self) -> Array:
        """The kernels of the first layer, (C1, p, q)."""
        return self.parameters.conv1_weight[:, 0]

    def logits(self, images: Array) -> Array:
        """Return the scores, (N, 10), of images (N, 1, m, n)."""
        return self._layers(images)[-1]

    def accuracy(self, images: Array, labels: Array) -> float:
        """Return the share of images (N, 1, m, n) whose best score is at their label, (N,)."""
        return float(np.mean(self.logits(images).argmax(axis=1) == labels))

    def loss_and_gradients(self, images: Array, labels: Array) -> tuple[float, Parameters]:
        """Return the mean softmax cross entropy e, and de/dθ for every parameter θ.

        Args:
            images: (N, 1, m, n).
            labels: (N,), 0 <= label < 10.
        """
        p = self.parameters
        hidden1, hidden2, logits = self._layers(images)
        loss, d_logits = _cross_entropy(logits, labels)
        d_hidden2 = (d_logits @ p.dense_weight).reshape(hidden2.shape) * (hidden2 > 0)
        d_hidden1 = grad_input(self.conv2, d_hidden2, p.conv2_weight, hidden1.shape) * (hidden1 > 0)
        return loss, Parameters(
            conv1_weight=grad_weight(self.conv1, d_hidden1, images),
            conv1_bias=grad_bias(self.conv1, d_hidden1),
            conv2_weight=grad_weight(self.conv2, d_hidden2, hidden1),
            conv2_bias=grad_bias(self.conv2, d_hidden2),
            dense_weight=d_logits.T @ hidden2.reshape((len(images), -1)),
            dense_bias=d_logits.sum(axis=0),
        )

    def _layers(self, images: Array) -> tuple[Array, Array, Array]:
        """Return both hidden layers, (N, C1, g1, h1) and (N, C2, g, h), and the scores."""
        p = self.parameters
        hidden1 = np.maximum(forward(self.conv1, images, p.conv1_weight, p.conv1_bias), 0)
        hidden2 = np.maximum(forward(self.conv2, hidden1, p.conv2_weight, p.conv2_bias), 0)
        logits = hidden2.reshape((len(images), -1)) @ p.dense_weight.T + p.dense_bias
        return hidden1, hidden2, logits


def new_network(
    conv1: Kernel,
    conv2: Kernel,
    *,
    channels: tuple[int, int] = (8, 16),
    image_shape: Sequence[int] = IMAGE_SHAPE,
    seed: int = 0,
) -> Network:
    """Return an untrained network: normal weights of variance 2 / fan-in, zero biases.

    Args:
        conv1: the kernel of the first layer.
        conv2: the kernel of the second layer.
        channels: how many channels each convolution puts out, (C1, C2).
        image_shape: (m, n) of the images.
        seed: of the weights.

    Raises:
        SpecError: an image is smaller than a kernel.

    Source: K. He et al., "Delving Deep into Rectifiers", 2015, equation 10.
    """
    rng = np.random.default_rng(seed)

    def weight(*shape: int) -> Array:
        return rng.normal(scale=np.sqrt(2 / prod(shape[1:])), size=shape)

    features = conv2.spec.output_shape(conv1.spec.output_shape(image_shape))
    first, second = channels
    parameters = Parameters(
        conv1_weight=weight(first, 1, *conv1.spec.kernel_shape),
        conv1_bias=np.zeros(first),
        conv2_weight=weight(second, first, *conv2.spec.kernel_shape),
        conv2_bias=np.zeros(second),
        dense_weight=weight(CLASSES, second * prod(features)),
        dense_bias=np.zeros(CLASSES),
    )
    return Network(conv1=conv1, conv2=conv2, parameters=parameters)


def _cross_entropy(logits: Array, labels: Array) -> tuple[float, Array]:
    """Return the mean of -log softmax at the labels, and its gradient by the scores, (N, 10)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_share = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    own = (np.arange(len(labels)), labels)
    gradient = np.exp(log_share)
    gradient[own] -= 1
    return -float(np.mean(log_share[own])), gradient / len(labels)
