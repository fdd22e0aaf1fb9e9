"""Times training steps (forward, loss, backward, optimizer) of the reference networks on random CIFAR-sized crops.

Gives the median of the repetitions after warm-up, which takes in compilation. `--memory-format both` times NCHW and
channels-last and gives the faster.
"""

import argparse
import itertools
import json
import statistics
import time

import torch

from reference import MEMORY_FORMATS, make_optimizer, training_step
from reference_layers import KNOWN_LAYERS
from reference_networks import NETWORKS, build_network


def time_step(network_name, layer_name, batch, compiled, memory_format, warmup, repetitions):
    """Milliseconds of each timed training step."""
    torch.manual_seed(0)
    torch.compiler.reset()
    network = build_network(network_name, layer_name, compiled).to(memory_format=memory_format).train()
    optimizer = make_optimizer(network)
    images = torch.randn(batch, 3, 24, 24).to(memory_format=memory_format)
    labels = torch.randint(10, (batch,))
    seconds = []
    for _ in range(warmup + repetitions):
        start = time.perf_counter()
        training_step(network, optimizer, images, labels, rate=1e-3)
        seconds.append(time.perf_counter() - start)
    return [1000 * second for second in seconds[warmup:]]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    parser.add_argument("--layers", nargs="+", default=["identity", "BN-ReLU", "EvoNorm-B0", "EvoNorm-S0"],
                        choices=KNOWN_LAYERS)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--memory-format", choices=(*MEMORY_FORMATS, "both"), default="both")
    parser.add_argument("--mode", choices=("eager", "compile"), default="eager", help="compile: the layer alone")
    parser.add_argument("--warmup", type=int, default=3, help="steps before the timed ones")
    parser.add_argument("--repetitions", type=int, default=10)
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead of text")
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    formats = list(MEMORY_FORMATS) if arguments.memory_format == "both" else [arguments.memory_format]
    for network, layer in itertools.product(arguments.networks, arguments.layers):
        times = {name: time_step(network, layer, arguments.batch, arguments.mode == "compile", MEMORY_FORMATS[name],
                                 arguments.warmup, arguments.repetitions) for name in formats}
        best = min(times, key=lambda name: statistics.median(times[name]))
        median = statistics.median(times[best])
        result = {"network": network, "layer": layer, "threads": arguments.threads, "batch": arguments.batch,
                  "mode": arguments.mode, "memory_format": best, "ms_per_step": round(median, 1),
                  "milliseconds": [round(time, 2) for time in times[best]]}
        if arguments.json:
            print(json.dumps(result), flush=True)
        else:
            print(f"{network:15} {layer:11} {arguments.mode:8} {arguments.threads} threads, batch {arguments.batch}:"
                  f" {median:.1f} ms a step ({best})", flush=True)


if __name__ == "__main__":
    main()
