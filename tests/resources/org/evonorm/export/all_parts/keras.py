"""Evolved layer 1e84d546, a normalization-activation layer for Keras 3, written by evonorm's export.

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


def absolute(a):
    """|a|, with the derivative 0 at 0."""
    return a * ops.sign(a)


def signed_log(a, eps: float):
    """sign(a) * log(|a| + eps), with the derivative 1 / (|a| + eps) at 0 too."""
    return ops.where(a == 0, a / eps, ops.sign(a) * ops.log(ops.abs(a) + eps))


def signed_sqrt(a, eps: float):
    """sign(a) * sqrt(|a| + eps), with the derivative 1 / (2 * sqrt(|a| + eps)) at 0 too."""
    root = ops.sqrt(ops.abs(a) + eps)
    return ops.where(a == 0, a * (0.5 / eps**0.5), ops.sign(a) * root)


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
class EvolvedLayer_1e84d546(keras.layers.Layer):
    """Evolved layer 1e84d546: takes the place of a normalization and the activation after it.

        y = gamma * (max(sqrt(v0) + log(x) / rms_bwh(x - mean_bwh(x)), 0) *
            mean_whcg(mean_whc(x)) + rms_wh(x * sigmoid(v1)) / (1 + abs(x)) +
            exp(-square(tanh(x)) - std_bwh(mean_whc(x)))) + beta

    mean, rms and std are taken over b(atch), w(idth), h(eight), c(hannels) and g(roup of
    channels), per value of what is not named. Trained are, per channel: v0 starts at 0, v1
    starts at 1, gamma starts at 1, beta starts at 0. Divisors are moved away from zero by
    eps.

    Input and output are [N, H, W, C], [N, L, C] or [N, D, H, W, C], or with channels_first [N,
    C, H, W], [N, C, L] or [N, C, D, H, W]. Half precision is computed in float32 and
    returned in its own type; other types than floating-point ones are refused. A layer that
    is not trainable runs in inference mode, as BatchNormalization does. Running statistics
    from elsewhere need their count of batches, steps, too: 1 / (1 - momentum) is that of a
    long training.

    Args:
        channels: number of channels, C
        groups: number of groups of channels; by default groups have 8 channels, or as many as
            the largest divisor of C up to 8
        eps: keeps divisions, logarithms and roots finite
        momentum: share of their values that running statistics keep in a training step, as
            BatchNormalization counts it; None for their cumulative average
        data_format: "channels_last" or "channels_first", the order of x's dimensions
        apply_act: False for a place without activation, where the layer is gamma * x + beta
            alone
        init_zero: whether gamma starts at 0, as at the end of a residual branch
    """

    def __init__(self, channels, groups=None, eps=1e-5, momentum=0.9, apply_act=True,
            init_zero=False, data_format="channels_last", **kwargs):
        super().__init__(**kwargs)
        if channels < 1:
            raise ValueError(f"channels must be above 0, not {channels}")
        if groups is None:
            groups = channels // max(k for k in range(1, 9) if channels % k == 0)
        if groups < 1 or channels % groups:
            raise ValueError(f"{channels} channels do not divide into {groups} groups")
        if not eps > 0:
            raise ValueError(f"eps must be above 0, not {eps}")
        if momentum is not None and not 0 <= momentum < 1:
            raise ValueError(f"momentum must be None or at least 0 and below 1, not {momentum}")
        if data_format not in ("channels_last", "channels_first"):
            raise ValueError(f"data_format must be channels_last or channels_first, not {data_format}")
        self.channels = channels
        self.groups = groups
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
            self.v0 = self.add_weight(
                shape=(self.channels,), initializer="zeros", autocast=False, name="v0")
            self.v1 = self.add_weight(
                shape=(self.channels,), initializer="ones", autocast=False, name="v1")
            dtype = "float64" if self.variable_dtype == "float64" else "float32"
            self.running_mean = self.add_weight(
                shape=(self.channels,), initializer="zeros", dtype=dtype, trainable=False, autocast=False, name="running_mean")
            self.running_var = self.add_weight(
                shape=(self.channels,), initializer="ones", dtype=dtype, trainable=False, autocast=False, name="running_var")
            self.running_mean_square = self.add_weight(
                shape=(self.channels,), initializer="ones", dtype=dtype, trainable=False, autocast=False, name="running_mean_square")
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
        v0 = self.channelwise(ops.cast(self.v0, x.dtype))
        v1 = self.channelwise(ops.cast(self.v1, x.dtype))
        batch_mean = self.batch_mean(x, self.running_mean, share, training)
        layer_mean = mean(x, (1, 2, 3))
        group_mean = self.group_mean((layer_mean) + ops.zeros_like(x))
        batch_std = ops.sqrt(self.batch_var(layer_mean, self.running_var, share, training) + self.eps)
        instance_rms = ops.sqrt(mean(ops.square(x * ops.sigmoid(v1)), self.spatial_axes) + self.eps)
        batch_rms = ops.sqrt(self.batch_mean_square(x - batch_mean, self.running_mean_square, share, training) + self.eps)
        h1 = signed_sqrt(v0, self.eps) + signed_log(x, self.eps) / (batch_rms + self.eps)
        h2 = larger(h1, 0.0) * group_mean + instance_rms / (1.0 + absolute(x) + self.eps)
        return h2 + ops.exp(-ops.square(ops.tanh(x)) - batch_std)

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

    def batch_mean(self, a, average, share, training):
        """The mean of a over batch, height and width; in evaluation mode its running statistic."""
        if not training:
            return self.channelwise(ops.copy(ops.cast(average, a.dtype)))
        batch = mean(a, (0,) + self.spatial_axes)
        self.follow(average, batch, share)
        return batch

    def batch_mean_square(self, a, average, share, training):
        """The mean square of a over batch, height and width; in evaluation mode its running statistic."""
        if not training:
            return self.channelwise(ops.copy(ops.cast(average, a.dtype)))
        batch = mean(ops.square(a), (0,) + self.spatial_axes)
        self.follow(average, batch, share)
        return batch

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

    def group_mean(self, a):
        """The mean of a over height, width and the channels of a group."""
        axis, size, shape = self.channel_axis, self.channels // self.groups, ops.shape(a)
        grouped = ops.reshape(a, shape[:axis] + (self.groups, size) + shape[axis + 1:])
        within = tuple(i for i in range(1, 5) if i != axis)
        moment = mean(grouped, within)
        moment = ops.reshape(moment, (-1, self.groups))
        return self.channelwise(ops.repeat(moment, size, axis=1))

    def get_config(self):
        return {
            **super().get_config(), "channels": self.channels, "groups": self.groups, "eps": self.eps, "momentum": self.momentum, "apply_act": self.apply_act, "init_zero": self.init_zero, "data_format": self.data_format}


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
        layer = EvolvedLayer_1e84d546(
            channels=check["shape"][-1], groups=check["groups"], eps=check["eps"], momentum=check["decay"], data_format=data_format, dtype="float64")
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
    print(f"EvolvedLayer_1e84d546 agrees with {check_file}")
