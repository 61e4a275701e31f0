"""TEMPORARY until merge."""

from symconv.algebra.derivation import DerivedGradients


def telling_input_shape(derivation: DerivedGradients):
    spec = derivation.spec
    out = []
    for t, e, (lo, hi) in zip(spec.stride, spec.extent, spec.padding_pairs):
        n = max(1, (2 - 1) * t + e - lo - hi)
        if t > 1:
            n += 1
        out.append(n)
    return tuple(out)
