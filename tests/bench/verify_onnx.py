"""Verifies ONNX models in ONNX Runtime against the values of the CPU engine, each in its own check file.

FOLDER is what org.evonorm.export.ExportRecorder wrote: a model per layer and layout. Beside the check file's values, a
model is tried with one sample, with none, and with a wrong number of channels. A single model can be given instead of
FOLDER.
"""

import argparse
import json
import sys
import traceback
from pathlib import Path

import numpy as np
import onnxruntime


def verify(path):
    """Raises AssertionError where a model differs from its check file by more than rounding explains."""
    check = json.loads(path.with_suffix(".check.json").read_text())
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])

    def run(x):
        return session.run(["y"], {"x": np.asarray(x, "float32")})[0]

    for case in check["cases"]:
        x = np.asarray(case["x"], "float32").reshape(check["shape"])
        y = run(x)
        assert y.shape == x.shape, f"the output has the shape {y.shape}, not {x.shape}"
        np.testing.assert_allclose(y.ravel(), case["y"]["values"], rtol=check["rtol"], atol=case["y"]["atol"])
        # In evaluation mode a sample's output is its own.
        np.testing.assert_allclose(run(x[:1]), y[:1], rtol=check["rtol"], atol=case["y"]["atol"])
    assert run(x[:0]).shape == x[:0].shape, "an empty batch has another shape"
    x = np.asarray(check["cases"][0]["x"], "float32").reshape(check["shape"])
    x[0] = np.nan
    found = np.flatnonzero(np.isnan(run(x).ravel())).tolist()
    assert found == check["nan_where_x_is_nan"], "NaN in x gives NaN in other places"
    try:
        run(np.take(x, range(1), check["layout"].index("C")))
    except Exception:
        return
    raise AssertionError("a wrong number of channels is taken")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    paths = [options.folder] if options.folder.is_file() else sorted(options.folder.glob("*/*.onnx"))
    failed = 0
    for path in paths:
        try:
            verify(path)
        except Exception:
            failed += 1
            print(f"{path}: {json.loads(path.with_suffix('.check.json').read_text())['layer']}", file=sys.stderr)
            traceback.print_exc(limit=-2)
    print(f"{len(paths) - failed} of {len(paths)} models agree with the engine")
    sys.exit(1 if failed or not paths else 0)


if __name__ == "__main__":
    main()
