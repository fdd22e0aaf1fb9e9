#!/usr/bin/env bash
# torch.compile on a CPU makes scalar code of isnan and of the comparison that the gradient of where keeps, so that a max that is written
# with where takes several times as long as torch.maximum.
#
# Seen with:    torch 2.13.0 (CPU), g++ 12, Python 3.11, Linux on x86-64 with AVX2.
# Expected:     where(isnan(b) | (a < b), b, a), which is elementwise as torch.maximum, becomes one loop over vectors, and its gradient too:
#               the comparison is cheap to compute again.
# Behaviour:    the forward loop leaves vectors for every isnan (a loop over lanes that calls std::isnan), and writes the comparison as a
#               tensor of booleans, which the backward loop reads (a "const bool*" argument). With torch.maximum there is neither. The
#               gradient of a tie is another, though: half to each side.
# It matters:   an EvoNorm-B0 layer of [128, 64, 24, 24], forward and backward on one thread, took 133 ms with where and 25 with
#               torch.maximum (Zen 3).
#
# Needs Python 3.10 or later, pip and g++. Prints what it saw, and fails if that is different from the above.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check --extra-index-url https://download.pytorch.org/whl/cpu \
  torch==2.13.0+cpu numpy setuptools

cat >look.py <<'PYTHON'
import torch
from torch._inductor.utils import run_and_get_code


def by_where(a, b):
    return torch.where(torch.isnan(b) | (a < b), b, a) * b


def by_maximum(a, b):
    return torch.maximum(a, b) * b


def traits(function):
    a, b = (torch.randn(64, 256, requires_grad=True) for _ in range(2))
    torch._dynamo.reset()
    compiled = torch.compile(function)
    _, sources = run_and_get_code(lambda: compiled(a, b).sum().backward())
    text = "\n".join(sources)
    return f"scalar isnan {'std::isnan' in text}, booleans kept {'const bool*' in text}"


print("torch", torch.__version__)
found = {function.__name__: traits(function) for function in (by_where, by_maximum)}
for name, seen in found.items():
    print(f"{name}: {seen}")
assert found == {
    "by_where": "scalar isnan True, booleans kept True",
    "by_maximum": "scalar isnan False, booleans kept False",
}, "this has changed"
PYTHON
venv/bin/python look.py
