"""PyTorch reference of evonorm: layers, anchor networks and training rules.

It shares no code with the Java engines and exists to check their values, accuracies and speed. Tensors are [B, C, H, W]
inside this module; `evaluate_layer` takes and gives [B, H, W, C], as the engines do. Run as a program it checks the
networks' numbers of parameters and multiply-accumulates.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

EPS = 1e-5
DECAY = 0.9
GROUPS = ("size", 8)
MEMORY_FORMATS = {"nchw": torch.contiguous_format, "channels-last": torch.channels_last}

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


# ---------------------------------------------------------------------------------------------------------------------
# Networks


def rounded(channels):
    """Channels rounded to a multiple of 8, at least 8 and not under 90%."""
    result = max(8, int(channels + 4) // 8 * 8)
    return result if result >= 0.9 * channels else result + 8


def convolution(inputs, outputs, kernel=1, stride=1, groups=1):
    """A convolution without bias, padded alike on all sides."""
    return nn.Conv2d(inputs, outputs, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False)


class Bottleneck(nn.Module):
    """Pre-activation bottleneck. The 3×3 convolution has the stride; a projection reads the activated input."""

    def __init__(self, inputs, width, stride, places):
        super().__init__()
        outputs = 4 * width
        self.place1 = places.activated(inputs)
        self.conv1 = convolution(inputs, width)
        self.place2 = places.activated(width)
        self.conv2 = convolution(width, width, 3, stride)
        self.place3 = places.activated(width)
        self.conv3 = convolution(width, outputs)
        self.projection = convolution(inputs, outputs, 1, stride) if inputs != outputs else None

    def forward(self, x):
        activated = self.place1(x)
        shortcut = x if self.projection is None else self.projection(activated)
        y = self.conv1(activated)
        y = self.conv2(self.place2(y))
        return shortcut + self.conv3(self.place3(y))


class SqueezeExcitation(nn.Module):
    """Scales channels by sigmoid(dense(swish(dense(mean over height and width))))."""

    def __init__(self, channels, squeezed):
        super().__init__()
        self.reduce = nn.Linear(channels, squeezed)
        self.expand = nn.Linear(squeezed, channels)

    def forward(self, x):
        gate = torch.sigmoid(self.expand(F.silu(self.reduce(x.mean((2, 3))))))
        return x * gate[:, :, None, None]


class InvertedResidual(nn.Module):
    """MobileNetV2's and EfficientNet's block: expand, depthwise, optional squeeze-excite, linear projection."""

    def __init__(self, inputs, outputs, expansion, kernel, stride, squeeze_excite, places):
        super().__init__()
        width = inputs * expansion
        operators = []
        if expansion != 1:
            operators += [convolution(inputs, width), places.activated(width)]
        operators += [convolution(width, width, kernel, stride, width), places.activated(width)]
        if squeeze_excite:
            operators.append(SqueezeExcitation(width, inputs // 4))
        operators += [convolution(width, outputs), places.linear(outputs)]
        self.operators = nn.Sequential(*operators)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.operators(x)
        return x + y if self.residual else y


class GlobalMean(nn.Module):
    """Mean over height and width."""

    def forward(self, x):
        return x.mean((2, 3))


def resnet50(places, width, classes, strides):
    """Pre-activation ResNet-50: 7×7 stem, 3×3/2 max-pool, 3-4-6-3 bottlenecks."""
    channels = rounded(64 * width)
    operators = [convolution(3, channels, 7, strides[0]), nn.MaxPool2d(3, 2, 1)]
    for stage, blocks in enumerate((3, 4, 6, 3)):
        stage_width = rounded(64 * 2**stage * width)
        for block in range(blocks):
            stride = strides[stage + 1] if block == 0 else 1
            operators.append(Bottleneck(channels, stage_width, stride, places))
            channels = 4 * stage_width
    operators += [places.activated(channels), GlobalMean(), nn.Linear(channels, classes)]
    return nn.Sequential(*operators)


# Stages of inverted residuals: expansion, channels, blocks, kernel.
MOBILENETV2_STAGES = (
    (1, 16, 1, 3), (6, 24, 2, 3), (6, 32, 3, 3), (6, 64, 4, 3), (6, 96, 3, 3), (6, 160, 3, 3), (6, 320, 1, 3))
EFFICIENTNETB0_STAGES = (
    (1, 16, 1, 3), (6, 24, 2, 3), (6, 40, 2, 5), (6, 80, 3, 3), (6, 112, 3, 5), (6, 192, 4, 5), (6, 320, 1, 3))


def inverted_residual_network(places, width, classes, strides, stages, squeeze_excite, head):
    """3×3 stem with 32 channels, stages of inverted residuals, 1×1 convolution to `head` channels, mean, dense."""
    channels = rounded(32 * width)
    operators = [convolution(3, channels, 3, strides[0]), places.activated(channels)]
    for (expansion, stage_channels, blocks, kernel), stage_stride in zip(stages, strides[1:]):
        outputs = rounded(stage_channels * width)
        for block in range(blocks):
            stride = stage_stride if block == 0 else 1
            operators.append(InvertedResidual(channels, outputs, expansion, kernel, stride, squeeze_excite, places))
            channels = outputs
    operators += [convolution(channels, head), places.activated(head), GlobalMean(), nn.Linear(head, classes)]
    return nn.Sequential(*operators)


def mobilenetv2(places, width, classes, strides):
    """MobileNetV2, whose last width stays 1280 below ×1."""
    head = rounded(1280 * max(1.0, width))
    return inverted_residual_network(places, width, classes, strides, MOBILENETV2_STAGES, False, head)


def efficientnetb0(places, width, classes, strides):
    """EfficientNet-B0, whose last width scales too."""
    head = rounded(1280 * width)
    return inverted_residual_network(places, width, classes, strides, EFFICIENTNETB0_STAGES, True, head)


class Pointwise(nn.Linear):
    """A 1×1 convolution of the last dimension of [..., C]: a dense layer of every pixel or token."""


class LayerScale(nn.Module):
    """Every channel of [..., C] times a trainable value."""

    def __init__(self, channels, start):
        super().__init__()
        self.v1 = nn.Parameter(torch.full((1, channels, 1, 1), float(start)))

    def forward(self, x):
        return x * self.v1.flatten()


class Perceptron(nn.Module):
    """Two dense layers with GELU between them, of every pixel or token [..., C]."""

    def __init__(self, channels):
        super().__init__()
        self.expand = Pointwise(channels, 4 * channels)
        self.project = Pointwise(4 * channels, channels)

    def forward(self, x):
        return self.project(F.gelu(self.expand(x)))


class ConvNeXtBlock(nn.Module):
    """Depthwise 7×7 convolution, place, perceptron, layer scale and residual connection."""

    def __init__(self, channels, start, places):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 7, 1, 3, groups=channels)
        self.place = places.activated(channels)
        self.perceptron = Perceptron(channels)
        self.scale = LayerScale(channels, start)

    def forward(self, x):
        y = self.place(self.depthwise(x)).permute(0, 2, 3, 1)
        return x + self.scale(self.perceptron(y)).permute(0, 3, 1, 2)


class GlobalMeanImage(nn.Module):
    """Mean over height and width as an image of one pixel."""

    def forward(self, x):
        return x.mean((2, 3), keepdim=True)


def convnext(places, width, classes, strides):
    """ConvNeXt-T; without its stride the stem has a 3×3 kernel, and layer scales start at 0.1."""
    channels = [rounded(published * width) for published in (96, 192, 384, 768)]
    start = 1e-6 if strides[0] == 4 else 0.1
    if strides[0] == 4:
        operators = [nn.Conv2d(3, channels[0], 4, 4), places.activated(channels[0])]
    else:
        operators = [nn.Conv2d(3, channels[0], 3, 1, 1), places.activated(channels[0])]
    for stage, blocks in enumerate((3, 3, 9, 3)):
        if stage > 0:
            stride = strides[stage]
            operators += [places.activated(channels[stage - 1]),
                          nn.Conv2d(channels[stage - 1], channels[stage], stride, stride)]
        operators += [ConvNeXtBlock(channels[stage], start, places) for _ in range(blocks)]
    operators += [GlobalMeanImage(), places.activated(channels[-1]), nn.Flatten(), nn.Linear(channels[-1], classes)]
    return nn.Sequential(*operators)


class Positions(nn.Module):
    """Adds learned positions to [B, C, H, W], interpolated where the image's grid is another one."""

    def __init__(self, grid, channels):
        super().__init__()
        self.positions = nn.Parameter(torch.empty(grid, grid, channels))

    def forward(self, x):
        positions = self.positions.permute(2, 0, 1)[None]
        if x.shape[2:] != positions.shape[2:]:
            positions = F.interpolate(positions, x.shape[2:], mode="bilinear", align_corners=False)
        return x + positions


class Tokens(nn.Module):
    """Pixels [B, C, H, W] as tokens [B, H · W, C]."""

    def forward(self, x):
        return x.flatten(2).transpose(1, 2)


def at_tokens(place, x):
    """A place of tokens [B, N, C], which are images of N × 1 pixels there."""
    return place(x.transpose(1, 2)[..., None])[..., 0].transpose(1, 2)


class Attention(nn.Module):
    """Multi-head attention of [B, N, 3C]: queries, keys and values of all heads side by side."""

    def __init__(self, heads):
        super().__init__()
        self.heads = heads

    def forward(self, x):
        samples, tokens, channels = x.shape
        queries, keys, values = x.view(samples, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        heard = F.scaled_dot_product_attention(queries, keys, values)
        return heard.transpose(1, 2).reshape(samples, tokens, channels // 3)


class TransformerBlock(nn.Module):
    """Pre-norm block: attention, then the perceptron, each with a place before and a residual connection around."""

    def __init__(self, channels, heads, places):
        super().__init__()
        self.place1 = places.activated(channels)
        self.queries_keys_values = Pointwise(channels, 3 * channels)
        self.attention = Attention(heads)
        self.project = Pointwise(channels, channels)
        self.place2 = places.activated(channels)
        self.perceptron = Perceptron(channels)

    def forward(self, x):
        x = x + self.project(self.attention(self.queries_keys_values(at_tokens(self.place1, x))))
        return x + self.perceptron(at_tokens(self.place2, x))


class TokenMean(nn.Module):
    """A place of tokens [B, N, C], then their mean."""

    def __init__(self, channels, places):
        super().__init__()
        self.place = places.activated(channels)

    def forward(self, x):
        return at_tokens(self.place, x).mean(1)


def vit(places, width, classes, strides):
    """Vision transformer of DeiT-Ti's sizes, whose tokens' mean is classified; `strides` are patch and grid."""
    patch, grid = strides
    heads = 3 * max(1, round(width))
    channels = heads * rounded(192 * width / heads)
    operators = [nn.Conv2d(3, channels, patch, patch), Positions(grid, channels), Tokens()]
    operators += [TransformerBlock(channels, heads, places) for _ in range(12)]
    operators += [TokenMean(channels, places), nn.Linear(channels, classes)]
    return nn.Sequential(*operators)


@dataclass(frozen=True)
class NetworkSettings:
    """A network's function, its width on CIFAR, and the strides of stem and stages in full size and on CIFAR."""

    function: Callable
    cifar_width: float
    full_strides: tuple
    cifar_strides: tuple


NETWORKS = {
    "resnet50": NetworkSettings(resnet50, 0.25, (2, 1, 2, 2, 2), (1, 1, 1, 2, 2)),
    "mobilenetv2": NetworkSettings(mobilenetv2, 0.5, (2, 1, 2, 2, 2, 1, 2, 1), (1, 1, 1, 2, 2, 1, 2, 1)),
    "efficientnetb0": NetworkSettings(efficientnetb0, 0.5, (2, 1, 2, 2, 2, 1, 2, 1), (1, 1, 1, 2, 2, 1, 2, 1)),
    "convnext": NetworkSettings(convnext, 0.25, (4, 2, 2, 2), (1, 2, 2, 2)),
    "vit": NetworkSettings(vit, 0.5, (16, 14), (4, 6)),
}


def find_layer(layer):
    """The layer with this known name (any case) or this JSON form."""
    if isinstance(layer, dict):
        return layer_from_graph(layer)
    return {name.lower(): known for name, known in KNOWN_LAYERS.items()}[layer.lower()]


def build_network(name, layer, compiled=False, full_size=False):
    """An initialized network with a layer (a known name or a JSON form) in its places: CIFAR proxy or full size."""
    settings = NETWORKS[name]
    places = Places(find_layer(layer), compiled)
    if full_size:
        network = settings.function(places, 1.0, 1000, settings.full_strides)
    else:
        network = settings.function(places, settings.cifar_width, 10, settings.cifar_strides)
    initialize(network)
    return network


def initialize(network):
    """Convolutions He-normal by fan-out, dense weights N(0, 0.01²), positions N(0, 0.02²), biases 0."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            fan_out = module.kernel_size[0] * module.kernel_size[1] * module.out_channels // module.groups
            nn.init.normal_(module.weight, 0.0, (2 / fan_out) ** 0.5)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, Pointwise):
            nn.init.normal_(module.weight, 0.0, (2 / module.out_features) ** 0.5)
            nn.init.zeros_(module.bias)
        elif isinstance(module, Positions):
            nn.init.normal_(module.positions, 0.0, 0.02)
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0.0, 0.01)
            nn.init.zeros_(module.bias)


# ---------------------------------------------------------------------------------------------------------------------
# Training


def make_optimizer(network):
    """SGD with Nesterov momentum; weight decay on convolution and dense weights alone."""
    decayed = [m.weight for m in network.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    decayed_ids = {id(p) for p in decayed}
    others = [p for p in network.parameters() if id(p) not in decayed_ids]
    groups = [{"params": decayed, "weight_decay": 1e-4}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.SGD(groups, lr=0.1, momentum=0.9, nesterov=True)


def learning_rate(step, warmup_steps=50):
    """0.1 after a linear rise over the first steps; `step` counts from 0."""
    return 0.1 * min(1.0, (step + 1) / warmup_steps)


def training_step(network, optimizer, images, labels, rate):
    """One update; returns the loss before it."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad(set_to_none=True)
    loss = F.cross_entropy(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


def read_cifar10(path):
    """Images [N, 3, 32, 32] and labels [N] of a file in CIFAR-10's binary layout, both uint8."""
    records = np.fromfile(path, np.uint8).reshape(-1, 3073)
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0]


class Cifar10:
    """Training and test images, standardized per channel with the training images' mean and deviation."""

    def __init__(self, folder):
        parts = [read_cifar10(path) for path in sorted(Path(folder).glob("data_batch_*.bin"))]
        self.images = np.concatenate([images for images, _ in parts])
        self.labels = np.concatenate([labels for _, labels in parts]).astype(np.int64)
        test_images, test_labels = read_cifar10(Path(folder) / "test_batch.bin")
        self.mean = self.images.mean((0, 2, 3), dtype=np.float64)[:, None, None]
        self.deviation = self.images.std((0, 2, 3), dtype=np.float64)[:, None, None]
        self.test_images = test_images
        self.test_labels = test_labels.astype(np.int64)

    def tensors(self, images, labels):
        """Standardized float32 images and labels as tensors."""
        standardized = ((images - self.mean) / self.deviation).astype(np.float32)
        return torch.from_numpy(standardized), torch.from_numpy(labels)

    def training_batches(self, seed, batch=128, crop=24):
        """Endless batches of random crops with horizontal flips; every epoch is shuffled, its rest dropped."""
        random = np.random.default_rng(seed)
        positions = np.arange(crop)
        while True:
            order = random.permutation(len(self.images))
            for start in range(0, len(order) - batch + 1, batch):
                chosen = order[start:start + batch]
                rows, columns = random.integers(0, 32 - crop + 1, (2, batch, 1)) + positions
                flipped = random.random(batch) < 0.5
                columns[flipped] = columns[flipped, ::-1]
                crops = self.images[chosen[:, None, None], :, rows[:, :, None], columns[:, None, :]]
                yield self.tensors(crops.transpose(0, 3, 1, 2), self.labels[chosen])

    def test_batches(self, batch=500):
        """Whole test images in order."""
        for start in range(0, len(self.test_images), batch):
            yield self.tensors(self.test_images[start:start + batch], self.test_labels[start:start + batch])


@torch.no_grad()
def score(network, data, memory_format):
    """Accuracy and mean cross-entropy on the test images, in evaluation mode."""
    network.eval()
    right, loss, count = 0, 0.0, 0
    for images, labels in data.test_batches():
        logits = network(images.to(memory_format=memory_format))
        right += (logits.argmax(1) == labels).sum().item()
        loss += F.cross_entropy(logits, labels, reduction="sum").item()
        count += len(labels)
    return right / count, loss / count


# ---------------------------------------------------------------------------------------------------------------------
# Checks against the engines


def evaluate_layer(json_graph, x, v0, v1, gamma, beta, dy, training=True, dtype=torch.float64, earlier=()):
    """Output and gradients of one layer, as a dictionary of arrays y, dx, dv0, dv1, dgamma, dbeta.

    x and dy, the gradient of the output, are [B, H, W, C]; the vectors are [C]. In evaluation mode the running statistics
    have seen the batches `earlier`, or x once if there are none. Gradients of what the layer does not use are zero.
    """
    layer = layer_from_graph(json_graph)

    def images(values):
        return torch.tensor(np.asarray(values), dtype=dtype).permute(0, 3, 1, 2).contiguous()

    def vector(values):
        return torch.tensor(np.asarray(values), dtype=dtype).reshape(1, -1, 1, 1).requires_grad_()

    inputs = {"x": images(x).requires_grad_(), "v0": vector(v0), "v1": vector(v1), "gamma": vector(gamma),
              "beta": vector(beta)}
    x, *vectors = inputs.values()
    moments = BatchMoments()
    if not training:
        averages = MovingAverages()
        with torch.no_grad():
            for batch in [images(values) for values in earlier] or [x]:
                averages.update(training_function(layer)(batch, *vectors)[1])
        moments = BatchMoments(averages.corrected())
    y = run_layer(layer, *inputs.values(), moments)
    gradients = torch.autograd.grad(y, list(inputs.values()), images(dy), allow_unused=True, materialize_grads=True)
    result = {"y": y.detach().permute(0, 2, 3, 1).numpy()}
    for name, gradient in zip(inputs, gradients):
        result["d" + name] = gradient.permute(0, 2, 3, 1).numpy() if name == "x" else gradient.flatten().numpy()
    return result


def parameter_count(network):
    """Number of trainable values."""
    return sum(parameter.numel() for parameter in network.parameters())


def multiply_accumulates(network, size):
    """Multiply-accumulates of convolutions, dense layers and attention for one image of this height and width."""
    total = 0

    def count_attention(module, inputs, output):
        nonlocal total
        total += 2 * output.shape[1] * output.numel()

    def count(module, inputs, output):
        nonlocal total
        total += output.numel() * module.weight[0].numel()

    hooks = [m.register_forward_hook(count) for m in network.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    hooks += [m.register_forward_hook(count_attention) for m in network.modules() if isinstance(m, Attention)]
    with torch.no_grad():
        network(torch.zeros(1, 3, size, size))
    for hook in hooks:
        hook.remove()
    return total


def check_networks():
    """Asserts the networks' sizes of DESIGN section 3, with batch normalization in the places."""
    expected = {
        "resnet50": (25_549_352, 1_484_186, 40.29, 49),
        "mobilenetv2": (3_504_872, 700_490, 15.74, 35),
        "efficientnetb0": (5_288_548, 1_077_932, 20.19, 33),
        "convnext": (28_589_128, 1_813_930, 54.97, 23),
        "vit": (5_717_032, 1_351_402, 50.93, 25),
    }
    for name, (full_parameters, cifar_parameters, cifar_mmac, places) in expected.items():
        cifar = build_network(name, "BN-ReLU")
        counts = (
            parameter_count(build_network(name, "BN-ReLU", full_size=True)),
            parameter_count(cifar),
            round(multiply_accumulates(cifar, 24) / 1e6, 2),
            sum(isinstance(m, Place) and m.layer.function is bn_relu for m in cifar.modules()),
        )
        assert counts == (full_parameters, cifar_parameters, cifar_mmac, places), (name, counts)
        print(f"{name}: {counts[0]:,} parameters in full size; CIFAR: {counts[1]:,} parameters, {counts[2]} MMAC at 24×24,"
              f" {counts[3]} places")


if __name__ == "__main__":
    check_networks()
