"""Every convolution of ours in terms of PyTorch and JAX, to be differentiated by them."""

from importlib import import_module

import numpy as np

MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


class Torch:
    """x, w, b as float64 tensors, torch.nn.functional.conv*d and torch.autograd."""

    def __init__(self):
        self.torch = import_module("torch")

    def forward(self, spec, x, w, b=None):
        """Return y; what PyTorch has no argument for is done before or after."""
        functional = self.torch.nn.functional
        sides = [side for pair in reversed(spec.padding_pairs) for side in pair]
        w = w.flip(tuple(range(2, w.ndim))) if spec.true_convolution else w
        if spec.transposed:
            convolve = getattr(functional, f"conv_transpose{spec.axes}d")
            y = convolve(x, w, None, spec.stride, 0, 0, spec.groups, spec.dilation)
            y = functional.pad(y, [-side for side in sides])
            return y if b is None else y + b.reshape(-1, *[1] * spec.axes)
        if spec.padding_mode == "zeros":
            x = functional.pad(x, sides)
        else:
            x = functional.pad(x, sides, mode=spec.padding_mode)
        convolve = getattr(functional, f"conv{spec.axes}d")
        return convolve(x, w, b, spec.stride, 0, spec.dilation, spec.groups)

    def value_and_vjp(self, function, arrays, cotangent):
        """Return function(*arrays) and the gradients of its product with the cotangent."""
        arrays = [self.torch.from_numpy(array).requires_grad_() for array in arrays]
        value = function(*arrays)
        cotangent = self.tensors(cotangent)
        grads = self.torch.autograd.grad(value, arrays, cotangent, materialize_grads=True)
        value = value if isinstance(value, self.torch.Tensor) else value[0]
        return value.detach().numpy(), [grad.numpy() for grad in grads]

    def tensors(self, arrays):
        """Return an array or a tuple of arrays as tensors."""
        if isinstance(arrays, np.ndarray):
            return self.torch.from_numpy(arrays)
        return tuple(map(self.torch.from_numpy, arrays))

    def jvp(self, function, arrays, tangents):
        """Return the derivative of function at the arrays along the tangents."""
        arrays, tangents = self.tensors(arrays), self.tensors(tangents)
        return self.torch.func.jvp(function, arrays, tangents)[1].numpy()

    def gradients(self, spec, dy, x, w):
        """Return dx and dw, which can be differentiated again."""
        return self.torch.autograd.grad(self.forward(spec, x, w), (x, w), dy, create_graph=True)


class Jax:
    """jax.lax.conv_general_dilated, jax.vjp and jax.jvp in float64."""

    def __init__(self):
        self.jax = import_module("jax")
        self.jax.config.update("jax_enable_x64", val=True)

    def forward(self, spec, x, w, b=None):
        """Return y; padding of each side, crops and zeros between inputs are JAX's own."""
        numpy, lax = self.jax.numpy, self.jax.lax
        pads, spread, stride = spec.padding_pairs, (1,) * spec.axes, spec.stride
        turned = spec.true_convolution
        if spec.transposed:
            spread, stride, turned = spec.stride, (1,) * spec.axes, not turned
            pads = [
                (e - 1 - lo, e - 1 - hi)
                for e, (lo, hi) in zip(spec.extent, spec.padding_pairs, strict=True)
            ]
            w = w.reshape(spec.groups, -1, *w.shape[1:]).swapaxes(1, 2)
            w = w.reshape(-1, *w.shape[2:])
        w = numpy.flip(w, range(2, w.ndim)) if turned else w
        if spec.padding_mode != "zeros":
            x = numpy.pad(x, ((0, 0), (0, 0), *pads), mode=MODES[spec.padding_mode])
            pads = [(0, 0)] * spec.axes
        y = lax.conv_general_dilated(
            x,
            w,
            stride,
            pads,
            lhs_dilation=spread,
            rhs_dilation=spec.dilation,
            feature_group_count=spec.groups,
        )
        return y if b is None else y + b.reshape(-1, *[1] * spec.axes)

    def value_and_vjp(self, function, arrays, cotangent):
        """Return function(*arrays) and the gradients of its product with the cotangent."""
        value, pull = self.jax.vjp(function, *map(self.jax.numpy.asarray, arrays))
        value = value[0] if isinstance(value, tuple) else value
        return np.asarray(value), list(map(np.asarray, pull(cotangent)))

    def jvp(self, function, arrays, tangents):
        """Return the derivative of function at the arrays along the tangents."""
        arrays = tuple(map(self.jax.numpy.asarray, arrays))
        tangents = tuple(map(self.jax.numpy.asarray, tangents))
        return np.asarray(self.jax.jvp(function, arrays, tangents)[1])

    def gradients(self, spec, dy, x, w):
        """Return dx and dw, which can be differentiated again."""
        return self.jax.vjp(lambda x, w: self.forward(spec, x, w), x, w)[1](dy)


LIBRARIES = {"torch": Torch, "jax": Jax}
