"""Models of torchvision and timm as ONNX files, and with the places that evonorm found in the files.

    python onnx_networks.py FOLDER      writes every model
    java … org.evonorm.training.StepRecorder STEPS EvoNorm-B0 FOLDER/*.onnx
    python parity.py STEPS              compares losses and gradients
"""

import sys
from functools import partial
from pathlib import Path

import torch
import torch.fx
from torch import nn

CLASSES = 10
SIZE = 32


OF_TORCHVISION = ("resnet18", "resnet50", "resnext50_32x4d", "regnet_x_400mf", "regnet_y_400mf", "densenet121", "mobilenet_v2",
                  "mobilenet_v3_small", "mnasnet0_5", "efficientnet_b0")
OF_TIMM = "resnet26d", "mobilenetv2_050"
# Dropped paths are random numbers in the graph.
ARGUMENTS = {"efficientnet_b0": {"stochastic_depth_prob": 0.0}}
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
    return timm.create_model(name, num_classes=CLASSES)


# By the names of the files: resnet50 is an anchor network too.
MODELS = {f"file-{name}": partial(make, name)
          for make, names in ((of_torchvision, OF_TORCHVISION), (of_timm, OF_TIMM)) for name in names}


def without_dropout(model):
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Dropout):
            model.set_submodule(name, nn.Identity())
    return model


class Tracer(torch.fx.Tracer):
    """Leaves timm's modules of a normalization and its activation whole."""

    def is_leaf_module(self, module, name):
        return "BatchNormAct" in type(module).__name__ or super().is_leaf_module(module, name)


def with_places(model, places, found):
    """The model with reference layers in the places, and its modules with parameters in the order of the calls.

    found has, by place, the name of the normalization's module, its activation, and whether candidates fill it.
    """
    model = without_dropout(model)
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
    called = [traced.get_submodule(node.target) for node in traced.graph.nodes if node.op == "call_module"]
    return traced, [module for module in called if list(module.parameters(recurse=False))]


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in MODELS.items():
        torch.onnx.export(make().train(), (torch.randn(2, 3, SIZE, SIZE),), str(folder / f"{name}.onnx"), dynamo=False,
                          training=torch.onnx.TrainingMode.TRAINING, do_constant_folding=False)
        print(folder / f"{name}.onnx", flush=True)


if __name__ == "__main__":
    main()
