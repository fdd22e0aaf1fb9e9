#!/usr/bin/env bash
# ONNX Runtime on a CPU: Max forgets NaN in its second input, Erf forgets NaN, and Sqrt of infinity is NaN, in some versions.
#
# Seen with:    onnxruntime-node 1.16.3 (all three), 1.20.1 (Erf and Sqrt), 1.30.0 (none), Linux on x86-64 with AVX2 or AVX-512.
# Expected:     NaN for Max(1, NaN) as for Max(NaN, 1), since the older Relu and the newer versions keep NaN (the ONNX standard
#               leaves it open); NaN for Erf(NaN) and infinity for Sqrt(infinity), as in IEEE 754 and in NumPy.
# Behaviour:    Max(1, NaN) is 1. Erf(NaN) is 1 or -1 in whole vectors, and NaN in the few values that are left over. Sqrt(infinity)
#               is NaN, for it is computed as x * rsqrt(x).
# It matters:   a network that has diverged looks healthy: the NaN of its activations becomes a number. Models that must keep NaN
#               put the value that may be NaN first in Max, or choose by Less, IsNaN and Where, and guard Erf by IsNaN.
#
# Needs Node 16 or later and npm. Prints what it saw, and fails if that is different from the above.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >look.js <<'JS'
const ort = require('onnxruntime-node');

// Protocol buffers: fields of bytes and of small integers.
const bytes = (field, content) => {
  const data = Buffer.from(content);
  const length = data.length < 128 ? [data.length] : [(data.length & 127) | 128, data.length >> 7];
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...length]), data]);
};
const int = (field, value) => Buffer.from([field << 3, value]);
const message = (field, ...parts) => bytes(field, Buffer.concat(parts));

// A float32 tensor [n].
const value = (field, name) =>
  message(field, bytes(1, name), message(2, message(1, int(1, 1), message(2, message(1, bytes(2, 'n'))))));
const model = (operator, inputs) => Buffer.concat([
  int(1, 7),
  message(7,
    message(1, ...inputs.map(input => bytes(1, input)), bytes(2, 'y'), bytes(4, operator)),
    bytes(2, 'graph'), ...inputs.map(input => value(11, input)), value(12, 'y')),
  message(8, bytes(1, ''), int(2, 13)),
]);

const N = 64;
async function run(operator, ...numbers) {
  const names = ['a', 'b'].slice(0, numbers.length);
  const session = await ort.InferenceSession.create(model(operator, names));
  const feeds = {};
  names.forEach((name, i) => { feeds[name] = new ort.Tensor('float32', new Float32Array(N).fill(numbers[i]), [N]); });
  const all = [...new Set([...(await session.run(feeds)).y.data].map(y => Number.isNaN(y) ? 'NaN' : String(Math.abs(y))))];
  console.log(`${operator}(${numbers.join(', ')}): ${all.join(' ')}`);
}

(async () => {
  await run('Max', NaN, 1);
  await run('Max', 1, NaN);
  await run('Relu', NaN);
  await run('Erf', NaN);
  await run('Sqrt', Infinity);
})();
JS

expected() {
  echo "Max(NaN, 1): NaN"
  echo "Max(1, NaN): $1"
  echo "Relu(NaN): NaN"
  echo "Erf(NaN): $2"
  echo "Sqrt(Infinity): $3"
}

look() {
  mkdir "$1"
  # The package's script would fetch CUDA from elsewhere.
  (cd "$1" && npm init -y >/dev/null && npm install --silent --no-audit --no-fund --ignore-scripts "onnxruntime-node@$1")
  (cd "$1" && NODE_PATH=node_modules node ../look.js >seen)
  echo "onnxruntime-node $1:"
  sed 's/^/  /' "$1/seen"
  expected "$2" "$3" "$4" | diff - "$1/seen"
}

look 1.16.3 1 1 NaN
look 1.20.1 NaN 1 NaN
look 1.30.0 NaN NaN Infinity
echo "as described"
