"""EvoNorm-S0, a normalization-activation layer for PyTorch, written by evonorm's export.

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


class EvoNormS0(nn.Module):
    """EvoNorm-S0: takes the place of a normalization and the activation after it.

        y = gamma * (x * sigmoid(v1 * x) / std_whcg(x)) + beta

    mean, rms and std are taken over b(atch), w(idth), h(eight), c(hannels) and g(roup of
    channels), per value of what is not named. Trained are, per channel: v1 starts at 1,
    gamma starts at 1, beta starts at 0. Divisors are moved away from zero by eps.

    Input and output are [N, C, H, W], contiguous or channels_last, or [N, C, L] or [N, C, D, H,
    W]; with channel_dim=-1 [N, H, W, C], or tokens [N, L, C]. Half precision is computed in
    float32 and returned in its own type; other types than floating-point ones are refused.

    Args:
        channels: number of channels, C
        groups: number of groups of channels; by default groups have 8 channels, or as many as
            the largest divisor of C up to 8
        eps: keeps divisions, logarithms and roots finite
        channel_dim: the dimension of the channels, 1 or -1
        fused: whether training in eager mode keeps x alone for the gradient and computes the
            rest again; False for plain operations
        apply_act: False for a place without activation, where the layer is gamma * x + beta
            alone
        init_zero: whether gamma starts at 0, as at the end of a residual branch
    """

    __constants__ = ["apply_act"]

    def __init__(self, channels, groups=None, eps=1e-5, apply_act=True, init_zero=False,
            channel_dim=1, fused=True):
        super().__init__()
        if channels < 1:
            raise ValueError(f"channels must be above 0, not {channels}")
        if groups is None:
            groups = channels // max(k for k in range(1, 9) if channels % k == 0)
        if groups < 1 or channels % groups:
            raise ValueError(f"{channels} channels do not divide into {groups} groups")
        if not eps > 0:
            raise ValueError(f"eps must be above 0, not {eps}")
        if channel_dim not in (1, -1):
            raise ValueError(f"channel_dim must be 1 or -1, not {channel_dim}")
        self.channels = channels
        self.groups = groups
        self.eps = float(eps)
        self.apply_act = apply_act
        self.init_zero = init_zero
        self.channel_dim = channel_dim
        self.fused = fused
        self.gamma = nn.Parameter(torch.empty(channels))
        self.beta = nn.Parameter(torch.empty(channels))
        if self.apply_act:
            self.v1 = nn.Parameter(torch.empty(channels))
        self.reset_parameters()

    def reset_parameters(self):
        """Makes parameters and statistics those of a new layer."""
        nn.init.constant_(self.gamma, 0.0 if self.init_zero else 1.0)
        nn.init.zeros_(self.beta)
        if self.apply_act:
            nn.init.constant_(self.v1, 1.0)

    def forward(self, x):
        require_maps(x, self.channels, self.channel_dim)
        if self.apply_act:
            if torch.jit.is_scripting():
                return self.plain(x, self.v1, self.gamma, self.beta)
            else:
                if keeps_little(self, x, self.v1, self.gamma, self.beta):
                    function = EvoNormS0Kernels if runs_kernels(x) else EvoNormS0Function
                    return function.apply(self, x, self.v1, self.gamma, self.beta)
                return self.plain(x, self.v1, self.gamma, self.beta)
        else:
            maps = as_maps(x, self.channel_dim)
            return as_input(self.affine(maps, self.gamma, self.beta), x, self.channel_dim)

    def plain(self, x, v1, gamma, beta):
        """The layer in plain operations."""
        y = self.activation(as_maps(x, self.channel_dim), v1)
        return as_input(self.affine(y, gamma, beta), x, self.channel_dim)

    def activation(self, x, v1):
        """y before the affine for x [N, C, H, W]."""
        v1 = v1.type_as(x).view(1, -1, 1, 1)
        group_std = torch.sqrt(self.group_var(x) + self.eps)
        return x * torch.sigmoid(v1 * x) / (group_std + self.eps)

    def affine(self, y, gamma, beta):
        """gamma * y + beta for y [N, C, H, W]."""
        return gamma.type_as(y).view(1, -1, 1, 1) * y + beta.type_as(y).view(1, -1, 1, 1)

    def group_var(self, a):
        """The variance of a over height, width and the channels of a group."""
        size = self.channels // self.groups
        grouped = a.reshape(a.size(0), self.groups, size, a.size(2), a.size(3))
        moment = torch.var(grouped, dim=(2, 3, 4), correction=0)
        return moment.repeat_interleave(size, dim=1)[:, :, None, None]

    @classmethod
    def from_timm(cls, state, **arguments):
        """A layer with the parameters and statistics of timm's EvoNorm2d of this kind.

        Args:
            state: its state_dict()
            arguments: those of the constructor. timm counts groups and eps otherwise, and adds eps in roots alone:
                only the paper's convention, with timm's groups and eps, gives timm's values.
        """
        names = {"weight": "gamma", "bias": "beta", "v": "v1", "running_var": "running_var"}
        if "weight" not in state or not set(state) <= set(names):
            raise ValueError(f"expected the state of one EvoNorm2d of timm, not {sorted(state)}")
        arguments.setdefault("apply_act", "v" in state)
        layer = cls(len(state["weight"]), **arguments)
        kept = set(layer.state_dict()) | {"running_var"} if layer.apply_act else {"gamma", "beta"}
        layer.load_state_dict({names[name]: value for name, value in state.items() if names[name] in kept})
        return layer


class EvoNormS0Function(torch.autograd.Function):
    """The layer in training mode; keeps x and small values, and computes the rest again.

    s1, s2, ... are small values, [1, C, 1, 1] or [N, C, 1, 1], and t1, t2, ... maps.
    """

    @staticmethod
    def forward(ctx, layer, x, v1, gamma, beta):
        ctx.layer = layer
        maps = as_maps(x, layer.channel_dim)
        v1_of_channels = as_channels(v1, maps)
        gamma_of_channels = as_channels(gamma, maps)
        beta_of_channels = as_channels(beta, maps)
        s6 = maps.mean((2, 3), keepdim=True)
        s5 = (maps - s6).square_().mean((2, 3), keepdim=True)
        s7 = mean_of_groups(s6, layer.groups)
        s8 = s6 - s7
        s9 = torch.square(s8)
        s10 = s5 + s9
        s11 = mean_of_groups(s10, layer.groups)
        s12 = torch.sqrt(s11 + layer.eps)
        s15 = torch.reciprocal((s12 + layer.eps))
        s18 = s15 * gamma_of_channels
        y = (maps * v1_of_channels).sigmoid_().mul_(maps).mul_(s18).add_(beta_of_channels)
        y = as_input(y, x, layer.channel_dim).detach()
        ctx.save_for_backward(x, v1, gamma, beta, s7, s12, s15, s18)
        return y

    @staticmethod
    def backward(ctx, dy, *of_batch):
        layer = ctx.layer
        x, v1, gamma, beta, s7, s12, s15, s18 = ctx.saved_tensors
        if torch.is_grad_enabled():
            return (None, *plain_gradients(layer, dy, x, v1, gamma, beta))
        maps = as_maps(x, layer.channel_dim)
        v1_of_channels = as_channels(v1, maps)
        dy = as_maps(dy, layer.channel_dim)
        t1 = (maps * v1_of_channels).sigmoid_()
        s23 = dy.mean((2, 3), keepdim=True)
        s24 = s23.mean(0, keepdim=True)
        s27 = (maps * t1).mul_(dy).mean((2, 3), keepdim=True)
        s28 = s15 * s27
        s29 = s28.mean(0, keepdim=True)
        s32 = s15 * s18
        t2 = torch.ops.aten.sigmoid_backward(maps * dy, t1)
        s44 = s27 * s32
        s45 = torch.neg(s44)
        s46 = mean_of_groups(s45, layer.groups)
        s47 = torch.reciprocal(s12)
        s48 = s46 * s47
        s51 = v1_of_channels * s18
        s57 = (maps * t2).mean((2, 3), keepdim=True)
        s58 = s18 * s57
        s59 = s58.mean(0, keepdim=True)
        dx = t1.mul_(dy).mul_(s18).addcmul_(maps - s7, s48).addcmul_(t2, s51)
        dx = as_input(dx, x, layer.channel_dim)
        count = maps.numel() / layer.channels
        return (
            None, dx,
            (s59 * count).expand(1, layer.channels, 1, 1).flatten().type_as(v1),
            (s29 * count).expand(1, layer.channels, 1, 1).flatten().type_as(gamma),
            (s24 * count).expand(1, layer.channels, 1, 1).flatten().type_as(beta),
        )


def mean_of_groups(a, groups):
    """The mean of [N, C, 1, 1] over the channels of a group, repeated at each of them."""
    grouped = a.reshape(a.size(0), groups, -1)
    return grouped.mean(2, keepdim=True).expand_as(grouped).reshape(a.shape)


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
    def add_to_moments(mean, squares, a, inside, start, P, BLOCK_P: tl.constexpr):
        """The mean and the sum of squared deviations of the positions before start, with those of a tile added."""
        end = tl.minimum(start + BLOCK_P, P).to(mean.dtype)
        share = (end - start) / end
        mean_of_tile = tl.sum(tl.where(inside, a, 0.0), 1, keep_dims=True) / (end - start)
        deviation = tl.where(inside, a - mean_of_tile, 0.0)
        shift = mean_of_tile - mean
        squares += tl.sum(deviation * deviation, 1, keep_dims=True) + shift * shift * (start * share)
        return mean + shift * share, squares

    @triton.jit
    def forward_1(
        x_ptr, s5_ptr, s6_ptr, C, P, sample_stride, channel_stride, position_stride, EPS: tl.constexpr,
        DTYPE: tl.constexpr, BLOCK_C: tl.constexpr, BLOCK_P: tl.constexpr,
    ):
        """A pass over the maps: s5, s6."""
        sample = tl.program_id(0)
        channel = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)[:, None]
        known = channel < C
        small = sample * C + channel
        row = sample.to(tl.int64) * sample_stride + channel * channel_stride
        s5 = tl.zeros((BLOCK_C, 1), DTYPE)
        s6 = tl.zeros((BLOCK_C, 1), DTYPE)
        for start in range(0, P, BLOCK_P):
            position = start + tl.arange(0, BLOCK_P)[None, :]
            inside = known & (position < P)
            place = row + position * position_stride
            x = tl.load(x_ptr + place, inside, 0.0).to(DTYPE)
            s6, s5 = add_to_moments(s6, s5, x, inside, start, P, BLOCK_P)
        s5 = s5 / P
        tl.store(s5_ptr + small, s5, known)
        tl.store(s6_ptr + small, s6, known)

    @triton.jit
    def forward_2(
        s5_ptr, s6_ptr, s7_ptr, s11_ptr, C, SIZE, EPS: tl.constexpr, DTYPE: tl.constexpr,
        BLOCK_C: tl.constexpr,
    ):
        """Over the channels of a group: s7, s11."""
        sample, group = tl.program_id(0), tl.program_id(1)
        s7 = tl.zeros((1,), DTYPE)
        for start in range(0, SIZE, BLOCK_C):
            of_group = start + tl.arange(0, BLOCK_C)
            inside = of_group < SIZE
            channel = group * SIZE + of_group
            small = sample * C + channel
            s6 = tl.load(s6_ptr + small, inside, 0.0)
            s7 += tl.sum(tl.where(inside, s6, 0.0), 0, keep_dims=True)
        s7 = s7 / SIZE
        s11 = tl.zeros((1,), DTYPE)
        for start in range(0, SIZE, BLOCK_C):
            of_group = start + tl.arange(0, BLOCK_C)
            inside = of_group < SIZE
            channel = group * SIZE + of_group
            small = sample * C + channel
            s5 = tl.load(s5_ptr + small, inside, 0.0)
            s6 = tl.load(s6_ptr + small, inside, 0.0)
            s8 = s6 - s7
            s11 += tl.sum(tl.where(inside, s5 + s8 * s8, 0.0), 0, keep_dims=True)
        s11 = s11 / SIZE
        for start in range(0, SIZE, BLOCK_C):
            of_group = start + tl.arange(0, BLOCK_C)
            inside = of_group < SIZE
            channel = group * SIZE + of_group
            small = sample * C + channel
            tl.store(s7_ptr + small, s7, inside)
            tl.store(s11_ptr + small, s11, inside)

    @triton.jit
    def forward_3(
        x_ptr, v1_ptr, gamma_ptr, beta_ptr, s11_ptr, y_ptr, C, P, sample_stride, channel_stride,
        position_stride, EPS: tl.constexpr, DTYPE: tl.constexpr, BLOCK_C: tl.constexpr, BLOCK_P: tl.constexpr,
    ):
        """A pass over the maps: y."""
        sample = tl.program_id(0)
        channel = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)[:, None]
        known = channel < C
        small = sample * C + channel
        row = sample.to(tl.int64) * sample_stride + channel * channel_stride
        v1 = tl.load(v1_ptr + channel, known, 0.0).to(DTYPE)
        s11 = tl.load(s11_ptr + small, known, 0.0)
        gamma = tl.load(gamma_ptr + channel, known, 0.0).to(DTYPE)
        s18 = gamma / (tl.sqrt(s11 + EPS) + EPS)
        beta = tl.load(beta_ptr + channel, known, 0.0).to(DTYPE)
        for start in range(0, P, BLOCK_P):
            position = start + tl.arange(0, BLOCK_P)[None, :]
            inside = known & (position < P)
            place = row + position * position_stride
            x = tl.load(x_ptr + place, inside, 0.0).to(DTYPE)
            tl.store(y_ptr + place, x * tl.sigmoid(x * v1) * s18 + beta, inside)

    @triton.jit
    def backward_1(
        x_ptr, v1_ptr, dy_ptr, s23_ptr, s27_ptr, s57_ptr, C, P, sample_stride, channel_stride,
        position_stride, EPS: tl.constexpr, DTYPE: tl.constexpr, BLOCK_C: tl.constexpr, BLOCK_P: tl.constexpr,
    ):
        """A pass over the maps: s23, s27, s57."""
        sample = tl.program_id(0)
        channel = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)[:, None]
        known = channel < C
        small = sample * C + channel
        row = sample.to(tl.int64) * sample_stride + channel * channel_stride
        v1 = tl.load(v1_ptr + channel, known, 0.0).to(DTYPE)
        s23 = tl.zeros((BLOCK_C, 1), DTYPE)
        s27 = tl.zeros((BLOCK_C, 1), DTYPE)
        s57 = tl.zeros((BLOCK_C, 1), DTYPE)
        for start in range(0, P, BLOCK_P):
            position = start + tl.arange(0, BLOCK_P)[None, :]
            inside = known & (position < P)
            place = row + position * position_stride
            x = tl.load(x_ptr + place, inside, 0.0).to(DTYPE)
            t1 = tl.sigmoid(x * v1)
            dy = tl.load(dy_ptr + place, inside, 0.0).to(DTYPE)
            s23 += tl.sum(tl.where(inside, dy, 0.0), 1, keep_dims=True)
            s27 += tl.sum(tl.where(inside, x * t1 * dy, 0.0), 1, keep_dims=True)
            s57 += tl.sum(tl.where(inside, x * (x * dy * (t1 - t1 * t1)), 0.0), 1, keep_dims=True)
        s23 = s23 / P
        tl.store(s23_ptr + small, s23, known)
        s27 = s27 / P
        tl.store(s27_ptr + small, s27, known)
        s57 = s57 / P
        tl.store(s57_ptr + small, s57, known)

    @triton.jit
    def backward_2(
        gamma_ptr, s11_ptr, s27_ptr, s46_ptr, C, SIZE, EPS: tl.constexpr, DTYPE: tl.constexpr,
        BLOCK_C: tl.constexpr,
    ):
        """Over the channels of a group: s46."""
        sample, group = tl.program_id(0), tl.program_id(1)
        s46 = tl.zeros((1,), DTYPE)
        for start in range(0, SIZE, BLOCK_C):
            of_group = start + tl.arange(0, BLOCK_C)
            inside = of_group < SIZE
            channel = group * SIZE + of_group
            small = sample * C + channel
            s11 = tl.load(s11_ptr + small, inside, 0.0)
            s15 = 1 / (tl.sqrt(s11 + EPS) + EPS)
            gamma = tl.load(gamma_ptr + channel, inside, 0.0).to(DTYPE)
            s27 = tl.load(s27_ptr + small, inside, 0.0)
            s46 += tl.sum(tl.where(inside, -(s27 * (s15 * (s15 * gamma))), 0.0), 0, keep_dims=True)
        s46 = s46 / SIZE
        for start in range(0, SIZE, BLOCK_C):
            of_group = start + tl.arange(0, BLOCK_C)
            inside = of_group < SIZE
            channel = group * SIZE + of_group
            small = sample * C + channel
            tl.store(s46_ptr + small, s46, inside)

    @triton.jit
    def backward_3(
        gamma_ptr, s11_ptr, s23_ptr, s27_ptr, s57_ptr, s24_ptr, s29_ptr, s59_ptr, N, C, EPS: tl.constexpr,
        DTYPE: tl.constexpr, BLOCK_N: tl.constexpr, BLOCK_C: tl.constexpr,
    ):
        """Over the batch: s24, s29, s59."""
        channel = tl.program_id(0) * BLOCK_C + tl.arange(0, BLOCK_C)[None, :]
        known = channel < C
        gamma = tl.load(gamma_ptr + channel, known, 0.0).to(DTYPE)
        s24 = tl.zeros((1, BLOCK_C), DTYPE)
        s29 = tl.zeros((1, BLOCK_C), DTYPE)
        s59 = tl.zeros((1, BLOCK_C), DTYPE)
        for start in range(0, N, BLOCK_N):
            sample = start + tl.arange(0, BLOCK_N)[:, None]
            inside = known & (sample < N)
            small = sample * C + channel
            s11 = tl.load(s11_ptr + small, inside, 0.0)
            s15 = 1 / (tl.sqrt(s11 + EPS) + EPS)
            s23 = tl.load(s23_ptr + small, inside, 0.0)
            s27 = tl.load(s27_ptr + small, inside, 0.0)
            s57 = tl.load(s57_ptr + small, inside, 0.0)
            s24 += tl.sum(tl.where(inside, s23, 0.0), 0, keep_dims=True)
            s29 += tl.sum(tl.where(inside, s15 * s27, 0.0), 0, keep_dims=True)
            s59 += tl.sum(tl.where(inside, s15 * gamma * s57, 0.0), 0, keep_dims=True)
        s24 = s24 / N
        tl.store(s24_ptr + channel, s24, known)
        s29 = s29 / N
        tl.store(s29_ptr + channel, s29, known)
        s59 = s59 / N
        tl.store(s59_ptr + channel, s59, known)

    @triton.jit
    def backward_4(
        x_ptr, v1_ptr, gamma_ptr, dy_ptr, s7_ptr, s11_ptr, s46_ptr, dx_ptr, C, P, sample_stride,
        channel_stride, position_stride, EPS: tl.constexpr, DTYPE: tl.constexpr, BLOCK_C: tl.constexpr,
        BLOCK_P: tl.constexpr,
    ):
        """A pass over the maps: dx."""
        sample = tl.program_id(0)
        channel = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)[:, None]
        known = channel < C
        small = sample * C + channel
        row = sample.to(tl.int64) * sample_stride + channel * channel_stride
        v1 = tl.load(v1_ptr + channel, known, 0.0).to(DTYPE)
        s7 = tl.load(s7_ptr + small, known, 0.0)
        s11 = tl.load(s11_ptr + small, known, 0.0)
        s12 = tl.sqrt(s11 + EPS)
        gamma = tl.load(gamma_ptr + channel, known, 0.0).to(DTYPE)
        s18 = gamma / (s12 + EPS)
        s46 = tl.load(s46_ptr + small, known, 0.0)
        s48 = s46 / s12
        s51 = v1 * s18
        for start in range(0, P, BLOCK_P):
            position = start + tl.arange(0, BLOCK_P)[None, :]
            inside = known & (position < P)
            place = row + position * position_stride
            x = tl.load(x_ptr + place, inside, 0.0).to(DTYPE)
            t1 = tl.sigmoid(x * v1)
            dy = tl.load(dy_ptr + place, inside, 0.0).to(DTYPE)
            t2 = x * dy * (t1 - t1 * t1) * s51 + (t1 * dy * s18 + (x - s7) * s48)
            tl.store(dx_ptr + place, t2, inside)


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


class EvoNormS0Kernels(torch.autograd.Function):
    """The layer in training mode by Triton's kernels; keeps x and small values too."""

    @staticmethod
    def forward(ctx, layer, x, v1, gamma, beta):
        ctx.layer = layer
        run = Launcher(layer, x)
        maps = run.maps
        y = torch.empty_like(maps)
        s5, s6, s7, s11 = run.per_sample(4)
        run.over_positions(forward_1, maps, s5, s6)
        run.over_channels(forward_2, layer.groups, s5, s6, s7, s11)
        run.over_positions(forward_3, maps, run.vector(v1), run.vector(gamma), run.vector(beta), s11, y)
        ctx.save_for_backward(x, v1, gamma, beta, s7, s11)
        return as_input(y, x, layer.channel_dim)

    @staticmethod
    def backward(ctx, dy, *of_batch):
        layer = ctx.layer
        x, v1, gamma, beta, s7, s11 = ctx.saved_tensors
        if torch.is_grad_enabled():
            return (None, *plain_gradients(layer, dy, x, v1, gamma, beta))
        run = Launcher(layer, x)
        maps = run.maps
        dy = run.like_maps(dy)
        dx = torch.empty_like(maps)
        s23, s27, s57, s46 = run.per_sample(4)
        s24, s29, s59 = run.per_channel(3)
        run.over_positions(backward_1, maps, run.vector(v1), dy, s23, s27, s57)
        run.over_channels(backward_2, layer.groups, run.vector(gamma), s11, s27, s46)
        run.over_batch(backward_3, run.vector(gamma), s11, s23, s27, s57, s24, s29, s59)
        run.over_positions(backward_4, maps, run.vector(v1), run.vector(gamma), dy, s7, s11, s46, dx)
        count = x.numel() / layer.channels
        return (
            None, as_input(dx, x, layer.channel_dim),
            (s59 * count).type_as(v1),
            (s29 * count).type_as(gamma),
            (s24 * count).type_as(beta),
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
        layer = EvoNormS0(channels=check["shape"][-1], groups=check["groups"], eps=check["eps"], **form).double().to(device)
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
    print(f"EvoNormS0 agrees with {check_file}")
