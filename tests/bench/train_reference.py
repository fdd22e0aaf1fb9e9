"""Trains the reference networks and appends one JSON line a run to a file.

Runs that the file already has are skipped, so an interrupted program of runs continues where it stopped.
"""

import argparse
import functools
import itertools
import json
import math
import time
from pathlib import Path

import torch

from reference import MEMORY_FORMATS, Cifar10, learning_rate, make_optimizer, score, training_step
from reference_layers import KNOWN_LAYERS
from reference_networks import NETWORKS, build_network


def train(network_name, layer_name, seed, steps, data, compiled, memory_format, batch, rate_of_step):
    """One training run; returns its accuracy and losses."""
    torch.manual_seed(seed)
    torch.compiler.reset()
    network = build_network(network_name, layer_name, compiled).to(memory_format=memory_format).train()
    optimizer = make_optimizer(network)
    losses = []
    for step, (images, labels) in zip(range(steps), data.training_batches(seed, batch)):
        images = images.to(memory_format=memory_format)
        losses.append(training_step(network, optimizer, images, labels, rate_of_step(step)))
        if not math.isfinite(losses[-1]):
            return {"accuracy": 0.0, "loss": None, "training_loss": None, "diverged_at": step}
    accuracy, loss = score(network, data, memory_format)
    last = losses[-20:]
    return {"accuracy": accuracy, "loss": loss, "training_loss": sum(last) / len(last)}


def finished_runs(path):
    """Network, layer, seed, steps and training rule of the runs in the file."""
    if not path.exists():
        return set()
    runs = [json.loads(line) for line in path.read_text().splitlines()]
    return {(run["network"], run["layer"], run["seed"], run["steps"], run["rule"]) for run in runs}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="folder with data_batch_*.bin and test_batch.bin")
    parser.add_argument("--output", required=True, type=Path, help="file of results, one JSON object a line")
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    parser.add_argument("--layers", nargs="+", default=["BN-ReLU", "EvoNorm-B0", "EvoNorm-S0"], choices=KNOWN_LAYERS)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3], help="all combinations run seed by seed")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=0.1, help="after the warm-up")
    parser.add_argument("--warmup-steps", type=int, default=50)
    parser.add_argument("--decay", choices=("constant", "cosine"), default="constant")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--mode", choices=("eager", "compile"), default="eager", help="compile: the layer alone")
    parser.add_argument("--memory-format", choices=MEMORY_FORMATS, default="channels-last")
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    data = Cifar10(arguments.data)
    finished = finished_runs(arguments.output)
    rule = (f"batches of {arguments.batch_size}, rate {arguments.learning_rate}, {arguments.decay}, "
            f"{arguments.warmup_steps} steps of warm-up")
    rate_of_step = functools.partial(
        learning_rate, peak=arguments.learning_rate, warmup_steps=arguments.warmup_steps,
        cosine_steps=arguments.steps if arguments.decay == "cosine" else None)
    for seed, layer, network in itertools.product(arguments.seeds, arguments.layers, arguments.networks):
        if (network, layer, seed, arguments.steps, rule) in finished:
            continue
        start = time.monotonic()
        result = train(network, layer, seed, arguments.steps, data, arguments.mode == "compile",
                       MEMORY_FORMATS[arguments.memory_format], arguments.batch_size, rate_of_step)
        run = {"network": network, "layer": layer, "seed": seed, "steps": arguments.steps, "rule": rule, **result,
               "seconds": round(time.monotonic() - start, 1)}
        with arguments.output.open("a") as output:
            output.write(json.dumps(run) + "\n")
        print(json.dumps(run), flush=True)


if __name__ == "__main__":
    main()
