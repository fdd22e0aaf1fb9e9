"""EvoNorm-B0, a normalization-activation layer for JAX, written by evonorm's export.

Needs jax alone. Run as a program, it compares itself with the check file beside it.
"""

import json
import sys
from pathlib import Path

import jax
import jax.numpy as jnp


def larger(a, b):
    """The larger of the two; where they are equal the gradient goes to a alone."""
    return jnp.where(a < b, b, a)


class EvoNormB0:
    """EvoNorm-B0: takes the place of a normalization and the activation after it.

        y = gamma * (x / max(std_bwh(x), v1 * x + std_wh(x))) + beta

    mean, rms and std are taken over b(atch), w(idth), h(eight), c(hannels) and g(roup of
    channels), per value of what is not named. Trained are, per channel: v1 starts at 1,
    gamma starts at 1, beta starts at 0. Divisors are moved away from zero by eps.

    A layer is a function of parameters, state and x, without side effects: params, state =
    layer.init(); y, state = layer(params, state, x, training=True). Half precision is
    computed in float32 and returned in its own type.

    Args:
        channels: number of channels, C
        eps: keeps divisions, logarithms and roots finite
        momentum: share of their values that running statistics keep in a training step
        data_format: "NHWC" or "NCHW", the order of x's dimensions
    """

    def __init__(self, channels, eps=1e-5, momentum=0.9, data_format="NHWC"):
        if not eps > 0:
            raise ValueError(f"eps must be above 0, not {eps}")
        if not 0 < momentum < 1:
            raise ValueError(f"momentum must be between 0 and 1, not {momentum}")
        if data_format not in ("NHWC", "NCHW"):
            raise ValueError(f"data_format must be NHWC or NCHW, not {data_format}")
        self.channels = channels
        self.eps = eps
        self.momentum = momentum
        self.channel_axis = 3 if data_format == "NHWC" else 1
        self.spatial_axes = (1, 2) if data_format == "NHWC" else (2, 3)
        self.vector_shape = (-1, 1, 1, channels) if data_format == "NHWC" else (-1, channels, 1, 1)

    def init(self):
        """The parameters and the state to start from."""
        params = {
            "v1": jnp.ones(self.channels),
            "gamma": jnp.ones(self.channels),
            "beta": jnp.zeros(self.channels),
        }
        state = {
            "running_var": jnp.ones(self.channels),
            "steps": jnp.zeros((), jnp.int32),
        }
        return params, state

    def __call__(self, params, state, x, training=False):
        """y and the state after it."""
        if x.ndim != 4 or x.shape[self.channel_axis] != self.channels:
            raise ValueError(f"expected {self.channels} channels in dimension {self.channel_axis} of 4, not {x.shape}")
        state = dict(state)
        if training:
            state["steps"] = state["steps"] + 1
        dtype = x.dtype
        x = x.astype(jnp.promote_types(dtype, jnp.float32))
        v1 = self.channelwise(params["v1"].astype(x.dtype))
        gamma = self.channelwise(params["gamma"].astype(x.dtype))
        beta = self.channelwise(params["beta"].astype(x.dtype))
        batch_std = jnp.sqrt(self.batch_var(x, state, "running_var", training) + self.eps)
        instance_std = jnp.sqrt(jnp.var(x, axis=self.spatial_axes, keepdims=True) + self.eps)
        y = x / (larger(batch_std, v1 * x + instance_std) + self.eps)
        y = gamma * y + beta
        return y.astype(dtype), state

    def channelwise(self, values):
        """[C] or [N, C] values in a shape that broadcasts against x."""
        return values.reshape(self.vector_shape)

    def batch_var(self, a, state, name, training):
        """The variance of a over batch, height and width; in evaluation mode its running statistic."""
        if not training:
            return self.channelwise(state[name].astype(a.dtype))
        batch = jnp.var(a, axis=(0,) + self.spatial_axes, keepdims=True)
        state[name] = self.average(state[name], batch, state["steps"])
        return batch

    def average(self, average, batch, steps):
        """A bias-corrected running statistic after a step towards a batch's value; the first replaces it."""
        weight = (1 - self.momentum) / (1 - self.momentum**steps)
        return average + weight * (jax.lax.stop_gradient(batch).ravel() - average)


def verify(path):
    """Compares values and gradients, in float64, with those of evonorm's CPU engine in a check file.

    Raises AssertionError where they differ by more than rounding explains.
    """
    check = json.loads(Path(path).read_text())
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        verify_layout(check, "NHWC")
        verify_layout(check, "NCHW")
    finally:
        jax.config.update("jax_enable_x64", before)


def verify_layout(check, data_format):
    def tensor(values):
        nhwc = jnp.asarray(values, jnp.float64).reshape(check["shape"])
        return nhwc if data_format == "NHWC" else nhwc.transpose(0, 3, 1, 2)

    def compare(what, found, expected):
        if found.ndim == 4 and data_format == "NCHW":
            found = found.transpose(0, 2, 3, 1)
        values = jnp.asarray(expected["values"], jnp.float64)
        error = jnp.abs(found.ravel() - values) - check["rtol"] * jnp.abs(values)
        if not error.max() <= expected["atol"]:
            raise AssertionError(f"{what} differs by up to {error.max()}")

    training, evaluation = check["training"], check["evaluation"]
    layer = EvoNormB0(channels=check["shape"][-1], eps=check["eps"], momentum=check["decay"], data_format=data_format)
    _, state = layer.init()
    params = {name: jnp.asarray(v, jnp.float64) for name, v in check["parameters"].items()}
    apply = jax.jit(layer, static_argnames="training")
    y, pullback, state = jax.vjp(
        lambda params, x: apply(params, state, x, training=True), params, tensor(training["x"]),
        has_aux=True)
    compare("the output in training mode", y, training["y"])
    by_params, by_x = pullback(tensor(training["dy"]))
    compare("the gradient of x", by_x, training["dx"])
    for name, expected in training["gradients"].items():
        compare(f"the gradient of {name}", by_params[name], expected)
    for values in check["further_inputs"]:
        _, state = apply(params, state, tensor(values), training=True)
    y, _ = apply(params, state, tensor(evaluation["x"]), training=False)
    compare("the output in evaluation mode", y, evaluation["y"])


if __name__ == "__main__":
    check_file = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_suffix(".check.json")
    verify(check_file)
    print(f"EvoNormB0 agrees with {check_file}")
