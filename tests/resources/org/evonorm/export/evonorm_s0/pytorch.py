"""EvoNorm-S0, a normalization-activation layer for PyTorch, written by evonorm's export.

Needs torch alone. Run as a program, it compares itself with the check file beside it.
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn


class EvoNormS0(nn.Module):
    """EvoNorm-S0: takes the place of a normalization and the activation after it.

        y = gamma * (x * sigmoid(v1 * x) / std_whcg(x)) + beta

    mean, rms and std are taken over b(atch), w(idth), h(eight), c(hannels) and g(roup of
    channels), per value of what is not named. Trained are, per channel: v1 starts at 1,
    gamma starts at 1, beta starts at 0. Divisors are moved away from zero by eps.

    Input and output are [N, C, H, W], contiguous or channels_last. Half precision is computed
    in float32 and returned in its own type.

    Args:
        channels: number of channels, C
        groups: number of groups of channels; by default groups have 8 channels, or as many as
            the largest divisor of C up to 8
        eps: keeps divisions, logarithms and roots finite
    """

    def __init__(self, channels, groups=None, eps=1e-5):
        super().__init__()
        if groups is None:
            groups = channels // max(k for k in range(1, 9) if channels % k == 0)
        if channels % groups:
            raise ValueError(f"{channels} channels do not divide into {groups} groups")
        if not eps > 0:
            raise ValueError(f"eps must be above 0, not {eps}")
        self.channels = channels
        self.groups = groups
        self.eps = eps
        self.v1 = nn.Parameter(torch.ones(channels))
        self.gamma = nn.Parameter(torch.ones(channels))
        self.beta = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        if x.dim() != 4 or x.size(1) != self.channels:
            raise ValueError(f"expected [N, {self.channels}, H, W], not {list(x.shape)}")
        dtype = x.dtype
        x = x.to(torch.promote_types(dtype, torch.float32))
        v1 = self.v1.view(1, -1, 1, 1).to(x.dtype)
        gamma = self.gamma.view(1, -1, 1, 1).to(x.dtype)
        beta = self.beta.view(1, -1, 1, 1).to(x.dtype)
        group_std = torch.sqrt(self.group_var(x) + self.eps)
        y = x * torch.sigmoid(v1 * x) / (group_std + self.eps)
        y = gamma * y + beta
        return y.to(dtype)

    def group_var(self, a):
        """The variance of a over height, width and the channels of a group."""
        grouped = a.unflatten(1, (self.groups, -1))
        moment = torch.var(grouped, dim=(2, 3, 4), correction=0)
        return moment.repeat_interleave(grouped.size(2), dim=1)[:, :, None, None]


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

    training, evaluation = check["training"], check["evaluation"]
    for layout in torch.contiguous_format, torch.channels_last:
        layer = EvoNormS0(channels=check["shape"][-1], eps=check["eps"]).double()
        with torch.no_grad():
            for name, values in check["parameters"].items():
                getattr(layer, name).copy_(torch.tensor(values))
        x = tensor(training["x"]).contiguous(memory_format=layout).requires_grad_()
        y = layer(x)
        compare("the output in training mode", y, training["y"])
        names = list(training["gradients"])
        gradients = torch.autograd.grad(
            y, [x] + [getattr(layer, name) for name in names], tensor(training["dy"]),
            materialize_grads=True)
        compare("the gradient of x", gradients[0], training["dx"])
        for name, gradient in zip(names, gradients[1:]):
            compare(f"the gradient of {name}", gradient, training["gradients"][name])
        for values in check["further_inputs"]:
            layer(tensor(values).contiguous(memory_format=layout))
        y = layer.eval()(tensor(evaluation["x"]).contiguous(memory_format=layout))
        compare("the output in evaluation mode", y, evaluation["y"])


if __name__ == "__main__":
    check_file = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_suffix(".check.json")
    verify(check_file)
    print(f"EvoNormS0 agrees with {check_file}")
