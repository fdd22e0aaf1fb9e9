"""Compares the Java engine's directions of ascent of the gradient's norm, H·g, with double backward in float64.

The directions are those that org.evonorm.rejection.HessianProductRecorder wrote.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from parity import Recording, Repetition, distance

LEAST_COSINE = 0.99


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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="what HessianProductRecorder wrote")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    failures = []
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
        if not value >= LEAST_COSINE:
            failures.append(f"{recording.case['network']} {recording.case['name']}")
    if failures:
        raise SystemExit(f"a cosine under {LEAST_COSINE}:\n  " + "\n  ".join(failures))


if __name__ == "__main__":
    main()
