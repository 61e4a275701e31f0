"""What other libraries call a convolution: their calls, read, written and translated.

    calls        text                        -> Call: a name and literal arguments, never evaluated
    layer        ConvSpec, channels          -> Layer
    pytorch, keras, jax, onnx    Call       <-> Layer, one module a library
    difference   two specs                   -> the smallest input at which they differ, or none
    translation  Layer, library              -> the equal call, or a witness that none exists
    kernels      a weight                    -> the same weight in another library's layout
    onnx_file, onnx_model    an ONNX file    -> its convolutions, with their shapes

Every translated call is read back by its own library's reader and compared, so what is printed
means what was asked for.
"""

from symconv.conventions.difference import Difference, first_difference
from symconv.conventions.layer import Layer
from symconv.conventions.onnx_model import ModelLayer, layers_of
from symconv.conventions.translation import LIBRARIES, Translation, read_call, translate

__all__ = [
    "LIBRARIES",
    "Difference",
    "Layer",
    "ModelLayer",
    "Translation",
    "first_difference",
    "layers_of",
    "read_call",
    "translate",
]
