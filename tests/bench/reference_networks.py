"""PyTorch reference of evonorm: the anchor networks, their initial values and their sizes."""

from dataclasses import dataclass
from typing import Callable

import torch
import torch.nn.functional as F
from torch import nn

from reference_layers import KNOWN_LAYERS, Places, layer_from_graph


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
