"""Tries exported Keras modules as people use them, beyond the values that verify_exports.py compares.

FOLDER is what org.evonorm.export.ExportRecorder wrote; KERAS_BACKEND names the backend. Every trial runs on every module
that it applies to.
"""

import inspect
import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import ops

from export_trials import LeftOut, raises, run, takes
from verify_exports import load

CHANNELS = 8


def layer_class(path):
    module = load(path)
    return next(value for value in vars(module).values()
                if isinstance(value, type) and issubclass(value, keras.layers.Layer)
                and value.__module__ == module.__name__)


def maps(*shape, scale=1.0, seed=0):
    return (scale * np.random.default_rng(seed).standard_normal(shape)).astype("float32")


def numbers(tensor):
    return ops.convert_to_numpy(ops.cast(ops.stop_gradient(ops.convert_to_tensor(tensor)), "float32"))


def averages(layer):
    return {v.name: numbers(v.value) for v in layer.non_trainable_variables if v.name.startswith("running")}


def with_statistics(cls, **arguments):
    takes(cls, "momentum")
    return cls(CHANNELS, **arguments)


def same(found, expected, rtol=1e-4, atol=1e-5):
    if isinstance(expected, dict):
        assert set(found) == set(expected), (set(found), set(expected))
        found, expected = [[values[name] for name in sorted(values)] for values in (found, expected)]
    if isinstance(expected, list):
        assert len(found) == len(expected)
        for a, b in zip(found, expected):
            same(a, b, rtol, atol)
    else:
        np.testing.assert_allclose(numbers(found), numbers(expected), rtol=rtol, atol=atol)


# ---- trials: each takes the class of a layer

def first_batch_replaces_statistics(cls):
    for momentum in 0.9, 0.999, 0.0, None:
        layer = with_statistics(cls, momentum=momentum)
        x = np.zeros((4, 5, 5, CHANNELS), "float32")
        y = layer(x, training=True)
        assert all(np.isfinite(value).all() for value in averages(layer).values())
        same(layer(x, training=False), y)


def momentum_none_is_the_cumulative_average(cls):
    layer = with_statistics(cls, momentum=None)
    batches = [maps(4, 5, 5, CHANNELS, seed=seed) for seed in range(5)]
    alone = []
    for x in batches:
        layer(x, training=True)
        one = cls(CHANNELS)
        one(x, training=True)
        alone.append(averages(one))
    if len(alone[0]) == 1:  # later statistics may depend on earlier ones in training mode alone
        same(averages(layer), {name: np.mean([each[name] for each in alone], 0) for name in alone[0]})


def empty_batches_change_nothing(cls):
    layer = cls(CHANNELS)
    layer(maps(4, 5, 5, CHANNELS), training=True)
    before = [numbers(v.value) for v in layer.variables]
    for shape in (0, 5, 5, CHANNELS), (2, 0, 5, CHANNELS):
        assert layer(np.zeros(shape, "float32"), training=True).shape == shape
        same([v.value for v in layer.variables], before, 0, 0)


def layers_that_are_not_trainable_infer(cls):
    layer = cls(CHANNELS)
    layer(maps(4, 5, 5, CHANNELS), training=True)
    x = maps(4, 5, 5, CHANNELS, scale=3.0, seed=1)
    expected, before = layer(x, training=False), averages(layer)
    moving = cls(CHANNELS)
    first = averages(moving)
    moving(x, training=True)
    # Statistics of values that do not depend on x stay where they are.
    depends = any((averages(moving)[name] != value).any() for name, value in first.items())
    layer.trainable = False
    assert not layer.trainable_variables
    same(layer(x, training=True), expected, 0, 0)
    same(averages(layer), before, 0, 0)
    layer.trainable = True
    layer(x, training=True)
    assert not depends or any((averages(layer)[name] != value).any() for name, value in before.items())


def training_goes_on_after_an_evaluation(cls):
    if keras.backend.backend() != "torch":
        raise LeftOut("only PyTorch changes variables that a derivative still needs")
    import torch
    layer = cls(CHANNELS)
    layer(maps(4, 5, 5, CHANNELS), training=True)
    x = torch.tensor(maps(4, 5, 5, CHANNELS, seed=1), requires_grad=True)
    y = layer(x, training=False)
    layer(maps(4, 5, 5, CHANNELS, seed=2), training=True)
    y.sum().backward()


def loaded_statistics_go_on_from_their_count(cls):
    source = with_statistics(cls)
    source(maps(4, 5, 5, CHANNELS), training=True)
    layer = cls(CHANNELS)
    layer.build((None, 5, 5, CHANNELS))
    layer.set_weights(source.get_weights())
    layer.steps.assign(1 / (1 - layer.momentum))
    before = averages(layer)
    x = maps(4, 5, 5, CHANNELS, scale=2.0, seed=1)
    layer(x, training=True)
    fresh = cls(CHANNELS)
    fresh.build((None, 5, 5, CHANNELS))
    fresh(x, training=True)
    if len(before) == 1:  # later statistics may depend on earlier ones in training mode alone
        same(averages(layer), {name: 0.9 * value + 0.1 * averages(fresh)[name] for name, value in before.items()})


def saved_models_find_the_layer_of_their_convention(cls):
    """Both conventions' layers have one class name, and both are loaded here."""
    folder = Path(inspect.getfile(cls)).parent
    other = folder.with_name(folder.name.removeprefix("paper_") if folder.name.startswith("paper_")
                             else f"paper_{folder.name}")
    layer_class(other / "keras.py")
    inputs = keras.Input((None, None, CHANNELS))
    model = keras.Model(inputs, cls(CHANNELS)(inputs))
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "model.keras"
        model.save(path)
        assert type(keras.models.load_model(path).layers[-1]) is cls


def half_is_computed_in_float32(cls):
    x = maps(4, 5, 5, CHANNELS)
    for policy in "mixed_float16", "mixed_bfloat16", "float16", "bfloat16":
        layer = cls(CHANNELS, dtype=policy)
        dtype = policy.removeprefix("mixed_")
        half = ops.cast(ops.convert_to_tensor(x * (1000 if "float16" == dtype else 1)), dtype)
        y = layer(half, training=True)
        assert keras.backend.standardize_dtype(y.dtype) == dtype
        full = cls(CHANNELS)
        same(y, ops.cast(full(ops.cast(half, "float32"), training=True), dtype), 0, 0)
        for v in layer.non_trainable_variables:
            assert v.dtype == "float32"
        same(averages(layer), averages(full))
        assert all(v.dtype == ("float32" if "mixed" in policy else dtype) for v in layer.trainable_variables)
        # A layer of half precision takes what comes in float32.
        assert keras.backend.standardize_dtype(layer(x).dtype) == dtype


def other_types_are_refused(cls):
    for dtype in "int32", "uint8", "bool":
        raises(Exception, lambda: cls(CHANNELS)(np.zeros((4, 5, 5, CHANNELS), dtype), training=True))
    for shape in (4, 5, 5, CHANNELS + 1), (4, CHANNELS), (1, 2, 3, 4, 5, CHANNELS):
        raises(ValueError, lambda: cls(CHANNELS)(np.zeros(shape, "float32"), training=True))
        layer = cls(CHANNELS)
        layer(maps(4, 5, 5, CHANNELS))
        raises(ValueError, lambda: layer(np.zeros(shape, "float32"), training=True))


def bad_arguments_are_refused(cls):
    parameters = inspect.signature(cls).parameters
    bad = {"channels": (0, -1), "data_format": ("NHWC", None)}
    bad |= {"groups": (0, -1, 3)} if "groups" in parameters else {}
    bad |= {"eps": (0, -1.0, float("nan"))} if "eps" in parameters else {}
    bad |= {"momentum": (1, 1.5, -0.1, float("nan"))} if "momentum" in parameters else {}
    for name, values in bad.items():
        for value in values:
            raises(ValueError, lambda: cls(**{"channels": CHANNELS, name: value}))


def other_shapes_are_taken(cls):
    x = maps(4, 6, 5, CHANNELS)
    expected = numbers(cls(CHANNELS)(x, training=True))
    for shape in (4, 30, CHANNELS), (4, 2, 3, 5, CHANNELS):
        same(numbers(cls(CHANNELS)(x.reshape(shape), training=True)).reshape(x.shape), expected)
        first = cls(CHANNELS, data_format="channels_first")
        y = numbers(first(np.moveaxis(x.reshape(shape), -1, 1), training=True))
        same(np.moveaxis(y, 1, -1).reshape(x.shape), expected)
    # One layer takes several of them.
    layer = cls(CHANNELS)
    layer(x)
    same(numbers(layer(x.reshape(4, 30, CHANNELS), training=True)).reshape(x.shape), expected)


def places_without_activation_are_affine(cls):
    takes(cls, "apply_act")
    layer = cls(CHANNELS, apply_act=False)
    x = maps(4, 5, 5, CHANNELS)
    layer.build(x.shape)
    assert {v.name for v in layer.variables} == {"gamma", "beta"}
    layer.gamma.assign(np.arange(CHANNELS))
    layer.beta.assign(np.full(CHANNELS, 2.0))
    same(layer(x, training=True), x * np.arange(CHANNELS, dtype="float32") + 2)
    assert not numbers(cls(CHANNELS, init_zero=True)(x, training=True)).any()


def configurations_make_the_layer(cls):
    arguments = {"data_format": "channels_first", "name": "place", "dtype": "mixed_bfloat16"}
    parameters = inspect.signature(cls).parameters
    arguments |= {name: value for name, value in
                  {"groups": 2, "eps": 1e-3, "momentum": None, "init_zero": True}.items() if name in parameters}
    layer = cls(CHANNELS, **arguments)
    config = layer.get_config()
    assert {name: config[name] for name in arguments if name != "dtype"} == \
        {name: value for name, value in arguments.items() if name != "dtype"}
    twin = cls.from_config(config)
    assert twin.get_config() == config
    twin = keras.layers.deserialize(keras.layers.serialize(layer))
    assert type(twin) is cls and twin.get_config() == config


def network(cls, **arguments):
    x = keras.Input((None, None, 3))
    y = keras.layers.Conv2D(CHANNELS, 3, padding="same")(x)
    y = cls(CHANNELS, name="place", **arguments)(y)
    assert y.shape == (None, None, None, CHANNELS), y.shape
    y = keras.layers.GlobalAveragePooling2D()(y)
    return keras.Model(x, keras.layers.Dense(2)(y))


def networks_train_and_are_saved(cls):
    """fit, then a file in the .keras format and one of weights, for inputs of any size."""
    keras.utils.set_random_seed(0)
    for arguments in {}, {"dtype": "mixed_bfloat16"}:
        model = network(cls, **arguments)
        model.compile(optimizer=keras.optimizers.SGD(1e-3), loss="mse")
        before = averages(model.get_layer("place"))
        x, y = maps(8, 6, 6, 3), maps(8, 2)
        model.fit(x, y, batch_size=4, epochs=2, verbose=0)
        after = averages(model.get_layer("place"))
        assert all((after[name] != before[name]).any() for name in before)
        expected = model.predict(maps(2, 7, 5, 3), verbose=0)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "model.keras"
            model.save(file)
            loaded = keras.saving.load_model(file)
            same(loaded.predict(maps(2, 7, 5, 3), verbose=0), expected, 1e-5, 1e-6)
            assert loaded.get_layer("place").get_config() == model.get_layer("place").get_config()
            model.save_weights(Path(folder) / "model.weights.h5")
            other = network(cls, **arguments)
            other.load_weights(Path(folder) / "model.weights.h5")
            same(other.predict(maps(2, 7, 5, 3), verbose=0), expected, 1e-5, 1e-6)
        clone = keras.models.clone_model(model)
        clone.set_weights(model.get_weights())
        same(clone.predict(maps(2, 7, 5, 3), verbose=0), expected, 1e-5, 1e-6)
        model.get_layer("place").trainable = False
        model.compile(optimizer=keras.optimizers.SGD(1e-3), loss="mse")
        model.fit(x, y, batch_size=4, verbose=0)
        same(averages(model.get_layer("place")), after, 0, 0)


def symbolic_shapes_are_known(cls):
    for shape, data_format in (((None, CHANNELS), "channels_last"), ((None, None, None, CHANNELS), "channels_last"),
                               ((CHANNELS, None, None), "channels_first"), ((CHANNELS, None), "channels_first"),
                               ((CHANNELS, None, None, None), "channels_first")):
        y = cls(CHANNELS, data_format=data_format)(keras.Input(shape))
        assert y.shape == (None, *shape), (y.shape, shape)


def calls_without_state_agree(cls):
    layer = cls(CHANNELS)
    x = maps(4, 5, 5, CHANNELS)
    layer.build(x.shape)
    y, state = layer.stateless_call(
        [v.value for v in layer.trainable_variables], [v.value for v in layer.non_trainable_variables], x, training=True)
    other = cls(CHANNELS)
    same(y, other(x, training=True))
    same(list(state), [v.value for v in other.non_trainable_variables])


TRIALS = [first_batch_replaces_statistics, momentum_none_is_the_cumulative_average, empty_batches_change_nothing,
          training_goes_on_after_an_evaluation, loaded_statistics_go_on_from_their_count,
          layers_that_are_not_trainable_infer, half_is_computed_in_float32, other_types_are_refused,
          bad_arguments_are_refused, other_shapes_are_taken, places_without_activation_are_affine,
          configurations_make_the_layer, symbolic_shapes_are_known, calls_without_state_agree]
# Training and saving networks takes seconds, so few modules stand for all.
TRIALS_OF_SOME = {name: [networks_train_and_are_saved] for name in (
    "identity", "bn_relu", "evonorm_b0", "evonorm_s0", "derf", "all_parts", "edges", "groups_count_4_")}
TRIALS_OF_SOME |= {name: TRIALS_OF_SOME.get(name, []) + [saved_models_find_the_layer_of_their_convention]
                   for name in ("evonorm_b0", "paper_evonorm_b0")}

if __name__ == "__main__":
    run(__doc__, "keras", layer_class, TRIALS, TRIALS_OF_SOME)
