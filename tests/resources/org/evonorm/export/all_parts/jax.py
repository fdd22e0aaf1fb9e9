"""Evolved layer 1e84d546, a normalization-activation layer for JAX, written by evonorm's export.

Needs jax alone. Run as a program, it compares itself with the check file beside it.
"""

import json
import math
import sys
from pathlib import Path

import jax
import jax.numpy as jnp


def larger(a, b):
    """The larger of the two, NaN if one is; where they are equal the gradient goes to a alone."""
    return jnp.where(jnp.isnan(b) | (a < b), b, a)


def absolute(a):
    """|a|, with the derivative 0 at 0."""
    return a * jnp.sign(a)


def signed_log(a, eps: float):
    """sign(a) * log(|a| + eps), with the derivative 1 / (|a| + eps) at 0 too."""
    return jnp.where(a == 0, a / eps, jnp.sign(a) * jnp.log(jnp.abs(a) + eps))


def signed_sqrt(a, eps: float):
    """sign(a) * sqrt(|a| + eps), with the derivative 1 / (2 * sqrt(|a| + eps)) at 0 too."""
    root = jnp.sqrt(jnp.abs(a) + eps)
    return jnp.where(a == 0, a * (0.5 / eps**0.5), jnp.sign(a) * root)


class EvolvedLayer_1e84d546:
    """Evolved layer 1e84d546: takes the place of a normalization and the activation after it.

        y = gamma * (max(sqrt(v0) + log(x) / rms_bwh(x - mean_bwh(x)), 0) *
            mean_whcg(mean_whc(x)) + rms_wh(x * sigmoid(v1)) / (1 + abs(x)) +
            exp(-square(tanh(x)) - std_bwh(mean_whc(x)))) + beta

    mean, rms and std are taken over b(atch), w(idth), h(eight), c(hannels) and g(roup of
    channels), per value of what is not named. Trained are, per channel: v0 starts at 0, v1
    starts at 1, gamma starts at 1, beta starts at 0. Divisors are moved away from zero by
    eps.

    A layer is a function of parameters, state and x, without side effects: params, state =
    layer.init(); y, state = layer(params, state, x, training=True). x has one to three
    dimensions between or after batch and channels. Half precision is computed in float32
    and returned in its own type; other types than floating-point ones are refused. State
    without 'steps', the count of batches, is taken for that of a long training.

    Args:
        channels: number of channels, C
        groups: number of groups of channels; by default groups have 8 channels, or as many as
            the largest divisor of C up to 8
        eps: keeps divisions, logarithms and roots finite
        momentum: share of their values that running statistics keep in a training step; None
            for their cumulative average
        data_format: "NHWC" or "NCHW": whether the channels are x's last dimension or its second
        axis_name: the axis of pmap, vmap or shard_map over which batches count as one; None for
            this device alone
        apply_act: False for a place without activation, where the layer is gamma * x + beta
            alone
        init_zero: whether gamma starts at 0, as at the end of a residual branch
    """

    def __init__(self, channels, groups=None, eps=1e-5, momentum=0.9, apply_act=True,
            init_zero=False, data_format="NHWC", axis_name=None):
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
        if data_format not in ("NHWC", "NCHW"):
            raise ValueError(f"data_format must be NHWC or NCHW, not {data_format}")
        self.channels = channels
        self.groups = groups
        self.eps = float(eps)
        self.apply_act = apply_act
        self.init_zero = init_zero
        self.momentum = momentum
        self.axis_name = axis_name
        self.channel_axis = 3 if data_format == "NHWC" else 1
        self.spatial_axes = (1, 2) if data_format == "NHWC" else (2, 3)
        self.vector_shape = (-1, 1, 1, channels) if data_format == "NHWC" else (-1, channels, 1, 1)

    def init(self):
        """The parameters and the state to start from."""
        params, state = {}, {}
        params["gamma"] = jnp.full(self.channels, 0.0 if self.init_zero else 1.0)
        params["beta"] = jnp.zeros(self.channels)
        if self.apply_act:
            params["v0"] = jnp.full(self.channels, 0.0)
            params["v1"] = jnp.full(self.channels, 1.0)
            state["running_mean"] = jnp.zeros(self.channels)
            state["running_var"] = jnp.ones(self.channels)
            state["running_mean_square"] = jnp.ones(self.channels)
            state["steps"] = jnp.zeros(())
        return params, state

    def __call__(self, params, state, x, training=False):
        """y and the state after it."""
        x = jnp.asarray(x)
        maps = self.as_maps(x)
        state = dict(state)
        y = self.activation(params, maps, state, training) if self.apply_act else maps
        gamma = self.channelwise(params["gamma"].astype(maps.dtype))
        beta = self.channelwise(params["beta"].astype(maps.dtype))
        y = gamma * y + beta
        return y.reshape(x.shape).astype(x.dtype), state

    def activation(self, params, x, state, training):
        """y before the affine for x in four dimensions; state, a dict of the caller's own, is updated."""
        share = self.count(state, x) if training else None
        v0 = self.channelwise(params["v0"].astype(x.dtype))
        v1 = self.channelwise(params["v1"].astype(x.dtype))
        batch_mean = self.batch_mean(x, state, "running_mean", share, training)
        layer_mean = jnp.mean(x, axis=(1, 2, 3), keepdims=True)
        group_mean = self.group_mean((layer_mean) + jnp.zeros_like(x))
        batch_std = jnp.sqrt(self.batch_var(layer_mean, state, "running_var", share, training) + self.eps)
        instance_rms = jnp.sqrt(jnp.mean(jnp.square(x * jax.nn.sigmoid(v1)), axis=self.spatial_axes, keepdims=True) + self.eps)
        batch_rms = jnp.sqrt(self.batch_mean_square(x - batch_mean, state, "running_mean_square", share, training) + self.eps)
        h1 = signed_sqrt(v0, self.eps) + signed_log(x, self.eps) / (batch_rms + self.eps)
        h2 = larger(h1, 0.0) * group_mean + instance_rms / (1.0 + absolute(x) + self.eps)
        return h2 + jnp.exp(-jnp.square(jnp.tanh(x)) - batch_std)

    def as_maps(self, x):
        """x in four dimensions, in float32 or float64."""
        if not jnp.issubdtype(x.dtype, jnp.floating):
            raise ValueError(f"expected floating-point values, not {x.dtype}")
        last = self.channel_axis == 3
        if not 3 <= x.ndim <= 5 or x.shape[-1 if last else 1] != self.channels:
            where = "the last dimension" if last else "dimension 1"
            raise ValueError(f"expected {self.channels} channels in {where} of 3 to 5, not {x.shape}")
        space = x.shape[1:-1] if last else x.shape[2:]
        space = (math.prod(space[:-1]), space[-1])
        shape = (x.shape[0], *space, self.channels) if last else (x.shape[0], self.channels, *space)
        return x.reshape(shape).astype(jnp.promote_types(x.dtype, jnp.float32))

    def channelwise(self, values):
        """[C] or [N, C] values in a shape that broadcasts against x."""
        return values.reshape(self.vector_shape)

    def batch_mean(self, a, state, name, share, training):
        """The mean of a over batch, height and width; in evaluation mode its running statistic."""
        if not training:
            return self.channelwise(state[name].astype(a.dtype))
        batch = self.over_batch(a)
        if share is not None:
            state[name] = self.follow(state[name], batch, share)
        return batch

    def batch_mean_square(self, a, state, name, share, training):
        """The mean square of a over batch, height and width; in evaluation mode its running statistic."""
        if not training:
            return self.channelwise(state[name].astype(a.dtype))
        batch = self.over_batch(jnp.square(a))
        if share is not None:
            state[name] = self.follow(state[name], batch, share)
        return batch

    def batch_var(self, a, state, name, share, training):
        """The variance of a over batch, height and width; in evaluation mode its running statistic."""
        if not training:
            return self.channelwise(state[name].astype(a.dtype))
        batch = self.over_batch(jnp.square(a - self.over_batch(a)))
        if share is not None:
            state[name] = self.follow(state[name], batch, share)
        return batch

    def over_batch(self, a):
        """The mean of a over batch, height and width, of all devices of the axis."""
        mean = jnp.mean(a, axis=(0,) + self.spatial_axes, keepdims=True)
        return mean if self.axis_name is None else jax.lax.pmean(mean, self.axis_name)

    def count(self, state, x):
        """Counts a batch in state, earlier ones for less, and gives its share in running statistics.

        The first batch has the share 1, which corrects the bias; an empty one is not counted and has none.
        """
        if x.size == 0:
            return None
        decay = 1.0 if self.momentum is None else self.momentum
        steps = state.get("steps", 1.0 if self.momentum is None else 1 / (1 - decay))
        steps = jnp.asarray(steps)
        steps = steps.astype(jnp.promote_types(steps.dtype, jnp.float32))
        state["steps"] = decay * steps + 1
        return 1 / state["steps"]

    def follow(self, average, batch, share):
        """A running statistic after a step towards a batch's value by a share of the way, in float32 at least."""
        batch = jax.lax.stop_gradient(batch).ravel()
        moved = jnp.where(share < 1, (1 - share) * average + share * batch, batch)
        return moved.astype(jnp.promote_types(average.dtype, jnp.float32))

    def group_mean(self, a):
        """The mean of a over height, width and the channels of a group."""
        axis, size = self.channel_axis, self.channels // self.groups
        grouped = a.reshape(a.shape[:axis] + (self.groups, size) + a.shape[axis + 1:])
        within = tuple(i for i in range(1, 5) if i != axis)
        moment = jnp.mean(grouped, axis=within)
        return self.channelwise(jnp.repeat(moment, size, axis=1))


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

    def trained(case):
        _, state = layer.init()
        params = {name: jnp.asarray(v, jnp.float64) for name, v in case["parameters"].items()}
        y, pullback, state = jax.vjp(
            lambda params, x: apply(params, state, x, training=True), params, tensor(case["x"]),
            has_aux=True)
        compare("the output in training mode", y, case["y"])
        by_params, by_x = pullback(tensor(case["dy"]))
        compare("the gradient of x", by_x, case["dx"])
        for name, expected in case["gradients"].items():
            compare(f"the gradient of {name}", by_params[name], expected)
        return params, state

    evaluation = check["evaluation"]
    layer = EvolvedLayer_1e84d546(
        channels=check["shape"][-1], groups=check["groups"], eps=check["eps"], momentum=check["decay"], data_format=data_format)
    apply = jax.jit(layer, static_argnames="training")
    for case in check["training_at_edges"]:
        trained(case)
    params, state = trained(check["training"])
    for values in check["further_inputs"]:
        _, state = apply(params, state, tensor(values), training=True)
    y, _ = apply(params, state, tensor(evaluation["x"]), training=False)
    compare("the output in evaluation mode", y, evaluation["y"])
    y, _ = apply(params, state, tensor(evaluation["x"]).at[0].set(jnp.nan), training=False)
    y = y if data_format == "NHWC" else y.transpose(0, 2, 3, 1)
    if jnp.flatnonzero(jnp.isnan(y).ravel()).tolist() != evaluation["nan_where_x_is_nan"]:
        raise AssertionError("NaN in x gives NaN in other places")


if __name__ == "__main__":
    check_file = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_suffix(".check.json")
    verify(check_file)
    print(f"EvolvedLayer_1e84d546 agrees with {check_file}")
