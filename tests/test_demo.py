"""The demo: batches by plane kernels, exact gradients, the same training twice, the picture."""

import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from symconv import reference
from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of
from symconv.demo import batch
from symconv.demo.data import Digits, LabelledImages, jitter, load_digits, split_indices
from symconv.demo.network import Parameters, new_network
from symconv.demo.picture import draw, render, require_matplotlib
from symconv.demo.training import Adam, Epoch, step, train
from symconv.errors import OptionError, SpecError, ToolError
from symconv.spec import ConvSpec

SPECS = {
    "stride 1": ConvSpec(kernel_shape=(3, 3)),
    "stride 2": ConvSpec(kernel_shape=(3, 3), stride=2),
    "unequal": ConvSpec(kernel_shape=(3, 2), stride=(2, 1)),
    "gapped": ConvSpec(kernel_shape=(1, 2), stride=(3, 2)),
    "dilated": ConvSpec(kernel_shape=(2, 3), stride=(2, 1), dilation=(3, 1)),
    "padded columns": ConvSpec(kernel_shape=(3, 3), stride=2, padding=((0, 0), (1, 2))),
}


@cache
def kernel_of(spec):
    return build_of(request_kernel(spec, style="fast")).load()


@pytest.fixture(scope="module")
def kernels():
    return kernel_of(SPECS["stride 1"]), kernel_of(SPECS["stride 2"])


@pytest.fixture(scope="module")
def digits():
    return load_digits(seed=0)


@pytest.fixture(scope="module")
def few(digits):
    indices = np.arange(150)
    return Digits(train=digits.train.take(indices), test=digits.test.take(indices))


def integers(rng, *shape):
    return rng.integers(-9, 10, shape)


@pytest.mark.parametrize("channels", [(1, 1), (2, 3), (4, 1)])
@pytest.mark.parametrize("images", [1, 2, 5])
@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_a_batch_by_plane_kernels_equals_the_reference(spec, images, channels):
    rng = np.random.default_rng(images)
    inputs, outputs = channels
    kernel = kernel_of(spec)
    x = integers(rng, images, inputs, 6, 7)
    w = integers(rng, outputs, inputs, *spec.kernel_shape)
    b = integers(rng, outputs)
    y = batch.forward(kernel, x, w, b)
    dy = integers(rng, *y.shape)
    results = {
        "y": (y, reference.forward(spec, x, w, b)),
        "dx": (
            batch.grad_input(kernel, dy, w, x.shape),
            reference.grad_input(spec, dy, w, x.shape),
        ),
        "dw": (batch.grad_weight(kernel, dy, x), reference.grad_weight(spec, dy, x)),
        "db": (batch.grad_bias(kernel, dy), reference.grad_bias(spec, dy)),
    }
    for name, (ours, theirs) in results.items():
        assert ours.shape == theirs.shape, name
        assert ours.dtype == theirs.dtype, name
        assert (ours == theirs).all(), name


def test_an_image_is_not_touched_by_its_neighbours(kernels):
    rng = np.random.default_rng(0)
    kernel = kernels[1]
    x, w, b = integers(rng, 3, 2, 6, 6), integers(rng, 4, 2, 3, 3), integers(rng, 4)
    alone = [batch.forward(kernel, image[np.newaxis], w, b) for image in x]
    assert (batch.forward(kernel, x, w, b) == np.concatenate(alone)).all()
    dy = np.zeros((3, 4, 2, 2), int)
    dy[1] = integers(rng, 4, 2, 2)
    dx = batch.grad_input(kernel, dy, w, x.shape)
    assert dx[1].any()
    assert not dx[[0, 2]].any()


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            ConvSpec(kernel_shape=(3, 3), stride=2),
            "image height must be a multiple of the stride 2, got 7",
        ),
        (ConvSpec(kernel_shape=(3, 3), padding=1), r"padding of the rows must be \(0, 0\), got"),
    ],
)
def test_images_that_cannot_be_stacked_are_refused(spec, message):
    kernel = kernel_of(spec)
    x, w, b = np.ones((2, 1, 7, 7)), np.ones((1, 1, 3, 3)), np.ones(1)
    dy = np.ones((2, 1, *spec.output_shape((7, 7))))
    with pytest.raises(SpecError, match=message):
        batch.forward(kernel, x, w, b)
    with pytest.raises(SpecError, match=message):
        batch.grad_input(kernel, dy, w, x.shape)
    with pytest.raises(SpecError, match=message):
        batch.grad_weight(kernel, dy, x)


@pytest.mark.parametrize("name", Parameters.__dataclass_fields__)
def test_the_gradients_of_the_network_are_those_of_finite_differences(kernels, name):
    rng = np.random.default_rng(3)
    network = new_network(*kernels, channels=(2, 3), seed=3)
    images, labels = rng.normal(size=(4, 1, 8, 8)), rng.integers(0, 10, 4)
    _, gradients = network.loss_and_gradients(images, labels)
    values = getattr(network.parameters, name)
    numerical = np.zeros_like(values)
    for entry in np.ndindex(values.shape):
        losses = []
        for offset in (1e-5, -1e-5):
            moved = values.copy()
            moved[entry] += offset
            changed = replace(network, parameters=replace(network.parameters, **{name: moved}))
            losses.append(changed.loss_and_gradients(images, labels)[0])
        numerical[entry] = (losses[0] - losses[1]) / 2e-5
    assert np.abs(numerical).max() > 1e-3
    np.testing.assert_allclose(getattr(gradients, name), numerical, rtol=1e-6, atol=1e-8)


def test_the_first_step_of_adam_has_the_size_of_the_rate_whatever_the_gradient():
    names = Parameters.__dataclass_fields__
    zero = Parameters(**{name: np.zeros(2) for name in names})
    gradients = Parameters(**{name: np.array([1e-2, -1e3]) for name in names})
    adam, moved = step(Adam(steps=0, mean=zero, square=zero), zero, gradients, rate=0.5)
    assert adam.steps == 1
    for array in moved.arrays():
        np.testing.assert_allclose(array, [-0.5, 0.5], rtol=1e-3)


def test_the_split_is_stratified_seeded_and_without_overlap(digits):
    assert (len(digits.train), len(digits.test)) == (1438, 359)
    counts = [np.bincount(part.labels) for part in (digits.train, digits.test)]
    assert (counts[1] == np.round(0.2 * (counts[0] + counts[1]))).all()
    assert abs(digits.train.images.mean()) < 1e-12
    labels = np.repeat(np.arange(10), 20)
    train_part, test_part = split_indices(labels, seed=1, test_share=0.2)
    assert sorted([*train_part, *test_part]) == list(range(200))
    assert (split_indices(labels, seed=1, test_share=0.2)[1] == test_part).all()
    assert (split_indices(labels, seed=2, test_share=0.2)[1] != test_part).any()
    for share in (0, 1):
        with pytest.raises(OptionError, match="test_share must be between 0 and 1"):
            split_indices(labels, seed=0, test_share=share)


def test_jitter_moves_an_image_by_at_most_a_cell_and_adds_little_noise():
    image = np.zeros((1, 8, 8))
    image[0, 3, 4] = 10
    part = LabelledImages(images=np.stack([image] * 200), labels=np.arange(200))
    jittered = jitter(part, rng=np.random.default_rng(0))
    assert jittered.images.shape == part.images.shape
    assert (jittered.labels == part.labels).all()
    peaks = {divmod(int(image.argmax()), 8) for image in jittered.images}
    assert peaks == {(u, v) for u in (2, 3, 4) for v in (3, 4, 5)}
    assert 0.05 < np.std(jittered.images[:, :, 6:]) < 0.15


def test_the_same_seed_gives_the_same_training(kernels, few):
    def run(seed):
        return list(train(new_network(*kernels, seed=seed), few, epochs=2, seed=seed))

    first = run(0)
    assert first == run(0)  # every number but the seconds
    assert first != run(1)
    assert [epoch.number for epoch in first] == [1, 2]
    assert first[1].loss < first[0].loss
    judged = first[-1].network.accuracy(few.test.images, few.test.labels)
    assert judged == first[-1].test_accuracy


def test_training_leaves_the_first_network_and_the_global_generator_alone(kernels, few):
    network = new_network(*kernels)
    before = [array.copy() for array in network.parameters.arrays()]
    state = np.random.get_state()[1].copy()
    list(train(network, few, epochs=1))
    assert all(map(np.array_equal, before, network.parameters.arrays()))
    assert (np.random.get_state()[1] == state).all()


@pytest.mark.parametrize("option", ["epochs", "batch_size"])
def test_training_refuses_sizes_below_one_at_once(kernels, few, option):
    with pytest.raises(OptionError, match=f"{option} must be at least 1, got 0"):
        train(new_network(*kernels), few, **{option: 0})


@pytest.mark.slow
def test_the_whole_training_gets_95_percent_of_unseen_digits_right(kernels, digits):
    *_, last = train(new_network(*kernels), digits)
    assert last.test_accuracy >= 0.95
    assert last.network.filters.shape == (8, 3, 3)


def history_of(network):
    return [
        Epoch(number, 2.0 / number, 0.9, 1 - 0.5 / number, 1.0, network) for number in (1, 2, 3)
    ]


def test_the_picture_is_a_png_with_the_same_bytes_twice(kernels, tmp_path):
    import matplotlib as mpl

    network = new_network(*kernels)
    history, filters = history_of(network), network.filters
    settings = dict(mpl.rcParams)
    paths = [tmp_path / "new" / name for name in ("a.png", "b.png")]
    draw(history, filters, paths[0])
    with mpl.rc_context({"axes.facecolor": "black", "font.size": 30}):  # a user's own settings
        draw(history, filters, paths[1])
    images = [path.read_bytes() for path in paths]
    assert images[0].startswith(b"\x89PNG\r\n\x1a\n")
    assert images[0] == images[1]
    assert b"Software" not in images[0]
    assert sorted(paths[0].parent.iterdir()) == paths  # no temporary file is left
    assert dict(mpl.rcParams) == settings
    assert (
        "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()
    )


def test_one_epoch_and_a_second_row_of_zero_filters_can_be_drawn(kernels):
    history = history_of(new_network(*kernels))
    assert render(history[:1], np.zeros((11, 3, 3))).startswith(b"\x89PNG")


def test_an_empty_picture_and_an_unwritable_file_are_refused(kernels, tmp_path):
    network = new_network(*kernels, channels=(1, 1))
    with pytest.raises(OptionError, match="a picture needs an epoch and a filter, got 0 and 1"):
        render([], network.filters)
    (tmp_path / "file").write_text("")
    with pytest.raises(OptionError, match="cannot write"):
        draw(history_of(network), network.filters, tmp_path / "file" / "a.png")


def hide(monkeypatch, package):
    for name in [package, *(name for name in sys.modules if name.startswith(f"{package}."))]:
        monkeypatch.setitem(sys.modules, name, None)


def test_missing_scikit_learn_is_named(monkeypatch):
    hide(monkeypatch, "sklearn")
    with pytest.raises(ToolError, match=r"the demo needs scikit-learn: pip install 'symconv\[de"):
        load_digits()


def test_missing_matplotlib_is_named_before_the_training(monkeypatch):
    hide(monkeypatch, "matplotlib")
    with pytest.raises(ToolError, match=r"the demo needs matplotlib: pip install 'symconv\[demo"):
        require_matplotlib()
