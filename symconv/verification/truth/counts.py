"""How many weights a layer has, and how many operations it takes, by its sizes.

The letters are K, the entries of one kernel in one channel; S, the outputs of one channel; i and o,
the channels; g, the groups; n, the batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from symconv.formula.tree import Expression, Integer, Letter, Quotient
from symconv.verification.truth.algebra import ONE, minus, plus, times

TWO: Final = Integer(2)
K, S, CIN, COUT, G, N = map(Letter, ("K", "S", "i", "o", "g", "n"))


@dataclass(frozen=True)
class Count:
    """A number that a formula may give.

    Attributes:
        kind: "parameters", "operations" or "ratio".
        value: in the letters above.
        words: what it is the number of.
        rule: by which rule is counted; "" where there is but one.
    """

    kind: str
    value: Expression
    words: str
    rule: str = ""


def counts() -> tuple[Count, ...]:
    """Return all numbers that are known, those of the usual layers first."""
    return (*_parameters(), *_operations(), *_ratios())


def _parameters() -> tuple[Count, ...]:
    found: list[Count] = []
    for grouped in (False, True):
        inputs: Expression = Quotient(CIN, G) if grouped else CIN
        layer = "a layer in groups" if grouped else "a layer"
        weights = times(K, inputs, COUT)
        found += [
            Count("parameters", weights, f"the weights of {layer}, without biases"),
            Count("parameters", plus(weights, COUT), f"the weights and biases of {layer}"),
            Count(
                "parameters", times(K, inputs), "the weights of one filter, or of one per channel"
            ),
            Count(
                "parameters", plus(times(K, inputs), ONE), "the weights and the bias of one filter"
            ),
        ]
    depth, point = times(K, CIN), times(CIN, COUT)
    return (
        *found,
        Count("parameters", plus(depth, CIN), "the weights and biases of a depthwise layer"),
        Count("parameters", plus(depth, point), "the weights of a depthwise separable layer"),
        Count("parameters", plus(depth, CIN, point, COUT),
              "the weights and biases of a depthwise separable layer"),
        Count("parameters", plus(depth, point, COUT),
              "the weights of a depthwise separable layer, with the biases of its second part"),
        Count("parameters", point, "the weights of a pointwise or dense layer"),
        Count("parameters", plus(point, COUT),
              "the weights and biases of a pointwise or dense layer"),
    )  # fmt: skip


def _operations() -> tuple[Count, ...]:
    found: list[Count] = []
    one, two = "a multiply-add counts as one", "a multiply-add counts as two"
    for images in (ONE, N):
        for inputs, layer in ((CIN, "a layer"), (Quotient(CIN, G), "a layer in groups")):
            macs = times(images, K, inputs, COUT, S)
            biased = times(images, plus(times(K, inputs), ONE), COUT, S)
            apart = times(images, minus(times(TWO, K, inputs), ONE), COUT, S)
            every = f"the operations of {layer}"
            found += [
                Count("operations", macs, f"the multiply-adds of {layer}", one),
                Count("operations", times(TWO, macs), every, two),
                Count("operations", biased, every, f"{one}, adding the bias too"),
                Count("operations", times(TWO, biased), every, f"{two}, the bias too"),
                Count("operations", apart, every, "multiplications and additions without a bias"),
                Count(
                    "operations",
                    plus(times(TWO, macs), times(images, COUT, S)),
                    every,
                    f"{two}, adding the bias as one",
                ),
            ]
        depth, point = times(images, K, CIN, S), times(images, CIN, COUT, S)
        for factor, rule in ((ONE, one), (TWO, two)):
            found += [
                Count(
                    "operations", times(factor, depth), "the operations of a depthwise layer", rule
                ),
                Count(
                    "operations", times(factor, point), "the operations of a pointwise layer", rule
                ),
                Count(
                    "operations",
                    times(factor, plus(depth, point)),
                    "the operations of a depthwise separable layer",
                    rule,
                ),
            ]
    return tuple(found)  # fmt: skip


def _ratios() -> tuple[Count, ...]:
    less = plus(Quotient(ONE, COUT), Quotient(ONE, K))
    words = "the cost of a depthwise separable layer by that of a layer"
    more = "the cost of a layer by that of a depthwise separable one"
    return (Count("ratio", less, words), Count("ratio", Quotient(ONE, less), more))
