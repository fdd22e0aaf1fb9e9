#!/usr/bin/env bash
# PyTorch's newer ONNX exporter folds BatchNormalization into the convolution before it, although the model is in training mode and
# the caller asks for training mode.
#
# Seen with:    torch 2.13.0 (CPU), onnx 1.23.1, onnxscript 0.7.2, Python 3.11, Linux on x86-64.
# Expected:     torch.onnx.export(model.train(), …, training=TrainingMode.TRAINING, do_constant_folding=False) writes the normalization
#               as a node, whichever exporter runs: it is no constant of a network that trains.
# Behaviour:    dynamo=False writes Conv, BatchNormalization, Relu. dynamo=True, the default since PyTorch 2.9, writes Conv and Relu,
#               without an error: the statistics of the moment are in the weights. With optimize=False in addition it keeps the
#               node.
# It matters:   a program that looks for the normalizations of a network in such a file finds none.
#
# Needs Python 3.10 or later and pip. Prints what it saw, and fails if that is different from the above.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check --extra-index-url https://download.pytorch.org/whl/cpu \
  torch==2.13.0+cpu onnx==1.23.1 onnxscript==0.7.2 numpy

cat >look.py <<'PYTHON'
import collections
import logging
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import onnx
import torch
from torch import nn


def operators(**exporter):
    model = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU()).train()
    torch.onnx.export(model, (torch.randn(2, 3, 8, 8),), "model.onnx", verbose=False,
                      training=torch.onnx.TrainingMode.TRAINING, do_constant_folding=False, **exporter)
    counts = collections.Counter(node.op_type for node in onnx.load("model.onnx").graph.node)
    return ", ".join(f"{counts[name]} {name}" for name in ("Conv", "BatchNormalization", "Relu"))


print("dynamo=False:", operators(dynamo=False))
print("dynamo=True:", operators(dynamo=True))
print("dynamo=True, optimize=False:", operators(dynamo=True, optimize=False))
PYTHON
venv/bin/python look.py 2>/dev/null | grep ^dynamo | tee seen
diff - seen <<'SEEN'
dynamo=False: 1 Conv, 1 BatchNormalization, 1 Relu
dynamo=True: 1 Conv, 0 BatchNormalization, 1 Relu
dynamo=True, optimize=False: 1 Conv, 1 BatchNormalization, 1 Relu
SEEN
echo "as described"
