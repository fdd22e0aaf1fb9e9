#!/usr/bin/env bash
# Keras takes the variance of float64 tensors in float32.
#
# Seen with:    keras 3.15.1 on JAX 0.10.2 (with x64) and on NumPy 2.4.6, Python 3.11, Linux on x86-64; on PyTorch 2.13 too.
# Expected:     keras.ops.var of a float64 tensor is float64, as keras.ops.mean of it is on JAX, and as every backend's own function is.
# Behaviour:    the result is float32, and so is the arithmetic: of numbers around 10,000 that differ by 0.001 at most the variance is
#               46% too large. keras.ops.std has the type and digits of float64 on JAX, and keras.ops.moments has them on JAX alone.
# It matters:   statistics of a normalization layer lose digits though the whole model is in float64, and a check in float64 against
#               another framework fails; write square(x - mean) out, or call the backend.
#
# Needs Python 3.11 or later and pip. Prints what it saw, and fails if that is different from the above.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check keras==3.15.1 jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6

cat >look.py <<'PYTHON'
import keras
import numpy as np
from keras import ops

x = 1e4 + np.linspace(-1e-3, 1e-3, 1000)
tensor = ops.convert_to_tensor(x, dtype="float64")


def tell(name, value, right):
    kind = keras.backend.standardize_dtype(value.dtype)
    print(f"{keras.backend.backend()} {name}: {kind}, {round(100 * (float(value) / right - 1))}% off")


tell("var", ops.var(tensor), x.var())
tell("std", ops.std(tensor), x.std())
tell("moments", ops.moments(tensor, 0)[1], x.var())
PYTHON
for backend in jax numpy; do
  KERAS_BACKEND=$backend JAX_ENABLE_X64=1 venv/bin/python look.py 2>/dev/null
done | tee seen
diff - seen <<'SEEN'
jax var: float32, 46% off
jax std: float64, 0% off
jax moments: float64, 0% off
numpy var: float32, 46% off
numpy std: float32, 21% off
numpy moments: float64, 12% off
SEEN
echo "as described"
