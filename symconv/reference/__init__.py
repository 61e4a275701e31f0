"""The generic convolution, its gradients and theirs in plain NumPy, for every ConvSpec.

The standard that specialised kernels are measured against. Shapes, with the spatial axes written
(*in), (*k), (*out):

    plane    input (*in), weight (*k), bias (), grad_output (*out)
    batched  input (N, C_in, *in), weight (C_out, C_in/groups, *k), bias (C_out,),
             grad_output (N, C_out, *out); a transposed weight is (C_in, C_out/groups, *k)

The number of axes tells the layouts apart. The result has the common dtype of the operands;
integers stay exact, and object arrays work.

    layout       operands, and the rules of their shapes
    padding      the padded input, and the gradient folded back from it
    windows      the three sums over windows and taps, of an ordinary convolution
    primitives   forward, grad_input, grad_weight, grad_bias: ordinary and transposed
    derivatives  jvp, double_backward, hessian_vector, grad_weight_per_sample
"""

from symconv.reference.derivatives import (
    double_backward,
    grad_weight_per_sample,
    hessian_vector,
    jvp,
)
from symconv.reference.primitives import forward, grad_bias, grad_input, grad_weight

__all__ = [
    "double_backward",
    "forward",
    "grad_bias",
    "grad_input",
    "grad_weight",
    "grad_weight_per_sample",
    "hessian_vector",
    "jvp",
]
