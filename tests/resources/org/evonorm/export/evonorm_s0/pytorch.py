"""EvoNorm-S0, a normalization-activation layer for PyTorch, written by evonorm's export.

Needs torch alone. Run as a program, it compares itself with the check file beside it.
"""

import json
import sys
from pathlib import Path

import torch
import torch.fx
from torch import nn


def as_maps(x, channels: int, channel_dim: int):
    """x as [N, C, H, W], in float32 or float64."""
    if not x.is_floating_point():
        raise ValueError(f"expected floating-point values, not {x.dtype}")
    if x.dim() < 3 or x.dim() > 5 or x.size(channel_dim) != channels:
        raise ValueError(
            f"expected {channels} channels in dimension {channel_dim} of 3 to 5, not {list(x.shape)}")
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
        apply_act: False for a place without activation, where the layer is gamma * x + beta
            alone
        init_zero: whether gamma starts at 0, as at the end of a residual branch
    """

    __constants__ = ["apply_act"]

    def __init__(self, channels, groups=None, eps=1e-5, apply_act=True, init_zero=False,
            channel_dim=1):
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
            nn.init.ones_(self.v1)

    def forward(self, x):
        maps = as_maps(x, self.channels, self.channel_dim)
        if self.apply_act:
            y = self.activation(maps)
        else:
            y = maps
        gamma = self.gamma.type_as(maps).view(1, -1, 1, 1)
        beta = self.beta.type_as(maps).view(1, -1, 1, 1)
        y = gamma * y + beta
        return as_input(y, x, self.channel_dim)

    def activation(self, x):
        """y before the affine for x [N, C, H, W], in plain operations."""
        v1 = self.v1.type_as(x).view(1, -1, 1, 1)
        group_std = torch.sqrt(self.group_var(x) + self.eps)
        return x * torch.sigmoid(v1 * x) / (group_std + self.eps)

    def group_var(self, a):
        """The variance of a over height, width and the channels of a group."""
        size = self.channels // self.groups
        grouped = a.reshape(a.size(0), self.groups, size, a.size(2), a.size(3))
        moment = torch.var(grouped, dim=(2, 3, 4), correction=0)
        return moment.repeat_interleave(size, dim=1)[:, :, None, None]


def verify(path):
    """Compares values and gradients, in float64, with those of evonorm's CPU engine in a check file.

    Raises AssertionError where they differ by more than rounding explains.
    """
    check = json.loads(Path(path).read_text())

    def tensor(values):
        return torch.tensor(values, dtype=torch.float64).view(check["shape"]).permute(0, 3, 1, 2)

    def compare(what, found, expected):
        if found.dim() == 4:
            found = found.permute(0, 2, 3, 1)
        torch.testing.assert_close(
            found.detach().flatten(), torch.tensor(expected["values"], dtype=torch.float64),
            rtol=check["rtol"], atol=expected["atol"],
            msg=lambda text: f"{what} differs: {text}")

    def trained(case, layout):
        layer = EvoNormS0(channels=check["shape"][-1], groups=check["groups"], eps=check["eps"]).double()
        with torch.no_grad():
            for name, values in case["parameters"].items():
                getattr(layer, name).copy_(torch.tensor(values))
        x = tensor(case["x"]).contiguous(memory_format=layout).requires_grad_()
        y = layer(x)
        compare("the output in training mode", y, case["y"])
        names = list(case["gradients"])
        leaves = [x] + [getattr(layer, name) for name in names]
        found = torch.autograd.grad(y, leaves, tensor(case["dy"]), allow_unused=True)
        found = [torch.zeros_like(leaf) if d is None else d for d, leaf in zip(found, leaves)]
        compare("the gradient of x", found[0], case["dx"])
        for name, gradient in zip(names, found[1:]):
            compare(f"the gradient of {name}", gradient, case["gradients"][name])
        return layer

    evaluation = check["evaluation"]
    for layout in torch.contiguous_format, torch.channels_last:
        for case in check["training_at_edges"]:
            trained(case, layout)
        layer = trained(check["training"], layout)
        for values in check["further_inputs"]:
            layer(tensor(values).contiguous(memory_format=layout))
        layer.eval()
        y = layer(tensor(evaluation["x"]).contiguous(memory_format=layout))
        compare("the output in evaluation mode", y, evaluation["y"])
        y = layer(tensor(evaluation["x"]).index_fill(0, torch.tensor([0]), float("nan")))
        found = y.permute(0, 2, 3, 1).flatten().isnan().nonzero().flatten().tolist()
        if found != evaluation["nan_where_x_is_nan"]:
            raise AssertionError("NaN in x gives NaN in other places")


if __name__ == "__main__":
    check_file = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_suffix(".check.json")
    verify(check_file)
    print(f"EvoNormS0 agrees with {check_file}")
