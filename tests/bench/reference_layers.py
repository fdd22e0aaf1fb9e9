"""PyTorch reference of evonorm: layers, by name and from JSON forms, and what stands in a place of a network.

Tensors are [B, C, H, W]. The code shares nothing with the Java engines.
"""

from dataclasses import dataclass, field
from typing import Callable

import torch
import torch.nn.functional as F
from torch import nn

EPS = 1e-5
DECAY = 0.9
GROUPS = ("size", 8)

# ---------------------------------------------------------------------------------------------------------------------
# Aggregates


class BatchMoments:
    """Means, mean squares and variances over the batch: recorded in training, looked up in evaluation.

    A layer asks for its batch moments in the same order at every call, so a position in a list identifies each.
    """

    def __init__(self, stored=None):
        self.stored = stored
        self.seen = []

    def get(self, compute):
        """What `compute` returns in training, the stored value that takes its place in evaluation."""
        value = compute() if self.stored is None else self.stored[len(self.seen)]
        self.seen.append(value)
        return value


def group_channels(channels, rule=GROUPS):
    """Channels of one group, by a rule ("size", channels per group) or ("count", groups), lowered until it divides."""
    kind, number = rule
    divisor = max(k for k in range(1, number + 1) if channels % k == 0)
    return divisor if kind == "size" else channels // divisor


DIMENSIONS = {"bwh": (0, 2, 3), "whc": (1, 2, 3), "wh": (2, 3), "c": (1,)}


def mean_over(a, over):
    """Mean over an index set, in a shape that broadcasts with `a`; a rule of groups stands for whcg by this rule."""
    if over == "whcg" or over not in DIMENSIONS:
        size = group_channels(a.shape[1], GROUPS if over == "whcg" else over)
        means = a.mean((2, 3)).unflatten(1, (-1, size)).mean(2)
        return means.repeat_interleave(size, 1)[:, :, None, None]
    return a.mean(DIMENSIONS[over], keepdim=True)


def moment(compute, over, moments):
    """A moment that becomes a running statistic in evaluation where it is taken over the batch."""
    return moments.get(compute) if over == "bwh" else compute()


def mean(a, over, moments):
    """mean_I(a)"""
    return moment(lambda: mean_over(a, over), over, moments)


def rms(a, over, moments):
    """sqrt(mean_I(a²) + eps)"""
    return torch.sqrt(moment(lambda: mean_over(a.square(), over), over, moments) + EPS)


def std(a, over, moments):
    """sqrt(mean_I((a − mean_I a)²) + eps), in two passes: no cancellation."""
    return torch.sqrt(moment(lambda: mean_over((a - mean_over(a, over)).square(), over), over, moments) + EPS)


# ---------------------------------------------------------------------------------------------------------------------
# Baselines. Their denominators are positive, so the guard copysign(eps, b) of a division is +eps. BN, GN, LN and IN
# run PyTorch's own fused kernels, which leave that guard out: a relative difference of eps / std. The same layers given
# as graphs have it.


def batch_norm(x, v0, v1, moments):
    """Normalization over the batch with scale v1 and shift v0."""
    weight, bias = v1.flatten(), v0.flatten()
    if moments.stored is None:
        y, batch_mean, inverse_std = torch.native_batch_norm(x, weight, bias, None, None, True, 0.0, EPS)
        moments.get(lambda: batch_mean.view_as(v0))
        moments.get(lambda: (inverse_std.square().reciprocal() - EPS).view_as(v0))
        return y
    stored_mean = moments.get(None)
    stored_variance = moments.get(None)
    return F.batch_norm(x, stored_mean.flatten(), stored_variance.flatten(), weight, bias, False, 0.0, EPS)


def bn_relu(x, v0, v1, moments):
    return torch.relu(batch_norm(x, v0, v1, moments))


def bn_swish(x, v0, v1, moments):
    return F.silu(batch_norm(x, v0, v1, moments))


def group_norm(x, v0, v1):
    """Normalization of every sample's groups of 8 channels."""
    return F.group_norm(x, x.shape[1] // group_channels(x.shape[1]), v1.flatten(), v0.flatten(), EPS)


def gn_relu(x, v0, v1, moments):
    return torch.relu(group_norm(x, v0, v1))


def gn_swish(x, v0, v1, moments):
    return F.silu(group_norm(x, v0, v1))


def ln_relu(x, v0, v1, moments):
    return torch.relu(F.group_norm(x, 1, v1.flatten(), v0.flatten(), EPS))


def in_relu(x, v0, v1, moments):
    return torch.relu(F.group_norm(x, x.shape[1], v1.flatten(), v0.flatten(), EPS))


def frn_tlu(x, v0, v1, moments):
    return torch.maximum(v1 * x / (rms(x, "wh", moments) + EPS), v0)


def layer_norm(x, v0, v1, moments):
    channels_last = F.layer_norm(x.movedim(1, -1), x.shape[1:2], v1.flatten(), v0.flatten(), EPS)
    return channels_last.movedim(-1, 1)


def rms_norm(x, v0, v1, moments):
    return F.rms_norm(x.movedim(1, -1), x.shape[1:2], v1.flatten(), EPS).movedim(-1, 1)


def dyt(x, v0, v1, moments):
    return torch.tanh(v1 * x)


def derf(x, v0, v1, moments):
    return torch.erf(v1 * x + v0)


def evonorm_b0(x, v0, v1, moments):
    return x / (torch.maximum(std(x, "bwh", moments), v1 * x + std(x, "wh", moments)) + EPS)


def evonorm_b1(x, v0, v1, moments):
    return x / (torch.maximum(std(x, "bwh", moments), (x + 1) * rms(x, "wh", moments)) + EPS)


def evonorm_b2(x, v0, v1, moments):
    return x / (torch.maximum(std(x, "bwh", moments), rms(x, "wh", moments) - x) + EPS)


def evonorm_s0(x, v0, v1, moments):
    return x * torch.sigmoid(v1 * x) / (std(x, "whcg", moments) + EPS)


def evonorm_s1(x, v0, v1, moments):
    return F.silu(x) / (std(x, "whcg", moments) + EPS)


def evonorm_s2(x, v0, v1, moments):
    return F.silu(x) / (rms(x, "whcg", moments) + EPS)


def identity(x, v0, v1, moments):
    return x


@dataclass(frozen=True)
class Layer:
    """A layer: its function of (x, v0, v1, moments), which of v0 and v1 it has, and whether gamma · y + beta follows.

    `vectors` has the shape ("channel" or "layer") and the start value of v0 and v1 that are not the paper's.
    """

    function: Callable
    trainable: tuple = ()
    affine: bool = False
    vectors: dict = field(default_factory=dict, hash=False)

    def initial(self, name, channels):
        """The initial values of a trainable vector: [1, C, 1, 1], or [1, 1, 1, 1] with one value per layer."""
        per, start = self.vectors.get(name, ("channel", 1 if name in ("v1", "gamma") else 0))
        return torch.full((1, channels if per == "channel" else 1, 1, 1), float(start))

    @property
    def parameters(self):
        """Names of its trainable vectors."""
        return self.trainable + (("gamma", "beta") if self.affine else ())

    def at_linear_place(self):
        """What stands where a network normalizes without activation."""
        if self.function is identity:
            return Layer(identity)
        return Layer(identity, affine=True) if self.affine else Layer(batch_norm, ("v0", "v1"))


KNOWN_LAYERS = {
    "identity": Layer(identity),
    "BN-ReLU": Layer(bn_relu, ("v0", "v1")),
    "BN-Swish": Layer(bn_swish, ("v0", "v1")),
    "GN-ReLU": Layer(gn_relu, ("v0", "v1")),
    "GN-Swish": Layer(gn_swish, ("v0", "v1")),
    "LN-ReLU": Layer(ln_relu, ("v0", "v1")),
    "IN-ReLU": Layer(in_relu, ("v0", "v1")),
    "BN": Layer(batch_norm, ("v0", "v1")),
    "LayerNorm": Layer(layer_norm, ("v0", "v1")),
    "RMSNorm": Layer(rms_norm, ("v1",)),
    "FRN-TLU": Layer(frn_tlu, ("v0", "v1")),
    "DyT": Layer(dyt, ("v1",), affine=True, vectors={"v1": ("layer", 0.5)}),
    "Derf": Layer(derf, ("v0", "v1"), affine=True, vectors={"v0": ("layer", 0), "v1": ("layer", 0.5)}),
    "EvoNorm-B0": Layer(evonorm_b0, ("v1",), affine=True),
    "EvoNorm-B1": Layer(evonorm_b1, affine=True),
    "EvoNorm-B2": Layer(evonorm_b2, affine=True),
    "EvoNorm-S0": Layer(evonorm_s0, ("v1",), affine=True),
    "EvoNorm-S1": Layer(evonorm_s1, affine=True),
    "EvoNorm-S2": Layer(evonorm_s2, affine=True),
}

# ---------------------------------------------------------------------------------------------------------------------
# Layers given as graphs


class SignedLog(torch.autograd.Function):
    """sign(a) · ln(|a| + eps), whose derivative is 1 / (|a| + eps) at 0 too."""

    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return torch.sign(a) * torch.log(a.abs() + EPS)

    @staticmethod
    def backward(ctx, gradient):
        (a,) = ctx.saved_tensors
        return gradient / (a.abs() + EPS)


class SignedSqrt(torch.autograd.Function):
    """sign(a) · sqrt(|a| + eps), whose derivative is 1 / (2 sqrt(|a| + eps)) at 0 too."""

    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return torch.sign(a) * torch.sqrt(a.abs() + EPS)

    @staticmethod
    def backward(ctx, gradient):
        (a,) = ctx.saved_tensors
        return gradient / (2 * torch.sqrt(a.abs() + EPS))


def divide(a, b):
    """a / (b + copysign(eps, b)); both zeros count as positive."""
    return a / (b + torch.where(b < 0, -EPS, EPS).to(b.dtype))


def maximum(a, b):
    """The larger of a and b; a tie sends the gradient to a."""
    return torch.where((a >= b) | a.isnan(), a, b)


ELEMENTWISE = {
    "add": torch.add, "mul": torch.mul, "div": divide, "max": maximum, "neg": torch.neg, "sigmoid": torch.sigmoid,
    "tanh": torch.tanh, "exp": torch.exp, "log": SignedLog.apply, "abs": torch.abs, "square": torch.square,
    "sqrt": SignedSqrt.apply, "erf": torch.erf,
}
AGGREGATES = {"mean": mean, "rms": rms, "std": std}
INITIAL_NODES = 4


def layer_from_graph(graph):
    """The layer that a JSON form (as parsed by `json`) describes."""
    nodes = graph["nodes"]
    if not nodes:
        return Layer(identity, affine=graph["affine"])
    reachable = {INITIAL_NODES + len(nodes) - 1}
    for index in reversed(range(len(nodes))):
        if INITIAL_NODES + index in reachable:
            reachable.update(nodes[index]["in"])

    rule = next(iter(graph.get("groups", {}).items()), GROUPS)

    def function(x, v0, v1, moments):
        values = {0: x, 1: torch.zeros_like(x)}
        values.update((i, vector.expand_as(x)) for i, vector in ((2, v0), (3, v1)) if vector is not None)
        for node_id, node in enumerate(nodes, INITIAL_NODES):
            if node_id in reachable:
                inputs = [values[i] for i in node["in"]]
                if node["op"] in AGGREGATES:
                    over = rule if node["over"] == "whcg" else node["over"]
                    value = AGGREGATES[node["op"]](inputs[0], over, moments).expand_as(x)
                else:
                    value = ELEMENTWISE[node["op"]](*inputs)
                values[node_id] = value
        return values[node_id]

    vectors = {name: (vector["per"], vector["start"]) for name, vector in graph.get("vectors", {}).items()}
    return Layer(
        function, tuple(name for name, i in (("v0", 2), ("v1", 3)) if i in reachable), graph["affine"], vectors)


# ---------------------------------------------------------------------------------------------------------------------
# A layer in a place of a network


def run_layer(layer, x, v0, v1, gamma, beta, moments):
    """The layer's output, trailing affine included."""
    y = layer.function(x, v0, v1, moments)
    return gamma * y + beta if layer.affine else y


def training_function(layer):
    """A pure function from x and the trainable vectors to the output and the batch moments."""

    def function(x, v0, v1, gamma, beta):
        moments = BatchMoments()
        return run_layer(layer, x, v0, v1, gamma, beta, moments), moments.seen

    return function


class MovingAverages:
    """Moving averages of a layer's batch moments. They start at 0; `corrected` takes that bias out as Adam does."""

    def __init__(self):
        self.values = []
        self.steps = 0

    def update(self, moments):
        """Takes one step."""
        if not self.values:
            self.values = [torch.zeros_like(moment) for moment in moments]
        for value, moment in zip(self.values, moments):
            value.mul_(DECAY).add_(moment.detach(), alpha=1 - DECAY)
        self.steps += 1

    def corrected(self):
        """What stands for the batch moments in evaluation."""
        return [value / (1 - DECAY**self.steps) for value in self.values]


class Place(nn.Module):
    """A layer with its trainable vectors and running statistics for one place of a network."""

    def __init__(self, channels, layer, train_function):
        super().__init__()
        self.layer = layer
        self.train_function = train_function
        for name in ("v0", "v1", "gamma", "beta"):
            vector = nn.Parameter(layer.initial(name, channels)) if name in layer.parameters else None
            self.register_parameter(name, vector)
        self.averages = MovingAverages()

    def forward(self, x):
        vectors = self.v0, self.v1, self.gamma, self.beta
        if self.training:
            y, moments = self.train_function(x, *vectors)
            self.averages.update(moments)
            return y
        return run_layer(self.layer, x, *vectors, BatchMoments(self.averages.corrected()))


class Places:
    """Makes the places of one network. `compiled` runs the layer, and it alone, through torch.compile in training."""

    def __init__(self, layer, compiled=False):
        linear = layer.at_linear_place()
        self.layers = layer, linear
        self.functions = training_function(layer), training_function(linear)
        if compiled:
            torch._dynamo.config.recompile_limit = 1000
            self.functions = tuple(torch.compile(function, dynamic=False) for function in self.functions)

    def activated(self, channels):
        """A normalization-activation place."""
        return Place(channels, self.layers[0], self.functions[0])

    def linear(self, channels):
        """A place that has normalization without an activation."""
        return Place(channels, self.layers[1], self.functions[1])
