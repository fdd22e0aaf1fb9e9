"""Layers in the places of models; needs torch, and torchvision or timm where a test asks for them."""

import importlib

import pytest

from evonorm import EvonormError, replace_layers

torch = pytest.importorskip("torch")
nn = torch.nn


class Scaled(nn.Module):
    """A layer with the arguments of exported ones, which counts what it is made for."""

    def __init__(self, channels, apply_act=True):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(channels))
        self.apply_act = apply_act

    def forward(self, x):
        y = x * self.gamma[:, None, None]
        return y / (1 + y.square()).sqrt() if self.apply_act else y


class Block(nn.Module):
    """A residual block whose one ReLU serves two places and the sum, as torchvision writes it."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(8, 8, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 8, 3, padding=1, bias=False)
        self.bn2 = nn.GroupNorm(2, 8)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(y)) + x)


def library(name):
    """A library of models; builds of torchvision that do not fit torch fail with other errors than ImportError."""
    try:
        return importlib.import_module(name)
    except (ImportError, RuntimeError) as failure:
        pytest.skip(f"{name} cannot be imported: {failure}")


def kinds(model):
    return [module.apply_act for module in model.modules() if isinstance(module, Scaled)]


def test_places_and_linear_places():
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.SiLU(), Block())
    replaced = replace_layers(model, Scaled)
    assert kinds(replaced) == [True, True, False]
    assert any(isinstance(module, nn.BatchNorm2d) for module in model.modules()), "the model itself changed"
    # The activation of the sum stays.
    x = torch.randn(2, 3, 9, 9)
    assert (replaced(x) >= 0).all()
    replaced(x).sum().backward()
    assert all(parameter.grad is not None for parameter in replaced.parameters())


def test_a_layer_without_affine_leaves_linear_places():
    class Plain(nn.Module):
        def __init__(self, channels):
            super().__init__()
            self.norm = nn.BatchNorm2d(channels)

        def forward(self, x):
            return torch.relu(self.norm(x))

    torch.manual_seed(1)
    model = Block().eval()
    replaced = replace_layers(model, Plain)
    assert isinstance(replaced.bn2, nn.GroupNorm)
    # New batch normalizations in evaluation mode do what the old ones did.
    x = torch.randn(2, 8, 5, 5)
    assert torch.allclose(replaced(x), model(x), atol=1e-6)
    assert not replaced.bn1.training


class Dropping(nn.Module):
    """A model whose dropout is a function, inside a module with a normalization."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, bias=False)
        self.bn = nn.BatchNorm2d(8)

    def forward(self, x):
        return nn.functional.dropout(nn.functional.relu(self.bn(self.conv(x))), 0.5, training=self.training)


@pytest.mark.parametrize("training", [True, False])
def test_dropout_follows_the_mode(training):
    replaced = replace_layers(Dropping().train(training), Scaled)
    assert replaced.training == training
    x = torch.randn(2, 3, 9, 9)
    replaced.eval()
    assert torch.equal(replaced(x), replaced(x))
    replaced.train()
    assert not torch.equal(replaced(x), replaced(x))


def test_the_copy_shares_nothing_and_keeps_type_and_zeros():
    model = Dropping().double()
    nn.init.zeros_(model.bn.weight)

    class Zeroed(Scaled):
        def __init__(self, channels, apply_act=True, init_zero=False):
            super().__init__(channels, apply_act)
            nn.init.constant_(self.gamma, 0.0 if init_zero else 1.0)

    replaced = replace_layers(model, Zeroed)
    assert replaced.bn.gamma.dtype == torch.float64
    assert not replaced.bn.gamma.any()
    replaced(torch.randn(2, 3, 9, 9).double()).sum().backward()
    assert all(parameter.grad is None for parameter in model.parameters())
    replaced.conv.weight.data.zero_()
    assert model.conv.weight.any()


def test_what_cannot_be_replaced_is_told():
    with pytest.raises(EvonormError, match="has no batch, group or instance normalization"):
        replace_layers(nn.Sequential(nn.Conv2d(3, 8, 3)), Scaled)
    with pytest.raises(EvonormError, match="model is a torch.nn.Module"):
        replace_layers("resnet50", Scaled)
    with pytest.raises(EvonormError, match="layer is a class"):
        replace_layers(Block(), "EvoNorm-B0")
    with pytest.raises(EvonormError, match="layer is a class"):
        replace_layers(Block(), Scaled(8))
    with pytest.raises(EvonormError, match="a normalization itself, BatchNorm2d"):
        replace_layers(nn.BatchNorm2d(8), Scaled)
    with pytest.raises(EvonormError, match="does not know all of its channels yet"):
        replace_layers(nn.Sequential(nn.LazyBatchNorm2d(), nn.ReLU()), Scaled)
    norm = nn.BatchNorm2d(8)
    with pytest.raises(EvonormError, match="computes its normalization 0 at 2 places"):
        replace_layers(nn.Sequential(norm, nn.ReLU(), nn.Conv2d(8, 8, 1), norm), Scaled)

    class Branching(nn.Module):
        def __init__(self):
            super().__init__()
            self.bn = nn.BatchNorm2d(8)

        def forward(self, x):
            return self.bn(x) if x.sum() > 0 else -x

    with pytest.raises(EvonormError, match="torch.fx cannot trace Branching"):
        replace_layers(Branching(), Scaled)

    class TwoModes(Dropping):
        def forward(self, x):
            y = self.bn(self.conv(x))
            return (y, y) if self.training else y

    with pytest.raises(EvonormError, match="TwoModes computes other things in training"):
        replace_layers(TwoModes(), Scaled)


@pytest.mark.parametrize(
    ("name", "places", "linear"), [("resnet18", 9, 11), ("mobilenet_v2", 35, 17), ("regnet_y_400mf", 33, 20)]
)
def test_models_of_torchvision(name, places, linear):
    models = library("torchvision").models
    replaced = replace_layers(getattr(models, name)(num_classes=10), Scaled)
    assert (kinds(replaced).count(True), kinds(replaced).count(False)) == (places, linear)
    assert replaced(torch.randn(2, 3, 64, 64)).shape == (2, 10)


def test_a_model_of_timm_whose_normalizations_hold_activations():
    timm = library("timm")
    replaced = replace_layers(timm.create_model("efficientnet_b0", num_classes=10), Scaled)
    assert (kinds(replaced).count(True), kinds(replaced).count(False)) == (33, 16)
    assert replaced(torch.randn(2, 3, 64, 64)).shape == (2, 10)
