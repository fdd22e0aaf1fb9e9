"""Evolved layer 1e84d546, a normalization-activation layer for PyTorch, written by evonorm's export.

Needs torch alone. Run as a program, it compares itself with the check file beside it.
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn


def larger(a, b):
    """The larger of the two; where they are equal the gradient goes to a alone."""
    return torch.where(a < b, b, a)


def signed_log(a, eps):
    """sign(a) * log(|a| + eps), with the derivative 1 / (|a| + eps) at 0 too."""
    return torch.where(a == 0, a / eps, torch.sign(a) * torch.log(torch.abs(a) + eps))


def signed_sqrt(a, eps):
    """sign(a) * sqrt(|a| + eps), with the derivative 1 / (2 * sqrt(|a| + eps)) at 0 too."""
    root = torch.sqrt(torch.abs(a) + eps)
    return torch.where(a == 0, a * (0.5 / eps**0.5), torch.sign(a) * root)


class EvolvedLayer_1e84d546(nn.Module):
    """Evolved layer 1e84d546: takes the place of a normalization and the activation after it.

        y = gamma * (max(sqrt(v0) + log(x) / rms_bwh(x - mean_bwh(x)), 0) *
            mean_whcg(mean_whc(x)) + rms_wh(x * sigmoid(v1)) / (1 + abs(x)) +
            exp(-square(tanh(x)) - std_bwh(mean_whc(x)))) + beta

    mean, rms and std are taken over b(atch), w(idth), h(eight), c(hannels) and g(roup of
    channels), per value of what is not named. Trained are, per channel: v0 starts at 0, v1
    starts at 1, gamma starts at 1, beta starts at 0. Divisors are moved away from zero by
    eps.

    Input and output are [N, C, H, W], contiguous or channels_last. Half precision is computed
    in float32 and returned in its own type.

    Args:
        channels: number of channels, C
        groups: number of groups of channels; by default groups have 8 channels, or as many as
            the largest divisor of C up to 8
        eps: keeps divisions, logarithms and roots finite
        momentum: how far a training step moves the running statistics, as BatchNorm2d counts it
    """

    def __init__(self, channels, groups=None, eps=1e-5, momentum=0.1):
        super().__init__()
        if groups is None:
            groups = channels // max(k for k in range(1, 9) if channels % k == 0)
        if channels % groups:
            raise ValueError(f"{channels} channels do not divide into {groups} groups")
        if not eps > 0:
            raise ValueError(f"eps must be above 0, not {eps}")
        if not 0 < momentum < 1:
            raise ValueError(f"momentum must be between 0 and 1, not {momentum}")
        self.channels = channels
        self.groups = groups
        self.eps = eps
        self.momentum = momentum
        self.v0 = nn.Parameter(torch.zeros(channels))
        self.v1 = nn.Parameter(torch.ones(channels))
        self.gamma = nn.Parameter(torch.ones(channels))
        self.beta = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))
        self.register_buffer("running_mean_square", torch.ones(channels))
        self.register_buffer("steps", torch.tensor(0))

    def forward(self, x):
        if x.dim() != 4 or x.size(1) != self.channels:
            raise ValueError(f"expected [N, {self.channels}, H, W], not {list(x.shape)}")
        if self.training:
            self.steps += 1
        dtype = x.dtype
        x = x.to(torch.promote_types(dtype, torch.float32))
        v0 = self.v0.view(1, -1, 1, 1).to(x.dtype)
        v1 = self.v1.view(1, -1, 1, 1).to(x.dtype)
        gamma = self.gamma.view(1, -1, 1, 1).to(x.dtype)
        beta = self.beta.view(1, -1, 1, 1).to(x.dtype)
        batch_mean = self.batch_mean(x, self.running_mean)
        layer_mean = torch.mean(x, dim=(1, 2, 3), keepdim=True)
        group_mean = self.group_mean((layer_mean).expand(-1, self.channels, -1, -1))
        batch_std = torch.sqrt(self.batch_var(layer_mean, self.running_var) + self.eps)
        instance_rms = torch.sqrt(torch.mean(torch.square(x * torch.sigmoid(v1)), dim=(2, 3), keepdim=True) + self.eps)
        batch_rms = torch.sqrt(self.batch_mean_square(x - batch_mean, self.running_mean_square) + self.eps)
        h1 = signed_sqrt(v0, self.eps) + signed_log(x, self.eps) / (batch_rms + self.eps)
        h2 = larger(h1, 0.0) * group_mean + instance_rms / (1.0 + torch.abs(x) + self.eps)
        y = h2 + torch.exp(-torch.square(torch.tanh(x)) - batch_std)
        y = gamma * y + beta
        return y.to(dtype)

    def batch_mean(self, a, average):
        """The mean of a over batch, height and width; in evaluation mode its running statistic."""
        if not self.training:
            return average.view(1, -1, 1, 1).to(a.dtype)
        batch = torch.mean(a, dim=(0, 2, 3), keepdim=True)
        self.update(average, batch)
        return batch

    def batch_mean_square(self, a, average):
        """The mean square of a over batch, height and width; in evaluation mode its running statistic."""
        if not self.training:
            return average.view(1, -1, 1, 1).to(a.dtype)
        batch = torch.mean(torch.square(a), dim=(0, 2, 3), keepdim=True)
        self.update(average, batch)
        return batch

    def batch_var(self, a, average):
        """The variance of a over batch, height and width; in evaluation mode its running statistic."""
        if not self.training:
            return average.view(1, -1, 1, 1).to(a.dtype)
        batch = torch.var(a, dim=(0, 2, 3), correction=0, keepdim=True)
        self.update(average, batch)
        return batch

    @torch.no_grad()
    def update(self, average, batch):
        """Moves a bias-corrected running statistic towards a batch's value; the first step replaces it."""
        weight = self.momentum / (1 - (1 - self.momentum) ** self.steps)
        average += weight * (batch.flatten() - average)

    def group_mean(self, a):
        """The mean of a over height, width and the channels of a group."""
        grouped = a.unflatten(1, (self.groups, -1))
        moment = torch.mean(grouped, dim=(2, 3, 4))
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
        layer = EvolvedLayer_1e84d546(channels=check["shape"][-1], eps=check["eps"], momentum=1 - check["decay"]).double()
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
    print(f"EvolvedLayer_1e84d546 agrees with {check_file}")
