"""Helpers for the tests of your own project: one line checks a convolution exactly.

from symconv.testing import assert_correct

def test_grad_input():
    assert_correct(my_grad_input, operation="grad_input", layout="batched")
"""

from __future__ import annotations

from typing import Unpack

from symconv.auditing.loop import Options, audit
from symconv.auditing.question import Function
from symconv.auditing.result import Audit


def assert_correct(fn: Function, *, operation: str, **options: Unpack[Options]) -> Audit:
    """Return the audit of a function, which has found nothing wrong.

    Args:
        fn: the function.
        operation: "forward", "grad_input", "grad_weight" or "grad_bias".
        options: layout, space, cases, seconds, seed, arrays, dtype and progress, as in
            `symconv.audit`.

    Raises:
        AssertionError: the function is wrong; the message is the report of the audit.
        OptionError: an option has no such value, or no case lies in the space.
        ToolError: the library asked for is not installed.

    Example:
        >>> from symconv import ConvSpec, reference
        >>> spec = ConvSpec(kernel_shape=(3, 5), stride=2)
        >>> assert_correct(reference.forward, operation="forward", space=spec, cases=30).checked
        30
        >>> assert_correct(reference.grad_weight, operation="forward", space=spec, cases=30)
        Traceback (most recent call last):
        ...
        AssertionError: symconv.reference.primitives:grad_weight is no forward
        ...
    """
    __tracebackhide__ = True  # pytest shows the line of the test, not this one
    found = audit(fn, operation=operation, **options)
    if not found.ok:
        raise AssertionError(f"{found.function} is no {operation}\n\n{found.to_text()}")
    return found
