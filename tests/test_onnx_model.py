"""ONNX models: every attribute of Conv and ConvTranspose, subgraphs, functions, hostile files."""

import os
import random
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from symconv import ConvSpec, OptionError, load, reference
from symconv.cli.main import run
from symconv.codegen.model import kernels_of, layers_table
from symconv.codegen.request import request_kernel
from symconv.codegen.runtime.compiler import find_compiler, require_compiler
from symconv.conventions import layers_of, onnx_file
from tests.test_c_fixed import STRICT

onnx = pytest.importorskip("onnx", reason="onnx is not installed: pip install '.[onnx]'")
evaluation = pytest.importorskip("onnx.reference")
helper = onnx.helper
FLOAT = onnx.TensorProto.FLOAT


def value(name, shape):
    return helper.make_tensor_value_info(name, FLOAT, shape)


def graph_of(nodes, inputs, outputs=("y",), weights=None):
    initializers = [
        onnx.numpy_helper.from_array(np.asarray(array, np.float32), name)
        for name, array in (weights or {}).items()
    ]
    given = [value(name, shape) for name, shape in inputs.items()]
    asked = [value(name, None) for name in outputs]
    return helper.make_graph(nodes, "graph", given, asked, initializer=initializers)


def model_of(graph, functions=()):
    sets = [helper.make_opsetid("", 18), helper.make_opsetid("own", 1)]
    return helper.make_model(
        graph, opset_imports=sets, functions=list(functions)
    ).SerializeToString()


def conv_model(x, w, *, operator="Conv", bias=None, name="conv", **attributes):
    """A model of one node; the weights are 1."""
    weights = {"w": np.ones(w)} | ({} if bias is None else {"b": np.ones(bias)})
    node = helper.make_node(operator, ["x", *weights], ["y"], name=name, **attributes)
    return model_of(graph_of([node], {"x": x}, weights=weights))


def only(data, **choices):
    (layer,) = layers_of(data, **choices)
    return layer


def made(layers, **choices):
    return kernels_of(layers, progress=lambda stage, done, total: None, **choices)


CASES = {
    "defaults": ("Conv", (2, 3, 9, 8), (4, 3, 3, 2), {}),
    "strides and pads": (
        "Conv",
        (1, 2, 9, 11),
        (3, 2, 3, 5),
        {"strides": [2, 3], "pads": [0, 2, 1, 1]},
    ),
    "dilations": ("Conv", (2, 2, 10, 9), (3, 2, 3, 2), {"dilations": [2, 3]}),
    "groups": ("Conv", (1, 4, 6, 7), (6, 2, 2, 3), {"group": 2}),
    "depthwise": ("Conv", (2, 3, 6, 5), (3, 1, 3, 2), {"group": 3, "pads": [1, 0, 1, 1]}),
    "VALID": ("Conv", (1, 1, 8, 7), (2, 1, 3, 3), {"auto_pad": "VALID", "strides": [2, 1]}),
    "SAME_UPPER": ("Conv", (1, 2, 8, 7), (2, 2, 4, 3), {"auto_pad": "SAME_UPPER"}),
    "SAME_LOWER": ("Conv", (1, 2, 8, 7), (2, 2, 4, 3), {"auto_pad": "SAME_LOWER"}),
    "SAME_UPPER strided": (
        "Conv",
        (1, 1, 9, 8),
        (1, 1, 3, 4),
        {"auto_pad": "SAME_UPPER", "strides": [2, 3]},
    ),
    "NOTSET": (
        "Conv",
        (1, 1, 7, 6),
        (1, 1, 3, 2),
        {"auto_pad": "NOTSET", "pads": [1, 0, 0, 1], "kernel_shape": [3, 2]},
    ),
    "one axis": ("Conv", (2, 3, 12), (4, 3, 5), {"strides": [3], "pads": [2, 1]}),
    "three axes": ("Conv", (1, 2, 5, 4, 6), (3, 2, 2, 3, 2), {"strides": [2, 1, 2]}),
    "transposed": ("ConvTranspose", (2, 3, 4, 5), (3, 2, 3, 2), {"strides": [2, 3]}),
    "transposed pads": (
        "ConvTranspose",
        (1, 2, 4, 5),
        (2, 3, 3, 4),
        {"strides": [2, 1], "pads": [1, 0, 0, 2], "dilations": [2, 1]},
    ),
    "output_padding": (
        "ConvTranspose",
        (1, 2, 4, 3),
        (2, 1, 3, 4),
        {"strides": [2, 3], "output_padding": [1, 2]},
    ),
    "transposed SAME_UPPER": (
        "ConvTranspose",
        (1, 1, 4, 3),
        (1, 2, 3, 4),
        {"strides": [2, 3], "auto_pad": "SAME_UPPER"},
    ),
    "transposed SAME_LOWER": (
        "ConvTranspose",
        (1, 1, 4, 3),
        (1, 2, 3, 4),
        {"strides": [2, 1], "auto_pad": "SAME_LOWER"},
    ),
    "transposed one axis": ("ConvTranspose", (1, 2, 5), (2, 3, 4), {"strides": [3]}),
}


def integers(shape, seed):
    return np.random.default_rng(seed).integers(-9, 10, shape)


def by_onnx(data, feeds):
    evaluator = evaluation.ReferenceEvaluator(onnx.load_model_from_string(data))
    return evaluator.run(None, {name: array.astype(np.float32) for name, array in feeds.items()})[0]


@pytest.mark.parametrize("case", CASES)
def test_a_layer_computes_what_the_evaluator_of_onnx_does(case):
    operator, x, w, attributes = CASES[case]
    outputs = w[1] if operator == "ConvTranspose" else w[0]
    node = helper.make_node(operator, ["x", "w", "b"], ["y"], **attributes)
    data = model_of(graph_of([node], {"x": x, "w": w, "b": [outputs]}))
    arrays = {"x": integers(x, 1), "w": integers(w, 2), "b": integers([outputs], 3)}
    layer = only(data)
    expected = by_onnx(data, arrays)
    computed = reference.forward(layer.layer.spec, *arrays.values())
    assert layer.output_shape == expected.shape
    assert np.array_equal(computed, expected)
    kernel = load(layer.layer.spec, layout="batched")
    assert np.array_equal(kernel.forward(*arrays.values()), expected)


def test_the_written_kernels_of_a_model_compute_the_whole_model():
    weights = {"w": integers((4, 2, 3, 2), 4), "v": integers((3, 4, 3, 2), 5), "b": [1, -2, 3]}
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["h"], name="a", pads=[1, 0, 1, 1]),
        helper.make_node("Conv", ["h", "v", "b"], ["y"], name="b", pads=[1, 0, 1, 1]),
    ]
    data = model_of(graph_of(nodes, {"x": [2, 2, 6, 7]}, weights=weights))
    layers = layers_of(data)
    result = made(layers)
    assert len(layers) == 2
    ((path, text),) = result.files.items()
    assert [row.kernel for row in result.rows] == [path, path]
    namespace = {}
    exec(compile(text, path, "exec"), namespace)
    x = integers((2, 2, 6, 7), 6)
    hidden = namespace["forward"](x, weights["w"])
    y = namespace["forward"](hidden, weights["v"], np.array(weights["b"]))
    assert np.array_equal(y, by_onnx(data, {"x": x}))


def test_output_shape_pads_by_the_equation_of_onnx():
    """total = 2(4-1) + 3 - 8 = 1; without SAME_UPPER the odd cell is cut off first."""
    data = [(1, 1, 4), (1, 1, 3)]
    upper = {"output_shape": [8], "strides": [2], "auto_pad": "SAME_UPPER"}
    plain = {"output_shape": [8], "strides": [2], "pads": [5, 5]}
    for attributes, padding in ((upper, (0, 1)), (plain, (1, 0))):
        layer = only(conv_model(*data, operator="ConvTranspose", **attributes))
        assert layer.layer.spec == ConvSpec(
            kernel_shape=(3,), stride=2, padding=(padding,), transposed=True
        )
        assert layer.output_shape == (1, 1, 8)


def test_output_shape_counts_output_padding():
    attributes = {"output_shape": [9], "strides": [3], "output_padding": [2]}
    layer = only(conv_model((1, 1, 3), (1, 1, 4), operator="ConvTranspose", **attributes))
    assert layer.layer.spec.padding == ((2, -1),)  # 3*2 + 4 + 2 - 9 = 3 cells: 2 first, 1 - 2 last
    assert layer.output_shape == (1, 1, 9)


@pytest.mark.parametrize("shape", [["N", 1, "n"], None])
def test_what_depends_on_an_unknown_input_is_listed_with_the_reason(shape):
    strided = only(conv_model(shape, (1, 1, 3), auto_pad="SAME_UPPER", strides=[2]))
    asked = {"output_shape": [8], "strides": [2]}
    transposed = only(conv_model(shape, (1, 1, 3), operator="ConvTranspose", **asked))
    assert strided.layer.spec.padding == "same"
    assert transposed.layer is None
    result = made((strided, transposed))
    assert (result.files, result.left_out) == ({}, 2)
    assert "depends on the input" in result.rows[0].reason
    assert "output_shape must be left out" in result.rows[1].reason


def test_sizes_given_for_the_input_replace_what_is_open():
    data = conv_model(["N", 1, "n", 8], (2, 1, 3, 4), auto_pad="SAME_UPPER", strides=[2, 3])
    open_layer, layer = only(data), only(data, input_shape=(9, 8))
    assert (open_layer.input_shape, open_layer.multiplications) == ((None, 1, None, 8), None)
    assert layer.input_shape == (None, 1, 9, 8)
    assert layer.output_shape == (None, 2, 5, 3)
    assert layer.multiplications == 2 * 3 * 4 * 5 * 3
    assert layer.layer.spec == ConvSpec(
        kernel_shape=(3, 4), stride=(2, 3), padding=((1, 1), (1, 1))
    )
    for sizes, message in (((9, 7), "must be 8, as the model says"), ((9,), "as many axes")):
        with pytest.raises(OptionError, match=message):
            layers_of(data, input_shape=sizes)


def test_channels_parameters_and_multiplications():
    layer = only(conv_model([5, 4, 9], (6, 2, 3), group=2, bias=[6], strides=[2]))
    assert (layer.layer.in_channels, layer.layer.out_channels, layer.layer.bias) == (4, 6, True)
    assert (layer.parameters, layer.multiplications) == (6 * 2 * 3 + 6, 6 * 2 * 3 * 4)
    adjoint = only(conv_model([5, 4, 9], (4, 3, 2), operator="ConvTranspose", group=2))
    assert (adjoint.layer.in_channels, adjoint.layer.out_channels) == (4, 6)
    assert (adjoint.parameters, adjoint.multiplications) == (4 * 3 * 2, 4 * 3 * 2 * 9)


def test_weights_of_unknown_shape():
    node = helper.make_node("Conv", ["x", "w"], ["y"], name="conv")
    layer = only(model_of(graph_of([node], {"x": [1, 1, 9, 9], "w": None})))
    assert (layer.layer, layer.reason) == (None, "the sizes of the kernel are not known")
    node = helper.make_node("Conv", ["x", "w"], ["y"], kernel_shape=[2, 3])
    layer = only(model_of(graph_of([node], {"x": [1, 1, 9, 9], "w": None})))
    assert (layer.layer.spec.kernel_shape, layer.parameters) == ((2, 3), None)
    four = only(conv_model([1, 1, 3, 3, 3, 3], (1, 1, 2, 2, 2, 2)))
    assert four.reason == "kernel must have 1 to 3 axes, got (2, 2, 2, 2)"


def test_branches_and_bodies_are_read_with_the_names_around_them():
    def branch(name, stride):
        node = helper.make_node("Conv", ["x", "w"], [name], name="conv", strides=[stride])
        return helper.make_graph([node], name, [], [value(name, None)])

    condition = helper.make_tensor_value_info("c", onnx.TensorProto.BOOL, [])
    branches = {"then_branch": branch("p", 2), "else_branch": branch("q", 3)}
    choice = helper.make_node("If", ["c"], ["y"], name="choice", **branches)
    graph = graph_of([choice], {"x": [1, 1, 9]}, weights={"w": np.ones((1, 1, 2))})
    graph.input.append(condition)
    found = {layer.node: layer for layer in layers_of(model_of(graph))}
    assert set(found) == {"choice.then_branch: conv", "choice.else_branch: conv"}
    assert found["choice.then_branch: conv"].output_shape == (1, 1, 4)
    assert found["choice.else_branch: conv"].output_shape == (1, 1, 3)


def test_the_body_of_a_loop():
    flag = helper.make_tensor_value_info("flag", onnx.TensorProto.BOOL, [])
    count = helper.make_tensor_value_info("i", onnx.TensorProto.INT64, [])
    nodes = [
        helper.make_node("Conv", ["state", "w"], ["next"], name="conv", pads=[1, 1]),
        helper.make_node("Identity", ["flag"], ["again"]),
    ]
    again = helper.make_tensor_value_info("again", onnx.TensorProto.BOOL, [])
    body = helper.make_graph(
        nodes, "body", [count, flag, value("state", [1, 1, 9])], [again, value("next", None)]
    )
    loop = helper.make_node("Loop", ["", "", "x"], ["y"], name="loop", body=body)
    data = model_of(graph_of([loop], {"x": [1, 1, 9]}, weights={"w": np.ones((1, 1, 3))}))
    layer = only(data)
    assert layer.node == "loop.body: conv"
    assert layer.layer.spec == ConvSpec(kernel_shape=(3,), padding=1)


def function(name, nodes):
    return helper.make_function(
        "own",
        name,
        ["a", "w"],
        ["b"],
        nodes,
        [helper.make_opsetid("", 18), helper.make_opsetid("own", 1)],
    )


def call(name, a="a", b="b"):
    return helper.make_node(name, [a, "w"], [b], domain="own")


def test_a_function_is_read_at_each_call():
    body = function("F", [helper.make_node("Conv", ["a", "w"], ["b"], name="in", strides=[2])])
    graph = graph_of([call("F", "x", "h"), call("F", "h", "y")], {"x": [1, 1, 13], "w": [1, 1, 3]})
    first, second = layers_of(model_of(graph, [body]))
    assert (first.output_shape, second.output_shape) == ((1, 1, 6), (1, 1, 2))
    assert first.layer.spec == second.layer.spec


def test_functions_that_never_end_or_explode_are_refused():
    graph = graph_of([call("F0", "x", "y")], {"x": [1], "w": [1]})
    loops = [function("F0", [call("F1")]), function("F1", [call("F0")])]
    with pytest.raises(OptionError, match="must not call themselves"):
        layers_of(model_of(graph, loops))
    doubling = [
        function(f"F{n}", [call(f"F{n + 1}", b="h"), call(f"F{n + 1}", "h")]) for n in range(40)
    ]
    with pytest.raises(OptionError, match="at most 200000 nodes"):
        layers_of(model_of(graph, [*doubling, function("F40", [])]))
    chain = [function(f"F{n}", [call(f"F{n + 1}")]) for n in range(60)]
    with pytest.raises(OptionError, match="nest at most 50 deep"):
        layers_of(model_of(graph, [*chain, function("F60", [])]))


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"pads": [-1, 0, 0, 0]}, "pads must be an integer of at least 0"),
        ({"pads": [1, 1]}, "pads must be 4 integers"),
        ({"pads": [2**40] * 4}, "must be at most 2147483647"),
        ({"strides": [0, 1]}, "strides must be an integer of at least 1"),
        ({"strides": [2]}, "strides must be 2 integers"),
        ({"dilations": [1, -1]}, "dilations must be an integer of at least 1"),
        ({"group": 0}, "group must be an integer of at least 1"),
        ({"group": 3}, "must be a multiple of groups=3"),
        ({"group": 2}, "input must have 4 channels, got 2"),
        ({"kernel_shape": [3, 4]}, "kernel_shape must be that of W"),
        ({"auto_pad": "SAME"}, "auto_pad must be one of"),
        ({"auto_pad": "SAME_UPPER", "pads": [1, 1, 1, 1]}, "pads must be left out"),
        ({"strides": 1.5}, "strides must be integers or a word"),
        ({"colour": 1}, "got colour"),
        ({"dilations": [9, 9]}, "input_shape[0] must be at least 19"),
    ],
)
def test_what_onnx_does_not_allow_names_the_node(attributes, message, tmp_path, capsys):
    data = conv_model([1, 2, 9, 9], (2, 2, 3, 3), name="bad node", **attributes)
    with pytest.raises(OptionError) as caught:
        layers_of(data)
    assert str(caught.value).startswith("node 'bad node': ")
    assert message in str(caught.value)
    path = tmp_path / "model.onnx"
    path.write_bytes(data)
    assert run(["generate", "--onnx", str(path), "-o", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_random_and_truncated_bytes_are_one_error():
    whole = conv_model([1, 2, 9, 9], (2, 2, 3, 3), pads=[1, 1, 1, 1], bias=[2])
    rng = random.Random(1)
    files = [b"", b"ONNX", whole[: len(whole) // 2], rng.randbytes(4000)]
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(rng.randint(1, 8)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        files += [bytes(damaged), rng.randbytes(rng.randint(1, 60))]
    for data in files:
        with suppress(OptionError):
            layers_of(data)
    for data in files[:4]:
        with pytest.raises(OptionError, match="must be an ONNX file"):
            layers_of(data)


def test_too_large_a_file_is_not_parsed(tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_file, "MAX_BYTES", 10)
    path = tmp_path / "model.onnx"
    path.write_bytes(b"x" * 11)
    for source in (path, b"x" * 11):
        with pytest.raises(OptionError, match="must have at most 10 bytes, got"):
            layers_of(source)


def test_weights_outside_the_file_are_not_opened(tmp_path):
    tensor = onnx.TensorProto(name="w", data_type=FLOAT, dims=[1, 1, 3])
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")
    graph = graph_of([helper.make_node("Conv", ["x", "w"], ["y"])], {"x": [1, 1, 9]})
    graph.initializer.append(tensor)
    assert only(model_of(graph)).layer.spec == ConvSpec(kernel_shape=(3,))


def test_a_name_is_text_and_never_a_path(tmp_path, capsys):
    name = "../../evil|<b>\x1b[31m\n`x`"
    path = tmp_path / "model.onnx"
    path.write_bytes(conv_model([1, 1, 9], (1, 1, 3), name=name))
    folder = tmp_path / "in" / "out"
    assert run(["generate", "--onnx", str(path), "-o", str(folder)]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[1].split("\t")[0] == "../../evil|<b>?[31m?`x`"
    assert sorted(os.listdir(folder)) == ["conv_k3_s1_batched.py", "layers.md"]
    table = (folder / "layers.md").read_text()
    assert r"| ../../evil\|&lt;b&gt;?\[31m?\`x\` |" in table
    assert sorted(os.listdir(tmp_path)) == ["in", "model.onnx"]


def test_the_command_writes_the_kernels_and_says_what_is_left_out(tmp_path, capsys):
    weights = {"w": np.ones((2, 1, 3)), "v": np.ones((2, 1, 2, 2, 2, 2))}
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["h"], name="made"),
        helper.make_node("Conv", ["z", "v"], ["y"], name="left out"),
    ]
    inputs = {"x": ["N", 1, 9], "z": [1, 1, 3, 3, 3, 3]}
    path = tmp_path / "model.onnx"
    path.write_bytes(model_of(graph_of(nodes, inputs, weights=weights)))
    texts = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        assert run(["generate", "--onnx", str(path), "-o", str(folder)]) == 0
        printed = capsys.readouterr()
        texts.append((printed.out, {f.name: f.read_bytes() for f in folder.iterdir()}))
        assert "2 layers, 1 kernel, 1 without a kernel" in printed.err
    assert texts[0] == texts[1]
    heads, first, second = (line.split("\t") for line in texts[0][0].splitlines())
    assert dict(zip(heads, first, strict=True)) == {
        "node": "made",
        "operator": "Conv",
        "spec": "--kernel 3",
        "input": "?x1x9",
        "output": "?x2x7",
        "multiplications": "42",
        "parameters": "6",
        "overlap": "axis 0 overlap",
        "kernel": "conv_k3_s1_batched.py",
    }
    assert second[-1] == "(kernel must have 1 to 3 axes, got (2, 2, 2, 2))"


def compiled(folder, name):
    """Run the program of a kernel; return its exit code and what it says."""
    command = [*require_compiler().command, *STRICT, f"{name}.c", f"{name}_main.c", "-o", "check"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    ran = subprocess.run([folder / "check"], capture_output=True, text=True)
    return ran.returncode, ran.stdout.splitlines()


@pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler")
@pytest.mark.parametrize("case", CASES)
def test_c_for_the_input_of_a_layer_brings_a_program_that_checks_it(case, tmp_path):
    operator, x, w, attributes = CASES[case]
    kernels = made(layers_of(conv_model(x, w, operator=operator, **attributes)), fixed=True)
    (row,) = kernels.rows
    name = row.kernel.removesuffix(".c")
    assert set(kernels.files) == {f"{name}.c", f"{name}.h", f"{name}_main.c"}
    for path, text in kernels.files.items():
        (tmp_path / path).write_text(text)
    functions = ("forward", "grad_input", "grad_weight", "grad_bias")
    right = [f"{name} {function} is right" for function in functions]
    assert compiled(tmp_path, name) == (0, right)
    wrong = kernels.files[f"{name}.c"].replace("sum += dy[", "sum -= dy[")
    (tmp_path / f"{name}.c").write_text(wrong)
    assert compiled(tmp_path, name) == (1, [*right[:3], f"{name} grad_bias is wrong"])


def test_c_needs_the_sizes_of_a_layer_and_takes_one_image(tmp_path, capsys):
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["h"], name="open"),
        helper.make_node("Conv", ["z", "w"], ["y"], name="known"),
        helper.make_node("Conv", ["z", "w"], ["v"], name="the same"),
    ]
    inputs = {"x": [1, 1, "width"], "z": ["N", 1, 9]}
    path = tmp_path / "model.onnx"
    path.write_bytes(model_of(graph_of(nodes, inputs, weights={"w": np.ones((2, 1, 3))})))
    command = ["generate", "--onnx", str(path), "--target", "c", "--fixed", "-o", str(tmp_path)]
    assert run(command) == 0
    printed = capsys.readouterr()
    assert "3 layers, 1 kernel, 1 without a kernel" in printed.err
    kernels = [line.split("\t")[-1] for line in printed.out.splitlines()[1:]]
    assert (
        kernels
        == ["(C for one input needs its sizes, got 1x1x?)"]
        + ["conv_k3_s1_batched_on1x1x9to2.c"] * 2
    )
    assert sorted(each.suffix for each in tmp_path.iterdir()) == [".c", ".c", ".h", ".md", ".onnx"]


def test_bad_command_lines(tmp_path, capsys):
    path = tmp_path / "model.onnx"
    path.write_bytes(model_of(graph_of([helper.make_node("Relu", ["x"], ["y"])], {"x": [1]})))
    for line, message in (
        (["--onnx", str(path)], "must have a Conv or ConvTranspose node, got none"),
        (["--onnx", str(path), "--kernel", "3"], "--onnx takes its kernels from the model"),
        (["--onnx", str(path), "--stride", "2"], "--onnx takes its kernels from the model"),
        (["--onnx", str(path), "--unroll", "element"], "--onnx takes its kernels from"),
        (["--onnx", str(path), "--target", "c"], "--onnx takes its kernels from the model"),
        (["--onnx", str(path), "--fixed"], "--onnx takes its kernels from the model"),
        (["--onnx", str(path), "--catalogue"], "--onnx takes its kernels from the model"),
        (["--onnx", str(tmp_path / "none.onnx")], "No such file"),
        (["--onnx", str(tmp_path)], "Is a directory"),
    ):
        assert run(["generate", *line, "-o", str(tmp_path / "out")]) == 2
        assert message in capsys.readouterr().err


def test_without_onnx_one_line_says_what_to_install(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert run(["generate", "--onnx", str(tmp_path / "model.onnx")]) == 3
    assert capsys.readouterr().err == (
        "symconv: onnx is needed to read a model: pip install 'symconv[onnx]'\n"
    )


def test_sizes_that_no_batch_of_symbols_can_check_are_listed():
    large = made((only(conv_model([1, 1, 9], (1, 1, 3), pads=[10**6, 0])),))
    assert large.left_out == 0
    result = made((only(conv_model([1, 1, 9], (1, 1, 3), pads=[2 * 10**9, 0])),))
    assert result.files == {}
    assert "windows of the smallest input" in result.rows[0].reason
    assert "1 layer, 0 kernels, 1 without a kernel" in layers_table(result, title="model")


@pytest.mark.skipif(find_spec("rapidocr") is None, reason="pip install '.[peers]' brings a model")
def test_a_real_model():
    """53 convolutions of a text classifier; with sizes given, every one has a product count."""
    package = Path(find_spec("rapidocr").origin).parent
    path = package / "models" / "ch_ppocr_mobile_v2.0_cls_mobile.onnx"
    layers = layers_of(path, input_shape=(48, 192))
    assert len(layers) == 53
    assert len({layer.layer.spec for layer in layers}) == 11
    assert all(layer.multiplications and layer.output_shape[0] is None for layer in layers)
    specs = [layer.layer.spec for layer in layers]
    assert len({request_kernel(spec, layout="batched").name for spec in specs}) == 11
