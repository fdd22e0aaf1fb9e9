"""Verifies the Triton kernels of exported PyTorch modules, without a GPU.

FOLDER is what org.evonorm.export.ExportRecorder wrote. By default Triton's interpreter runs the kernels on the CPU: each module
compares itself with its check file in float64, then outputs, gradients and running statistics in float32, float16 and
bfloat16 are compared with the plain form in float64, on shapes that tiles do not divide and in all layouts. With --compile,
Triton compiles the kernels to PTX and cubin for sm_80 and sm_90 instead, from the arguments that a training step starts them
with. On a machine with a GPU, `python MODULE.py` runs the compiled kernels against the check file.
"""

import argparse
import os
import sys
import tempfile
import traceback
from pathlib import Path

CHANNELS = 12
SHAPES = {
    "[3, C, 7, 9]": lambda x: x,
    "channels_last": lambda x: x.to(memory_format=MEMORY_FORMAT),
    "[3, C, 63]": lambda x: x.flatten(2),
    "[3, C, 3, 3, 7]": lambda x: x.reshape(*x.shape[:2], 3, 3, 7),
    "with gaps": lambda x: x.repeat_interleave(2, dim=3)[..., ::2],
}


def close(what, found, expected, dtype):
    """Compares with float64, as far as rounding of input and output to dtype allows."""
    tolerance = {torch.float64: 1e-9, torch.float32: 2e-4, torch.float16: 4e-3, torch.bfloat16: 3e-2}[dtype]
    expected = expected.to(dtype).double()
    found = found.detach().double()
    finite = expected.isfinite() & found.isfinite()
    if dtype == torch.float64 and not torch.equal(found.isnan(), expected.isnan()):
        raise AssertionError(f"{what}: NaN in other places")
    largest = expected[finite].abs().max().item() if finite.any() else 0.0
    off = (found - expected)[finite].abs() - tolerance * expected[finite].abs()
    if off.numel() and off.max() > tolerance * max(largest, 1e-6):
        raise AssertionError(f"{what} in {dtype}: off by {off.max().item():.3g}, the largest is {largest:.3g}")


def step(layer, x, dy):
    x = x.detach().requires_grad_()
    y = layer(x)
    parameters = list(layer.parameters())
    gradients = torch.autograd.grad(y, [x, *parameters], dy, allow_unused=True)
    return [y, *(torch.zeros_like(p) if g is None else g for g, p in zip(gradients, [x, *parameters]))]


def random_parameters(layer):
    with torch.no_grad():
        for number, parameter in enumerate(layer.parameters()):
            parameter.copy_(1 + 0.3 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(number)))
    return layer


def compare(module, cls, dtype, shape, of_shape, tile):
    """A training step by kernels in a type against the plain form in float64."""
    generator = torch.Generator().manual_seed(5)
    x = (2 * torch.randn(3, CHANNELS, 7, 9, generator=generator) + 0.5).to(dtype)
    dy = torch.randn(3, CHANNELS, 7, 9, generator=generator).to(dtype)
    module.TILE = tile
    fused, plain = random_parameters(cls(CHANNELS)), random_parameters(cls(CHANNELS, fused=False)).double()
    fused = fused.double() if dtype == torch.float64 else fused
    started = count_starts(module)
    found = step(fused, of_shape(x), of_shape(dy))
    assert started, "the kernels did not run"
    expected = step(plain, of_shape(x).double(), of_shape(dy).double())
    names = ["y", "dx", *(f"the gradient of {name}" for name, _ in fused.named_parameters())]
    if found[0].stride() != of_shape(x).stride() and "gaps" not in shape:
        raise AssertionError(f"{shape}: the output is laid out otherwise than the input")
    for name, a, b in zip(names, found, expected):
        close(f"{shape}, tiles of {tile}: {name}", a, b, dtype if name in ("y", "dx") or dtype == torch.float64 else torch.float32)
    for name, buffer in fused.named_buffers():
        close(f"{shape}: {name}", buffer, dict(plain.named_buffers())[name], min(dtype, torch.float32, key=lambda t: -t.itemsize))


def count_starts(module):
    """A list that grows with each start of a kernel."""
    started = []
    start = ORIGINAL_START.setdefault(module, module.Launcher.start)

    def counted(self, kernel, *arguments, **blocks):
        started.append(kernel)
        start(self, kernel, *arguments, **blocks)

    module.Launcher.start = counted
    return started


ORIGINAL_START = {}


def interpret(path, module, cls):
    started = count_starts(module)
    module.verify(path.with_suffix(".check.json"))
    assert started, "the kernels did not run"
    for number, (shape, of_shape) in enumerate(SHAPES.items()):
        compare(module, cls, torch.float64, shape, of_shape, 64 if number % 2 else 1024)
    for dtype in torch.float32, torch.float16, torch.bfloat16:
        compare(module, cls, dtype, "channels_last", SHAPES["channels_last"], 1024)


def compile_kernels(path, module, cls):
    """Compiles each kernel that a training step would start; how many there are."""
    compiled = 0
    for dtype in torch.float32, torch.bfloat16, torch.float64:
        layer = cls(64)
        layer = layer.double() if dtype == torch.float64 else layer
        x = torch.zeros(128, 64, 24, 24, dtype=dtype)
        for layout in [torch.contiguous_format, torch.channels_last] if dtype == torch.float32 else [torch.channels_last]:
            starts = []
            module.Launcher.start = lambda self, kernel, programs, *arguments, **blocks: starts.append(
                (kernel, arguments, self.constants | blocks))
            function = getattr(module, cls.__name__ + "Kernels")
            maps = x.contiguous(memory_format=layout).requires_grad_()
            y = function.apply(layer, maps, *vectors(layer))
            (y[0] if isinstance(y, tuple) else y).backward(torch.zeros_like(maps))
            for architecture in (80, 90) if dtype == torch.float32 else (90,):
                for kernel, arguments, constants in starts:
                    compile_kernel(kernel, arguments, constants, architecture)
                    compiled += 1
    return compiled


def vectors(layer):
    """The trainable vectors in the order in which the function takes them."""
    return [getattr(layer, name) for name in ("v0", "v1", "gamma", "beta") if hasattr(layer, name)]


def compile_kernel(kernel, arguments, constants, architecture):
    """Compiles a kernel as a start with these arguments does: integers of 1 become constants."""
    types = {torch.float32: "*fp32", torch.float64: "*fp64", torch.float16: "*fp16", torch.bfloat16: "*bf16"}
    constants, signature, attributes = dict(constants), {}, {}
    for place, name in enumerate(kernel.arg_names):
        if name in constants:
            signature[name] = "constexpr"
            continue
        argument = arguments[place]
        if isinstance(argument, int) and argument == 1:
            constants[name] = 1
            signature[name] = "constexpr"
            continue
        signature[name] = "i32" if isinstance(argument, int) else types[argument.dtype]
        if not isinstance(argument, int) or argument % 16 == 0:
            attributes[(place,)] = [["tt.divisibility", 16]]
    places = {(kernel.arg_names.index(name),): value for name, value in constants.items()}
    source = ASTSource(kernel, signature, places, attributes)
    result = triton.compile(source, target=GPUTarget("cuda", architecture, 32))
    assert ".entry" in result.asm["ptx"] and result.asm["cubin"]


def main():
    failed, with_kernels, kernels = 0, 0, 0
    paths = sorted(options.folder.glob("*/pytorch.py"))
    paths = [path for path in paths if not options.layers or path.parent.name in options.layers]
    for path in paths:
        try:
            if "class Launcher" not in path.read_text():
                continue
            with_kernels += 1
            module = load(path)
            if options.compile:
                kernels += compile_kernels(path, module, layer_class(module))
            else:
                interpret(path, module, layer_class(module))
        except Exception:
            failed += 1
            print(path.parent.name, file=sys.stderr)
            traceback.print_exc(limit=-2)
    if options.compile:
        print(f"{with_kernels - failed} of {with_kernels} modules with kernels compile, {kernels} kernels")
    else:
        print(f"{with_kernels - failed} of {with_kernels} modules with kernels agree in Triton's interpreter")
    sys.exit(1 if failed or not with_kernels else 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--compile", action="store_true", help="compile the kernels instead of interpreting them")
    parser.add_argument("--layers", nargs="+", help="folders in FOLDER; all by default")
    options = parser.parse_args()
    # Triton reads it when it is imported.
    os.environ["TRITON_INTERPRET"] = "0" if options.compile else "1"
    os.environ["TRITON_CACHE_DIR"] = tempfile.mkdtemp()
    import torch
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    from verify_exports import layer_class, load

    MEMORY_FORMAT = torch.channels_last
    main()
