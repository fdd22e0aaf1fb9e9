"""Tries exported JAX modules as people use them, beyond the values that verify_exports.py compares.

FOLDER is what org.evonorm.export.ExportRecorder wrote. Every trial runs on every module that it applies to. The host's
processor stands for four devices.
"""

import inspect
import os
import pickle

os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_force_host_platform_device_count=4"

import jax
import jax.numpy as jnp
import numpy as np

from export_trials import LeftOut, raises, run, takes
from verify_exports import load

CHANNELS = 8
DEVICES = 4


def layer_class(path):
    module = load(path)
    return next(value for value in vars(module).values()
                if isinstance(value, type) and value.__module__ == module.__name__)


def maps(*shape, scale=1.0, seed=0, dtype=jnp.float32):
    return jnp.asarray(scale * np.random.default_rng(seed).standard_normal(shape), dtype)


def with_statistics(cls, **arguments):
    takes(cls, "momentum")
    return cls(CHANNELS, **arguments)


def averages(state):
    return {name: value for name, value in state.items() if name.startswith("running")}


def same(found, expected, rtol=1e-5, atol=1e-5):
    assert jax.tree.structure(found) == jax.tree.structure(expected), "trees differ"
    jax.tree.map(lambda a, b: np.testing.assert_allclose(
        np.asarray(a, "float64"), np.asarray(b, "float64"), rtol=rtol, atol=atol), found, expected)


def types(tree):
    return jax.tree.map(lambda leaf: leaf.dtype, tree)


# ---- trials: each takes the class of a layer

def first_batch_replaces_statistics(cls):
    for momentum in 0.9, 0.999, 0.0, None:
        layer = with_statistics(cls, momentum=momentum)
        params, state = layer.init()
        x = jnp.zeros((4, 5, 5, CHANNELS))
        y, state = layer(params, state, x, training=True)
        assert all(jnp.isfinite(value).all() for value in state.values())
        same(layer(params, state, x)[0], y)


def momentum_none_is_the_cumulative_average(cls):
    layer = with_statistics(cls, momentum=None)
    params, state = layer.init()
    if len(averages(state)) > 1:  # later statistics may depend on earlier ones in training mode alone
        raise LeftOut
    alone = []
    for seed in range(5):
        x = maps(4, 5, 5, CHANNELS, seed=seed)
        _, state = layer(params, state, x, training=True)
        alone.append(averages(layer(*layer.init(), x, training=True)[1]))
    same(averages(state), jax.tree.map(lambda *values: jnp.stack(values).mean(0), *alone))


def state_without_count_is_of_a_long_training(cls):
    layer = with_statistics(cls)
    params, state = layer.init()
    _, state = layer(params, state, maps(4, 5, 5, CHANNELS), training=True)
    x = maps(4, 5, 5, CHANNELS, scale=2.0, seed=1)
    _, fresh = layer(*layer.init(), x, training=True)
    _, moved = layer(params, averages(state), x, training=True)
    same(averages(moved), jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, averages(state), averages(fresh)))


def empty_batches_change_nothing(cls):
    layer = cls(CHANNELS)
    params, state = layer.init()
    _, state = layer(params, state, maps(4, 5, 5, CHANNELS), training=True)
    for shape in (0, 5, 5, CHANNELS), (2, 0, 5, CHANNELS):
        y, after = layer(params, state, jnp.zeros(shape), training=True)
        assert y.shape == shape
        same(after, state, 0, 0)


def half_is_computed_in_float32(cls):
    layer = cls(CHANNELS)
    params, state = layer.init()
    for dtype, scale in (jnp.float16, 1000.0), (jnp.bfloat16, 1.0):
        x = maps(4, 5, 5, CHANNELS, scale=scale, dtype=dtype)
        y, after = layer(jax.tree.map(lambda p: p.astype(dtype), params), state, x, training=True)
        expected, _ = layer(params, state, x.astype(jnp.float32), training=True)
        assert y.dtype == dtype
        same(y, expected.astype(dtype), 0, 0)
        assert types(after) == types(state)
        # Statistics that were rounded with the rest of a state are wide from the next step on.
        narrow = jax.tree.map(lambda value: value.astype(dtype), state)
        assert types(layer(params, narrow, x, training=True)[1]) == types(state)


def state_keeps_its_type_with_x64(cls):
    layer = cls(CHANNELS)
    params, state = layer.init()
    jax.config.update("jax_enable_x64", True)
    try:
        step = jax.jit(layer, static_argnames="training")
        for dtype in jnp.float32, jnp.float64:
            y, after = step(params, state, maps(4, 5, 5, CHANNELS, dtype=dtype), training=True)
            assert y.dtype == dtype
            assert types(after) == types(state), types(after)
        wide = jax.tree.map(lambda value: value.astype(jnp.float64), state)
        assert types(step(params, wide, maps(4, 5, 5, CHANNELS), training=True)[1]) == types(wide)
    finally:
        jax.config.update("jax_enable_x64", False)


def scans(cls):
    """Steps of training in lax.scan, whose carry must keep its structure and types."""
    layer = cls(CHANNELS)
    params, state = layer.init()
    batches = maps(3, 4, 5, 5, CHANNELS)
    scanned, ys = jax.lax.scan(lambda s, x: layer(params, s, x, training=True)[::-1], state, batches)
    for i, x in enumerate(batches):
        y, state = layer(params, state, x, training=True)
        same(ys[i], y, 1e-4, 1e-4)
    same(scanned, state)


def other_types_are_refused(cls):
    layer = cls(CHANNELS)
    params, state = layer.init()
    for dtype in jnp.int32, jnp.uint8, jnp.bool_, jnp.complex64:
        raises(ValueError, lambda: layer(params, state, jnp.zeros((4, 5, 5, CHANNELS), dtype), training=True))
    for shape in (4, 5, 5, CHANNELS + 1), (4, CHANNELS), (1, 2, 3, 4, 5, CHANNELS):
        raises(ValueError, lambda: layer(params, state, jnp.zeros(shape), training=True))


def bad_arguments_are_refused(cls):
    parameters = inspect.signature(cls).parameters
    bad = {"channels": (0, -1), "data_format": ("NWHC", None)}
    bad |= {"groups": (0, -1, 3)} if "groups" in parameters else {}
    bad |= {"eps": (0, -1.0, float("nan"))} if "eps" in parameters else {}
    bad |= {"momentum": (1, 1.5, -0.1, float("nan"))} if "momentum" in parameters else {}
    for name, values in bad.items():
        for value in values:
            raises(ValueError, lambda: cls(**{"channels": CHANNELS, name: value}))


def devices_share_their_batches(cls):
    """Parts of a batch on four devices have the values, gradients and statistics of the whole."""
    layer = with_statistics(cls)
    of_axis = with_statistics(cls, axis_name="batch")
    params, state = layer.init()
    x = maps(DEVICES * 2, 5, 5, CHANNELS)
    dy = maps(DEVICES * 2, 5, 5, CHANNELS, seed=1)

    def loss(layer, params, state, x, dy):
        y, state = layer(params, state, x, training=True)
        return (y * dy).sum(), (y, state)

    (dparams, dx), (y, after) = jax.grad(lambda p, v: loss(layer, p, state, v, dy), (0, 1), has_aux=True)(params, x)
    parts = lambda a: a.reshape(DEVICES, -1, *a.shape[1:])

    def part(params, x, dy):
        grad = jax.grad(lambda p, v: loss(of_axis, p, state, v, dy), (0, 1), has_aux=True)
        (dparams, dx), (y, after) = grad(params, x)
        return jax.lax.psum(dparams, "batch"), dx, y, after

    for mapped in jax.vmap, jax.pmap:
        found = mapped(part, axis_name="batch", in_axes=(None, 0, 0))(params, parts(x), parts(dy))
        same([a.reshape(x.shape) for a in found[1:3]], [dx, y], 1e-4, 1e-4)
        for device in range(DEVICES):
            same(jax.tree.map(lambda a: a[device], [found[0], found[3]]), [dparams, after], 1e-3, 1e-4)

    mesh = jax.make_mesh((DEVICES,), ("batch",), axis_types=(jax.sharding.AxisType.Auto,))
    batch, whole = jax.sharding.PartitionSpec("batch"), jax.sharding.PartitionSpec()

    def of_shards(params, x):
        return jax.shard_map(
            lambda p, s, v: of_axis(p, s, v, training=True), mesh=mesh,
            in_specs=(whole, whole, batch), out_specs=(batch, whole))(params, state, x)

    y_of_shards, pullback, after_shards = jax.vjp(jax.jit(of_shards), params, x, has_aux=True)
    same([y_of_shards, after_shards], [y, after], 1e-4, 1e-4)
    same(list(pullback(dy)), [dparams, dx], 1e-3, 1e-4)


def other_shapes_are_taken(cls):
    layer = cls(CHANNELS)
    params, state = layer.init()
    x = maps(4, 6, 5, CHANNELS)
    expected = layer(params, state, x, training=True)[0]
    for shape in (4, 30, CHANNELS), (4, 2, 3, 5, CHANNELS):
        same(layer(params, state, x.reshape(shape), training=True)[0].reshape(x.shape), expected)
    first = cls(CHANNELS, data_format="NCHW")
    y = first(params, state, x.transpose(0, 3, 1, 2), training=True)[0]
    same(y.transpose(0, 2, 3, 1), expected)


def places_without_activation_are_affine(cls):
    takes(cls, "apply_act")
    layer = cls(CHANNELS, apply_act=False)
    params, state = layer.init()
    assert set(params) == {"gamma", "beta"} and not state
    params = {"gamma": jnp.arange(CHANNELS, dtype=jnp.float32), "beta": jnp.full(CHANNELS, 2.0)}
    x = maps(4, 5, 5, CHANNELS)
    same(layer(params, state, x, training=True)[0], x * jnp.arange(CHANNELS) + 2)
    zero = cls(CHANNELS, init_zero=True)
    assert not zero(*zero.init(), x, training=True)[0].any()


def transformations_agree(cls):
    """Values under jit, vmap over networks, checkpoint, forward mode and second derivatives are those without."""
    layer = cls(CHANNELS)
    params, state = layer.init()
    x = maps(4, 5, 5, CHANNELS)
    call = lambda params, x: layer(params, state, x, training=True)[0]
    loss = lambda params, x: jnp.square(call(params, x)).sum()
    expected = call(params, x)
    same(jax.jit(call)(params, x), expected, 1e-4, 1e-4)
    same(jax.checkpoint(call)(params, x), expected)
    if params:
        many = jax.tree.map(lambda value: jnp.stack([value, 2 * value]), params)
        of_many = jax.vmap(lambda p: layer(p, state, x, training=True))(many)
        same(of_many[0][0], expected, 1e-4, 1e-4)
    dx = jax.grad(loss, 1)(params, x)
    _, slope = jax.jvp(lambda x: loss(params, x), (x,), (x,))
    np.testing.assert_allclose(slope, (dx * x).sum(), rtol=1e-3, atol=1e-2 * (1 + float(jnp.abs(dx * x).sum())) * 1e-2)
    _, second = jax.jvp(lambda x: jax.grad(loss, 1)(params, x), (x,), (x,))
    assert jnp.isfinite(second).all()


def exports_to_stablehlo(cls):
    layer = cls(CHANNELS)
    params, state = layer.init()
    x = maps(4, 5, 5, CHANNELS)
    _, state = layer(params, state, x, training=True)
    call = jax.jit(lambda params, state, x: layer(params, state, x)[0])
    size = jax.export.symbolic_shape("n, 5, 5, 8")
    exported = jax.export.export(call)(params, state, jax.ShapeDtypeStruct(size, jnp.float32))
    same(jax.export.deserialize(exported.serialize()).call(params, state, x[:3]), layer(params, state, x[:3])[0])


def symbolic_sizes_train(cls):
    """A training step for batches of any size, as jax.export has it."""
    layer = cls(CHANNELS)
    params, state = layer.init()
    step = jax.jit(lambda params, state, x: layer(params, state, x, training=True))
    size = jax.export.symbolic_shape("n, 5, 5, 8")
    exported = jax.export.export(step)(params, state, jax.ShapeDtypeStruct(size, jnp.float32))
    x = maps(3, 5, 5, CHANNELS)
    same(list(exported.call(params, state, x)), list(layer(params, state, x, training=True)), 1e-4, 1e-4)


def layers_are_pickled(cls):
    layer = cls(CHANNELS)
    params, state = layer.init()
    x = maps(4, 5, 5, CHANNELS)
    twin = pickle.loads(pickle.dumps(layer))
    same(list(twin(params, state, x, training=True)), list(layer(params, state, x, training=True)))


def primitives_are_flat_and_keep_nan(cls):
    """NaN in x gives NaN wherever x has a say, and no gradient is NaN at zeros."""
    layer = cls(CHANNELS)
    params, state = layer.init()
    dx = jax.grad(lambda x: layer(params, state, x, training=True)[0].sum())(jnp.zeros((2, 3, 3, CHANNELS)))
    assert jnp.isfinite(dx).all()


TRIALS = [first_batch_replaces_statistics, momentum_none_is_the_cumulative_average,
          state_without_count_is_of_a_long_training, empty_batches_change_nothing, half_is_computed_in_float32,
          state_keeps_its_type_with_x64, scans, other_types_are_refused, bad_arguments_are_refused,
          devices_share_their_batches, other_shapes_are_taken, places_without_activation_are_affine,
          transformations_agree, exports_to_stablehlo, symbolic_sizes_train, layers_are_pickled,
          primitives_are_flat_and_keep_nan]

if __name__ == "__main__":
    run(__doc__, "jax", layer_class, TRIALS, {})
