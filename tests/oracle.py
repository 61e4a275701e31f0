"""The definition of a convolution and its gradients as plain loops over Python numbers.

Independent of everything: it imports nothing of symconv, nor NumPy. An array is a dict from index
tuples to numbers; sizes travel as plain tuples. Batched indices are (n, c, *spatial),
(o, c, *tap) and (n, o, *spatial); an entry that is missing from the input is zero.
"""

from itertools import product


def ranges(shape):
    return product(*(range(size) for size in shape))


def output_shape(input_shape, kernel_shape, stride, padding, dilation):
    """Count the windows that fit, by trying them one by one."""
    counts = []
    for n, k, t, (lo, hi), d in zip(
        input_shape, kernel_shape, stride, padding, dilation, strict=True
    ):
        count = 0
        while count * t + d * (k - 1) <= lo + n + hi - 1:
            count += 1
        counts.append(count)
    return tuple(counts)


def read(window, tap, stride, padding, dilation):
    """The input index that a window reads through a tap; it may lie in the padding."""
    return tuple(
        i * t + r * d - lo
        for i, r, t, (lo, _), d in zip(window, tap, stride, padding, dilation, strict=True)
    )


def meetings(input_shape, kernel_shape, stride, padding, dilation):
    """Every (window, tap, cell) where a window reads an input cell through a tap."""
    windows = output_shape(input_shape, kernel_shape, stride, padding, dilation)
    for window in ranges(windows):
        for tap in ranges(kernel_shape):
            cell = read(window, tap, stride, padding, dilation)
            if all(0 <= u < n for u, n in zip(cell, input_shape, strict=True)):
                yield window, tap, cell


def forward(x, w, b, *, input_shape, kernel_shape, stride, padding, dilation):
    windows = output_shape(input_shape, kernel_shape, stride, padding, dilation)
    y = dict.fromkeys(ranges(windows), b)
    for window, tap, cell in meetings(input_shape, kernel_shape, stride, padding, dilation):
        y[window] = y[window] + x[cell] * w[tap]
    return y


def grad_input(dy, w, *, input_shape, kernel_shape, stride, padding, dilation):
    grad = dict.fromkeys(ranges(input_shape), 0)
    for window, tap, cell in meetings(input_shape, kernel_shape, stride, padding, dilation):
        grad[cell] = grad[cell] + dy[window] * w[tap]
    return grad


def grad_weight(dy, x, *, input_shape, kernel_shape, stride, padding, dilation):
    grad = dict.fromkeys(ranges(kernel_shape), 0)
    for window, tap, cell in meetings(input_shape, kernel_shape, stride, padding, dilation):
        grad[tap] = grad[tap] + dy[window] * x[cell]
    return grad


def grad_bias(dy):
    return sum(dy.values())


def batched(batch, channels, outputs, groups):
    """Every (n, o, c, c_in_group): output channel o of image n reads input channel c."""
    for n, o in product(range(batch), range(outputs)):
        group = o // (outputs // groups)
        for inner in range(channels // groups):
            yield n, o, group * (channels // groups) + inner, inner
