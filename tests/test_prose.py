"""Prose tells what names mean, in eight languages; and what it does not say, it does not tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv.verification.reading.prose.told import merged, told_by_prose, told_so_far

SAYS = [
    ("where $F$ is the filter and $s$ the stride", {"F": "kernel", "s": "stride"}),
    (r"$W \in \mathbb{R}^{k\times k}$ denotes the kernel", {"W": "kernel", "k": "kernel size"}),
    ("let x be the input and let w denote the filter", {"x": "input", "w": "kernel"}),
    ("x (input), w (kernel) and y (output)", {"x": "input", "w": "kernel", "y": "output"}),
    ("kernel size K, stride $s$ and padding p",
     {"K": "kernel size", "s": "stride", "p": "padding"}),
    ("a convolution with stride S and padding P", {"S": "stride", "P": "padding"}),
    ("$x$, $w$ and $y$ are the input, the kernel and the output, respectively",
     {"x": "input", "w": "kernel", "y": "output"}),
    ("H and W are the height and width of the input", {"H": "input height", "W": "input width"}),
    ("an input of height $H$ and width $W$", {"H": "input height", "W": "input width"}),
    ("We denote the stride by $s$ and the padding by $p$", {"s": "stride", "p": "padding"}),
    ("denote by $s$ the stride", {"s": "stride"}),
    ("The input of the layer is denoted as $a$ and the output as $z$",
     {"a": "input", "z": "output"}),
    ("S: stride, P: padding, F: kernel size", {"S": "stride", "P": "padding", "F": "kernel size"}),
    ("- $s$: stride\n- `pad`: padding\n- $k$ - kernel size",
     {"s": "stride", "pad": "padding", "k": "kernel size"}),
    ("| $s$ | stride |\n| $F$ | filter |", {"s": "stride", "F": "kernel"}),
    ("x is an n×n image and w a k × k kernel",
     {"x": "input", "n": "input size", "w": "kernel", "k": "kernel size"}),
    ("The input $X$ has shape $(N, C, H, W)$",
     {"X": "input", "N": "batch size", "C": "input channels", "H": "input height",
      "W": "input width"}),
    (r"$\delta$ is the gradient of the loss with respect to the output",
     {r"\delta": "grad_output"}),
    ("dY is the upstream gradient, dW the gradient of the weights",
     {"dY": "grad_output", "dW": "grad_weight"}),
    ("其中 $s$ 为步长，$p$ 为填充", {"s": "stride", "p": "padding"}),
    ("其中x是输入，w是卷积核，$b$为偏置", {"x": "input", "w": "kernel", "b": "bias"}),
    ("$H$、$W$ 分别是输入的高度和宽度", {"H": "input height", "W": "input width"}),
    ("où $F$ est le filtre, $s$ le pas et $p$ le remplissage",
     {"F": "kernel", "s": "stride", "p": "padding"}),
    ("donde S es el stride y $n$ el tamaño de la entrada", {"S": "stride", "n": "input size"}),
    ("wobei $s$ die Schrittweite ist", {"s": "stride"}),
    ("Dabei bezeichnet $x$ die Eingabe und $p$ das Padding", {"x": "input", "p": "padding"}),
    ("ここで $s$ はストライド、$w$ はカーネルである", {"s": "stride", "w": "kernel"}),
    ("ストライドを $s$、パディングを $p$ とする", {"s": "stride", "p": "padding"}),
    ("여기서 s는 스트라이드, $w$는 커널이다", {"s": "stride", "w": "kernel"}),
    ("где $s$ — шаг (stride), а $k$ — размер ядра", {"s": "stride", "k": "kernel size"}),
]  # fmt: skip


@pytest.mark.parametrize(("prose", "names"), SAYS)
def test_what_prose_says_of_names(prose, names):
    assert dict(told_by_prose(prose).names) == names


@pytest.mark.parametrize(
    "prose",
    [
        "We convolve x with w.",
        "s is not the stride",
        "Neither $s$ nor $t$ is the stride",
        "$a$ is the output of the previous layer",
        "The rotated kernel $w'$ is used",
        "$m$ runs over the kernel",
        "for each input channel $c$ and output channel $k$",
        "The width of the kernel $K$",
        "the output is $n-k+1$ and the padding k-1",
        "$K$ inputs and $M$ outputs",
        "the kernel index $m$ and the input position $u$",
        "A kernel slides over an image; a stride is a step.",
        "the output size $2n$",
        "$y$ is the output index",
    ],
)
def test_what_prose_does_not_say_is_not_told(prose):
    assert set(told_by_prose(prose).names.values()) <= {"index"}


@pytest.mark.parametrize(
    ("prose", "base"),
    [
        ("indices start at 1", 1),
        ("We use zero-based indices.", 0),
        ("下标从 1 开始", 1),
        ("Les indices commencent à 0", 0),
        ("los índices empiezan en 1", 1),
        ("Die Indizes beginnen bei 0", 0),
        ("添字は 1 から", 1),
        ("인덱스는 0부터", 0),
        ("индексы начинаются с 1", 1),
        ("the kernel indices run from 1, channels from 0", None),
        ("one-based channels", None),
        ("layers are counted from 0", None),
    ],
)
def test_the_first_index(prose, base):
    assert told_by_prose(prose).index_base == base


@pytest.mark.parametrize(
    ("prose", "flipped"),
    [
        ("the kernel is flipped", True),
        ("The filter is not flipped here.", False),
        ("We use cross-correlation.", False),
        ("卷积核不翻转", False),
        ("卷积核需要翻转", True),
        ("le noyau n'est pas retourné", False),
        ("Der Kern wird gespiegelt", True),
        ("ядро не переворачивается", False),
        ("the gradient uses the flipped kernel", None),
        ("a convolution of x and w", None),
        ("In the backward pass the kernel is flipped", None),
        ("In a true convolution the kernel is flipped", None),
        ("True convolution flips the kernel. We use cross-correlation", False),
        ("We use a true convolution", True),
        ("dW is the gradient, the kernel is flipped", True),
        (r"$\ast$ is true convolution, $\star$ is cross-correlation", None),
    ],
)
def test_the_flip(prose, flipped):
    assert told_by_prose(prose).true_convolution is flipped


@pytest.mark.parametrize(
    ("prose", "facts"),
    [
        ("no padding", {"padding": 0}),
        ("unit stride and no padding", {"stride": 1, "padding": 0}),
        ("stride 2, padding of 1", {"stride": 2, "padding": 1}),
        ("with dilation = 3", {"dilation": 3}),
        ("sans remplissage", {"padding": 0}),
        ("with dilations 1, 2, 4", {}),
        ("stride 2s", {}),
        ("If the stride is 1, nothing is left out.", {}),
        ("for example, stride 2", {}),
    ],
)
def test_facts(prose, facts):
    assert dict(told_by_prose(prose).facts) == facts


def test_names_of_all_kinds_are_told_as_they_are_written():
    names = [r"\mathbf{X}", r"\text{padding[0]}", "D o u t", "步长", r"\delta^{l}", "w(f)", "P_h^-"]
    prose = ", ".join(f"${name}$ is the padding" for name in names)
    assert list(told_by_prose(prose).names) == names
    assert list(told_by_prose("$H_{in},W_{in}$ is the input size").names) == ["H_{in}", "W_{in}"]


def test_the_nearest_statement_counts():
    pieces = ["Here $s$ is the stride.", "", "Now $s$ is the kernel size and $t$ the stride."]
    first, second, third = told_so_far(pieces)
    assert dict(first.names) == dict(second.names) == {"s": "stride"}
    assert dict(third.names) == {"s": "kernel size", "t": "stride"}


def test_a_bare_name_does_not_take_back_what_was_said_with_dollars():
    says = told_by_prose("Here $S_{h}$ is the stride. S_h is the kernel size.")
    assert dict(says.names) == {"S_{h}": "stride"}


def test_every_statement_knows_its_sentence():
    says = told_by_prose("Hello. Here $s$ is the stride, indices start at 1. No padding.")
    assert says.sentences["s"] == "Here $s$ is the stride, indices start at 1"
    assert says.sentences["index_base"] == says.sentences["s"]
    assert says.sentences["padding"] == "No padding"
    assert merged([]).names == {}


ROLES = ["kernel", "input", "output", "stride", "padding", "kernel size", "upstream gradient"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["x", "F", "s", r"\alpha", "k_h", "P_{in}"]), st.sampled_from(ROLES)
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda pair: pair[0],
    ),
    st.sampled_from(["Here {}.", "where {}.", "Let us say that, {}", "{}"]),
)
def test_a_list_of_statements_is_told_whole(pairs, frame):
    prose = frame.format(", ".join(f"${name}$ is the {role}" for name, role in pairs))
    assert list(told_by_prose(prose).names) == [name for name, _ in pairs]


@given(st.text(alphabet="x$\\(){}_^,.;: \nsithekrnlofpad=×步长为は는—|`-1", max_size=200))
def test_any_prose_is_read(prose):
    told_by_prose(prose)
