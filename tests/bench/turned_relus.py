"""Finds the ReLUs that rounding turned: inputs so near to zero that float32 has them on the other side.

One such input moves a gradient by more than all other rounding together, so that a distance says nothing of an
implementation's errors until the ReLUs are turned in the reference too.
"""

import numpy as np
import torch
from torch.nn import functional

# Inputs within this many root mean squares of zero may have the other sign in float32, some layers below the images.
NEAR = 2e-6
MOST = 12


class TurnedReLUs:
    """Gradients in float64 with chosen inputs of ReLUs on the other side of zero, by a function that computes one."""

    def __init__(self, gradient):
        self.gradient = gradient
        self.calls = 0
        self.turned = set()
        self.near = None

    def _relu(self, x, inplace=False):
        positive = (x > 0).flatten()
        if self.near is not None:
            values = x.detach().flatten()
            scale = values.square().mean().sqrt()
            self.near += [(float(values[i].abs() / scale), self.calls, int(i))
                          for i in (values.abs() < NEAR * scale).nonzero().flatten()]
        for call, i in self.turned:
            if call == self.calls:
                positive[i] = ~positive[i]
        self.calls += 1
        return torch.where(positive.view(x.shape), x, torch.zeros_like(x))

    def _compute(self):
        original, functional.relu = functional.relu, self._relu
        self.calls = 0
        try:
            return self.gradient()
        finally:
            functional.relu = original

    def nearest(self, other):
        """The gradient with those ReLUs turned that bring it nearer to another one, and their number."""
        self.near = []
        nearest = self._compute()
        candidates, self.near = sorted(self.near)[:MOST], None
        for _, call, i in candidates:
            self.turned.add((call, i))
            gradient = self._compute()
            if np.linalg.norm(other - gradient) < np.linalg.norm(other - nearest):
                nearest = gradient
            else:
                self.turned.remove((call, i))
        return nearest, len(self.turned)
