"""Verifies exported modules against the values and gradients of the CPU engine, each in its own check file.

FOLDER is what org.evonorm.export.ExportRecorder wrote. Beside what a module verifies itself, the PyTorch ones are
tried in half precision, in both memory layouts, and after their state was saved and loaded.
"""

import argparse
import importlib.util
import json
import sys
import traceback
from pathlib import Path

# What rounding to 8 bits does to a layer's output, as a share of its largest value, is left to the layer; what must not
# happen is that half precision overflows or loses its type.
HALF_MAX = 65504


def load(path):
    spec = importlib.util.spec_from_file_location(f"exported_{path.parent.name}_{path.stem}".replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def layer_class(module):
    import torch
    return next(value for value in vars(module).values()
                if isinstance(value, type) and issubclass(value, torch.nn.Module) and value.__module__ == module.__name__)


def try_pytorch(module, check):
    """What a module's own verification leaves out."""
    import torch
    batch, height, width, channels = check["shape"]
    x = torch.tensor(check["training"]["x"]).view(batch, height, width, channels).permute(0, 3, 1, 2)
    layer = layer_class(module)(channels)
    for layout in torch.contiguous_format, torch.channels_last:
        assert layer(x.contiguous(memory_format=layout)).is_contiguous(memory_format=layout), f"{layout} is lost"
    for dtype in torch.bfloat16, torch.float16:
        rounded = x.to(dtype)
        full, half = layer(rounded.float()), layer(rounded)
        assert half.dtype == dtype, f"{dtype} becomes {half.dtype}"
        within = full.abs() < HALF_MAX
        assert torch.equal(half[within], full.to(dtype)[within]), f"values differ in {dtype}"
    assert layer(x.double()).dtype == torch.float64, "float64 is lost"
    copy = layer_class(module)(channels)
    copy.load_state_dict(layer.state_dict())
    assert torch.equal(layer.eval()(x), copy.eval()(x)), "state is lost"
    try:
        layer(x[:, 1:])
    except ValueError:
        return
    raise AssertionError("a wrong number of channels is taken")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--framework", choices=["pytorch", "keras", "jax"], default="pytorch")
    options = parser.parse_args()
    paths = sorted(options.folder.glob(f"*/{options.framework}.py"))
    failed = 0
    for path in paths:
        check_file = path.with_suffix(".check.json")
        try:
            module = load(path)
            module.verify(check_file)
            if options.framework == "pytorch":
                try_pytorch(module, json.loads(check_file.read_text()))
        except Exception:
            failed += 1
            print(f"{path.parent.name}: {json.loads(check_file.read_text())['layer']}", file=sys.stderr)
            traceback.print_exc(limit=-2)
    print(f"{len(paths) - failed} of {len(paths)} {options.framework} modules agree with the engine")
    sys.exit(1 if failed or not paths else 0)


if __name__ == "__main__":
    main()
