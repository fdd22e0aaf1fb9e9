"""EvoNorm-B0, a normalization-activation layer for Keras 3, written by evonorm's export.

Needs keras and one of its backends alone. Run as a program, it compares itself with the check file beside it.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np
from keras import ops


def larger(a, b):
    """The larger of the two, NaN if one is; where they are equal the gradient goes to a alone."""
    return ops.where(ops.isnan(b) | (a < b), b, a)


def mean(a, axis):
    """The mean over axes, which stay with size 1; ops.mean takes float64 in float32 on PyTorch and JAX."""
    if keras.backend.standardize_dtype(a.dtype) != "float64":
        return ops.mean(a, axis=axis, keepdims=True)
    return ops.sum(a, axis=axis, keepdims=True) / ops.sum(ops.ones_like(a), axis=axis, keepdims=True)


def variance(a, axis):
    """The variance over axes, which stay with size 1; ops.var takes float64 in float32 on PyTorch and JAX."""
    if keras.backend.standardize_dtype(a.dtype) != "float64":
        return ops.var(a, axis=axis, keepdims=True)
    return mean(ops.square(a - mean(a, axis)), axis)


@keras.saving.register_keras_serializable(package="evonorm")
class EvoNormB0(keras.layers.Layer):
    """EvoNorm-B0: takes the place of a normalization and the activation after it.

        y = gamma * (x / max(std_bwh(x), v1 * x + std_wh(x))) + beta

    mean, rms and std are taken over b(atch), w(idth), h(eight), c(hannels) and g(roup of
    channels), per value of what is not named. Trained are, per channel: v1 starts at 1,
    gamma starts at 1, beta starts at 0. Divisors are moved away from zero by eps.

    Input and output are [N, H, W, C], [N, L, C] or [N, D, H, W, C], or with channels_first [N,
    C, H, W], [N, C, L] or [N, C, D, H, W]. Half precision is computed in float32 and
    returned in its own type; other types than floating-point ones are refused. A layer that
    is not trainable runs in inference mode, as BatchNormalization does. Running statistics
    from elsewhere need their count of batches, steps, too: 1 / (1 - momentum) is that of a
    long training.

    Args:
        channels: number of channels, C
        eps: keeps divisions, logarithms and roots finite
        momentum: share of their values that running statistics keep in a training step, as
            BatchNormalization counts it; None for their cumulative average
        data_format: "channels_last" or "channels_first", the order of x's dimensions
        apply_act: False for a place without activation, where the layer is gamma * x + beta
            alone
        init_zero: whether gamma starts at 0, as at the end of a residual branch
    """

    def __init__(self, channels, eps=1e-5, momentum=0.9, apply_act=True, init_zero=False,
            data_format="channels_last", **kwargs):
        super().__init__(**kwargs)
        if channels < 1:
            raise ValueError(f"channels must be above 0, not {channels}")
        if not eps > 0:
            raise ValueError(f"eps must be above 0, not {eps}")
        if momentum is not None and not 0 <= momentum < 1:
            raise ValueError(f"momentum must be None or at least 0 and below 1, not {momentum}")
        if data_format not in ("channels_last", "channels_first"):
            raise ValueError(f"data_format must be channels_last or channels_first, not {data_format}")
        self.channels = channels
        self.eps = float(eps)
        self.apply_act = apply_act
        self.init_zero = init_zero
        self.momentum = momentum
        self.data_format = data_format
        last = data_format == "channels_last"
        self.channel_axis = 3 if last else 1
        self.spatial_axes = (1, 2) if last else (2, 3)
        self.vector_shape = (-1, 1, 1, channels) if last else (-1, channels, 1, 1)
        self.input_spec = keras.layers.InputSpec(min_ndim=3, max_ndim=5, axes={-1 if last else 1: channels})

    def build(self, input_shape):
        axis = -1 if self.data_format == "channels_last" else 1
        if not 3 <= len(input_shape) <= 5 or input_shape[axis] != self.channels:
            raise ValueError(f"expected {self.channels} channels in dimension {axis} of 3 to 5, not {input_shape}")
        self.gamma = self.add_weight(
            shape=(self.channels,), initializer="zeros" if self.init_zero else "ones", autocast=False, name="gamma")
        self.beta = self.add_weight(
            shape=(self.channels,), initializer="zeros", autocast=False, name="beta")
        if self.apply_act:
            self.v1 = self.add_weight(
                shape=(self.channels,), initializer="ones", autocast=False, name="v1")
            dtype = "float64" if self.variable_dtype == "float64" else "float32"
            self.running_var = self.add_weight(
                shape=(self.channels,), initializer="ones", dtype=dtype, trainable=False, autocast=False, name="running_var")
            self.steps = self.add_weight(
                shape=(), initializer="zeros", dtype=dtype, trainable=False, autocast=False, name="steps")
        self.built = True

    def call(self, x, training=False):
        dtype = keras.backend.standardize_dtype(x.dtype)
        if "float" not in dtype:
            raise ValueError(f"expected floating-point values, not {dtype}")
        compute_dtype = "float64" if dtype == "float64" else "float32"
        maps = self.as_maps(ops.cast(x, compute_dtype))
        y = self.activation(maps, training and self.trainable) if self.apply_act else maps
        gamma = self.channelwise(ops.cast(self.gamma, maps.dtype))
        beta = self.channelwise(ops.cast(self.beta, maps.dtype))
        y = gamma * y + beta
        return ops.cast(ops.reshape(y, ops.shape(x)), dtype)

    def activation(self, x, training):
        """y before the affine for x in four dimensions."""
        share = self.count(x) if training else None
        v1 = self.channelwise(ops.cast(self.v1, x.dtype))
        batch_std = ops.sqrt(self.batch_var(x, self.running_var, share, training) + self.eps)
        instance_std = ops.sqrt(variance(x, self.spatial_axes) + self.eps)
        return x / (larger(batch_std, v1 * x + instance_std) + self.eps)

    def as_maps(self, x):
        """x in four dimensions."""
        height, width = self.spatial_axes
        if len(x.shape) == 3:
            return ops.expand_dims(x, width)
        if len(x.shape) == 5:
            shape = ops.shape(x)
            return ops.reshape(x, shape[:height] + (shape[height] * shape[width],) + shape[width + 1:])
        return x

    def channelwise(self, values):
        """[C] or [N, C] values in a shape that broadcasts against x."""
        return ops.reshape(values, self.vector_shape)

    def batch_var(self, a, average, share, training):
        """The variance of a over batch, height and width; in evaluation mode its running statistic."""
        if not training:
            return self.channelwise(ops.copy(ops.cast(average, a.dtype)))
        batch = variance(a, (0,) + self.spatial_axes)
        self.follow(average, batch, share)
        return batch

    def count(self, x):
        """Counts a batch, earlier ones for less, and gives its share in running statistics.

        The first batch has the share 1, which corrects the bias; an empty one is not counted and has the share 0.
        """
        decay = 1.0 if self.momentum is None else self.momentum
        filled = ops.size(x) > 0
        before = ops.convert_to_tensor(self.steps)
        steps = ops.where(filled, decay * before + 1, before)
        self.steps.assign(steps)
        return ops.where(filled, 1 / steps, ops.zeros_like(steps))

    def follow(self, average, batch, share):
        """Moves a running statistic towards a batch's value by a share of the way."""
        before = ops.convert_to_tensor(average)
        batch = ops.cast(ops.reshape(ops.stop_gradient(batch), (-1,)), before.dtype)
        share = ops.cast(share, before.dtype)
        moved = ops.where(share < 1, (1 - share) * before + share * batch, batch)
        average.assign(ops.where(share > 0, moved, before))

    def get_config(self):
        return {
            **super().get_config(), "channels": self.channels, "eps": self.eps, "momentum": self.momentum, "apply_act": self.apply_act, "init_zero": self.init_zero, "data_format": self.data_format}


def gradients(layer, x, dy):
    """The gradients of sum(dy * layer(x)) by x and the layer's trainable variables, after a training step."""
    variables = layer.trainable_variables
    if keras.backend.backend() == "torch":
        import torch
        x = ops.convert_to_tensor(x).requires_grad_()
        y = layer(x, training=True)
        return y, torch.autograd.grad(
            y, [x] + [variable.value for variable in variables], dy, materialize_grads=True)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=True)
        return y, tape.gradient(
            y, [x] + [variable.value for variable in variables], dy,
            unconnected_gradients=tf.UnconnectedGradients.ZERO)
    import jax

    def call(x, values):
        return layer.stateless_call(
            values, [v.value for v in layer.non_trainable_variables], x, training=True)

    y, pullback, state = jax.vjp(call, x, [v.value for v in variables], has_aux=True)
    for variable, value in zip(layer.non_trainable_variables, state):
        variable.assign(value)
    by_x, by_variables = pullback(dy)
    return y, [by_x, *by_variables]


def verify(path):
    """Compares values and gradients, in float64, with those of evonorm's CPU engine in a check file.

    Raises AssertionError where they differ by more than rounding explains.
    """
    if keras.backend.backend() == "jax":
        import jax
        jax.config.update("jax_enable_x64", True)
    check = json.loads(Path(path).read_text())
    verify_layout(check, "channels_last")
    verify_layout(check, "channels_first")


def verify_layout(check, data_format):
    def tensor(values):
        nhwc = np.asarray(values, "float64").reshape(check["shape"])
        return ops.convert_to_tensor(
            nhwc if data_format == "channels_last" else nhwc.transpose(0, 3, 1, 2), dtype="float64")

    def compare(what, found, expected):
        found = ops.convert_to_numpy(ops.stop_gradient(found))
        if found.ndim == 4 and data_format == "channels_first":
            found = found.transpose(0, 2, 3, 1)
        np.testing.assert_allclose(
            found.ravel(), expected["values"], rtol=check["rtol"], atol=expected["atol"],
            err_msg=f"{what} differs")

    def trained(case):
        layer = EvoNormB0(
            channels=check["shape"][-1], eps=check["eps"], momentum=check["decay"], data_format=data_format, dtype="float64")
        layer.build(tensor(case["x"]).shape)
        for name, values in case["parameters"].items():
            getattr(layer, name).assign(values)
        y, found = gradients(layer, tensor(case["x"]), tensor(case["dy"]))
        compare("the output in training mode", y, case["y"])
        compare("the gradient of x", found[0], case["dx"])
        for variable, gradient in zip(layer.trainable_variables, found[1:]):
            compare(f"the gradient of {variable.name}", gradient, case["gradients"][variable.name])
        return layer

    evaluation = check["evaluation"]
    for case in check["training_at_edges"]:
        trained(case)
    layer = trained(check["training"])
    for values in check["further_inputs"]:
        layer(tensor(values), training=True)
    y = layer(tensor(evaluation["x"]), training=False)
    compare("the output in evaluation mode", y, evaluation["y"])
    sample = len(evaluation["x"]) // check["shape"][0]
    y = layer(tensor([float("nan")] * sample + evaluation["x"][sample:]), training=False)
    y = ops.convert_to_numpy(ops.stop_gradient(y))
    y = y if data_format == "channels_last" else y.transpose(0, 2, 3, 1)
    if np.flatnonzero(np.isnan(y)).tolist() != evaluation["nan_where_x_is_nan"]:
        raise AssertionError("NaN in x gives NaN in other places")


if __name__ == "__main__":
    check_file = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_suffix(".check.json")
    verify(check_file)
    print(f"EvoNormB0 agrees with {check_file}")
