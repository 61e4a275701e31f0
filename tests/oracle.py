"""The definition of a convolution and its gradients as plain loops over Python numbers.

Independent of everything: it imports nothing of symconv, nor NumPy. An array is a dict from index
tuples to numbers; sizes travel as plain tuples. Batched indices are (n, c, *spatial),
(o, c, *tap) and (n, o, *spatial); an entry that is missing from the input is zero.

Everything follows from the meetings (output, tap, input): y[output] gains x[input] * w[tap].
"""

from itertools import product


def ranges(shape):
    return product(*(range(size) for size in shape))


def output_shape(input_shape, kernel_shape, stride, padding, dilation, transposed=False):
    """Count the windows that fit, by trying them one by one; or the cells that windows span."""
    counts = []
    for n, k, t, (lo, hi), d in zip(
        input_shape, kernel_shape, stride, padding, dilation, strict=True
    ):
        count = 0
        if transposed:
            spanned = {i * t + step for i in range(n) for step in range(d * (k - 1) + 1)}
            count = len(range(max(spanned, default=-1) + 1)) - lo - hi
        else:
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


def source(cell, size, mode):
    """The input index that a padded cell is a copy of, found by walking; None for a zero."""
    if mode == "zeros":
        return cell if 0 <= cell < size else None
    if mode == "replicate":
        return min(max(cell, 0), size - 1)
    if mode == "circular":
        while not 0 <= cell < size:
            cell += size if cell < 0 else -size
        return cell
    place, step = 0, 1
    for _ in range(abs(cell)):  # to and fro between the two border cells
        if not 0 <= place + step < size:
            step = -step
        place += step
    return place


def meetings(
    input_shape,
    kernel_shape,
    stride,
    padding,
    dilation,
    mode="zeros",
    transposed=False,
    flipped=False,
):
    """Every (output, tap, input) where an output reads an input through a tap."""
    sizes = (kernel_shape, stride, padding, dilation)
    outputs = output_shape(input_shape, *sizes, transposed)
    for window in ranges(input_shape if transposed else outputs):
        for place in ranges(kernel_shape):
            tap = tuple(k - 1 - r for k, r in zip(kernel_shape, place, strict=True))
            tap = tap if flipped else place
            cell = read(window, place, stride, padding, dilation)
            plane = outputs if transposed else input_shape
            cell = tuple(source(u, n, mode) for u, n in zip(cell, plane, strict=True))
            if None not in cell:
                yield (cell, tap, window) if transposed else (window, tap, cell)


def forward(x, w, b, *, input_shape, kernel_shape, stride, padding, dilation, **kind):
    sizes = (input_shape, kernel_shape, stride, padding, dilation)
    y = dict.fromkeys(ranges(output_shape(*sizes, kind.get("transposed", False))), b)
    for output, tap, cell in meetings(*sizes, **kind):
        y[output] = y[output] + x[cell] * w[tap]
    return y


def grad_input(dy, w, *, input_shape, kernel_shape, stride, padding, dilation, **kind):
    grad = dict.fromkeys(ranges(input_shape), 0)
    sizes = (input_shape, kernel_shape, stride, padding, dilation)
    for output, tap, cell in meetings(*sizes, **kind):
        grad[cell] = grad[cell] + dy[output] * w[tap]
    return grad


def grad_weight(dy, x, *, input_shape, kernel_shape, stride, padding, dilation, **kind):
    grad = dict.fromkeys(ranges(kernel_shape), 0)
    sizes = (input_shape, kernel_shape, stride, padding, dilation)
    for output, tap, cell in meetings(*sizes, **kind):
        grad[tap] = grad[tap] + dy[output] * x[cell]
    return grad


def grad_bias(dy):
    return sum(dy.values())


def batched(batch, channels, outputs, groups):
    """Every (n, o, c, c_in_group): output channel o of image n reads input channel c."""
    for n, o in product(range(batch), range(outputs)):
        group = o // (outputs // groups)
        for inner in range(channels // groups):
            yield n, o, group * (channels // groups) + inner, inner


def batched_transposed(batch, channels, outputs, groups):
    """Every (n, o, c, o_in_group): input channel c of image n is spread to output channel o."""
    for n, c in product(range(batch), range(channels)):
        group = c // (channels // groups)
        for inner in range(outputs // groups):
            yield n, group * (outputs // groups) + inner, c, inner


class Dual:
    """The number value + tangent*epsilon, with epsilon*epsilon = 0: differentiates as it counts."""

    def __init__(self, value, tangent=0):
        self.value, self.tangent = value, tangent

    def __add__(self, other):
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.value + other.value, self.tangent + other.tangent)

    __radd__ = __add__

    def __mul__(self, other):
        return Dual(
            self.value * other.value, self.value * other.tangent + self.tangent * other.value
        )
