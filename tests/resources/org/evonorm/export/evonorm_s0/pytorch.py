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
                    return EvoNormS0Function.apply(self, x, self.v1, self.gamma, self.beta)
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
        dx = t2.mul_(s51).add_(t1.mul_(dy).mul_(s18).add_((maps - s7).mul_(s48)))
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

    def trained(case, layout, form):
        layer = EvoNormS0(channels=check["shape"][-1], groups=check["groups"], eps=check["eps"], **form).double()
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
    layouts = torch.contiguous_format, torch.channels_last
    for layout, form in itertools.product(layouts, [{}, {"fused": False}]):
        for case in check["training_at_edges"]:
            trained(case, layout, form)
        layer = trained(check["training"], layout, form)
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
