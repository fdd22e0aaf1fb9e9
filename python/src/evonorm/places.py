"""Layers in the places of a PyTorch model, as those of torchvision and timm."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from evonorm import checks
from evonorm.errors import EvonormError

if TYPE_CHECKING:
    from torch import fx, nn


def replace_layers(model: nn.Module, layer: Callable[..., nn.Module]) -> fx.GraphModule:
    """A copy of a model with a layer in place of its normalizations and the activations after them.

    A batch, group or instance normalization of maps whose only reader is an activation is a place. Others are linear
    places, which get the layer without activation, as evonorm's own networks have it; layers without an affine have no
    such form, and leave them as they are. LayerNorm and BatchNorm1d stay.

    The new layers start as new ones, with their own eps and momentum, on the device and in the type of the old ones,
    and with gamma at 0 where the old one's was; other weights are copies of the model's. The copy has ``forward`` alone
    of the model's methods. Save its ``state_dict()``: classes of exported layers cannot be pickled.

    Args:
        model: a model that ``torch.fx`` can trace, as torchvision's and most of timm's convolutional networks
        layer: a class of an exported layer, or what else makes a module for a number of channels

    Raises:
        EvonormError: the model cannot be traced, computes other things in training than in evaluation, has no such
            normalization, or reads one at several places
    """
    torch, fx, nn = _torch()
    if not isinstance(model, nn.Module):
        raise EvonormError(f"model is a torch.nn.Module, and cannot be {checks.shown(model)}")
    if not callable(layer) or isinstance(layer, nn.Module):
        raise EvonormError(f"layer is a class, as run.layer(id) gives it, and cannot be {checks.shown(layer)}")
    kinds = _norms(nn)
    name = type(model).__name__
    if isinstance(model, kinds):
        raise EvonormError(f"the model is a normalization itself, {name}; use the layer in its place")
    if any(nn.parameter.is_lazy(tensor) for tensor in [*model.parameters(), *model.buffers()]):
        raise EvonormError(f"{name} does not know all of its channels yet; run one batch through it")
    copied = copy.deepcopy(model)
    graphs = [_traced(copied.train(mode), kinds, torch, fx, nn) for mode in (not model.training, model.training)]
    traced = graphs[1]
    if graphs[0].code != traced.code:
        raise EvonormError(
            f"{name} computes other things in training than in evaluation, of which torch.fx keeps one; put the layer into"
            " its source by hand"
        )
    norms = [node for node in traced.graph.nodes if node.op == "call_module"]
    norms = [node for node in norms if isinstance(traced.get_submodule(node.target), kinds)]
    if not norms:
        raise EvonormError(f"{name} has no batch, group or instance normalization of maps; LayerNorm is not replaced")
    activations = _Activations(torch, nn)
    targets = [node.target for node in norms]
    for node in norms:
        if targets.count(node.target) > 1:
            raise EvonormError(
                f"the model computes its normalization {node.target} at {targets.count(node.target)} places, which would"
                " share one layer; give each place a module of its own"
            )
        old = traced.get_submodule(node.target)
        reader = next(iter(node.users)) if len(node.users) == 1 else None
        merged = _merged_activation(old, nn)
        activated = merged or (reader is not None and activations.contain(traced, reader))
        new = _layer(layer, old, activated)
        if new is None:
            continue
        parent, _, attribute = node.target.rpartition(".")
        setattr(traced.get_submodule(parent), attribute, new)
        if activated and not merged and reader is not None:
            reader.replace_all_uses_with(node)
            traced.graph.erase_node(reader)
    traced.delete_all_unused_submodules()
    traced.recompile()
    return traced


def _norms(nn: Any) -> tuple[type, ...]:
    return (nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm, nn.InstanceNorm2d, nn.InstanceNorm3d, nn.GroupNorm)


def _traced(model: nn.Module, norms: tuple[type, ...], torch: Any, fx: Any, nn: Any) -> fx.GraphModule:
    """The graph of a model, in which modules without a normalization are one step each, so that they keep their modes."""

    class Tracer(fx.Tracer):  # type: ignore[misc, name-defined]
        def is_leaf_module(self, module: nn.Module, name: str) -> bool:
            holds = any(isinstance(part, norms) for part in module.modules())
            return isinstance(module, norms) or not holds or super().is_leaf_module(module, name)

    try:
        traced = fx.GraphModule(model, Tracer().trace(model), type(model).__name__)
    except Exception as failure:
        raise EvonormError(
            f"torch.fx cannot trace {type(model).__name__} ({failure}); put the layer into its source by hand"
        ) from failure
    functional = nn.functional
    dropouts = {
        functional.dropout: nn.Dropout,
        functional.dropout2d: nn.Dropout2d,
        functional.dropout3d: nn.Dropout3d,
        functional.alpha_dropout: nn.AlphaDropout,
    }
    # The functions have the mode of the tracing; modules follow train() and eval().
    for number, node in enumerate(list(traced.graph.nodes)):
        if node.op == "call_function" and node.target in dropouts:
            share = node.args[1] if len(node.args) > 1 else node.kwargs.get("p", 0.5)
            part = f"dropout_{number}"
            traced.add_submodule(part, dropouts[node.target](share).train(model.training))
            with traced.graph.inserting_before(node):
                module = traced.graph.call_module(part, node.args[:1] or (node.kwargs["input"],))
            node.replace_all_uses_with(module)
            traced.graph.erase_node(node)
    traced.recompile()
    return traced


def _torch() -> tuple[Any, Any, Any]:
    try:
        import torch
        from torch import fx, nn
    except ImportError as failure:
        raise EvonormError("layers are PyTorch modules, and torch cannot be imported; pip install torch") from failure
    return torch, fx, nn


class _Activations:
    """The activations that belong to a place, as modules, functions and methods."""

    def __init__(self, torch: Any, nn: Any) -> None:
        functional = nn.functional
        self.modules = (nn.ReLU, nn.ReLU6, nn.SiLU, nn.Hardswish, nn.GELU, nn.LeakyReLU, nn.ELU, nn.Mish)
        names = ("relu", "relu_", "relu6", "silu", "hardswish", "gelu", "leaky_relu", "elu", "mish")
        self.functions = {getattr(functional, name) for name in names} | {torch.relu, torch.relu_}

    def contain(self, traced: Any, node: Any) -> bool:
        if node.op == "call_module":
            return isinstance(traced.get_submodule(node.target), self.modules)
        return (node.op == "call_function" and node.target in self.functions) or (
            node.op == "call_method" and node.target in ("relu", "relu_")
        )


def _merged_activation(module: Any, nn: Any) -> bool:
    """Whether a normalization has an activation inside, as timm's BatchNormAct2d."""
    return not isinstance(getattr(module, "act", nn.Identity()), nn.Identity)


def _layer(layer: Callable[..., nn.Module], old: Any, activated: bool) -> nn.Module | None:
    """The layer for a place, or its form without activation, if it has one."""
    channels = int(old.num_channels if hasattr(old, "num_channels") else old.num_features)
    parameters = inspect.signature(layer).parameters
    options = {}
    if not activated:
        if "apply_act" not in parameters:
            return None
        options["apply_act"] = False
    weight = getattr(old, "weight", None)
    if weight is not None and "init_zero" in parameters and not weight.is_meta and not weight.any():
        options["init_zero"] = True
    new = layer(channels, **options)
    tensors = [*old.parameters(), *old.buffers()]
    kept = next((tensor for tensor in tensors if tensor.is_floating_point()), None)
    return (new if kept is None else new.to(kept.device, kept.dtype)).train(old.training)
