"""BN-ReLU, a normalization-activation layer for PyTorch, written by evonorm's export.

Needs torch alone. Run as a program, it compares itself with the check file beside it.
"""

import itertools
import json
import sys
from pathlib import Path
from typing import Optional

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


def count(batches, size, momentum: Optional[float]):
    """Counts a batch of this size, earlier ones for less, and gives its share in running statistics.

    The first batch has the share 1, which corrects the bias; an empty one is not counted and has the share 0.
    """
    with torch.no_grad():
        decay = 1.0 if momentum is None else 1.0 - momentum
        filled = size > 0
        batches.copy_(torch.where(filled, decay * batches + 1, batches))
        share = torch.where(filled, 1 / batches, torch.zeros_like(batches))
    return share


def follow(average, batch, share):
    """Moves a running statistic towards a batch's value by a share of the way, and gives that value."""
    with torch.no_grad():
        value = batch.flatten().to(average.dtype)
        share = share.to(average.dtype)
        moved = torch.where(share < 1, torch.lerp(average, value, share), value)
        average.copy_(torch.where(share > 0, moved, average))
    return batch


class SumOver(torch.autograd.Function):
    """The sum of the processes' totals, whose derivative is the sum of their gradients."""

    @staticmethod
    def forward(ctx, total, processes):
        ctx.processes = processes
        total = total.clone(memory_format=torch.contiguous_format)
        torch.distributed.all_reduce(total, group=None if processes == "world" else processes)
        return total

    @staticmethod
    def backward(ctx, gradient):
        return SumOver.apply(gradient, ctx.processes), None


@torch.jit.unused
def sum_over(processes, total):
    """The sum of the processes' totals, with its derivative."""
    return SumOver.apply(total, processes)


torch.fx.wrap("require_maps")
torch.fx.wrap("as_maps")
torch.fx.wrap("as_input")
torch.fx.wrap("count")
torch.fx.wrap("follow")


class BNReLU(nn.Module):
    """BN-ReLU: takes the place of a normalization and the activation after it.

        y = max(v1 * (x - mean_bwh(x)) / std_bwh(x) + v0, 0)

    mean, rms and std are taken over b(atch), w(idth), h(eight), c(hannels) and g(roup of
    channels), per value of what is not named. Trained are, per channel: v0 starts at 0, v1
    starts at 1. Divisors are moved away from zero by eps.

    Input and output are [N, C, H, W], contiguous or channels_last, or [N, C, L] or [N, C, D, H,
    W]; with channel_dim=-1 [N, H, W, C], or tokens [N, L, C]. Half precision is computed in
    float32 and returned in its own type; other types than floating-point ones are refused.
    Running statistics stay in float32. State without a count of batches is taken for that
    of a long training, with momentum=None for that of one batch.

    Args:
        channels: number of channels, C
        eps: keeps divisions, logarithms and roots finite
        momentum: how far a training step moves the running statistics, as BatchNorm2d counts
            it; None for their cumulative average
        process_group: the processes whose batches count as one: None for this process alone, a
            group of torch.distributed, or "world"; SyncBatchNorm.convert_sync_batchnorm sets it
            too
        channel_dim: the dimension of the channels, 1 or -1
        fused: whether training in eager mode keeps x alone for the gradient and computes the
            rest again; False for plain operations
    """

    __jit_unused_properties__ = ["momentum"]

    def __init__(self, channels, eps=1e-5, momentum=0.1, channel_dim=1, process_group=None,
            fused=True):
        super().__init__()
        if channels < 1:
            raise ValueError(f"channels must be above 0, not {channels}")
        if not eps > 0:
            raise ValueError(f"eps must be above 0, not {eps}")
        if momentum is not None and not 0 < momentum <= 1:
            raise ValueError(f"momentum must be None or above 0 and at most 1, not {momentum}")
        if channel_dim not in (1, -1):
            raise ValueError(f"channel_dim must be 1 or -1, not {channel_dim}")
        self.channels = channels
        self.eps = float(eps)
        self.channel_dim = channel_dim
        self.fused = fused
        self.v0 = nn.Parameter(torch.empty(channels))
        self.v1 = nn.Parameter(torch.empty(channels))
        self.register_buffer("running_mean", torch.empty(channels, dtype=torch.float32))
        self.register_buffer("running_var", torch.empty(channels, dtype=torch.float32))
        self.counter = BatchCounter(channels, momentum, process_group)
        self.reset_parameters()

    def reset_parameters(self):
        """Makes parameters and statistics those of a new layer."""
        nn.init.constant_(self.v0, 0.0)
        nn.init.constant_(self.v1, 1.0)
        self.running_mean.zero_()
        self.running_var.fill_(1)
        self.counter.reset_running_stats()

    def forward(self, x):
        require_maps(x, self.channels, self.channel_dim)
        share = self.counter(x)
        if torch.jit.is_scripting():
            return self.plain(x, share, self.v0, self.v1)
        else:
            if self.counter.training and self.counter.process_group is None and keeps_little(self, x, self.v0, self.v1):
                function = BNReLUKernels if runs_kernels(x) else BNReLUFunction
                y, *batch = function.apply(self, x, self.v0, self.v1)
                follow(self.running_mean, batch[0], share)
                follow(self.running_var, batch[1], share)
                return y
            return self.plain(x, share, self.v0, self.v1)

    def plain(self, x, share, v0, v1):
        """The layer in plain operations; share is that of the batch in running statistics."""
        y = self.activation(as_maps(x, self.channel_dim), share, v0, v1)
        return as_input(y, x, self.channel_dim)

    def activation(self, x, share, v0, v1):
        """y for x [N, C, H, W]."""
        v0 = v0.type_as(x).view(1, -1, 1, 1)
        v1 = v1.type_as(x).view(1, -1, 1, 1)
        batch_mean = self.batch_mean(x, self.running_mean, share)
        batch_std = torch.sqrt(self.batch_var(x, self.running_var, share) + self.eps)
        return torch.clamp(v1 * (x - batch_mean) / (batch_std + self.eps) + v0, min=0.0)

    def batch_mean(self, a, average, share):
        """The mean of a over batch, height and width; in evaluation mode its running statistic."""
        if not self.counter.training:
            return average.type_as(a).clone().view(1, -1, 1, 1)
        return follow(average, self.over_batch(a), share)

    def batch_var(self, a, average, share):
        """The variance of a over batch, height and width; in evaluation mode its running statistic."""
        if not self.counter.training:
            return average.type_as(a).clone().view(1, -1, 1, 1)
        return follow(average, self.variance(a), share)

    def over_batch(self, a):
        """The mean of a over batch, height and width, of all processes of the group."""
        if self.counter.process_group is None:
            return torch.mean(a, dim=(0, 2, 3), keepdim=True)
        total = a.sum(dim=(0, 2, 3))
        total = torch.cat([total, total.new_full((1,), a.numel() / total.numel())])
        total = sum_over(self.counter.process_group, total)
        return (total[:-1] / total[-1]).view(1, -1, 1, 1)

    def variance(self, a):
        """The variance of a over batch, height and width, of all processes of the group."""
        if self.counter.process_group is None:
            return torch.var(a, dim=(0, 2, 3), correction=0, keepdim=True)
        return self.over_batch(torch.square(a - self.over_batch(a)))

    @property
    def momentum(self):
        return self.counter.momentum

    @momentum.setter
    def momentum(self, momentum):
        self.counter.momentum = momentum

    def add_module(self, name, module):
        """Takes the process group of the SyncBatchNorm that convert_sync_batchnorm makes of the counter."""
        if isinstance(module, nn.SyncBatchNorm):
            self.counter.process_group = module.process_group or "world"
        else:
            super().add_module(name, module)

    def _apply(self, fn, *arguments, **options):
        """Keeps running statistics in float32 or float64, through half() too."""
        kept = [(m, name, buffer) for m in self.modules() for name, buffer in m._buffers.items()]
        super()._apply(fn, *arguments, **options)
        for module, name, buffer in kept:
            moved = module._buffers[name]
            if moved.dtype not in (torch.float32, torch.float64):
                module._buffers[name] = buffer.to(moved.device)
        return self

    def _load_from_state_dict(self, state, prefix, *arguments):
        """Counts the batches of statistics that come without a count, and widens rounded ones."""
        key = prefix + "counter.num_batches_tracked"
        for name in [prefix + name for name in self._buffers] + [key]:
            if name in state and state[name].dtype in (torch.float16, torch.bfloat16):
                state[name] = state[name].float()
        if key not in state and any(prefix + name in state for name in self._buffers):
            steps = float(state.pop(prefix + "steps", float("inf")))
            if self.momentum is None:
                batches = 1.0 if steps == float("inf") else steps
            else:
                batches = (1 - (1 - self.momentum) ** steps) / self.momentum
            state[key] = torch.tensor(batches)
        super()._load_from_state_dict(state, prefix, *arguments)


class BNReLUFunction(torch.autograd.Function):
    """The layer in training mode; keeps x and small values, and computes the rest again.

    s1, s2, ... are small values, [1, C, 1, 1] or [N, C, 1, 1], and t1, t2, ... maps.
    """

    @staticmethod
    def forward(ctx, layer, x, v0, v1):
        ctx.layer = layer
        maps = as_maps(x, layer.channel_dim)
        v0_of_channels = as_channels(v0, maps)
        v1_of_channels = as_channels(v1, maps)
        s4 = maps.mean((2, 3), keepdim=True)
        s5 = s4.mean(0, keepdim=True)
        s6 = (maps - s4).square_().mean((2, 3), keepdim=True)
        s7 = s4 - s5
        s8 = torch.square(s7)
        s9 = s6 + s8
        s10 = s9.mean(0, keepdim=True)
        s11 = torch.sqrt(s10 + layer.eps)
        s15 = torch.reciprocal((s11 + layer.eps))
        s16 = v1_of_channels * s15
        y = (maps - s5).mul_(s16).add_(v0_of_channels).clamp_(min=0.0)
        y = as_input(y, x, layer.channel_dim).detach()
        ctx.save_for_backward(x, v0, v1, s5, s11, s15, s16)
        batch = (s5.flatten(), s10.flatten(),)
        ctx.mark_non_differentiable(*batch)
        return (y, *batch)

    @staticmethod
    def backward(ctx, dy, *of_batch):
        layer = ctx.layer
        x, v0, v1, s5, s11, s15, s16 = ctx.saved_tensors
        if torch.is_grad_enabled():
            return (None, *plain_gradients(layer, dy, x, v0, v1))
        maps = as_maps(x, layer.channel_dim)
        v0_of_channels = as_channels(v0, maps)
        dy = as_maps(dy, layer.channel_dim)
        t1 = maps - s5
        t2 = gate_from((t1 * s16).add_(v0_of_channels), dy)
        s27 = s15 * s16
        s32 = t2.mean((2, 3), keepdim=True)
        s33 = s16 * s32
        s34 = s33.mean(0, keepdim=True)
        s37 = (t1 * t2).mean((2, 3), keepdim=True)
        s38 = s27 * s37
        s39 = torch.neg(s38)
        s40 = s39.mean(0, keepdim=True)
        s41 = torch.reciprocal(s11)
        s42 = s40 * s41
        s46 = s32.mean(0, keepdim=True)
        s47 = s15 * s37
        s48 = s47.mean(0, keepdim=True)
        dx = t2.mul_(s16).addcmul_(t1, s42).sub_(s34)
        dx = as_input(dx, x, layer.channel_dim)
        count = maps.numel() / layer.channels
        return (
            None, dx,
            (s46 * count).expand(1, layer.channels, 1, 1).flatten().type_as(v0),
            (s48 * count).expand(1, layer.channels, 1, 1).flatten().type_as(v1),
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
        y = layer.plain(inputs[0], torch.zeros(()), *inputs[1:])
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
    def maximum(a, b):
        """The larger of the two, NaN if one is."""
        return tl.maximum(a, b, tl.PropagateNan.ALL)

    @triton.jit
    def forward_1(
        x_ptr, s4_ptr, s6_ptr, C, P, sample_stride, channel_stride, position_stride, EPS: tl.constexpr,
        DTYPE: tl.constexpr, BLOCK_C: tl.constexpr, BLOCK_P: tl.constexpr,
    ):
        """A pass over the maps: s4, s6."""
        sample = tl.program_id(0)
        channel = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)[:, None]
        known = channel < C
        small = sample * C + channel
        row = sample.to(tl.int64) * sample_stride + channel * channel_stride
        s4 = tl.zeros((BLOCK_C, 1), DTYPE)
        s6 = tl.zeros((BLOCK_C, 1), DTYPE)
        for start in range(0, P, BLOCK_P):
            position = start + tl.arange(0, BLOCK_P)[None, :]
            inside = known & (position < P)
            place = row + position * position_stride
            x = tl.load(x_ptr + place, inside, 0.0).to(DTYPE)
            s4, s6 = add_to_moments(s4, s6, x, inside, start, P, BLOCK_P)
        tl.store(s4_ptr + small, s4, known)
        s6 = s6 / P
        tl.store(s6_ptr + small, s6, known)

    @triton.jit
    def forward_2(
        s4_ptr, s6_ptr, s5_ptr, s10_ptr, N, C, EPS: tl.constexpr, DTYPE: tl.constexpr, BLOCK_N: tl.constexpr,
        BLOCK_C: tl.constexpr,
    ):
        """Over the batch: s5, s10."""
        channel = tl.program_id(0) * BLOCK_C + tl.arange(0, BLOCK_C)[None, :]
        known = channel < C
        s5 = tl.zeros((1, BLOCK_C), DTYPE)
        for start in range(0, N, BLOCK_N):
            sample = start + tl.arange(0, BLOCK_N)[:, None]
            inside = known & (sample < N)
            small = sample * C + channel
            s4 = tl.load(s4_ptr + small, inside, 0.0)
            s5 += tl.sum(tl.where(inside, s4, 0.0), 0, keep_dims=True)
        s5 = s5 / N
        tl.store(s5_ptr + channel, s5, known)
        s10 = tl.zeros((1, BLOCK_C), DTYPE)
        for start in range(0, N, BLOCK_N):
            sample = start + tl.arange(0, BLOCK_N)[:, None]
            inside = known & (sample < N)
            small = sample * C + channel
            s4 = tl.load(s4_ptr + small, inside, 0.0)
            s6 = tl.load(s6_ptr + small, inside, 0.0)
            s7 = s4 - s5
            s10 += tl.sum(tl.where(inside, s6 + s7 * s7, 0.0), 0, keep_dims=True)
        s10 = s10 / N
        tl.store(s10_ptr + channel, s10, known)

    @triton.jit
    def forward_3(
        x_ptr, v0_ptr, v1_ptr, s5_ptr, s10_ptr, y_ptr, C, P, sample_stride, channel_stride, position_stride,
        EPS: tl.constexpr, DTYPE: tl.constexpr, BLOCK_C: tl.constexpr, BLOCK_P: tl.constexpr,
    ):
        """A pass over the maps: y."""
        sample = tl.program_id(0)
        channel = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)[:, None]
        known = channel < C
        small = sample * C + channel
        row = sample.to(tl.int64) * sample_stride + channel * channel_stride
        v0 = tl.load(v0_ptr + channel, known, 0.0).to(DTYPE)
        v1 = tl.load(v1_ptr + channel, known, 0.0).to(DTYPE)
        s5 = tl.load(s5_ptr + channel, known, 0.0)
        s10 = tl.load(s10_ptr + channel, known, 0.0)
        s16 = v1 / (tl.sqrt(s10 + EPS) + EPS)
        for start in range(0, P, BLOCK_P):
            position = start + tl.arange(0, BLOCK_P)[None, :]
            inside = known & (position < P)
            place = row + position * position_stride
            x = tl.load(x_ptr + place, inside, 0.0).to(DTYPE)
            tl.store(y_ptr + place, maximum((x - s5) * s16 + v0, 0.0), inside)

    @triton.jit
    def backward_1(
        x_ptr, v0_ptr, v1_ptr, dy_ptr, s5_ptr, s10_ptr, s32_ptr, s37_ptr, C, P, sample_stride, channel_stride,
        position_stride, EPS: tl.constexpr, DTYPE: tl.constexpr, BLOCK_C: tl.constexpr, BLOCK_P: tl.constexpr,
    ):
        """A pass over the maps: s32, s37."""
        sample = tl.program_id(0)
        channel = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)[:, None]
        known = channel < C
        small = sample * C + channel
        row = sample.to(tl.int64) * sample_stride + channel * channel_stride
        v0 = tl.load(v0_ptr + channel, known, 0.0).to(DTYPE)
        v1 = tl.load(v1_ptr + channel, known, 0.0).to(DTYPE)
        s5 = tl.load(s5_ptr + channel, known, 0.0)
        s10 = tl.load(s10_ptr + channel, known, 0.0)
        s16 = v1 / (tl.sqrt(s10 + EPS) + EPS)
        s32 = tl.zeros((BLOCK_C, 1), DTYPE)
        s37 = tl.zeros((BLOCK_C, 1), DTYPE)
        for start in range(0, P, BLOCK_P):
            position = start + tl.arange(0, BLOCK_P)[None, :]
            inside = known & (position < P)
            place = row + position * position_stride
            x = tl.load(x_ptr + place, inside, 0.0).to(DTYPE)
            t1 = x - s5
            dy = tl.load(dy_ptr + place, inside, 0.0).to(DTYPE)
            t2 = tl.where(t1 * s16 + v0 >= 0.0, dy, 0.0)
            s32 += tl.sum(tl.where(inside, t2, 0.0), 1, keep_dims=True)
            s37 += tl.sum(tl.where(inside, t1 * t2, 0.0), 1, keep_dims=True)
        s32 = s32 / P
        tl.store(s32_ptr + small, s32, known)
        s37 = s37 / P
        tl.store(s37_ptr + small, s37, known)

    @triton.jit
    def backward_2(
        v1_ptr, s10_ptr, s32_ptr, s37_ptr, s34_ptr, s40_ptr, s46_ptr, s48_ptr, N, C, EPS: tl.constexpr,
        DTYPE: tl.constexpr, BLOCK_N: tl.constexpr, BLOCK_C: tl.constexpr,
    ):
        """Over the batch: s34, s40, s46, s48."""
        channel = tl.program_id(0) * BLOCK_C + tl.arange(0, BLOCK_C)[None, :]
        known = channel < C
        v1 = tl.load(v1_ptr + channel, known, 0.0).to(DTYPE)
        s10 = tl.load(s10_ptr + channel, known, 0.0)
        s15 = 1 / (tl.sqrt(s10 + EPS) + EPS)
        s16 = v1 * s15
        s27 = s15 * s16
        s34 = tl.zeros((1, BLOCK_C), DTYPE)
        s40 = tl.zeros((1, BLOCK_C), DTYPE)
        s46 = tl.zeros((1, BLOCK_C), DTYPE)
        s48 = tl.zeros((1, BLOCK_C), DTYPE)
        for start in range(0, N, BLOCK_N):
            sample = start + tl.arange(0, BLOCK_N)[:, None]
            inside = known & (sample < N)
            small = sample * C + channel
            s32 = tl.load(s32_ptr + small, inside, 0.0)
            s37 = tl.load(s37_ptr + small, inside, 0.0)
            s34 += tl.sum(tl.where(inside, s16 * s32, 0.0), 0, keep_dims=True)
            s40 += tl.sum(tl.where(inside, -(s27 * s37), 0.0), 0, keep_dims=True)
            s46 += tl.sum(tl.where(inside, s32, 0.0), 0, keep_dims=True)
            s48 += tl.sum(tl.where(inside, s15 * s37, 0.0), 0, keep_dims=True)
        s34 = s34 / N
        tl.store(s34_ptr + channel, s34, known)
        s40 = s40 / N
        tl.store(s40_ptr + channel, s40, known)
        s46 = s46 / N
        tl.store(s46_ptr + channel, s46, known)
        s48 = s48 / N
        tl.store(s48_ptr + channel, s48, known)

    @triton.jit
    def backward_3(
        x_ptr, v0_ptr, v1_ptr, dy_ptr, s5_ptr, s10_ptr, s34_ptr, s40_ptr, dx_ptr, C, P, sample_stride,
        channel_stride, position_stride, EPS: tl.constexpr, DTYPE: tl.constexpr, BLOCK_C: tl.constexpr,
        BLOCK_P: tl.constexpr,
    ):
        """A pass over the maps: dx."""
        sample = tl.program_id(0)
        channel = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)[:, None]
        known = channel < C
        small = sample * C + channel
        row = sample.to(tl.int64) * sample_stride + channel * channel_stride
        v0 = tl.load(v0_ptr + channel, known, 0.0).to(DTYPE)
        v1 = tl.load(v1_ptr + channel, known, 0.0).to(DTYPE)
        s5 = tl.load(s5_ptr + channel, known, 0.0)
        s10 = tl.load(s10_ptr + channel, known, 0.0)
        s11 = tl.sqrt(s10 + EPS)
        s16 = v1 / (s11 + EPS)
        s34 = tl.load(s34_ptr + channel, known, 0.0)
        s40 = tl.load(s40_ptr + channel, known, 0.0)
        s42 = s40 / s11
        for start in range(0, P, BLOCK_P):
            position = start + tl.arange(0, BLOCK_P)[None, :]
            inside = known & (position < P)
            place = row + position * position_stride
            x = tl.load(x_ptr + place, inside, 0.0).to(DTYPE)
            t1 = x - s5
            dy = tl.load(dy_ptr + place, inside, 0.0).to(DTYPE)
            t2 = tl.where(t1 * s16 + v0 >= 0.0, dy, 0.0) * s16 + t1 * s42 - s34
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


class BNReLUKernels(torch.autograd.Function):
    """The layer in training mode by Triton's kernels; keeps x and small values too."""

    @staticmethod
    def forward(ctx, layer, x, v0, v1):
        ctx.layer = layer
        run = Launcher(layer, x)
        maps = run.maps
        y = torch.empty_like(maps)
        s4, s6 = run.per_sample(2)
        s5, s10 = run.per_channel(2)
        run.over_positions(forward_1, maps, s4, s6)
        run.over_batch(forward_2, s4, s6, s5, s10)
        run.over_positions(forward_3, maps, run.vector(v0), run.vector(v1), s5, s10, y)
        ctx.save_for_backward(x, v0, v1, s5, s10)
        ctx.mark_non_differentiable(s5, s10)
        return as_input(y, x, layer.channel_dim), s5, s10

    @staticmethod
    def backward(ctx, dy, *of_batch):
        layer = ctx.layer
        x, v0, v1, s5, s10 = ctx.saved_tensors
        if torch.is_grad_enabled():
            return (None, *plain_gradients(layer, dy, x, v0, v1))
        run = Launcher(layer, x)
        maps = run.maps
        dy = run.like_maps(dy)
        dx = torch.empty_like(maps)
        s32, s37 = run.per_sample(2)
        s34, s40, s46, s48 = run.per_channel(4)
        run.over_positions(backward_1, maps, run.vector(v0), run.vector(v1), dy, s5, s10, s32, s37)
        run.over_batch(backward_2, run.vector(v1), s10, s32, s37, s34, s40, s46, s48)
        run.over_positions(backward_3, maps, run.vector(v0), run.vector(v1), dy, s5, s10, s34, s40, dx)
        count = x.numel() / layer.channels
        return (
            None, as_input(dx, x, layer.channel_dim),
            (s46 * count).type_as(v0),
            (s48 * count).type_as(v1),
        )


class BatchCounter(nn.modules.batchnorm._BatchNorm):
    """Counts the batches of running statistics.

    It is a batch normalization by type, since swa_utils.update_bn and SyncBatchNorm.convert_sync_batchnorm
    look for that: the one sets its momentum and resets it, the other replaces it, which the layer notices.
    """

    def __init__(self, channels, momentum, process_group):
        super().__init__(channels, momentum=momentum, affine=False)
        self.register_buffer("running_mean", torch.zeros(0), persistent=False)
        self.register_buffer("running_var", torch.zeros(0), persistent=False)
        self.register_buffer("num_batches_tracked", torch.zeros((), dtype=torch.float32))
        self.process_group = process_group

    def reset_running_stats(self):
        """Forgets all batches: the next one replaces the statistics."""
        self.num_batches_tracked.zero_()

    def forward(self, x):
        """The share of this batch in running statistics, after counting it in training mode."""
        if not self.training:
            return self.num_batches_tracked
        size = x.new_full((), x.numel(), dtype=torch.float32)
        if self.process_group is not None:
            size = sum_over(self.process_group, size)
        return count(self.num_batches_tracked, size, self.momentum)


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
        layer = BNReLU(channels=check["shape"][-1], eps=check["eps"], momentum=1 - check["decay"], **form).double().to(device)
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
    print(f"BNReLU agrees with {check_file}")
