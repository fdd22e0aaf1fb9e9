"""Runs of evonorm as pandas frames, their layers as PyTorch modules, and searches from Python.

>>> import evonorm
>>> run = evonorm.Run("runs/quickstart")
>>> run.front()
"""

from importlib.metadata import PackageNotFoundError, version

from evonorm.command import command, search
from evonorm.errors import CommandError, EvonormError
from evonorm.layers import layer
from evonorm.places import replace_layers
from evonorm.run import Run

try:
    __version__ = version("evonorm")
except PackageNotFoundError:  # used from a folder, without being installed
    __version__ = "unknown"

__all__ = ["CommandError", "EvonormError", "Run", "command", "layer", "replace_layers", "search"]
