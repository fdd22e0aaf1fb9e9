"""EvoNorm-B0, a normalization-activation layer for PyTorch, written by evonorm's export.

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


is_compiling = getattr(getattr(torch, "compiler", None), "is_compiling", lambda: False)


def larger(a, b):
    """The larger of the two, NaN if one is; where they are equal the gradient goes to a alone.

    In torch.compile each gets half of the gradient then.
    """
    if not torch.jit.is_scripting():
        if is_compiling():
            return torch.maximum(a, b)
    return torch.where(torch.isnan(b) | (a < b), b, a)


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


class EvoNormB0(nn.Module):
    """EvoNorm-B0: takes the place of a normalization and the activation after it.

        y = gamma * (x / max(std_bwh(x), v1 * x + std_wh(x))) + beta

    mean, rms and std are taken over b(atch), w(idth), h(eight), c(hannels) and g(roup of
    channels), per value of what is not named. Trained are, per channel: v1 starts at 1,
    gamma starts at 1, beta starts at 0. Divisors are moved away from zero by eps.

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
        apply_act: False for a place without activation, where the layer is gamma * x + beta
            alone
        init_zero: whether gamma starts at 0, as at the end of a residual branch
    """

    __constants__ = ["apply_act"]
    __jit_unused_properties__ = ["momentum"]

    def __init__(self, channels, eps=1e-5, momentum=0.1, apply_act=True, init_zero=False,
            channel_dim=1, process_group=None, fused=True):
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
        self.apply_act = apply_act
        self.init_zero = init_zero
        self.channel_dim = channel_dim
        self.fused = fused
        self.gamma = nn.Parameter(torch.empty(channels))
        self.beta = nn.Parameter(torch.empty(channels))
        if self.apply_act:
            self.v1 = nn.Parameter(torch.empty(channels))
            self.register_buffer("running_var", torch.empty(channels, dtype=torch.float32))
            self.counter = BatchCounter(channels, momentum, process_group)
        self.reset_parameters()

    def reset_parameters(self):
        """Makes parameters and statistics those of a new layer."""
        nn.init.constant_(self.gamma, 0.0 if self.init_zero else 1.0)
        nn.init.zeros_(self.beta)
        if self.apply_act:
            nn.init.constant_(self.v1, 1.0)
            self.running_var.fill_(1)
            self.counter.reset_running_stats()

    def forward(self, x):
        require_maps(x, self.channels, self.channel_dim)
        if self.apply_act:
            share = self.counter(x)
            if torch.jit.is_scripting():
                return self.plain(x, share, self.v1, self.gamma, self.beta)
            else:
                if self.counter.training and self.counter.process_group is None and keeps_little(self, x, self.v1, self.gamma, self.beta):
                    function = EvoNormB0Kernels if runs_kernels(x) else EvoNormB0Function
                    y, *batch = function.apply(self, x, self.v1, self.gamma, self.beta)
                    follow(self.running_var, batch[0], share)
                    return y
                return self.plain(x, share, self.v1, self.gamma, self.beta)
        else:
            maps = as_maps(x, self.channel_dim)
            return as_input(self.affine(maps, self.gamma, self.beta), x, self.channel_dim)

    def plain(self, x, share, v1, gamma, beta):
        """The layer in plain operations; share is that of the batch in running statistics."""
        y = self.activation(as_maps(x, self.channel_dim), share, v1)
        return as_input(self.affine(y, gamma, beta), x, self.channel_dim)

    def activation(self, x, share, v1):
        """y before the affine for x [N, C, H, W]."""
        v1 = v1.type_as(x).view(1, -1, 1, 1)
        batch_std = torch.sqrt(self.batch_var(x, self.running_var, share) + self.eps)
        instance_std = torch.sqrt(torch.var(x, dim=(2, 3), correction=0, keepdim=True) + self.eps)
        return x / (larger(batch_std, v1 * x + instance_std) + self.eps)

    def affine(self, y, gamma, beta):
        """gamma * y + beta for y [N, C, H, W]."""
        return gamma.type_as(y).view(1, -1, 1, 1) * y + beta.type_as(y).view(1, -1, 1, 1)

    def batch_var(self, a, average, share):
        """The variance of a over batch, height and width; in evaluation mode its running statistic."""
        if not self.counter.training:
            return average.type_as(a).clone().view(1, -1, 1, 1)
        return follow(average, self.variance(a), share)

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


class EvoNormB0Function(torch.autograd.Function):
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
        s7 = s6.mean(0, keepdim=True)
        s8 = s6 - s7
        s9 = torch.square(s8)
        s10 = s5 + s9
        s11 = s10.mean(0, keepdim=True)
        s12 = torch.sqrt(s11 + layer.eps)
        s14 = torch.sqrt(s5 + layer.eps)
        t1 = (
            (maps / torch.maximum(s12, (maps *
                v1_of_channels).add_(s14)).add_(layer.eps)).mul_(gamma_of_channels))
        y = t1.add_(beta_of_channels)
        y = as_input(y, x, layer.channel_dim).detach()
        ctx.save_for_backward(x, v1, gamma, beta, s6, s7, s12, s14)
        batch = (s11.flatten(),)
        ctx.mark_non_differentiable(*batch)
        return (y, *batch)

    @staticmethod
    def backward(ctx, dy, *of_batch):
        layer = ctx.layer
        x, v1, gamma, beta, s6, s7, s12, s14 = ctx.saved_tensors
        if torch.is_grad_enabled():
            return (None, *plain_gradients(layer, dy, x, v1, gamma, beta))
        maps = as_maps(x, layer.channel_dim)
        v1_of_channels = as_channels(v1, maps)
        gamma_of_channels = as_channels(gamma, maps)
        dy = as_maps(dy, layer.channel_dim)
        t1 = (maps * v1_of_channels).add_(s14)
        t2 = torch.reciprocal(torch.maximum(s12, t1).add_(layer.eps))
        t3 = maps * t2
        s24 = dy.mean((2, 3), keepdim=True)
        s25 = s24.mean(0, keepdim=True)
        s27 = (t3 * dy).mean((2, 3), keepdim=True)
        s28 = s27.mean(0, keepdim=True)
        t4 = t2.mul_(dy)
        t5 = t3.mul_(t4)
        t6 = gate(t1.sub_(s12), t5)
        s42 = t6.mean((2, 3), keepdim=True)
        s43 = gamma_of_channels * s42
        s45 = torch.reciprocal(s14)
        s46 = s43 * s45
        s51 = t5.sub_(t6).mean((2, 3), keepdim=True)
        s52 = gamma_of_channels * s51
        s53 = torch.neg(s52)
        s54 = s53.mean(0, keepdim=True)
        s55 = torch.reciprocal(s12)
        s56 = s54 * s55
        s59 = v1_of_channels * gamma_of_channels
        s69 = (maps * t6).mean((2, 3), keepdim=True)
        s70 = gamma_of_channels * s69
        s71 = torch.neg(s70)
        s72 = s71.mean(0, keepdim=True)
        dx = (
            t4.mul_(gamma_of_channels).addcmul_(maps - s6, s46, value=-1).addcmul_(maps - s7,
                s56).addcmul_(t6, s59, value=-1))
        dx = as_input(dx, x, layer.channel_dim)
        count = maps.numel() / layer.channels
        return (
            None, dx,
            (s72 * count).expand(1, layer.channels, 1, 1).flatten().type_as(v1),
            (s28 * count).expand(1, layer.channels, 1, 1).flatten().type_as(gamma),
            (s25 * count).expand(1, layer.channels, 1, 1).flatten().type_as(beta),
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
        s5_ptr, s6_ptr, s7_ptr, s11_ptr, N, C, EPS: tl.constexpr, DTYPE: tl.constexpr, BLOCK_N: tl.constexpr,
        BLOCK_C: tl.constexpr,
    ):
        """Over the batch: s7, s11."""
        channel = tl.program_id(0) * BLOCK_C + tl.arange(0, BLOCK_C)[None, :]
        known = channel < C
        s7 = tl.zeros((1, BLOCK_C), DTYPE)
        for start in range(0, N, BLOCK_N):
            sample = start + tl.arange(0, BLOCK_N)[:, None]
            inside = known & (sample < N)
            small = sample * C + channel
            s6 = tl.load(s6_ptr + small, inside, 0.0)
            s7 += tl.sum(tl.where(inside, s6, 0.0), 0, keep_dims=True)
        s7 = s7 / N
        tl.store(s7_ptr + channel, s7, known)
        s11 = tl.zeros((1, BLOCK_C), DTYPE)
        for start in range(0, N, BLOCK_N):
            sample = start + tl.arange(0, BLOCK_N)[:, None]
            inside = known & (sample < N)
            small = sample * C + channel
            s5 = tl.load(s5_ptr + small, inside, 0.0)
            s6 = tl.load(s6_ptr + small, inside, 0.0)
            s8 = s6 - s7
            s11 += tl.sum(tl.where(inside, s5 + s8 * s8, 0.0), 0, keep_dims=True)
        s11 = s11 / N
        tl.store(s11_ptr + channel, s11, known)

    @triton.jit
    def forward_3(
        x_ptr, v1_ptr, gamma_ptr, beta_ptr, s5_ptr, s11_ptr, y_ptr, C, P, sample_stride, channel_stride,
        position_stride, EPS: tl.constexpr, DTYPE: tl.constexpr, BLOCK_C: tl.constexpr, BLOCK_P: tl.constexpr,
    ):
        """A pass over the maps: y."""
        sample = tl.program_id(0)
        channel = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)[:, None]
        known = channel < C
        small = sample * C + channel
        row = sample.to(tl.int64) * sample_stride + channel * channel_stride
        v1 = tl.load(v1_ptr + channel, known, 0.0).to(DTYPE)
        s5 = tl.load(s5_ptr + small, known, 0.0)
        s11 = tl.load(s11_ptr + channel, known, 0.0)
        s12 = tl.sqrt(s11 + EPS)
        s14 = tl.sqrt(s5 + EPS)
        gamma = tl.load(gamma_ptr + channel, known, 0.0).to(DTYPE)
        beta = tl.load(beta_ptr + channel, known, 0.0).to(DTYPE)
        for start in range(0, P, BLOCK_P):
            position = start + tl.arange(0, BLOCK_P)[None, :]
            inside = known & (position < P)
            place = row + position * position_stride
            x = tl.load(x_ptr + place, inside, 0.0).to(DTYPE)
            tl.store(y_ptr + place, x / (maximum(s12, x * v1 + s14) + EPS) * gamma + beta, inside)

    @triton.jit
    def backward_1(
        x_ptr, v1_ptr, dy_ptr, s5_ptr, s11_ptr, s24_ptr, s27_ptr, s42_ptr, s51_ptr, s69_ptr, C, P,
        sample_stride, channel_stride, position_stride, EPS: tl.constexpr, DTYPE: tl.constexpr,
        BLOCK_C: tl.constexpr, BLOCK_P: tl.constexpr,
    ):
        """A pass over the maps: s24, s27, s42, s51, s69."""
        sample = tl.program_id(0)
        channel = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)[:, None]
        known = channel < C
        small = sample * C + channel
        row = sample.to(tl.int64) * sample_stride + channel * channel_stride
        v1 = tl.load(v1_ptr + channel, known, 0.0).to(DTYPE)
        s5 = tl.load(s5_ptr + small, known, 0.0)
        s11 = tl.load(s11_ptr + channel, known, 0.0)
        s12 = tl.sqrt(s11 + EPS)
        s14 = tl.sqrt(s5 + EPS)
        s24 = tl.zeros((BLOCK_C, 1), DTYPE)
        s27 = tl.zeros((BLOCK_C, 1), DTYPE)
        s42 = tl.zeros((BLOCK_C, 1), DTYPE)
        s51 = tl.zeros((BLOCK_C, 1), DTYPE)
        s69 = tl.zeros((BLOCK_C, 1), DTYPE)
        for start in range(0, P, BLOCK_P):
            position = start + tl.arange(0, BLOCK_P)[None, :]
            inside = known & (position < P)
            place = row + position * position_stride
            x = tl.load(x_ptr + place, inside, 0.0).to(DTYPE)
            t1 = x * v1 + s14
            t2 = 1 / (maximum(s12, t1) + EPS)
            t3 = x * t2
            dy = tl.load(dy_ptr + place, inside, 0.0).to(DTYPE)
            t4 = t3 * (t2 * dy)
            t5 = tl.where(s12 < t1, t4, 0.0)
            s24 += tl.sum(tl.where(inside, dy, 0.0), 1, keep_dims=True)
            s27 += tl.sum(tl.where(inside, t3 * dy, 0.0), 1, keep_dims=True)
            s42 += tl.sum(tl.where(inside, t5, 0.0), 1, keep_dims=True)
            s51 += tl.sum(tl.where(inside, tl.where(s12 >= t1, t4, 0.0), 0.0), 1, keep_dims=True)
            s69 += tl.sum(tl.where(inside, x * t5, 0.0), 1, keep_dims=True)
        s24 = s24 / P
        tl.store(s24_ptr + small, s24, known)
        s27 = s27 / P
        tl.store(s27_ptr + small, s27, known)
        s42 = s42 / P
        tl.store(s42_ptr + small, s42, known)
        s51 = s51 / P
        tl.store(s51_ptr + small, s51, known)
        s69 = s69 / P
        tl.store(s69_ptr + small, s69, known)

    @triton.jit
    def backward_2(
        gamma_ptr, s24_ptr, s27_ptr, s51_ptr, s69_ptr, s25_ptr, s28_ptr, s54_ptr, s72_ptr, N, C,
        EPS: tl.constexpr, DTYPE: tl.constexpr, BLOCK_N: tl.constexpr, BLOCK_C: tl.constexpr,
    ):
        """Over the batch: s25, s28, s54, s72."""
        channel = tl.program_id(0) * BLOCK_C + tl.arange(0, BLOCK_C)[None, :]
        known = channel < C
        gamma = tl.load(gamma_ptr + channel, known, 0.0).to(DTYPE)
        s25 = tl.zeros((1, BLOCK_C), DTYPE)
        s28 = tl.zeros((1, BLOCK_C), DTYPE)
        s54 = tl.zeros((1, BLOCK_C), DTYPE)
        s72 = tl.zeros((1, BLOCK_C), DTYPE)
        for start in range(0, N, BLOCK_N):
            sample = start + tl.arange(0, BLOCK_N)[:, None]
            inside = known & (sample < N)
            small = sample * C + channel
            s24 = tl.load(s24_ptr + small, inside, 0.0)
            s27 = tl.load(s27_ptr + small, inside, 0.0)
            s51 = tl.load(s51_ptr + small, inside, 0.0)
            s69 = tl.load(s69_ptr + small, inside, 0.0)
            s25 += tl.sum(tl.where(inside, s24, 0.0), 0, keep_dims=True)
            s28 += tl.sum(tl.where(inside, s27, 0.0), 0, keep_dims=True)
            s54 += tl.sum(tl.where(inside, -(gamma * s51), 0.0), 0, keep_dims=True)
            s72 += tl.sum(tl.where(inside, -(gamma * s69), 0.0), 0, keep_dims=True)
        s25 = s25 / N
        tl.store(s25_ptr + channel, s25, known)
        s28 = s28 / N
        tl.store(s28_ptr + channel, s28, known)
        s54 = s54 / N
        tl.store(s54_ptr + channel, s54, known)
        s72 = s72 / N
        tl.store(s72_ptr + channel, s72, known)

    @triton.jit
    def backward_3(
        x_ptr, v1_ptr, gamma_ptr, dy_ptr, s5_ptr, s6_ptr, s7_ptr, s11_ptr, s42_ptr, s54_ptr, dx_ptr, C, P,
        sample_stride, channel_stride, position_stride, EPS: tl.constexpr, DTYPE: tl.constexpr,
        BLOCK_C: tl.constexpr, BLOCK_P: tl.constexpr,
    ):
        """A pass over the maps: dx."""
        sample = tl.program_id(0)
        channel = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)[:, None]
        known = channel < C
        small = sample * C + channel
        row = sample.to(tl.int64) * sample_stride + channel * channel_stride
        v1 = tl.load(v1_ptr + channel, known, 0.0).to(DTYPE)
        s5 = tl.load(s5_ptr + small, known, 0.0)
        s6 = tl.load(s6_ptr + small, known, 0.0)
        s7 = tl.load(s7_ptr + channel, known, 0.0)
        s11 = tl.load(s11_ptr + channel, known, 0.0)
        s12 = tl.sqrt(s11 + EPS)
        s14 = tl.sqrt(s5 + EPS)
        gamma = tl.load(gamma_ptr + channel, known, 0.0).to(DTYPE)
        s42 = tl.load(s42_ptr + small, known, 0.0)
        s46 = gamma * s42 / s14
        s54 = tl.load(s54_ptr + channel, known, 0.0)
        s56 = s54 / s12
        s59 = v1 * gamma
        for start in range(0, P, BLOCK_P):
            position = start + tl.arange(0, BLOCK_P)[None, :]
            inside = known & (position < P)
            place = row + position * position_stride
            x = tl.load(x_ptr + place, inside, 0.0).to(DTYPE)
            t1 = x * v1 + s14
            t2 = 1 / (maximum(s12, t1) + EPS)
            dy = tl.load(dy_ptr + place, inside, 0.0).to(DTYPE)
            t3 = t2 * dy
            t4 = (x - s7) * s56 + (t3 * gamma - (x - s6) * s46) - tl.where(s12 < t1, x * t2 * t3, 0.0) * s59
            tl.store(dx_ptr + place, t4, inside)


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


class EvoNormB0Kernels(torch.autograd.Function):
    """The layer in training mode by Triton's kernels; keeps x and small values too."""

    @staticmethod
    def forward(ctx, layer, x, v1, gamma, beta):
        ctx.layer = layer
        run = Launcher(layer, x)
        maps = run.maps
        y = torch.empty_like(maps)
        s5, s6 = run.per_sample(2)
        s7, s11 = run.per_channel(2)
        run.over_positions(forward_1, maps, s5, s6)
        run.over_batch(forward_2, s5, s6, s7, s11)
        run.over_positions(forward_3, maps, run.vector(v1), run.vector(gamma), run.vector(beta), s5, s11, y)
        ctx.save_for_backward(x, v1, gamma, beta, s5, s6, s7, s11)
        ctx.mark_non_differentiable(s11)
        return as_input(y, x, layer.channel_dim), s11

    @staticmethod
    def backward(ctx, dy, *of_batch):
        layer = ctx.layer
        x, v1, gamma, beta, s5, s6, s7, s11 = ctx.saved_tensors
        if torch.is_grad_enabled():
            return (None, *plain_gradients(layer, dy, x, v1, gamma, beta))
        run = Launcher(layer, x)
        maps = run.maps
        dy = run.like_maps(dy)
        dx = torch.empty_like(maps)
        s24, s27, s42, s51, s69 = run.per_sample(5)
        s25, s28, s54, s72 = run.per_channel(4)
        run.over_positions(backward_1, maps, run.vector(v1), dy, s5, s11, s24, s27, s42, s51, s69)
        run.over_batch(backward_2, run.vector(gamma), s24, s27, s51, s69, s25, s28, s54, s72)
        run.over_positions(
            backward_3, maps, run.vector(v1), run.vector(gamma), dy, s5, s6, s7, s11, s42, s54, dx,
        )
        count = x.numel() / layer.channels
        return (
            None, as_input(dx, x, layer.channel_dim),
            (s72 * count).type_as(v1),
            (s28 * count).type_as(gamma),
            (s25 * count).type_as(beta),
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
        layer = EvoNormB0(channels=check["shape"][-1], eps=check["eps"], momentum=1 - check["decay"], **form).double().to(device)
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
    print(f"EvoNormB0 agrees with {check_file}")
