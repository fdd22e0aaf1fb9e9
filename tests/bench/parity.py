"""Repeats training steps of the Java engine in PyTorch, from the same parameters and batches, and compares.

Networks are the anchor networks of reference_networks.py and the models of onnx_networks.py. The steps are those that org.evonorm.training.StepRecorder wrote. Distances are relative: ‖a − b‖ / ‖b‖.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

from onnx_networks import MODELS, Slot, slots, with_places
from reference import learning_rate, make_optimizer, training_step
from reference_layers import Place, Places, layer_from_graph, training_function
from reference_networks import NETWORKS, Bottleneck, LayerScale, Positions
from turned_relus import TurnedReLUs

IMAGE_SIZE = 32
ROUNDING = 2.0**-24
FIRST_LOSS_LIMIT = 1e-6
LOGITS_LIMIT = 1e-4
GRADIENT_LIMIT = 0.05
# Gradients may err by this many times what rounding does to them in PyTorch: a single max that falls to the other side
# moves them as much as all other rounding together.
GRADIENT_FACTOR = 20
# A tensor with less than this share of the gradient's norm may be zero but for rounding, as is a shift's before a batch
# normalization.
NEGLIGIBLE = 1e-4


class Recording:
    """What StepRecorder wrote of one network and layer."""

    def __init__(self, folder):
        self.folder = folder
        self.case = json.loads((folder / "case.json").read_text())
        self.losses = self.case["losses"]

    def vector(self, name):
        """A flat vector in float64."""
        return np.fromfile(self.folder / f"{name}.f32", "<f4").astype(np.float64)

    def images(self, name, size):
        """Images [B, 3, size, size]."""
        return torch.from_numpy(self.vector(name).reshape(-1, size, size, 3).transpose(0, 3, 1, 2).copy())

    def batch(self, step):
        """Images and labels of a step."""
        return self.images(f"pixels-{step}", self.case["crop"]), torch.tensor(self.case["labels"][step])


def operators(module):
    """Modules with parameters in the order of the Java network's operators."""
    if isinstance(module, Bottleneck):
        ordered = (module.place1, module.projection, module.conv1, module.place2, module.conv2, module.place3,
                   module.conv3)
        return [part for part in ordered if part is not None]
    if isinstance(module, (Place, nn.Conv2d, nn.Linear, LayerScale, Positions)):
        return [module]
    return [operator for child in module.children() for operator in operators(child)]


class Repetition:
    """The recorded network in PyTorch. Both kinds of place hold the recorded JSON forms, so that every eps counts."""

    def __init__(self, recording, dtype):
        self.case = case = recording.case
        places = Places(layer_from_graph(case["layer"]))
        linear = layer_from_graph(case["linear"])
        assert linear.parameters == places.layers[1].parameters, "linear places differ"
        places.layers = places.layers[0], linear
        places.functions = places.functions[0], training_function(linear)
        # The recorded forms are canonical: no node is there twice or in vain.
        self.moments = {layer: sum(node.get("over") == "bwh" for node in case[key]["nodes"])
                        for layer, key in zip(places.layers, ("layer", "linear"))}
        if case["network"] in MODELS:
            network = with_places(MODELS[case["network"]](), places, case["places"])
        else:
            settings = NETWORKS[case["network"]]
            network = settings.function(places, settings.cifar_width, 10, settings.cifar_strides)
        self.slots = (slots(network) if case["network"] in MODELS else
                      [Slot(parameter) for module in operators(network) for parameter in module.parameters()])
        self.network = network.to(dtype, memory_format=torch.channels_last)
        self.dtype = dtype
        owners = {id(parameter): module for module in network.modules() if isinstance(module, Place)
                  for parameter in module.parameters()}
        self.places = list({id(owners[id(slot.parameter)]): owners[id(slot.parameter)]
                            for slot in self.slots if id(slot.parameter) in owners}.values())
        assert len(self.slots) == len(case["parameters"])
        assert sum(slot.values().numel() for slot in self.slots) == sum(p.numel() for p in network.parameters())

    @torch.no_grad()
    def set_parameters(self, flat):
        """Takes parameters in the Java layout, and checks their shapes."""
        for slot, stored in zip(self.slots, self.case["parameters"]):
            tensor = slot.values()
            shape = stored["shape"]
            if stored["role"] == "CONVOLUTION":
                shape = [shape[0] * shape[1], *shape[2:]][:tensor.dim()]
            elif stored["name"].endswith((".v0", ".v1", ".gamma", ".beta")):
                shape = [1, *shape, 1, 1]
            # Layer scales, class tokens and positions have dimensions of size 1 in other places.
            assert [size for size in tensor.shape if size > 1] == [size for size in shape if size > 1] or \
                stored["role"] == "POSITIONS" and tensor.numel() == np.prod(shape), (stored, tensor.shape)
            values = flat[stored["offset"]:stored["offset"] + tensor.numel()]
            tensor.copy_(torch.from_numpy(values).view(tensor.shape))

    def set_averages(self, flat, steps):
        """Takes running statistics in the Java layout."""
        stretches = iter(self.case["averages"])
        for place in self.places:
            stored = [next(stretches) for _ in range(self.moments[place.layer])]
            slices = [flat[s["offset"]:s["offset"] + s["channels"]] for s in stored]
            place.averages.values = [torch.from_numpy(values).to(self.dtype).view(1, -1, 1, 1) for values in slices]
            place.averages.steps = steps
        assert next(stretches, None) is None, "the Java layout has more running statistics"

    def train(self, recording, steps):
        """Losses of the first steps and the first gradient."""
        self.network.train()
        optimizer = make_optimizer(self.network)
        losses = []
        for step in range(steps):
            images, labels = recording.batch(step)
            images = images.to(self.dtype, memory_format=torch.channels_last)
            losses.append(training_step(self.network, optimizer, images, labels, learning_rate(step)))
            if step == 0:
                gradient = np.concatenate([slot.gradient().flatten().double().numpy() for slot in self.slots])
        return losses, gradient

    @torch.no_grad()
    def logits(self, recording):
        """Logits in evaluation mode."""
        self.network.eval()
        return self.network(recording.images("scored-pixels", IMAGE_SIZE).to(self.dtype)).double().numpy().ravel()


def distance(a, b):
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))


def worst_tensor(recording, gradient, reference):
    """The largest distance of a single parameter's gradient, and the parameter's name."""
    distances = []
    for stored in recording.case["parameters"]:
        stretch = slice(stored["offset"], stored["offset"] + int(np.prod(stored["shape"])))
        if np.linalg.norm(reference[stretch]) > NEGLIGIBLE * np.linalg.norm(reference):
            distances.append((distance(gradient[stretch], reference[stretch]), stored["name"]))
    return max(distances)


def repeat(recording, dtype, steps, change=0.0):
    """Losses and first gradient of the recorded steps, from parameters that random relative changes have moved."""
    initial = recording.vector("initial")
    repetition = Repetition(recording, dtype)
    repetition.set_parameters(initial * (1 + change * np.random.default_rng(1).standard_normal(len(initial))))
    return repetition.train(recording, steps)


def compare(recording):
    """Prints one recording's distances and returns those that rounding does not explain."""
    single_losses, single = repeat(recording, torch.float32, len(recording.losses))
    (first_loss,), double = repeat(recording, torch.float64, 1)
    _, nearby = repeat(recording, torch.float64, 1, ROUNDING)
    java = recording.vector("gradient")
    final = Repetition(recording, torch.float64)
    final.set_parameters(recording.vector("final"))
    final.set_averages(recording.vector("averages"), len(recording.losses))

    loss = abs(recording.losses[0] - first_loss) / first_loss
    gradient, rounding, sensitivity = (distance(other, double) for other in (java, single, nearby))
    allowed = min(GRADIENT_LIMIT, GRADIENT_FACTOR * (rounding + sensitivity))
    turned = 0
    if gradient > allowed:
        double, turned = TurnedReLUs(lambda: repeat(recording, torch.float64, 1)[1]).nearest(java)
        gradient = distance(java, double)
    worst, name = worst_tensor(recording, java, double)
    logits = distance(recording.vector("logits"), final.logits(recording))
    print(f"{recording.case['network']}  {recording.case['name']}")
    print(f"  first loss, Java from float64      {loss:.0e}")
    print(f"  first gradient, Java from float64  {gradient:.0e}; worst tensor {worst:.0e} ({name})" +
          (f"; ReLUs turned by rounding: {turned}" if turned else ""))
    print(f"    PyTorch float32 from float64     {rounding:.0e}; float64 from rounded parameters {sensitivity:.0e}")
    print("  losses, Java from PyTorch float32  " +
          " ".join(f"{abs(float(a) - b):.0e}" for a, b in zip(recording.losses, single_losses)))
    print(f"  logits of the state Java ended in  {logits:.0e}", flush=True)
    limits = {
        "first loss": (loss, FIRST_LOSS_LIMIT),
        "first gradient": (gradient, allowed),
        "logits": (logits, LOGITS_LIMIT),
    }
    return [what for what, (value, limit) in limits.items() if not value <= limit]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="what StepRecorder wrote")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    paths = sorted(arguments.folder.glob("*/case.json"))
    if not paths:
        parser.error(f"{arguments.folder} holds no recorded steps; let StepRecorder write some")
    failures = []
    for path in paths:
        recording = Recording(path.parent)
        failures += [f"{recording.case['network']} {recording.case['name']}: {what}" for what in compare(recording)]
    if failures:
        raise SystemExit("no rounding explains the distance of\n  " + "\n  ".join(failures))


if __name__ == "__main__":
    main()
