"""BN-ReLU, a normalization-activation layer for Keras 3, written by evonorm's export.

Needs keras and one of its backends alone. Run as a program, it compares itself with the check file beside it.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np
from keras import ops


def larger(a, b):
    """The larger of the two; where they are equal the gradient goes to a alone."""
    return ops.where(a < b, b, a)


@keras.saving.register_keras_serializable(package="evonorm")
class BNReLU(keras.layers.Layer):
    """BN-ReLU: takes the place of a normalization and the activation after it.

        y = max(v1 * (x - mean_bwh(x)) / std_bwh(x) + v0, 0)

    mean, rms and std are taken over b(atch), w(idth), h(eight), c(hannels) and g(roup of
    channels), per value of what is not named. Trained are, per channel: v0 starts at 0, v1
    starts at 1. Divisors are moved away from zero by eps.

    Input and output are [N, H, W, C], or [N, C, H, W] with channels_first. Half precision is
    computed in float32 and returned in its own type.

    Args:
        channels: number of channels, C
        eps: keeps divisions, logarithms and roots finite
        momentum: share of their values that running statistics keep in a training step, as
            BatchNormalization counts it
        data_format: "channels_last" or "channels_first", the order of x's dimensions
    """

    def __init__(self, channels, eps=1e-5, momentum=0.9, data_format="channels_last", **kwargs):
        super().__init__(**kwargs)
        if not eps > 0:
            raise ValueError(f"eps must be above 0, not {eps}")
        if not 0 < momentum < 1:
            raise ValueError(f"momentum must be between 0 and 1, not {momentum}")
        if data_format not in ("channels_last", "channels_first"):
            raise ValueError(f"data_format must be channels_last or channels_first, not {data_format}")
        self.channels = channels
        self.eps = eps
        self.momentum = momentum
        self.data_format = data_format
        last = data_format == "channels_last"
        self.channel_axis = 3 if last else 1
        self.spatial_axes = (1, 2) if last else (2, 3)
        self.vector_shape = (-1, 1, 1, channels) if last else (-1, channels, 1, 1)

    def build(self, input_shape):
        if len(input_shape) != 4 or input_shape[self.channel_axis] != self.channels:
            raise ValueError(f"expected {self.channels} channels in dimension {self.channel_axis} of 4, not {input_shape}")
        self.v0 = self.add_weight(
            shape=(self.channels,), initializer="zeros", autocast=False, name="v0")
        self.v1 = self.add_weight(
            shape=(self.channels,), initializer="ones", autocast=False, name="v1")
        self.running_mean = self.add_weight(
            shape=(self.channels,), initializer="zeros", trainable=False, autocast=False, name="running_mean")
        self.running_var = self.add_weight(
            shape=(self.channels,), initializer="ones", trainable=False, autocast=False, name="running_var")
        self.steps = self.add_weight(
            shape=(), initializer="zeros", dtype="int32", trainable=False, name="steps")
        self.built = True

    def call(self, x, training=False):
        if training:
            self.steps.assign(self.steps + 1)
        dtype = keras.backend.standardize_dtype(x.dtype)
        compute_dtype = "float64" if dtype == "float64" else "float32"
        x = ops.cast(x, compute_dtype)
        v0 = self.channelwise(ops.cast(self.v0, compute_dtype))
        v1 = self.channelwise(ops.cast(self.v1, compute_dtype))
        batch_mean = self.batch_mean(x, self.running_mean, training)
        batch_std = ops.sqrt(self.batch_var(x, self.running_var, training) + self.eps)
        y = larger(v1 * (x - batch_mean) / (batch_std + self.eps) + v0, 0.0)
        return ops.cast(y, dtype)

    def channelwise(self, values):
        """[C] or [N, C] values in a shape that broadcasts against x."""
        return ops.reshape(values, self.vector_shape)

    def batch_mean(self, a, average, training):
        """The mean of a over batch, height and width; in evaluation mode its running statistic."""
        if not training:
            return self.channelwise(ops.cast(average, a.dtype))
        batch = ops.mean(a, axis=(0,) + self.spatial_axes, keepdims=True)
        self.update(average, batch)
        return batch

    def batch_var(self, a, average, training):
        """The variance of a over batch, height and width; in evaluation mode its running statistic."""
        if not training:
            return self.channelwise(ops.cast(average, a.dtype))
        batch = ops.var(a, axis=(0,) + self.spatial_axes, keepdims=True)
        self.update(average, batch)
        return batch

    def update(self, average, batch):
        """Moves a bias-corrected running statistic towards a batch's value; the first step replaces it."""
        steps = ops.cast(self.steps, average.dtype)
        weight = (1 - self.momentum) / (1 - self.momentum**steps)
        batch = ops.cast(ops.reshape(ops.stop_gradient(batch), (-1,)), average.dtype)
        average.assign(average + weight * (batch - average))

    def get_config(self):
        return {**super().get_config(), "channels": self.channels, "eps": self.eps, "momentum": self.momentum, "data_format": self.data_format}


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

    training, evaluation = check["training"], check["evaluation"]
    layer = BNReLU(channels=check["shape"][-1], eps=check["eps"], momentum=check["decay"], data_format=data_format,
        dtype="float64")
    layer.build(tensor(training["x"]).shape)
    for name, values in check["parameters"].items():
        getattr(layer, name).assign(values)
    y, found = gradients(layer, tensor(training["x"]), tensor(training["dy"]))
    compare("the output in training mode", y, training["y"])
    compare("the gradient of x", found[0], training["dx"])
    for variable, gradient in zip(layer.trainable_variables, found[1:]):
        compare(f"the gradient of {variable.name}", gradient, training["gradients"][variable.name])
    for values in check["further_inputs"]:
        layer(tensor(values), training=True)
    y = layer(tensor(evaluation["x"]), training=False)
    compare("the output in evaluation mode", y, evaluation["y"])


if __name__ == "__main__":
    check_file = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_suffix(".check.json")
    verify(check_file)
    print(f"BNReLU agrees with {check_file}")
