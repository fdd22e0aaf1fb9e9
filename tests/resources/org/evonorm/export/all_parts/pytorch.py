"""Evolved layer 1e84d546, a normalization-activation layer for PyTorch, written by evonorm's export.

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


class EvolvedLayer_1e84d546(nn.Module):
    """Evolved layer 1e84d546: takes the place of a normalization and the activation after it.

        y = gamma * (max(sqrt(v0) + log(x) / rms_bwh(x - mean_bwh(x)), 0) *
            mean_whcg(mean_whc(x)) + rms_wh(x * sigmoid(v1)) / (1 + abs(x)) +
            exp(-square(tanh(x)) - std_bwh(mean_whc(x)))) + beta

    mean, rms and std are taken over b(atch), w(idth), h(eight), c(hannels) and g(roup of
    channels), per value of what is not named. Trained are, per channel: v0 starts at 0, v1
    starts at 1, gamma starts at 1, beta starts at 0. Divisors are moved away from zero by
    eps.

    Input and output are [N, C, H, W], contiguous or channels_last, or [N, C, L] or [N, C, D, H,
    W]; with channel_dim=-1 [N, H, W, C], or tokens [N, L, C]. Half precision is computed in
    float32 and returned in its own type; other types than floating-point ones are refused.
    Running statistics stay in float32. State without a count of batches is taken for that
    of a long training, with momentum=None for that of one batch.

    Args:
        channels: number of channels, C
        groups: number of groups of channels; by default groups have 8 channels, or as many as
            the largest divisor of C up to 8
        eps: keeps divisions, logarithms and roots finite
        momentum: how far a training step moves the running statistics, as BatchNorm2d counts
            it; None for their cumulative average
        process_group: the processes whose batches count as one: None for this process alone, a
            group of torch.distributed, or "world"; SyncBatchNorm.convert_sync_batchnorm sets it
            too
        channel_dim: the dimension of the channels, 1 or -1
        apply_act: False for a place without activation, where the layer is gamma * x + beta
            alone
        init_zero: whether gamma starts at 0, as at the end of a residual branch
    """

    __constants__ = ["apply_act"]
    __jit_unused_properties__ = ["momentum"]

    def __init__(self, channels, groups=None, eps=1e-5, momentum=0.1, apply_act=True,
            init_zero=False, channel_dim=1, process_group=None):
        super().__init__()
        if channels < 1:
            raise ValueError(f"channels must be above 0, not {channels}")
        if groups is None:
            groups = channels // max(k for k in range(1, 9) if channels % k == 0)
        if groups < 1 or channels % groups:
            raise ValueError(f"{channels} channels do not divide into {groups} groups")
        if not eps > 0:
            raise ValueError(f"eps must be above 0, not {eps}")
        if momentum is not None and not 0 < momentum <= 1:
            raise ValueError(f"momentum must be None or above 0 and at most 1, not {momentum}")
        if channel_dim not in (1, -1):
            raise ValueError(f"channel_dim must be 1 or -1, not {channel_dim}")
        self.channels = channels
        self.groups = groups
        self.eps = float(eps)
        self.apply_act = apply_act
        self.init_zero = init_zero
        self.channel_dim = channel_dim
        self.gamma = nn.Parameter(torch.empty(channels))
        self.beta = nn.Parameter(torch.empty(channels))
        if self.apply_act:
            self.v0 = nn.Parameter(torch.empty(channels))
            self.v1 = nn.Parameter(torch.empty(channels))
            self.register_buffer("running_mean", torch.empty(channels, dtype=torch.float32))
            self.register_buffer("running_var", torch.empty(channels, dtype=torch.float32))
            self.register_buffer("running_mean_square", torch.empty(channels, dtype=torch.float32))
            self.counter = BatchCounter(channels, momentum, process_group)
        self.reset_parameters()

    def reset_parameters(self):
        """Makes parameters and statistics those of a new layer."""
        nn.init.constant_(self.gamma, 0.0 if self.init_zero else 1.0)
        nn.init.zeros_(self.beta)
        if self.apply_act:
            nn.init.constant_(self.v0, 0.0)
            nn.init.constant_(self.v1, 1.0)
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.running_mean_square.fill_(1)
            self.counter.reset_running_stats()

    def forward(self, x):
        require_maps(x, self.channels, self.channel_dim)
        if self.apply_act:
            share = self.counter(x)
            return self.plain(x, share, self.v0, self.v1, self.gamma, self.beta)
        else:
            maps = as_maps(x, self.channel_dim)
            return as_input(self.affine(maps, self.gamma, self.beta), x, self.channel_dim)

    def plain(self, x, share, v0, v1, gamma, beta):
        """The layer in plain operations; share is that of the batch in running statistics."""
        y = self.activation(as_maps(x, self.channel_dim), share, v0, v1)
        return as_input(self.affine(y, gamma, beta), x, self.channel_dim)

    def activation(self, x, share, v0, v1):
        """y before the affine for x [N, C, H, W]."""
        v0 = v0.type_as(x).view(1, -1, 1, 1)
        v1 = v1.type_as(x).view(1, -1, 1, 1)
        batch_mean = self.batch_mean(x, self.running_mean, share)
        layer_mean = torch.mean(x, dim=(1, 2, 3), keepdim=True)
        group_mean = self.group_mean((layer_mean).expand(-1, self.channels, -1, -1))
        batch_std = torch.sqrt(self.batch_var(layer_mean, self.running_var, share) + self.eps)
        instance_rms = torch.sqrt(torch.mean(torch.square(x * torch.sigmoid(v1)), dim=(2, 3), keepdim=True) + self.eps)
        batch_rms = torch.sqrt(self.batch_mean_square(x - batch_mean, self.running_mean_square, share) + self.eps)
        h1 = signed_sqrt(v0, self.eps) + signed_log(x, self.eps) / (batch_rms + self.eps)
        h2 = torch.clamp(h1, min=0.0) * group_mean + instance_rms / (1.0 + torch.abs(x) + self.eps)
        return h2 + torch.exp(-torch.square(torch.tanh(x)) - batch_std)

    def affine(self, y, gamma, beta):
        """gamma * y + beta for y [N, C, H, W]."""
        return gamma.type_as(y).view(1, -1, 1, 1) * y + beta.type_as(y).view(1, -1, 1, 1)

    def batch_mean(self, a, average, share):
        """The mean of a over batch, height and width; in evaluation mode its running statistic."""
        if not self.counter.training:
            return average.type_as(a).clone().view(1, -1, 1, 1)
        return follow(average, self.over_batch(a), share)

    def batch_mean_square(self, a, average, share):
        """The mean square of a over batch, height and width; in evaluation mode its running statistic."""
        if not self.counter.training:
            return average.type_as(a).clone().view(1, -1, 1, 1)
        return follow(average, self.over_batch(torch.square(a)), share)

    def batch_var(self, a, average, share):
        """The variance of a over batch, height and width; in evaluation mode its running statistic."""
        if not self.counter.training:
            return average.type_as(a).clone().view(1, -1, 1, 1)
        return follow(average, self.variance(a), share)

    def group_mean(self, a):
        """The mean of a over height, width and the channels of a group."""
        size = self.channels // self.groups
        grouped = a.reshape(a.size(0), self.groups, size, a.size(2), a.size(3))
        moment = torch.mean(grouped, dim=(2, 3, 4))
        return moment.repeat_interleave(size, dim=1)[:, :, None, None]

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
        layer = EvolvedLayer_1e84d546(channels=check["shape"][-1], groups=check["groups"], eps=check["eps"], momentum=1 - check["decay"], **form).double().to(device)
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
    for device, layout, form in itertools.product(devices, layouts, [{}]):
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
    print(f"EvolvedLayer_1e84d546 agrees with {check_file}")
