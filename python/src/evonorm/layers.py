"""Layers as classes of PyTorch modules, by evonorm's export. Nothing else of this package needs PyTorch."""

import hashlib
import linecache
import os
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import TYPE_CHECKING

from evonorm import checks
from evonorm.command import command
from evonorm.errors import EvonormError

if TYPE_CHECKING:
    from torch import nn


def layer(
    name: str | os.PathLike[str],
    *,
    convention: str = "evonorm",
    home: str | os.PathLike[str] | None = None,
) -> "type[nn.Module]":
    """A layer by its name, formula or JSON form as a class of PyTorch modules: ``layer("EvoNorm-S0")(64)``.

    Args:
        name: name of a baseline, formula, JSON form or its file, as ``"x / max(std_bwh(x), v1 * x + std_wh(x))"``
        convention: ``evonorm`` or, for baselines, ``paper`` (docs/exports.md)
        home: folder of evonorm; default: as for :func:`evonorm.command`
    """
    form = checks.path("name", name, "the name, formula, JSON form or JSON file of a layer")
    return load(["--layer", form, "--convention", checks.text("convention", convention, "evonorm or paper")], home)


def load(source: Sequence[str], home: str | os.PathLike[str] | None) -> "type[nn.Module]":
    """The class of the module that ``evonorm export`` writes for a layer."""
    try:
        from torch import nn
    except ImportError as failure:
        raise EvonormError("layers are PyTorch modules, and torch cannot be imported; pip install torch") from failure
    with tempfile.TemporaryDirectory(prefix="evonorm-") as folder:
        file = Path(folder, "layer.py")
        command("export", *source, "--format", "pytorch", "--output", file, home=home, show=None)
        text = file.read_text(encoding="utf-8")
    # The same name for the same text, also in another process: it can unpickle a module once it has loaded the layer.
    name = f"evonorm_layer_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    if name not in sys.modules:
        spec = spec_from_loader(name, loader=None, origin=f"<{name}>")
        assert spec is not None
        module = module_from_spec(spec)
        module.__file__ = f"<{name}>"
        # Tracebacks and torch.jit.script look the source up there.
        linecache.cache[module.__file__] = (len(text), None, text.splitlines(keepends=True), module.__file__)
        exec(compile(text, module.__file__, "exec"), module.__dict__)
        sys.modules[name] = module
    classes = [value for value in vars(sys.modules[name]).values() if isinstance(value, type)]
    return next(value for value in classes if issubclass(value, nn.Module) and value.__module__ == name)
