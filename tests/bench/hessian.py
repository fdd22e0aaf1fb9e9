"""Compares the Java engine's directions of ascent of the gradient's norm, H·g, with double backward in float64.

The directions are those that org.evonorm.engine.cpu.HessianProductRecorder wrote.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from parity import Recording, Repetition, distance

LEAST_COSINE = 0.99
SKETCH = 256


def double_backward(recording):
    """Gradient and product of the Hessian with the recorded gradient, at the recorded parameters."""
    repetition = Repetition(recording, torch.float64)
    repetition.set_parameters(recording.vector("initial"))
    repetition.network.train()
    images, labels = recording.batch(0)
    loss = F.cross_entropy(repetition.network(images), labels)
    gradients = torch.autograd.grad(loss, repetition.parameters, create_graph=True)
    direction = torch.from_numpy(recording.vector("gradient"))
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    products = torch.autograd.grad(flat, repetition.parameters, direction, allow_unused=True, materialize_grads=True)
    return flat.detach().numpy(), torch.cat([product.flatten() for product in products]).numpy()


def cosine(a, b):
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def mixed(values):
    """Finalizer of SplitMix64 (Stafford's variant 13)."""
    z = values + np.uint64(0x9e3779b97f4a7c15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xbf58476d1ce4e5b9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94d049bb133111eb)
    return z ^ (z >> np.uint64(31))


def sketch(vector):
    """Sums of the values, each with a random sign in a random one of them, as HessianProductTest takes them."""
    hashes = mixed(np.arange(len(vector), dtype=np.uint64))
    signs = np.where(hashes & np.uint64(1), -1.0, 1.0)
    return np.bincount((hashes >> np.uint64(1)) % np.uint64(SKETCH), signs * vector, SKETCH)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="what HessianProductRecorder wrote")
    parser.add_argument("--sketches", type=Path, help="JSON file to write for HessianProductTest")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    failures = []
    sketches = []
    print("| network | layer | norm of g | g, Java from float64 | Hg/norm of g | cosine |\n|---|---|---|---|---|---|")
    for path in sorted(arguments.folder.glob("*/case.json")):
        recording = Recording(path.parent)
        gradient, product = double_backward(recording)
        java = recording.vector("product")
        value = cosine(java, product)
        norm = np.linalg.norm(gradient)
        print(f"| {recording.case['network']} | {recording.case['name']} | {norm:.1e} |"
              f" {distance(recording.vector('gradient'), gradient):.0e} | {np.linalg.norm(product) / norm:.1e} |"
              f" {value:.5f} |", flush=True)
        sketches.append({"network": recording.case["network"], "layer": recording.case["name"],
                         "sketch": [float(f"{number:.5g}") for number in sketch(product)]})
        if not value >= LEAST_COSINE:
            failures.append(f"{recording.case['network']} {recording.case['name']}")
    if arguments.sketches:
        arguments.sketches.write_text("[\n" + ",\n".join(map(json.dumps, sketches)) + "\n]\n")
    if failures:
        raise SystemExit(f"a cosine under {LEAST_COSINE}:\n  " + "\n  ".join(failures))


if __name__ == "__main__":
    main()
