"""Compares exported networks with the Java engine: the first loss and gradient of recorded training steps.

The steps are those that org.evonorm.training.StepRecorder wrote of the anchor networks; the networks are exported by
evonorm itself. Distances are relative: ‖a − b‖ / ‖b‖, computed in float64.
"""

import argparse
import importlib
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from parity import Recording, distance
from reference_networks import NETWORKS

EVONORM = Path(__file__).parents[2] / "submit" / "evonorm"
LOSS_LIMIT = 1e-6
GRADIENT_LIMIT = 5e-4
# A single max that falls to the other side moves gradients as much as all other rounding together.
GRADIENT_FACTOR = 20


def exported(recording, folder):
    """The recorded network, as evonorm exports it."""
    name = recording.case["network"]
    stem = f"layer_{len(list(folder.iterdir()))}"
    subprocess.run(
        [EVONORM, "export", "--layer", recording.case["name"], "--format", "pytorch", "--with-network", name,
         "--small-images", "--width", str(NETWORKS[name].cifar_width), "--classes", "10",
         "--output", folder / f"{stem}.py"], check=True, stdout=subprocess.DEVNULL)
    return importlib.import_module(f"{stem}_{name}").Network()


def parameters(network, recording):
    """The network's parameters in the order of the engine's."""
    parts = {name.lstrip("abcdefghijklmnopqrstuvwxyz"): part for name, part in network.named_children()}
    tensors = {name.lstrip("abcdefghijklmnopqrstuvwxyz"): tensor
               for name, tensor in network.named_parameters(recurse=False)}
    for stored in recording.case["parameters"]:
        operator, name = stored["name"].split(".")
        if operator in tensors:
            yield stored, tensors[operator]
        elif name in ("weights", "bias"):
            yield stored, getattr(parts[operator], "weight" if name == "weights" else "bias")
        elif isinstance(parts[operator], torch.nn.BatchNorm2d):
            yield stored, parts[operator].weight if name == "v1" else parts[operator].bias
        else:
            yield stored, getattr(parts[operator], name)


def as_engine(tensor, stored):
    """A parameter or its gradient, flat in the engine's order: positions are [H, W, C] there."""
    return (tensor[0].permute(1, 2, 0) if stored["role"] == "POSITIONS" else tensor).flatten()


def step(network, recording, dtype):
    """Loss and gradient of the first recorded step."""
    network = network.to(dtype)
    own = list(parameters(network, recording))
    assert len(own) == len(list(network.parameters())), "the network has other parameters"
    initial = torch.from_numpy(recording.vector("initial"))
    with torch.no_grad():
        for stored, tensor in own:
            values = initial[stored["offset"]:stored["offset"] + tensor.numel()]
            if stored["role"] == "POSITIONS":
                tensor.copy_(values.view(*stored["shape"]).permute(2, 0, 1)[None])
            else:
                tensor.copy_(values.view(tensor.shape))
    images, labels = recording.batch(0)
    network.zero_grad()
    loss = F.cross_entropy(network(images.to(dtype)), labels)
    loss.backward()
    return loss.item(), np.concatenate([as_engine(tensor.grad, stored).double().numpy() for stored, tensor in own])


def compare(recording, folder):
    """Prints the distances of one recording, and returns whether rounding explains them."""
    network = exported(recording, folder)
    _, rounded = step(network, recording, torch.float32)
    loss, gradient = step(network, recording, torch.float64)
    loss_distance = abs(recording.losses[0] - loss) / loss
    gradient_distance = distance(recording.vector("gradient"), gradient)
    rounding = distance(rounded, gradient)
    print(f"{recording.case['network']:15} {recording.case['name']:12} loss {loss_distance:.0e}, "
          f"gradient {gradient_distance:.0e}, by rounding in PyTorch {rounding:.0e}", flush=True)
    return loss_distance <= LOSS_LIMIT and gradient_distance <= max(GRADIENT_LIMIT, GRADIENT_FACTOR * rounding)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="what StepRecorder wrote of the anchor networks")
    paths = sorted(parser.parse_args().folder.glob("*/case.json"))
    if not paths:
        parser.error("the folder holds no recorded steps; let StepRecorder write some")
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, folder)
        if not all([compare(Recording(path.parent), Path(folder)) for path in paths]):
            raise SystemExit("an exported network differs from the engine's")


if __name__ == "__main__":
    main()
