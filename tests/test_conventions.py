"""The conventions of other libraries: read, written, compared, and run where they are installed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from symconv import ConvSpec, OptionError, SpecError, reference
from symconv.cli.main import run
from symconv.conventions import LIBRARIES, Layer, first_difference, read_call, translate
from symconv.conventions.calls import parse_call
from symconv.conventions.kernels import convert_weight, input_layout, kernel_layout
from symconv.conventions.translation import notes
from tests import strategies

SMALL = {"max_kernel": 3, "max_stride": 3, "max_padding": 3}


def one(library, text):
    return read_call(text, library=library)


@pytest.mark.parametrize(
    ("library", "text", "spec"),
    [
        ("torch", "Conv2d(3, 8, 3, 2, 1)", {"kernel_shape": (3, 3), "stride": 2, "padding": 1}),
        (
            "torch",
            "torch.nn.Conv1d(4, 8, (5,), padding='same', dilation=2, groups=2)",
            {"kernel_shape": (5,), "padding": 4, "dilation": 2, "groups": 2},
        ),
        ("torch", "Conv1d(1, 1, 4, padding='same')", {"kernel_shape": (4,), "padding": ((1, 2),)}),
        (
            "torch",
            "nn.ConvTranspose2d(3, 8, (3, 5), (2, 3), (1, 0), (1, 2))",
            {
                "kernel_shape": (3, 5),
                "stride": (2, 3),
                "padding": (1, 0),
                "output_padding": (1, 2),
                "transposed": True,
            },
        ),
        (
            "torch",
            "LazyConv3d(8, 3, padding=1, padding_mode='circular', bias=False)",
            {"kernel_shape": (3, 3, 3), "padding": 1, "padding_mode": "circular"},
        ),
        (
            "keras",
            "keras.layers.Conv2D(8, (3, 5), strides=2, padding='same', name='first')",
            {"kernel_shape": (3, 5), "stride": 2, "padding": "same"},
        ),
        (
            "keras",
            "Conv1D(8, 3, padding='causal', dilation_rate=2)",
            {"kernel_shape": (3,), "padding": ((4, 0),), "dilation": 2},
        ),
        # TensorFlow: the output of a transposed "same" layer has n*stride cells.
        (
            "keras",
            "Conv2DTranspose(8, (3, 4), strides=2, padding='same')",
            {
                "kernel_shape": (3, 4),
                "stride": 2,
                "padding": ((0, 1), (1, 1)),
                "transposed": True,
            },
        ),
        # "valid" makes it (n-1)*stride + max(kernel, stride).
        (
            "keras",
            "Conv1DTranspose(8, 2, strides=3)",
            {"kernel_shape": (2,), "stride": 3, "padding": ((0, -1),), "transposed": True},
        ),
        # With output_padding, "same" makes it (n-1)*stride + (kernel odd) + output_padding.
        (
            "keras",
            "Conv1DTranspose(8, 5, strides=3, padding='same', output_padding=1)",
            {"kernel_shape": (5,), "stride": 3, "padding": ((1, 2),), "transposed": True},
        ),
        (
            "jax",
            (
                "lax.conv_general_dilated(x, (8, 3, 3, 5), (2, 1), [(0, 1), (-1, 2)], "
                "rhs_dilation=(1, 2))"
            ),
            {
                "kernel_shape": (3, 5),
                "stride": (2, 1),
                "padding": ((0, 1), (-1, 2)),
                "dilation": (1, 2),
            },
        ),
        (
            "jax",
            (
                "conv_general_dilated(x, (3, 5, 4, 8), (2, 2), 'SAME_LOWER', "
                "dimension_numbers=('NHWC', 'HWIO', 'NHWC'), feature_group_count=4)"
            ),
            {"kernel_shape": (3, 5), "stride": 2, "padding": "same_lower", "groups": 4},
        ),
        (
            "jax",
            "conv_general_dilated(x, (8, 3, 4), (1,), ((2, 3),), lhs_dilation=(2,))",
            {
                "kernel_shape": (4,),
                "stride": 2,
                "padding": ((1, 0),),
                "transposed": True,
                "true_convolution": True,
            },
        ),
        (
            "onnx",
            "Conv(kernel_shape=[3, 5], strides=[2, 1], pads=[0, 1, 2, 3], group=2)",
            {
                "kernel_shape": (3, 5),
                "stride": (2, 1),
                "padding": ((0, 2), (1, 3)),
                "groups": 2,
            },
        ),
        (
            "onnx",
            "Conv(kernel_shape=[4], strides=[2], auto_pad='SAME_LOWER')",
            {"kernel_shape": (4,), "stride": 2, "padding": "same_lower"},
        ),
        # total padding (n-1)*2 + 3 - 2n = 1: the odd cell last for UPPER, first for LOWER
        (
            "onnx",
            "ConvTranspose(kernel_shape=[3], strides=[2], auto_pad='SAME_UPPER')",
            {"kernel_shape": (3,), "stride": 2, "padding": ((0, 1),), "transposed": True},
        ),
        (
            "onnx",
            "ConvTranspose(kernel_shape=[3], strides=[2], auto_pad='SAME_LOWER')",
            {"kernel_shape": (3,), "stride": 2, "padding": ((1, 0),), "transposed": True},
        ),
        (
            "onnx",
            (
                "ConvTranspose(W=(3, 8, 3, 3), strides=[3, 2], pads=[1, 0, 1, 0], "
                "output_padding=[1, 0])"
            ),
            {
                "kernel_shape": (3, 3),
                "stride": (3, 2),
                "padding": ((1, 0), (0, 0)),
                "transposed": True,
            },
        ),
    ],
)
def test_a_call_is_read_as_its_library_means_it(library, text, spec):
    assert one(library, text).spec == ConvSpec(**spec)


def test_channels_and_bias_are_read():
    assert one("torch", "Conv2d(4, 8, 3, groups=2, bias=False)") == Layer(
        ConvSpec(kernel_shape=(3, 3), groups=2), in_channels=4, out_channels=8, bias=False
    )
    assert one("keras", "Conv2D(8, 3)").out_channels == 8
    jax = one("jax", "conv_general_dilated(x, (8, 2, 3), 1, 'VALID', feature_group_count=2)")
    assert (jax.in_channels, jax.out_channels) == (4, 8)
    onnx = one("onnx", "ConvTranspose(W=(4, 3, 5), group=2)")
    assert (onnx.in_channels, onnx.out_channels) == (4, 6)


@pytest.mark.parametrize(
    ("source", "text", "target", "call"),
    [
        ("torch", "Conv2d(3, 8, 3, padding=1)", "keras", "Conv2D(8, 3, padding='same')"),
        ("torch", "Conv1d(3, 8, 3)", "onnx", "Conv(W=(8, 3, 3), kernel_shape=(3,))"),
        ("keras", "Conv2D(8, 5, padding='same')", "torch", "LazyConv2d(8, 5, padding=2)"),
        (
            "torch",
            "ConvTranspose2d(3, 8, 4, 2, 1)",
            "keras",
            "Conv2DTranspose(8, 4, strides=2, padding='same')",
        ),
        (
            "torch",
            "ConvTranspose1d(3, 8, 5, 2, 2, 1)",
            "onnx",
            "ConvTranspose(W=(3, 8, 5), kernel_shape=(5,), strides=(2,), pads=(2, 1))",
        ),
        (
            "keras",
            "Conv1D(8, 3, padding='causal')",
            "onnx",
            "Conv(kernel_shape=(3,), pads=(2, 0))",
        ),
        (
            "torch",
            "ConvTranspose1d(4, 2, 3, 2, 1, 1, 2)",
            "jax",
            (
                "conv_general_dilated(x, rhs=(2, 2, 3), window_strides=(1,), padding=((1, 2),), "
                "lhs_dilation=(2,), feature_group_count=2)"
            ),
        ),
        (
            "onnx",
            "ConvTranspose(W=(3, 8, 2), strides=[3], output_padding=[1])",
            "keras",
            "Conv1DTranspose(8, 2, strides=3)",
        ),
    ],
)
def test_the_equal_call_is_found(source, text, target, call):
    assert translate(one(source, text), target=target).call == call


@pytest.mark.parametrize(
    ("source", "text", "target", "witness", "reason"),
    [
        (
            "torch",
            "Conv2d(3, 8, 3, stride=2, padding=1)",
            "keras",
            2,
            "differs at input size 2: axis 0, output 0, tap 0 reads padding against x[0]",
        ),
        (
            "torch",
            "Conv1d(1, 1, 3, padding=1, padding_mode='reflect')",
            "onnx",
            2,
            "differs at input size 2: axis 0, output 0, tap 0 reads x[1] against padding",
        ),
        (
            "keras",
            "Conv1DTranspose(8, 3, strides=2, padding='same')",
            "torch",
            1,
            "differs at input size 1: axis 0, output size 2 against 3",
        ),
        ("torch", "ConvTranspose1d(2, 2, 3, 2, groups=2)", "keras", None, "groups 2 against 1"),
        ("torch", "Conv1d(2, 2, 3, 2, dilation=2)", "keras", None, "strides must be 1 where"),
        ("keras", "Conv1D(2, 3, 2, padding='same')", "torch", 2, "at input size 2: axis 0"),
    ],
)
def test_where_no_call_is_equal_the_smallest_input_shows_it(source, text, target, witness, reason):
    translation = translate(one(source, text), target=target)
    assert (translation.call, translation.equal, translation.witness) == (None, None, witness)
    assert any(reason in rejected.reason for rejected in translation.rejected)
    assert notes(translation, source=source) == []


@settings(max_examples=150)
@given(
    strategies.specs(**SMALL) | strategies.whole_specs(**SMALL), st.sampled_from(list(LIBRARIES))
)
@example(ConvSpec(kernel_shape=(2, 3), stride=2, padding="same"), "jax")
@example(ConvSpec(kernel_shape=(3,), stride=3, padding="same_lower"), "onnx")
def test_what_is_written_reads_back_as_what_was_meant(spec, library):
    layer = Layer(replace(spec, groups=2), in_channels=4, out_channels=6)
    translation = translate(layer, target=library)
    if translation.call is None:
        assert translation.rejected
        return
    again = one(library, translation.call)
    assert first_difference(layer.spec, again.spec) is None
    assert again.out_channels in (None, 6)
    assert again.in_channels in (None, 4)


@settings(max_examples=80)
@given(
    strategies.specs(max_axes=1, **SMALL) | strategies.whole_specs(max_axes=1, **SMALL),
    st.data(),
)
def test_a_difference_is_where_the_numbers_differ_first(spec, data):
    """Against the reference: equal outputs below that size, different ones at it."""
    sides = [pad + data.draw(st.integers(-1, 1)) for pad in spec.padding[0]]
    if spec.padding_mode != "zeros":
        sides = [max(0, side) for side in sides]
    other = replace(spec, padding=(tuple(sides),))
    found = first_difference(spec, other)
    assert (found is None) == (spec == other)
    if found is None:
        return
    for size in range(1, found.size + 1):
        x = 2 ** np.arange(size)
        w = np.array([1, 100, 10000])[: spec.kernel_shape[0]] ** 2
        try:
            ours = reference.forward(spec, x, w).tolist()
        except SpecError:
            continue
        try:
            theirs = reference.forward(other, x, w).tolist()
        except SpecError:
            theirs = None
        assert (ours == theirs) == (size < found.size)


def batch(layer, shape, seed):
    x = strategies.integers((2, layer.in_channels, *shape), seed)
    return x, strategies.integers(layer.weight_shape(), seed + 1)


def torch_like(spec):
    """A spec that PyTorch has a call for: as much padding before as after, less what lengthens."""
    sizes = zip(spec.padding, spec.stride, spec.dilation, strict=True)
    if spec.transposed:
        pairs = [(max(lo, 0), max(lo, 0) - (hi % max(t, d))) for (lo, hi), t, d in sizes]
    else:
        pairs = [(max(lo, hi, 0),) * 2 for (lo, hi), _, _ in sizes]
    return replace(spec, padding=pairs, true_convolution=False)


@settings(max_examples=40)
@given(
    strategies.images(max_axes=2, **SMALL) | strategies.whole_images(max_axes=2, **SMALL),
    strategies.seeds,
)
def test_torch_computes_what_its_call_is_read_as(image, seed):
    torch = pytest.importorskip("torch", reason="needs the extra [peers]")
    spec, shape = image
    spec = replace(torch_like(spec), groups=2)
    if spec.transposed:
        cut = (max(0, lo + hi) for lo, hi in spec.padding)
        shape = tuple(n + cells for n, cells in zip(shape, cut, strict=True))
    layer = Layer(spec, in_channels=4, out_channels=6, bias=False)
    translation = translate(layer, target="torch")
    call = parse_call(translation.call)
    module = getattr(torch.nn, call.name)(*call.positional, **call.named)
    x, w = batch(layer, shape, seed)
    module = module.to(torch.float64)
    module.weight.data = torch.tensor(w, dtype=torch.float64)
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    y = module(leaf)
    expected = reference.forward(spec, x, w)
    np.testing.assert_array_equal(y.detach().numpy(), expected)
    dy = strategies.integers(expected.shape, seed + 2)
    y.backward(torch.tensor(dy, dtype=torch.float64))
    np.testing.assert_array_equal(leaf.grad.numpy(), reference.grad_input(spec, dy, w, x.shape))
    np.testing.assert_array_equal(module.weight.grad.numpy(), reference.grad_weight(spec, dy, x))


JAX_CASES = [
    ConvSpec(kernel_shape=(3, 2), stride=(2, 1), padding=((-1, 2), (0, 3)), groups=2),
    ConvSpec(kernel_shape=(3,), dilation=2, padding=((4, -2),), true_convolution=True),
    ConvSpec(kernel_shape=(2, 3), stride=2, padding="same"),
    ConvSpec(kernel_shape=(3,), stride=3, padding="same_lower", groups=2),
    ConvSpec(kernel_shape=(3, 2), stride=(2, 3), padding=((1, -1), (0, 2)), transposed=True),
    ConvSpec(kernel_shape=(3,), dilation=2, padding=1, transposed=True, groups=2),
    ConvSpec(kernel_shape=(2,), stride=3, transposed=True, true_convolution=True, groups=2),
]


@pytest.mark.parametrize("spec", JAX_CASES)
def test_jax_computes_what_is_written_for_it(spec):
    jax = pytest.importorskip("jax", reason="needs the extra [peers]")
    layer = Layer(spec, in_channels=4, out_channels=6)
    translation = translate(layer, target="jax")
    x, w = batch(layer, tuple(range(5, 5 + spec.axes)), 5)
    call = parse_call(translation.call)
    rhs = convert_weight(w, source="torch", layer=layer, target="jax", equal=translation.equal)
    assert rhs.shape == call.named["rhs"]
    named = {name: value for name, value in call.named.items() if name != "rhs"}
    y = jax.lax.conv_general_dilated(np.float32(x), np.float32(rhs), **named)
    np.testing.assert_array_equal(np.asarray(y), reference.forward(spec, x, w))


@pytest.mark.parametrize("spec", JAX_CASES[::2])
def test_jax_differentiates_twice_to_the_same_numbers(spec):
    jax = pytest.importorskip("jax", reason="needs the extra [peers]")
    layer = Layer(spec, in_channels=4, out_channels=6)
    translation = translate(layer, target="jax")
    named = dict(parse_call(translation.call).named)
    del named["rhs"]

    def ours(weight):
        given = {"source": "torch", "layer": layer, "target": "jax", "equal": translation.equal}
        return np.float32(convert_weight(weight, **given))

    def forward(x, w):
        return jax.lax.conv_general_dilated(x, w, **named)

    def backward(dy, x, w):
        return jax.vjp(forward, x, w)[1](dy)

    shape = tuple(range(5, 5 + spec.axes))
    (x, w), (vx, vw) = batch(layer, shape, 5), batch(layer, shape, 9)
    y, moved = jax.jvp(forward, (np.float32(x), ours(w)), (np.float32(vx), ours(vw)))
    tangents = {"input_tangent": vx, "weight_tangent": vw}
    np.testing.assert_array_equal(np.asarray(moved), reference.jvp(spec, x, w, **tangents))
    dy = strategies.integers(y.shape, 11)
    pulled = jax.vjp(backward, np.float32(dy), np.float32(x), ours(w))[1]
    by_dy, by_x, by_w = pulled((np.float32(vx), ours(vw)))
    grads = reference.double_backward(spec, dy, x, w, **tangents)
    np.testing.assert_array_equal(np.asarray(by_dy), grads.grad_output)
    np.testing.assert_array_equal(np.asarray(by_x), grads.input)
    np.testing.assert_array_equal(np.asarray(by_w), ours(grads.weight))


@pytest.mark.parametrize("spec", JAX_CASES)
def test_a_converted_weight_comes_back(spec):
    """There and back again, and through every pair of libraries."""
    layer = Layer(spec, in_channels=4, out_channels=6)
    w = strategies.integers(layer.weight_shape(), 3)
    for library in LIBRARIES:
        there = convert_weight(w, source="torch", layer=layer, target=library, equal=layer)
        letters = kernel_layout(library, layer)
        assert len(letters) == there.ndim
        if spec.groups == 1:
            assert [there.shape[letters.index(letter)] for letter in "IO"] == [4, 6]
        back = convert_weight(there, source=library, layer=layer, target="torch", equal=layer)
        np.testing.assert_array_equal(back, w)


def test_layouts_in_letters():
    plain = Layer(ConvSpec(kernel_shape=(3, 3)))
    spread = Layer(ConvSpec(kernel_shape=(3, 3), transposed=True))
    assert {library: kernel_layout(library, plain) for library in LIBRARIES} == {
        "torch": "OIHW",
        "keras": "HWIO",
        "jax": "OIHW",
        "onnx": "OIHW",
    }
    assert {library: kernel_layout(library, spread) for library in LIBRARIES} == {
        "torch": "IOHW",
        "keras": "HWOI",
        "jax": "OIHW",
        "onnx": "IOHW",
    }
    assert input_layout("keras", axes=3) == "NDHWC"


HOSTILE = [
    "",
    "Conv2d",
    "Conv2d(3, 8",
    "Conv2d(3, 8, 3))",
    "__import__('os').system('echo hacked')",
    "Conv2d(3, 8, __import__('os').getpid())",
    "Conv2d(3, 8, 3, **{'stride': 2})",
    "Conv2d(*[3, 8, 3])",
    "Conv2d(3, 8, 3, stride=2, stride=2)",
    "Conv2d(3, 8, 3, 1, stride=2)",
    "Conv2d(3, 8, 3, 1, 0, 1, 1, True, 'zeros', None, None, 7)",
    "Conv2d(3, 8, 3, strides=2)",
    "Conv2d(3, 8, 3.5)",
    "Conv2d(3, 8, -3)",
    "Conv2d(3, 8, True)",
    "Conv2d(3, 8, (3, 3, 3))",
    "Conv2d(3, 8, 3, padding=-1)",
    "Conv2d(3, 8, 3, padding='full')",
    "Conv2d(3, 8, 3, stride=2, padding='same')",
    "Conv2d(3, 8, 3, groups=2)",
    "Conv2d(3, 8, 3, bias=1)",
    "Conv2d(3, 8, 3, padding_mode='mirror')",
    "ConvTranspose2d(3, 8, 3, output_padding=1)",
    "ConvTranspose2d(3, 8, 3, padding_mode='reflect')",
    "Conv4d(3, 8, 3)",
    "lambda: Conv2d(3, 8, 3)",
    "(Conv2d)(3, 8, [3, [3]])",
    "Conv2d(3, 8, 3)\nConv2d(3, 8, 3)",
    "Conv2d(3, 8, '\\d')",
    "Conv2d(3, 8, " + "(" * 900 + "3" + ")" * 900 + ")",
    "Conv2d(3, 8, " + "-" * 1500 + "3)",
    "Conv2d(3, 8, " + "9" * 1900 + ")",
    "Conv2d(" + "3," * 2000 + ")",
    "\x00Conv2d(3, 8, 3)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_one_line(text):
    with pytest.raises((OptionError, SpecError)) as caught:
        one("torch", text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("library", "text", "message"),
    [
        ("keras", "Conv2D(8, 3, padding='causal')", "padding must be one of valid, same"),
        ("keras", "Conv2D(8, 3, activation='relu')", "activation must be None, got 'relu'"),
        ("keras", "Conv2D(8, 3, strides=2, dilation_rate=2)", "strides must be 1 where"),
        ("keras", "Conv2DTranspose(8, 3, 2, 'same', 1)", "at most 4 arguments without a name"),
        ("keras", "Conv1DTranspose(8, 3, 2, output_padding=2)", "must be less than strides"),
        ("keras", "Dense(8)", "call must be Conv1D to Conv3D"),
        ("jax", "conv_general_dilated(x, w, (1, 1), 'VALID')", "rhs must be the shape of"),
        ("jax", "conv_general_dilated(x, (8, 3, 3), 2, 'VALID', 2)", "window_strides must be 1"),
        ("jax", "conv_general_dilated(x, (8, 3, 3), 1, 'SAME', 2)", "padding must be pairs"),
        (
            "jax",
            "conv_general_dilated(x, (8, 3, 3), 1, 'SAME', None, None, ('NCH', 'OIW', 'NCH'))",
            "dimension_numbers must be like",
        ),
        ("jax", "conv_general_dilated(x, (8, 3, 3), 1, 'SAME', batch_group_count=2)", "must be 1"),
        ("onnx", "Conv(strides=[2])", "kernel_shape must be 1 to 3 integers"),
        ("onnx", "Conv(W=(8, 3, 3), kernel_shape=[4])", "kernel_shape must be that of W"),
        ("onnx", "Conv(kernel_shape=[3], auto_pad='SAME_UPPER', pads=[1, 1])", "pads must be left"),
        ("onnx", "Conv([3])", "at most 0 arguments without a name"),
        (
            "onnx",
            "ConvTranspose(kernel_shape=[1], strides=[2], auto_pad='SAME_UPPER')",
            "windows must reach the whole output",
        ),
        ("onnx", "ConvTranspose(kernel_shape=[3], output_shape=[9])", "output_shape must be left"),
        ("mxnet", "Conv2D(8, 3)", "library must be one of torch, keras, jax, onnx"),
    ],
)
def test_what_a_library_does_not_take_is_named(library, text, message):
    with pytest.raises((OptionError, SpecError)) as caught:
        one(library, text)
    assert message in str(caught.value)


def test_what_is_not_known_is_asked_for():
    with pytest.raises(OptionError, match="in_channels must be known"):
        translate(one("keras", "Conv2D(8, 3)"), target="jax")
    with pytest.raises(OptionError, match="out_channels must be known"):
        translate(one("onnx", "Conv(kernel_shape=[3])"), target="torch")
    with pytest.raises(OptionError, match="sizes must be comparable within"):
        translate(one("torch", "Conv1d(1, 1, 3, 2, 1000000)"), target="keras")


@pytest.fixture
def symconv(capsys):
    """Run symconv translate: (exit code, stdout, stderr)."""

    def call(source, target, text, *options):
        code = run(["translate", "--from", source, "--to", target, text, *options])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_translate_prints_the_call_and_what_changes_beside_it(symconv):
    assert symconv("torch", "jax", "ConvTranspose1d(8, 3, 3, 2, 1, 1)") == (
        0,
        (
            "conv_general_dilated(x, rhs=(3, 8, 3), window_strides=(1,), padding=((1, 2),), "
            "lhs_dilation=(2,))\n# weight IOW -> OIW\n# weight flipped along every axis\n"
        ),
        "",
    )
    code, out, _ = symconv("keras", "torch", "Conv2D(8, 3)", "--in-channels", "3")
    assert (code, out) == (
        0,
        "Conv2d(3, 8, 3)\n# input NHWC -> NCHW\n# weight HWIO -> OIHW\n",
    )
    code, out, _ = symconv("onnx", "torch", "Conv(kernel_shape=[3])", "--out-channels", "2")
    assert (code, out) == (0, "LazyConv1d(2, 3)\n")


def test_translate_shows_the_input_for_which_no_call_is_equal(symconv):
    code, out, err = symconv("torch", "keras", "Conv2d(3, 8, 3, stride=2, padding=1)")
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        "no call of keras is equal for an input of size 2x2",
        "Conv2D(8, 3, strides=2) differs at input size 1: axis 0, output size 1 against 0",
        (
            "Conv2D(8, 3, strides=2, padding='same') differs at input size 2: axis 0, output 0, "
            "tap 0 reads padding against x[0]"
        ),
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("torch", "keras", "Conv2d(3, 8"), "call must be like Conv2d(3, 8, 3, stride=2)"),
        (("torch", "mxnet", "Conv2d(3, 8, 3)"), "library must be one of torch, keras, jax, onnx"),
        (("torch", "jax", "Conv2d(3, 8, 3)", "--in-channels", "4"), "--in-channels must be 3 as"),
        (("torch", "jax", "exec('1')"), "call must be Conv1d to Conv3d"),
    ],
)
def test_a_bad_translation_is_one_line_on_stderr(symconv, words, message):
    code, out, err = symconv(*words)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
