"""Models of torchvision and timm as ONNX files, and with the places that evonorm found in the files.

    python onnx_networks.py FOLDER [--exporter newer] [MODEL …]     writes the models
    java … org.evonorm.training.StepRecorder STEPS EvoNorm-B0 FOLDER/*.onnx
    python parity.py STEPS                                          compares losses and gradients
"""

import argparse
from functools import partial
from pathlib import Path

import torch
import torch.fx
from torch import nn

CLASSES = 10
SIZE = 32


OF_TORCHVISION = ("resnet18", "resnet50", "resnext50_32x4d", "regnet_x_400mf", "regnet_y_400mf", "densenet121", "mobilenet_v2",
                  "mobilenet_v3_small", "mnasnet0_5", "efficientnet_b0", "convnext_tiny")
OF_TIMM = "resnet26d", "mobilenetv2_050", "convnext_atto", "vit_tiny_patch16_224", "deit_tiny_patch16_224"
# Dropped paths are random numbers in the graph.
ARGUMENTS = {
    "efficientnet_b0": {"stochastic_depth_prob": 0.0},
    "convnext_tiny": {"stochastic_depth_prob": 0.0},
    "vit_tiny_patch16_224": {"img_size": SIZE, "patch_size": 4},
    "deit_tiny_patch16_224": {"img_size": SIZE, "patch_size": 4},
}
# torchvision's Python code asks for operators of its compiled part, which a build of PyTorch for CPUs may lack.
OPERATORS = ("nms(Tensor dets, Tensor scores, float threshold) -> Tensor",
             "qnms(Tensor dets, Tensor scores, float threshold) -> Tensor")
LIBRARY = torch.library.Library("torchvision", "FRAGMENT")


def define_operators():
    for operator in OPERATORS:
        try:
            LIBRARY.define(operator)
        except RuntimeError:  # it is there
            pass


def of_torchvision(name):
    define_operators()
    import torchvision
    return getattr(torchvision.models, name)(num_classes=CLASSES, **ARGUMENTS.get(name, {}))


def of_timm(name):
    define_operators()  # timm imports torchvision
    import timm
    return timm.create_model(name, num_classes=CLASSES, **ARGUMENTS.get(name, {}))


def vit():
    """torchvision's vision transformer in the sizes of DeiT-Ti, for images of 32×32 pixels."""
    define_operators()
    import torchvision
    return torchvision.models.VisionTransformer(image_size=SIZE, patch_size=4, num_layers=12, num_heads=3, hidden_dim=192,
                                                mlp_dim=768, num_classes=CLASSES)


# By the names of the files: resnet50 is an anchor network too.
MODELS = {f"file-{name}": partial(make, name)
          for make, names in ((of_torchvision, OF_TORCHVISION), (of_timm, OF_TIMM)) for name in names}
MODELS["file-vit"] = vit


def without_dropout(model):
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Dropout) and module.p > 0:  # attention asks a dropout for its rate
            model.set_submodule(name, nn.Identity())
    return model


class Tracer(torch.fx.Tracer):
    """Leaves timm's modules of a normalization and its activation whole."""

    def is_leaf_module(self, module, name):
        return "BatchNormAct" in type(module).__name__ or super().is_leaf_module(module, name)


class OfLastDimension(nn.Module):
    """A place of tokens [B, N, C] or images [B, H, W, C], whose channels are the last dimension."""

    def __init__(self, place):
        super().__init__()
        self.place = place

    def forward(self, x):
        image = x.flatten(1, -2).transpose(1, 2)[..., None] if x.dim() == 3 else x.movedim(-1, 1)
        y = self.place(image)
        return y[..., 0].transpose(1, 2) if x.dim() == 3 else y.movedim(1, -1)


def without_activations(model, places, found):
    """Puts reference layers in the places of a model, none of which has an activation."""
    for place in found:
        normalization = model.get_submodule(place["name"])
        make = places.activated if place["chosen"] else places.linear
        if isinstance(normalization, nn.LayerNorm):
            module = make(normalization.normalized_shape[0])
            # LayerNorm2d of torchvision and timm take images [B, C, H, W].
            module = module if "2d" in type(normalization).__name__ else OfLastDimension(module)
        else:
            module = make(normalization.num_features)
        model.set_submodule(place["name"], module)
    return model


def with_activations(model, places, found):
    """Puts reference layers in the places of a model, and takes the activations of the places out."""
    traced = torch.fx.GraphModule(model, Tracer().trace(model))
    nodes = {node.target: node for node in traced.graph.nodes if node.op == "call_module"}
    for place in found:
        node = nodes[place["name"]]
        normalization = traced.get_submodule(node.target)
        channels = normalization.num_features
        make = places.activated if place["chosen"] else places.linear
        traced.set_submodule(node.target, make(channels))
        if place["chosen"] and place["activation"] != "none" and not hasattr(normalization, "act"):
            activation, = node.users
            while activation.op == "call_module" and isinstance(traced.get_submodule(activation.target), nn.Identity):
                activation, = activation.users
            activation.replace_all_uses_with(activation.args[0])
            traced.graph.erase_node(activation)
    traced.recompile()
    return traced


def with_places(model, places, found):
    """The model with reference layers in the places.

    found has, by place, the name of the normalization's module, its activation, and whether candidates fill it.
    """
    model = without_dropout(model)
    replace = without_activations if all(place["activation"] == "none" for place in found) else with_activations
    return replace(model, places, found)


class Slot:
    """A tensor of the Java layout: a parameter, or a part of one."""

    def __init__(self, parameter, part=lambda tensor: tensor):
        self.parameter = parameter
        self.part = part

    def values(self):
        return self.part(self.parameter.data)

    def gradient(self):
        return self.part(self.parameter.grad)


def slots(model):
    """The parameters of a model in the order of the calls, which is the one of the Java network's operators.

    Parameters of a module itself come after those of its children, as layer scales do; class token and positions come
    after the patches.
    """
    called = []
    handles = [module.register_forward_hook(lambda module, *_: called.append(module)) for module in model.modules()]
    with torch.no_grad():
        model.train()(torch.zeros(2, 3, SIZE, SIZE))
    for handle in handles:
        handle.remove()
    ordered, tokens = [], {}
    for module in called:
        if isinstance(module, nn.MultiheadAttention):  # it does not call its children
            ordered += [Slot(parameter) for parameter in module.parameters()]
            continue
        for name, parameter in module.named_parameters(recurse=False):
            kind = "positions" if "pos_embed" in name else "token" if "token" in name else None
            if kind:
                tokens[kind] = parameter
            else:
                ordered.append(Slot(parameter))
    if tokens:
        positions = tokens["positions"]
        ordered[2:2] = [Slot(positions, lambda tensor: tensor[0, 1:]), Slot(tokens["token"]),
                        Slot(positions, lambda tensor: tensor[0, 0])]
    return ordered


def write(model, file, exporter):
    """Writes a model with its normalizations, which exporters fold into convolutions unless they are told not to."""
    images = (torch.randn(2, 3, SIZE, SIZE),)
    if exporter == "older":
        torch.onnx.export(model.train(), images, file, dynamo=False, training=torch.onnx.TrainingMode.TRAINING,
                          do_constant_folding=False)
    else:
        torch.onnx.export(model.train(), images, file, dynamo=True, optimize=False, verbose=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("models", nargs="*", help="names without the prefix file-; all without any")
    parser.add_argument("--exporter", choices=("older", "newer"), default="older")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name in [f"file-{name}" for name in arguments.models] or MODELS:
        file = arguments.folder / f"{name}.onnx"
        write(MODELS[name](), str(file), arguments.exporter)
        print(file, flush=True)


if __name__ == "__main__":
    main()
