"""Compares training steps in networks from ONNX files with PyTorch's, step by step in turn, and prints one line per model.

Times are milliseconds of processor time, since a machine may have other work: of the training's thread in Java, of the
process in PyTorch. With `--layer own` PyTorch runs the model as its library builds it, and the engine the baseline that
it has in its places; with another layer both run this one. PyTorch's memory layout is the better one of its first steps,
and its allocator keeps memory.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

KEPT = {"MALLOC_TRIM_THRESHOLD_": "4000000000", "MALLOC_MMAP_THRESHOLD_": "4000000000", "MALLOC_TOP_PAD_": "100000000",
        "OMP_NUM_THREADS": "1"}
ROOT = Path(__file__).resolve().parents[2]
OWN = {"swish": "BN-Swish", "none": "LayerNorm"}


class Engine:
    """A Java process that takes steps in a network from a file."""

    def __init__(self, file, places, layer, arguments):
        classes = ":".join([str(ROOT / "target" / "test-classes"), str(ROOT / "target" / "classes"),
                            (ROOT / "target" / "launch" / "classpath").read_text().strip()])
        command = ["java", f"@{ROOT / 'submit' / 'jvm.flags'}", "-cp", classes, "org.evonorm.training.StepTimer", str(file), places,
                   layer, str(arguments.batch), "32"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True)
        self.places = json.loads(self.process.stdout.readline())

    def step(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class PyTorch:
    """The model of PyTorch's libraries, as it is or with a layer in its places."""

    def __init__(self, model, memory_format, batch):
        import torch
        from reference import make_optimizer, training_step
        self.training_step = training_step
        self.model = model.to(memory_format=memory_format).train()
        self.optimizer = make_optimizer(self.model)
        self.images = torch.randn(batch, 3, 32, 32).to(memory_format=memory_format)
        self.labels = torch.randint(10, (batch,))

    def step(self):
        start = time.process_time()
        self.training_step(self.model, self.optimizer, self.images, self.labels, 1e-3)
        return 1000 * (time.process_time() - start)


def compare(name, arguments):
    """The medians of both programs."""
    from onnx_networks import MODELS, with_places
    from reference import MEMORY_FORMATS
    from reference_layers import Places
    from reference_networks import find_layer
    file = arguments.folder / f"file-{name}.onnx"
    own = arguments.layer == "own"
    engine = Engine(file, "all", "identity", arguments)
    activations = {place["activation"] for place in engine.places}
    engine.close()
    chosen = "all" if activations == {"none"} else "activated"
    layer = next((OWN[key] for key in OWN if key in activations - {"none"} or activations == {key}), "BN-ReLU") if own \
        else arguments.layer
    engine = Engine(file, chosen, layer, arguments)

    def build():
        model = MODELS[f"file-{name}"]()
        return model if own else with_places(model, Places(find_layer(layer)), engine.places)

    candidates = {key: PyTorch(build(), layout, arguments.batch) for key, layout in MEMORY_FORMATS.items()}
    trials = {key: [candidate.step() for _ in range(5)] for key, candidate in candidates.items()}
    best = min(trials, key=lambda key: min(trials[key]))
    peer = candidates[best]
    for _ in range(arguments.warmup):
        engine.step()
    times = {"engine": [], "pytorch": []}
    for _ in range(arguments.repetitions):
        times["engine"].append(engine.step())
        times["pytorch"].append(peer.step())
    engine.close()
    medians = {key: statistics.median(values) for key, values in times.items()}
    print(json.dumps({"model": name, "layer": layer, "own": own, "engine_ms": round(medians["engine"], 1),
                      "pytorch_ms": round(medians["pytorch"], 1), "memory_format": best,
                      "ratio": round(medians["pytorch"] / medians["engine"], 2)}), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="ONNX files that onnx_networks.py wrote")
    parser.add_argument("--models", nargs="+", required=True, help="names without the prefix file-")
    parser.add_argument("--layer", default="own")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--warmup", type=int, default=12, help="steps of the engine before the timed ones")
    parser.add_argument("--repetitions", type=int, default=15)
    arguments = parser.parse_args()
    if any(os.environ.get(key) != value for key, value in KEPT.items()):
        # The allocator reads its settings when the process starts.
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **KEPT})
    import torch
    torch.set_num_threads(1)
    for name in arguments.models:
        compare(name, arguments)


if __name__ == "__main__":
    main()
