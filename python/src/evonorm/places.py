"""Layers in the places of a PyTorch model, as those of torchvision and timm."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from evonorm import checks
from evonorm.errors import EvonormError

if TYPE_CHECKING:
    from torch import fx, nn


def replace_layers(model: nn.Module, layer: Callable[..., nn.Module]) -> fx.GraphModule:
    """A copy of a model with a layer in place of its normalizations and the activations after them.

    A batch, group or instance normalization whose only reader is an activation is a place. Others are linear places,
    which get the layer without activation, as evonorm's own networks have it; layers without an affine have no such
    form, and leave them as they are. The new layers start as new ones; other weights are those of the model.

    Args:
        model: a model that ``torch.fx`` can trace, as torchvision's and most of timm's convolutional networks
        layer: a class of an exported layer, or what else makes a module for a number of channels

    Raises:
        EvonormError: the model cannot be traced, has no such normalization, or reads one with different activations
    """
    torch, fx, nn = _torch()
    if not isinstance(model, nn.Module):
        raise EvonormError(f"model is a torch.nn.Module, and cannot be {checks.shown(model)}")
    if not callable(layer):
        raise EvonormError(f"layer is a class, as run.layer(id) gives it, and cannot be {checks.shown(layer)}")
    norms = (nn.modules.batchnorm._NormBase, nn.GroupNorm)

    class Tracer(fx.Tracer):  # type: ignore[misc, name-defined]
        """A tracer that takes normalizations for one step, also those of other libraries."""

        def is_leaf_module(self, module: nn.Module, name: str) -> bool:
            return isinstance(module, norms) or super().is_leaf_module(module, name)

    try:
        traced = fx.GraphModule(model, Tracer().trace(model), type(model).__name__)
    except Exception as failure:
        raise EvonormError(
            f"torch.fx cannot trace {type(model).__name__} ({failure}); put the layer into its source by hand"
        ) from failure
    activations = _Activations(torch, nn)
    found = {node: traced.get_submodule(node.target) for node in traced.graph.nodes if node.op == "call_module"}
    found = {node: module for node, module in found.items() if isinstance(module, norms)}
    targets = [node.target for node in found]
    for node, module in found.items():
        if targets.count(node.target) > 1:
            raise EvonormError(
                f"the model computes its normalization {node.target} at {targets.count(node.target)} places, which would"
                " share one layer; give each place a module of its own"
            )
        reader = next(iter(node.users)) if len(node.users) == 1 else None
        merged = _merged_activation(module, nn)
        activated = merged or (reader is not None and activations.contain(traced, reader))
        new = _layer(layer, _channels(module), activated)
        if new is None:
            continue
        new.train(module.training)
        parent, _, name = node.target.rpartition(".")
        setattr(traced.get_submodule(parent), name, new)
        if activated and not merged and reader is not None:
            reader.replace_all_uses_with(node)
            traced.graph.erase_node(reader)
    if not found:
        raise EvonormError(f"{type(model).__name__} has no batch, group or instance normalization to replace")
    traced.delete_all_unused_submodules()
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


def _channels(module: Any) -> int:
    return int(module.num_channels if hasattr(module, "num_channels") else module.num_features)


def _layer(layer: Callable[..., nn.Module], channels: int, activated: bool) -> nn.Module | None:
    """The layer for a place, or its form without activation, if it has one."""
    if activated:
        return layer(channels)
    if "apply_act" in inspect.signature(layer).parameters:
        return layer(channels, apply_act=False)
    return None
