"""The runner of trials of exported modules, which the behaviour scripts of all frameworks share.

A trial is a function of a layer's class that raises where the module does not behave; LeftOut says that it does not apply.
"""

import argparse
import inspect
import sys
import traceback
from pathlib import Path


class LeftOut(Exception):
    """A trial that does not apply, with the reason; without one the module has no such part."""


def raises(error, call):
    try:
        call()
    except error:
        return
    raise AssertionError(f"{error.__name__} expected")


def takes(cls, *names):
    """Leaves a trial out of layers whose constructor has no such arguments."""
    if not set(names) <= set(inspect.signature(cls).parameters):
        raise LeftOut


def run(description, framework, layer_class, trials, trials_of_some):
    """Tries the modules of a framework in the folder of the command line, and exits with 1 where a trial failed.

    layer_class gives the class of a module's path; trials_of_some has further trials by the name of a module's folder.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--modules", default="*", help="pattern of the modules' folders")
    parser.add_argument("--trials", nargs="+", help="names of the trials; all by default")
    options = parser.parse_args()
    passed = failed = 0
    reasons = set()
    for path in sorted(options.folder.glob(f"{options.modules}/{framework}.py")):
        cls = layer_class(path)
        for trial in trials + trials_of_some.get(path.parent.name, []):
            if options.trials and trial.__name__ not in options.trials:
                continue
            try:
                trial(cls)
                passed += 1
            except LeftOut as reason:
                if str(reason) and (trial, str(reason)) not in reasons:
                    reasons.add((trial, str(reason)))
                    print(f"{trial.__name__} left out: {reason}", file=sys.stderr)
            except Exception:
                failed += 1
                print(f"{path.parent.name}: {trial.__name__} failed", file=sys.stderr)
                traceback.print_exc(limit=-3)
    print(f"{passed} of {passed + failed} trials passed")
    sys.exit(1 if failed or not passed else 0)
