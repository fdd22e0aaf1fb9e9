"""Times exported PyTorch layers: milliseconds of processor time forward and backward, and bytes kept over the input's.

FOLDER is what org.evonorm.export.ExportRecorder wrote. nn.BatchNorm2d + ReLU and timm's EvoNorm2dB0 and EvoNorm2dS0 (where
timm is installed; else the same formulas in plain PyTorch) are timed beside them. Freed memory is to stay with the process,
or else the system's clearing of pages is most of what is timed:

    MALLOC_TRIM_THRESHOLD_=-1 MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=268435456 OMP_NUM_THREADS=1
"""

import argparse
import time
from pathlib import Path

import torch
from torch import nn

from verify_exports import layer_class, load

CHANNELS = 64


class PlainB0(nn.Module):
    """EvoNorm-B0 as timm writes it."""

    def __init__(self, channels):
        super().__init__()
        self.weight, self.v = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x):
        var = x.var((0, 2, 3), unbiased=False)
        self.running_var.lerp_(var.detach(), 0.1)
        left = (var + 1e-3).sqrt().view(1, -1, 1, 1).expand_as(x)
        right = x * self.v.view(1, -1, 1, 1) + (x.var((2, 3), unbiased=False, keepdim=True) + 1e-3).sqrt().expand_as(x)
        return x / left.max(right) * self.weight.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)


class PlainS0(nn.Module):
    """EvoNorm-S0 as timm writes it, with groups of 8 channels."""

    def __init__(self, channels):
        super().__init__()
        self.weight, self.v = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        grouped = x.unflatten(1, (-1, 8))
        std = (grouped.var((2, 3, 4), unbiased=False, keepdim=True) + 1e-5).sqrt().expand_as(grouped).reshape(x.shape)
        y = x * (x * self.v.view(1, -1, 1, 1)).sigmoid() / std
        return y * self.weight.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)


def measure(layer, values, dy, repetitions):
    """The fastest of the repetitions in milliseconds, and bytes kept over the input's."""
    fastest = float("inf")
    kept = {}

    def keep(tensor):
        storage = tensor.storage()
        kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    for _ in range(repetitions):
        x = values.clone().requires_grad_()
        start = time.process_time()
        layer(x).backward(dy)
        fastest = min(fastest, time.process_time() - start)
    x = values.clone().requires_grad_()
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        y = layer(x)
    del y
    return 1000 * fastest, sum(kept.values()) / (4 * x.numel())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--layers", nargs="+", default=["bn_relu", "evonorm_b0", "evonorm_s0"])
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--size", type=int, default=24)
    parser.add_argument("--repetitions", type=int, default=10)
    options = parser.parse_args()
    torch.set_num_threads(1)
    values = torch.randn(options.batch, CHANNELS, options.size, options.size)
    dy = torch.randn_like(values)
    others = {"BatchNorm2d + ReLU": nn.Sequential(nn.BatchNorm2d(CHANNELS), nn.ReLU(inplace=True))}
    try:
        from timm.layers import EvoNorm2dB0, EvoNorm2dS0
        others |= {"timm EvoNorm2dB0": EvoNorm2dB0(CHANNELS), "timm EvoNorm2dS0": EvoNorm2dS0(CHANNELS, group_size=8)}
    except ImportError:
        others |= {"EvoNorm-B0 as timm writes it": PlainB0(CHANNELS), "EvoNorm-S0 as timm writes it": PlainS0(CHANNELS)}
    for name in options.layers:
        cls = layer_class(load(options.folder / name / "pytorch.py"))
        others |= {name: cls(CHANNELS), f"{name}, fused=False": cls(CHANNELS, fused=False)}
    for name, layer in others.items():
        milliseconds, kept = measure(layer, values, dy, options.repetitions)
        print(f"{name:30} {milliseconds:7.1f} ms, {kept:.2f} times the input's bytes")


if __name__ == "__main__":
    main()
