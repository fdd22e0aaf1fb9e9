"""Evolved layer 882886b5, a normalization-activation layer for PyTorch, written by evonorm's export.

Needs torch alone. Run as a program, it compares itself with the check file beside it.
"""

import itertools
import json
import sys
from pathlib import Path

import torch
import torch.fx
from torch import nn

try:
    import triton
    import triton.language as tl
except ImportError:
    triton = None


is_compiling = getattr(getattr(torch, "compiler", None), "is_compiling", lambda: False)


def larger(a, b):
    """The larger of the two, NaN if one is; where they are equal the gradient goes to a alone.

    In torch.compile each gets half of the gradient then.
    """
    if not torch.jit.is_scripting():
        if is_compiling():
            return torch.maximum(a, b)
    return torch.where(torch.isnan(b) | (a < b), b, a)


def nonzero(b, eps: float):
    """The divisor b, moved away from zero by eps."""
    return torch.where(b < 0, b - eps, b + eps)


def signed_log(a, eps: float):
    """sign(a) * log(|a| + eps), with the derivative 1 / (|a| + eps) at 0 too."""
    return torch.where(a == 0, a / eps, torch.sign(a) * torch.log(torch.abs(a) + eps))


def signed_sqrt(a, eps: float):
    """sign(a) * sqrt(|a| + eps), with the derivative 1 / (2 * sqrt(|a| + eps)) at 0 too."""
    root = torch.sqrt(torch.abs(a) + eps)
    return torch.where(a == 0, a * (0.5 / eps**0.5), torch.sign(a) * root)


def require_maps(x, channels: int, channel_dim: int):
    """Refuses what the layer cannot take."""
    if not x.is_floating_point():
        raise ValueError(f"expected floating-point values, not {x.dtype}")
    if x.dim() < 3 or x.dim() > 5 or x.size(channel_dim) != channels:
        raise ValueError(
            f"expected {channels} channels in dimension {channel_dim} of 3 to 5, not {list(x.shape)}")


def as_maps(x, channel_dim: int):
    """x as [N, C, H, W], in float32 or float64."""
    x = x.movedim(channel_dim, 1)
    if x.dim() == 3:
        x = x.unsqueeze(3)
    if x.dim() == 5:
        x = x.flatten(2, 3)
    return x if x.dtype == torch.float64 else x.float()


def as_input(y, x, channel_dim: int):
    """y [N, C, H, W] in the shape and type of x."""
    shape = x.movedim(channel_dim, 1).shape
    return y.reshape(shape).movedim(1, channel_dim).to(x.dtype)


torch.fx.wrap("require_maps")
torch.fx.wrap("as_maps")
torch.fx.wrap("as_input")


class EvolvedLayer_882886b5(nn.Module):
    """Evolved layer 882886b5: takes the place of a normalization and the activation after it.

        y = gamma * (max(-v1, x + v0) * abs(x) + max(0, x) - max(x, 0) * v1 + max(1, x) * v0 +
            max(x, 1) + tanh(x / v0) + sqrt(x) * log(v0 * x)) + beta

    Trained are, per channel: v0 starts at 0, v1 starts at 1, gamma starts at 1, beta starts at
    0. Divisors are moved away from zero by eps.

    Input and output are [N, C, H, W], contiguous or channels_last, or [N, C, L] or [N, C, D, H,
    W]; with channel_dim=-1 [N, H, W, C], or tokens [N, L, C]. Half precision is computed in
    float32 and returned in its own type; other types than floating-point ones are refused.

    Args:
        channels: number of channels, C
        eps: keeps divisions, logarithms and roots finite
        channel_dim: the dimension of the channels, 1 or -1
        fused: whether training in eager mode keeps x alone for the gradient and computes the
            rest again; False for plain operations
        apply_act: False for a place without activation, where the layer is gamma * x + beta
            alone
        init_zero: whether gamma starts at 0, as at the end of a residual branch
    """

    __constants__ = ["apply_act"]

    def __init__(self, channels, eps=1e-5, apply_act=True, init_zero=False, channel_dim=1,
            fused=True):
        super().__init__()
        if channels < 1:
            raise ValueError(f"channels must be above 0, not {channels}")
        if not eps > 0:
            raise ValueError(f"eps must be above 0, not {eps}")
        if channel_dim not in (1, -1):
            raise ValueError(f"channel_dim must be 1 or -1, not {channel_dim}")
        self.channels = channels
        self.eps = float(eps)
        self.apply_act = apply_act
        self.init_zero = init_zero
        self.channel_dim = channel_dim
        self.fused = fused
        self.gamma = nn.Parameter(torch.empty(channels))
        self.beta = nn.Parameter(torch.empty(channels))
        if self.apply_act:
            self.v0 = nn.Parameter(torch.empty(channels))
            self.v1 = nn.Parameter(torch.empty(channels))
        self.reset_parameters()

    def reset_parameters(self):
        """Makes parameters and statistics those of a new layer."""
        nn.init.constant_(self.gamma, 0.0 if self.init_zero else 1.0)
        nn.init.zeros_(self.beta)
        if self.apply_act:
            nn.init.constant_(self.v0, 0.0)
            nn.init.constant_(self.v1, 1.0)

    def forward(self, x):
        require_maps(x, self.channels, self.channel_dim)
        if self.apply_act:
            if torch.jit.is_scripting():
                return self.plain(x, self.v0, self.v1, self.gamma, self.beta)
            else:
                if keeps_little(self, x, self.v0, self.v1, self.gamma, self.beta):
                    function = EvolvedLayer_882886b5Kernels if runs_kernels(x) else EvolvedLayer_882886b5Function
                    return function.apply(self, x, self.v0, self.v1, self.gamma, self.beta)
                return self.plain(x, self.v0, self.v1, self.gamma, self.beta)
        else:
            maps = as_maps(x, self.channel_dim)
            return as_input(self.affine(maps, self.gamma, self.beta), x, self.channel_dim)

    def plain(self, x, v0, v1, gamma, beta):
        """The layer in plain operations."""
        y = self.activation(as_maps(x, self.channel_dim), v0, v1)
        return as_input(self.affine(y, gamma, beta), x, self.channel_dim)

    def activation(self, x, v0, v1):
        """y before the affine for x [N, C, H, W]."""
        v0 = v0.type_as(x).view(1, -1, 1, 1)
        v1 = v1.type_as(x).view(1, -1, 1, 1)
        h1 = larger(-v1, x + v0) * torch.abs(x) + torch.relu(x) - torch.clamp(x, min=0.0) * v1
        h2 = h1 + torch.threshold(x, 1.0, 1.0) * v0 + torch.clamp(x, min=1.0)
        return h2 + torch.tanh(x / nonzero(v0, self.eps)) + signed_sqrt(x, self.eps) * signed_log(v0 * x, self.eps)

    def affine(self, y, gamma, beta):
        """gamma * y + beta for y [N, C, H, W]."""
        return gamma.type_as(y).view(1, -1, 1, 1) * y + beta.type_as(y).view(1, -1, 1, 1)


class EvolvedLayer_882886b5Function(torch.autograd.Function):
    """The layer in training mode; keeps x and small values, and computes the rest again.

    s1, s2, ... are small values, [1, C, 1, 1] or [N, C, 1, 1], and t1, t2, ... maps.
    """

    @staticmethod
    def forward(ctx, layer, x, v0, v1, gamma, beta):
        ctx.layer = layer
        maps = as_maps(x, layer.channel_dim)
        v0_of_channels = as_channels(v0, maps)
        v1_of_channels = as_channels(v1, maps)
        gamma_of_channels = as_channels(gamma, maps)
        beta_of_channels = as_channels(beta, maps)
        s6 = torch.reciprocal(nonzero(v0_of_channels, layer.eps))
        s10 = torch.neg(v1_of_channels)
        s11 = torch.exp(maps.new_full((1, 1, 1, 1), 0.0))
        t1 = maps * v0_of_channels
        t2 = (
            torch.abs(maps).add_(layer.eps).sqrt_().mul_(torch.sign(maps)).mul_(torch.abs(t1).add_(layer.eps).log_().mul_(torch.sign(t1))))
        t3 = (
            torch.clamp(maps, min=0.0).addcmul_(torch.abs(maps), torch.maximum(s10, (maps +
                v0_of_channels))).addcmul_(torch.clamp(maps, min=0.0), v1_of_channels, value=-1))
        t4 = (
            (maps * s6).tanh_().add_(torch.maximum(maps, s11).add_(torch.addcmul(t3,
                torch.maximum(s11, maps), v0_of_channels))))
        y = t2.add_(t4).mul_(gamma_of_channels).add_(beta_of_channels)
        y = as_input(y, x, layer.channel_dim).detach()
        ctx.save_for_backward(x, v0, v1, gamma, beta, s6, s10)
        return y

    @staticmethod
    def backward(ctx, dy, *of_batch):
        layer = ctx.layer
        x, v0, v1, gamma, beta, s6, s10 = ctx.saved_tensors
        if torch.is_grad_enabled():
            return (None, *plain_gradients(layer, dy, x, v0, v1, gamma, beta))
        maps = as_maps(x, layer.channel_dim)
        v0_of_channels = as_channels(v0, maps)
        v1_of_channels = as_channels(v1, maps)
        gamma_of_channels = as_channels(gamma, maps)
        dy = as_maps(dy, layer.channel_dim)
        t1 = maps + v0_of_channels
        t2 = maps * v0_of_channels
        t3 = torch.clamp(maps, min=0.0)
        s11 = torch.exp(maps.new_full((1, 1, 1, 1), 0.0))
        t4 = torch.abs(maps)
        t5 = torch.abs(maps).add_(layer.eps).sqrt_().mul_(torch.sign(maps))
        t6 = torch.maximum(s10, t1)
        t7 = torch.maximum(s11, maps)
        t8 = (maps * s6).tanh_()
        t9 = torch.abs(t2).add_(layer.eps).log_().mul_(torch.sign(t2))
        t10 = (
            torch.clamp(maps, min=0.0).addcmul_(t4, t6).addcmul_(t3, v1_of_channels,
                value=-1).addcmul_(t7, v0_of_channels))
        s35 = dy.mean((2, 3), keepdim=True)
        s36 = s35.mean(0, keepdim=True)
        s38 = torch.maximum(maps, s11).add_(t10).add_(t8).addcmul_(t5, t9).mul_(dy).mean((2, 3), keepdim=True)
        s39 = s38.mean(0, keepdim=True)
        t11 = t4.mul_(dy)
        s52 = v0_of_channels * gamma_of_channels
        t12 = t5.mul_(dy).mul_(torch.abs(t2).add_(layer.eps).reciprocal_())
        t13 = torch.ops.aten.tanh_backward(dy, t8)
        t14 = gate(t1.sub_(s10), t11)
        t15 = t14 * gamma_of_channels
        s78 = v1_of_channels * gamma_of_channels
        s91 = t11.sub_(t14).mean((2, 3), keepdim=True)
        s92 = gamma_of_channels * s91
        s93 = s92.mean(0, keepdim=True)
        s106 = s6 * gamma_of_channels
        s110 = s6 * s106
        t16 = (
            gate(maps - s11, dy).mul_(s52).addcmul_(gate_from(maps - s11, dy),
                gamma_of_channels).addcmul_(t9.mul_(dy).mul_(torch.abs(maps).add_(layer.eps).rsqrt_().mul_(0.5)),
                gamma_of_channels))
        t17 = (
            torch.addcmul(t16, t6.mul_(dy).mul_(torch.sign(maps)),
                gamma_of_channels).addcmul_(gate(maps, dy), gamma_of_channels))
        t18 = (
            t7.mul_(dy).mul_(gamma_of_channels).addcmul_(maps * t13, s110,
                value=-1).addcmul_(maps * t12, gamma_of_channels))
        s128 = (t15 + t18).mean((2, 3), keepdim=True)
        s129 = s128.mean(0, keepdim=True)
        s131 = t3.mul_(dy).mul_(gamma_of_channels).neg_().sub_(s93).mean((2, 3), keepdim=True)
        s132 = s131.mean(0, keepdim=True)
        dx = (
            torch.addcmul(t17, gate_from(maps, dy), s78, value=-1).addcmul_(t13,
                s106).addcmul_(t12, s52).add_(t15))
        dx = as_input(dx, x, layer.channel_dim)
        count = maps.numel() / layer.channels
        return (
            None, dx,
            (s129 * count).expand(1, layer.channels, 1, 1).flatten().type_as(v0),
            (s132 * count).expand(1, layer.channels, 1, 1).flatten().type_as(v1),
            (s39 * count).expand(1, layer.channels, 1, 1).flatten().type_as(gamma),
            (s36 * count).expand(1, layer.channels, 1, 1).flatten().type_as(beta),
        )


def as_channels(vector, maps):
    """A vector [C] or [1] as [1, C, 1, 1]."""
    return vector.type_as(maps).view(1, -1, 1, 1).expand(1, maps.size(1), 1, 1)


def gate(a, c):
    """c where a > 0, else 0; an operation of ReLU's derivative, since torch.where takes ten times as long."""
    return torch.ops.aten.threshold_backward(c, a, 0.0)


def gate_from(a, c):
    """c where a >= 0, else 0."""
    return torch.ops.aten.threshold_backward(c, a, -1e-45)


def plain_gradients(layer, dy, *inputs):
    """The gradients of the layer by operations that have derivatives themselves."""
    with torch.enable_grad():
        wanted = [i for i, tensor in enumerate(inputs) if tensor.requires_grad]
        y = layer.plain(inputs[0], *inputs[1:])
        found = torch.autograd.grad(y, [inputs[i] for i in wanted], dy, create_graph=True, allow_unused=True)
    found = dict(zip(wanted, found))
    return [found.get(i) for i in range(len(inputs))]


def keeps_little(layer, *tensors):
    """Whether the layer may run as a function that keeps x alone: in training, and nowhere else than in eager mode.

    Compilers keep little themselves; transformations (fx, jit, torch.func, forward mode) need plain operations.
    """
    if not (layer.fused and layer.training and torch.is_grad_enabled()) or torch.jit.is_tracing():
        return False
    if any(type(tensor) not in (torch.Tensor, nn.Parameter) for tensor in tensors) or not tensors[0].numel():
        return False
    is_compiling = getattr(getattr(torch, "compiler", None), "is_compiling", lambda: False)
    is_transformed = getattr(getattr(torch._C, "_functorch", None), "is_functorch_wrapped_tensor", lambda _: False)
    in_forward_mode = torch.autograd.forward_ad._current_level >= 0
    return not (is_compiling() or in_forward_mode or any(map(is_transformed, tensors)))


if triton is not None:

    @triton.jit
    def maximum(a, b):
        """The larger of the two, NaN if one is."""
        return tl.maximum(a, b, tl.PropagateNan.ALL)

    @triton.jit
    def nonzero_divisor(b, EPS: tl.constexpr):
        """The divisor b, moved away from zero by eps."""
        return tl.where(b < 0, b - EPS, b + EPS)

    @triton.jit
    def sign(a):
        """-1, 0 or 1."""
        return tl.where(a > 0, 1.0, tl.where(a < 0, -1.0, 0.0))

    @triton.jit
    def tanh(a):
        """tanh(a); near zero, where the quotient of exponentials would lose digits, by Lambert's fraction."""
        decay = tl.exp(-2.0 * tl.abs(a))
        far = (1.0 - decay) / (1.0 + decay)
        q = a * a
        near = a * (10395.0 + q * (1260.0 + 21.0 * q)) / (10395.0 + q * (4725.0 + q * (210.0 + q)))
        return tl.where(tl.abs(a) < 0.5, near, tl.where(a < 0, -far, far))

    @triton.jit
    def forward_1(
        x_ptr, v0_ptr, v1_ptr, gamma_ptr, beta_ptr, y_ptr, C, P, sample_stride, channel_stride,
        position_stride, EPS: tl.constexpr, DTYPE: tl.constexpr, BLOCK_C: tl.constexpr, BLOCK_P: tl.constexpr,
    ):
        """A pass over the maps: y."""
        sample = tl.program_id(0)
        channel = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)[:, None]
        known = channel < C
        small = sample * C + channel
        row = sample.to(tl.int64) * sample_stride + channel * channel_stride
        v0 = tl.load(v0_ptr + channel, known, 0.0).to(DTYPE)
        v1 = tl.load(v1_ptr + channel, known, 0.0).to(DTYPE)
        s6 = 1 / nonzero_divisor(v0, EPS)
        s10 = -v1
        s11 = tl.exp(tl.full([], 0.0, DTYPE))
        gamma = tl.load(gamma_ptr + channel, known, 0.0).to(DTYPE)
        beta = tl.load(beta_ptr + channel, known, 0.0).to(DTYPE)
        for start in range(0, P, BLOCK_P):
            position = start + tl.arange(0, BLOCK_P)[None, :]
            inside = known & (position < P)
            place = row + position * position_stride
            x = tl.load(x_ptr + place, inside, 0.0).to(DTYPE)
            t1 = x * v0
            t2 = tl.sqrt(tl.abs(x) + EPS) * sign(x) * (tl.log(tl.abs(x * v0) + EPS) * sign(t1))
            t3 = maximum(0.0, x) + tl.abs(x) * maximum(s10, x + v0) - maximum(x, 0.0) * v1
            t4 = tanh(x * s6) + (maximum(x, s11) + (maximum(s11, x) * v0 + t3))
            tl.store(y_ptr + place, (t2 + t4) * gamma + beta, inside)

    @triton.jit
    def backward_1(
        x_ptr, v0_ptr, v1_ptr, gamma_ptr, dy_ptr, s35_ptr, s38_ptr, s91_ptr, s128_ptr, dx_ptr, C, P,
        sample_stride, channel_stride, position_stride, EPS: tl.constexpr, DTYPE: tl.constexpr,
        BLOCK_C: tl.constexpr, BLOCK_P: tl.constexpr,
    ):
        """A pass over the maps: s35, s38, s91, s128 and dx."""
        sample = tl.program_id(0)
        channel = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)[:, None]
        known = channel < C
        small = sample * C + channel
        row = sample.to(tl.int64) * sample_stride + channel * channel_stride
        v0 = tl.load(v0_ptr + channel, known, 0.0).to(DTYPE)
        v1 = tl.load(v1_ptr + channel, known, 0.0).to(DTYPE)
        s6 = 1 / nonzero_divisor(v0, EPS)
        s10 = -v1
        s11 = tl.exp(tl.full([], 0.0, DTYPE))
        gamma = tl.load(gamma_ptr + channel, known, 0.0).to(DTYPE)
        s52 = v0 * gamma
        s78 = v1 * gamma
        s106 = s6 * gamma
        s110 = s6 * s106
        s35 = tl.zeros((BLOCK_C, 1), DTYPE)
        s38 = tl.zeros((BLOCK_C, 1), DTYPE)
        s91 = tl.zeros((BLOCK_C, 1), DTYPE)
        s128 = tl.zeros((BLOCK_C, 1), DTYPE)
        for start in range(0, P, BLOCK_P):
            position = start + tl.arange(0, BLOCK_P)[None, :]
            inside = known & (position < P)
            place = row + position * position_stride
            x = tl.load(x_ptr + place, inside, 0.0).to(DTYPE)
            t1 = x + v0
            t2 = x * v0
            t3 = tl.abs(x)
            t4 = tl.sqrt(tl.abs(x) + EPS) * sign(x)
            t5 = maximum(s10, t1)
            t6 = maximum(s11, x)
            t7 = tanh(x * s6)
            t8 = tl.log(tl.abs(t2) + EPS) * sign(t2)
            t9 = maximum(x, s11) + (t6 * v0 + (maximum(0.0, x) + t3 * t5 - maximum(x, 0.0) * v1))
            dy = tl.load(dy_ptr + place, inside, 0.0).to(DTYPE)
            t10 = t3 * dy
            t11 = t4 * dy * (1 / (tl.abs(t2) + EPS))
            t12 = dy * (1.0 - t7 * t7)
            t13 = tl.where(s10 < t1, t10, 0.0) * gamma
            t14 = tl.where(s11 < x, dy, 0.0) * s52 + tl.where(x >= s11, dy, 0.0) * gamma
            t15 = t5 * dy * sign(x) * gamma + (t8 * dy * (0.5 / tl.sqrt(tl.abs(x) + EPS)) * gamma + t14)
            t16 = tl.where(0.0 < x, dy, 0.0) * gamma + t15 - tl.where(x >= 0.0, dy, 0.0) * s78
            s35 += tl.sum(tl.where(inside, dy, 0.0), 1, keep_dims=True)
            s38 += tl.sum(tl.where(inside, (t4 * t8 + (t7 + t9)) * dy, 0.0), 1, keep_dims=True)
            s91 += tl.sum(tl.where(inside, tl.where(s10 >= t1, t10, 0.0), 0.0), 1, keep_dims=True)
            s128 += tl.sum(tl.where(inside, t13 + (x * t11 * gamma + (t6 * dy * gamma - x * t12 * s110)), 0.0), 1, keep_dims=True)
            tl.store(dx_ptr + place, t13 + (t11 * s52 + (t12 * s106 + t16)), inside)
        s35 = s35 / P
        tl.store(s35_ptr + small, s35, known)
        s38 = s38 / P
        tl.store(s38_ptr + small, s38, known)
        s91 = s91 / P
        tl.store(s91_ptr + small, s91, known)
        s128 = s128 / P
        tl.store(s128_ptr + small, s128, known)

    @triton.jit
    def backward_2(
        gamma_ptr, s35_ptr, s38_ptr, s91_ptr, s128_ptr, s36_ptr, s39_ptr, s93_ptr, s129_ptr, N, C,
        EPS: tl.constexpr, DTYPE: tl.constexpr, BLOCK_N: tl.constexpr, BLOCK_C: tl.constexpr,
    ):
        """Over the batch: s36, s39, s93, s129."""
        channel = tl.program_id(0) * BLOCK_C + tl.arange(0, BLOCK_C)[None, :]
        known = channel < C
        gamma = tl.load(gamma_ptr + channel, known, 0.0).to(DTYPE)
        s36 = tl.zeros((1, BLOCK_C), DTYPE)
        s39 = tl.zeros((1, BLOCK_C), DTYPE)
        s93 = tl.zeros((1, BLOCK_C), DTYPE)
        s129 = tl.zeros((1, BLOCK_C), DTYPE)
        for start in range(0, N, BLOCK_N):
            sample = start + tl.arange(0, BLOCK_N)[:, None]
            inside = known & (sample < N)
            small = sample * C + channel
            s35 = tl.load(s35_ptr + small, inside, 0.0)
            s38 = tl.load(s38_ptr + small, inside, 0.0)
            s91 = tl.load(s91_ptr + small, inside, 0.0)
            s128 = tl.load(s128_ptr + small, inside, 0.0)
            s36 += tl.sum(tl.where(inside, s35, 0.0), 0, keep_dims=True)
            s39 += tl.sum(tl.where(inside, s38, 0.0), 0, keep_dims=True)
            s93 += tl.sum(tl.where(inside, gamma * s91, 0.0), 0, keep_dims=True)
            s129 += tl.sum(tl.where(inside, s128, 0.0), 0, keep_dims=True)
        s36 = s36 / N
        tl.store(s36_ptr + channel, s36, known)
        s39 = s39 / N
        tl.store(s39_ptr + channel, s39, known)
        s93 = s93 / N
        tl.store(s93_ptr + channel, s93, known)
        s129 = s129 / N
        tl.store(s129_ptr + channel, s129, known)

    @triton.jit
    def backward_3(
        x_ptr, gamma_ptr, dy_ptr, s93_ptr, s131_ptr, C, P, sample_stride, channel_stride, position_stride,
        EPS: tl.constexpr, DTYPE: tl.constexpr, BLOCK_C: tl.constexpr, BLOCK_P: tl.constexpr,
    ):
        """A pass over the maps: s131."""
        sample = tl.program_id(0)
        channel = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)[:, None]
        known = channel < C
        small = sample * C + channel
        row = sample.to(tl.int64) * sample_stride + channel * channel_stride
        gamma = tl.load(gamma_ptr + channel, known, 0.0).to(DTYPE)
        s93 = tl.load(s93_ptr + channel, known, 0.0)
        s131 = tl.zeros((BLOCK_C, 1), DTYPE)
        for start in range(0, P, BLOCK_P):
            position = start + tl.arange(0, BLOCK_P)[None, :]
            inside = known & (position < P)
            place = row + position * position_stride
            x = tl.load(x_ptr + place, inside, 0.0).to(DTYPE)
            dy = tl.load(dy_ptr + place, inside, 0.0).to(DTYPE)
            s131 += tl.sum(tl.where(inside, -(maximum(x, 0.0) * dy * gamma) - s93, 0.0), 1, keep_dims=True)
        s131 = s131 / P
        tl.store(s131_ptr + small, s131, known)

    @triton.jit
    def backward_4(
        s131_ptr, s132_ptr, N, C, EPS: tl.constexpr, DTYPE: tl.constexpr, BLOCK_N: tl.constexpr,
        BLOCK_C: tl.constexpr,
    ):
        """Over the batch: s132."""
        channel = tl.program_id(0) * BLOCK_C + tl.arange(0, BLOCK_C)[None, :]
        known = channel < C
        s132 = tl.zeros((1, BLOCK_C), DTYPE)
        for start in range(0, N, BLOCK_N):
            sample = start + tl.arange(0, BLOCK_N)[:, None]
            inside = known & (sample < N)
            small = sample * C + channel
            s131 = tl.load(s131_ptr + small, inside, 0.0)
            s132 += tl.sum(tl.where(inside, s131, 0.0), 0, keep_dims=True)
        s132 = s132 / N
        tl.store(s132_ptr + channel, s132, known)


TILE = 1024  # values that a program of a kernel holds at once


def runs_kernels(x):
    """Whether the layer trains by Triton's kernels: on GPUs, and in Triton's interpreter (TRITON_INTERPRET=1)."""
    if triton is None:
        return False
    if not isinstance(forward_1, triton.JITFunction):
        return True
    return x.is_cuda and torch.cuda.get_device_capability(x.device) >= (7, 0)


class Launcher:
    """Starts kernels over x as maps [N, C, P] and over small values, [N, C] and [C].

    A kernel knows maps by their strides: contiguous and channels_last ones are not copied.
    """

    def __init__(self, layer, x):
        self.layer = layer
        maps = x.movedim(layer.channel_dim, 1).flatten(2)
        has_gaps = torch.empty_like(maps, device="meta").stride() != maps.stride()
        self.maps = maps.contiguous() if has_gaps else maps
        self.shape = self.maps.shape
        dtype, name = (torch.float64, tl.float64) if x.dtype == torch.float64 else (torch.float32, tl.float32)
        self.options = {"dtype": dtype, "device": x.device}
        self.constants = {"EPS": layer.eps, "DTYPE": name}

    def per_sample(self, count):
        """New values [N, C]."""
        return [torch.empty(self.shape[:2], **self.options) for _ in range(count)]

    def per_channel(self, count):
        """New values [C]."""
        return [torch.empty(self.shape[1:2], **self.options) for _ in range(count)]

    def vector(self, values):
        """A vector [C] or [1] as [C]."""
        return values.expand(self.shape[1]).contiguous()

    def like_maps(self, y):
        """y as maps in the memory order of x."""
        maps = y.movedim(self.layer.channel_dim, 1).flatten(2)
        return maps if maps.stride() == self.maps.stride() else torch.empty_like(self.maps).copy_(maps)

    def over_positions(self, kernel, *tensors):
        """A program takes a sample and some channels, the wider the closer in memory."""
        samples, channels, positions = self.shape
        tile = [triton.next_power_of_2(channels), triton.next_power_of_2(positions)]
        if self.maps.stride(1) == 1 and channels > 1:
            tile[0] = min(tile[0], 32)
            tile[1] = min(tile[1], max(TILE // tile[0], 1))
        else:
            tile[1] = min(tile[1], TILE)
            tile[0] = min(tile[0], max(TILE // tile[1], 1))
        self.start(
            kernel, (samples, triton.cdiv(channels, tile[0])), *tensors, channels, positions, *self.maps.stride(),
            BLOCK_C=tile[0], BLOCK_P=tile[1])

    def over_batch(self, kernel, *tensors):
        """A program takes some channels."""
        samples, channels, _ = self.shape
        self.start(
            kernel, (triton.cdiv(channels, 16),), *tensors, samples, channels,
            BLOCK_N=min(triton.next_power_of_2(samples), max(TILE // 16, 1)), BLOCK_C=16)

    def over_channels(self, kernel, groups, *tensors, samples=None):
        """A program takes a sample and a group."""
        size = self.shape[1] // groups
        self.start(
            kernel, (samples or self.shape[0], groups), *tensors, self.shape[1], size,
            BLOCK_C=min(triton.next_power_of_2(size), TILE))

    def start(self, kernel, programs, *arguments, **blocks):
        with torch.cuda.device_of(self.maps):
            kernel[programs](*arguments, **self.constants, **blocks)


class EvolvedLayer_882886b5Kernels(torch.autograd.Function):
    """The layer in training mode by Triton's kernels; keeps x and small values too."""

    @staticmethod
    def forward(ctx, layer, x, v0, v1, gamma, beta):
        ctx.layer = layer
        run = Launcher(layer, x)
        maps = run.maps
        y = torch.empty_like(maps)
        run.over_positions(
            forward_1, maps, run.vector(v0), run.vector(v1), run.vector(gamma), run.vector(beta), y,
        )
        ctx.save_for_backward(x, v0, v1, gamma, beta)
        return as_input(y, x, layer.channel_dim)

    @staticmethod
    def backward(ctx, dy, *of_batch):
        layer = ctx.layer
        x, v0, v1, gamma, beta = ctx.saved_tensors
        if torch.is_grad_enabled():
            return (None, *plain_gradients(layer, dy, x, v0, v1, gamma, beta))
        run = Launcher(layer, x)
        maps = run.maps
        dy = run.like_maps(dy)
        dx = torch.empty_like(maps)
        s35, s38, s91, s128, s131 = run.per_sample(5)
        s36, s39, s93, s129, s132 = run.per_channel(5)
        run.over_positions(
            backward_1, maps, run.vector(v0), run.vector(v1), run.vector(gamma), dy, s35, s38, s91, s128, dx,
        )
        run.over_batch(backward_2, run.vector(gamma), s35, s38, s91, s128, s36, s39, s93, s129)
        run.over_positions(backward_3, maps, run.vector(gamma), dy, s93, s131)
        run.over_batch(backward_4, s131, s132)
        count = x.numel() / layer.channels
        return (
            None, as_input(dx, x, layer.channel_dim),
            (s129 * count).type_as(v0),
            (s132 * count).type_as(v1),
            (s39 * count).type_as(gamma),
            (s36 * count).type_as(beta),
        )


def verify(path):
    """Compares values and gradients, in float64, with those of evonorm's CPU engine in a check file.

    Raises AssertionError where they differ by more than rounding explains.
    """
    check = json.loads(Path(path).read_text())

    def tensor(values, device):
        values = torch.tensor(values, dtype=torch.float64, device=device)
        return values.view(check["shape"]).permute(0, 3, 1, 2)

    def compare(what, found, expected):
        if found.dim() == 4:
            found = found.permute(0, 2, 3, 1)
        torch.testing.assert_close(
            found.detach().flatten().cpu(), torch.tensor(expected["values"], dtype=torch.float64),
            rtol=check["rtol"], atol=expected["atol"],
            msg=lambda text: f"{what} differs: {text}")

    def trained(case, device, layout, form):
        layer = EvolvedLayer_882886b5(channels=check["shape"][-1], eps=check["eps"], **form).double().to(device)
        with torch.no_grad():
            for name, values in case["parameters"].items():
                getattr(layer, name).copy_(torch.tensor(values))
        x = tensor(case["x"], device).contiguous(memory_format=layout).requires_grad_()
        y = layer(x)
        compare("the output in training mode", y, case["y"])
        names = list(case["gradients"])
        leaves = [x] + [getattr(layer, name) for name in names]
        found = torch.autograd.grad(y, leaves, tensor(case["dy"], device), allow_unused=True)
        found = [torch.zeros_like(leaf) if d is None else d for d, leaf in zip(found, leaves)]
        compare("the gradient of x", found[0], case["dx"])
        for name, gradient in zip(names, found[1:]):
            compare(f"the gradient of {name}", gradient, case["gradients"][name])
        return layer

    evaluation = check["evaluation"]
    devices = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]
    layouts = torch.contiguous_format, torch.channels_last
    for device, layout, form in itertools.product(devices, layouts, [{}, {"fused": False}]):
        for case in check["training_at_edges"]:
            trained(case, device, layout, form)
        layer = trained(check["training"], device, layout, form)
        for values in check["further_inputs"]:
            layer(tensor(values, device).contiguous(memory_format=layout))
        layer.eval()
        x = tensor(evaluation["x"], device)
        y = layer(x.contiguous(memory_format=layout))
        compare("the output in evaluation mode", y, evaluation["y"])
        y = layer(torch.cat([torch.full_like(x[:1], float("nan")), x[1:]]))
        found = y.permute(0, 2, 3, 1).flatten().isnan().nonzero().flatten().tolist()
        if found != evaluation["nan_where_x_is_nan"]:
            raise AssertionError("NaN in x gives NaN in other places")


if __name__ == "__main__":
    check_file = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_suffix(".check.json")
    verify(check_file)
    print(f"EvolvedLayer_882886b5 agrees with {check_file}")
