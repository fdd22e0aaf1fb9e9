"""Compares training steps of the CPU engine with PyTorch's, in turn on one machine, and writes one table.

A round runs `submit/evonorm bench` and then PyTorch for every network; figures are medians over the steps of all rounds.
PyTorch's memory layout is the better one of its first round. `--compiled` adds torch.compile, whose compilation is timed apart.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from reference import MEMORY_FORMATS
from reference_networks import NETWORKS

ROOT = Path(__file__).resolve().parents[2]
BENCH = Path(__file__).with_name("bench_pytorch.py")


def lines(command):
    """The JSON lines that a command prints."""
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def engine(network, arguments):
    command = [ROOT / "submit" / "evonorm", "bench", "--json", "--networks", network, "--layers", *arguments.layers,
               "--batch", arguments.batch, "--threads", arguments.threads, "--repetitions", arguments.repetitions]
    return lines([str(part) for part in command])


def pytorch(network, layers, mode, memory_format, arguments):
    command = [sys.executable, BENCH, "--json", "--networks", network, "--layers", *layers, "--batch", arguments.batch,
               "--threads", arguments.threads, "--repetitions", arguments.repetitions, "--mode", mode,
               "--memory-format", memory_format, "--warmup", 2]
    return lines([str(part) for part in command])


def measure(arguments):
    """Times of all rounds in milliseconds, by (what, network, layer)."""
    times = defaultdict(list)
    layouts = {}
    modes = ["eager", "compile"] if arguments.compiled else ["eager"]
    for round_number in range(arguments.rounds):
        for network in arguments.networks:
            for result in engine(network, arguments):
                times["evonorm", network, result["layer"]].extend(result["milliseconds"])
            for mode in modes:
                for layer in arguments.layers if mode == "eager" else arguments.evolved:
                    key = mode, network, layer
                    for result in pytorch(network, [layer], mode, layouts.get(key, "both"), arguments):
                        times[key].extend(result["milliseconds"])
                        layouts[key] = result["memory_format"]
            print(f"round {round_number + 1} of {arguments.rounds}: {network} done", file=sys.stderr, flush=True)
    return times


def print_table(times, arguments):
    medians = {key: statistics.median(values) for key, values in times.items()}
    compiled = "compile" in {key[0] for key in times}
    print("| network | layer | evonorm, ms | of identity | PyTorch eager, ms | times faster |"
          + (" torch.compile, ms | times faster |" if compiled else ""))
    print("|---" * (8 if compiled else 6) + "|")
    for network in arguments.networks:
        for layer in arguments.layers:
            own = medians["evonorm", network, layer]
            identity = medians.get(("evonorm", network, "identity"), math.nan)
            cells = [network, layer, f"{own:.0f}", f"{own / identity:.2f}"]
            for mode in ["eager", "compile"] if compiled else ["eager"]:
                other = medians.get((mode, network, layer))
                cells += [f"{other:.0f}", f"{other / own:.2f}"] if other else ["", ""]
            print("| " + " | ".join(cells) + " |")
    for mode in ["eager", "compile"] if compiled else ["eager"]:
        ratios = [medians[mode, network, layer] / medians["evonorm", network, layer]
                  for network in arguments.networks for layer in arguments.evolved]
        print(f"\n{' and '.join(arguments.evolved)} against {mode}, geometric mean: {statistics.geometric_mean(ratios):.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    parser.add_argument("--layers", nargs="+", default=["identity", "BN-ReLU", "EvoNorm-B0", "EvoNorm-S0"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repetitions", type=int, default=3, help="timed steps a round")
    parser.add_argument("--compiled", action="store_true", help="torch.compile of the evolved layers too")
    arguments = parser.parse_args()
    arguments.evolved = [layer for layer in arguments.layers if layer.startswith("EvoNorm")]
    print_table(measure(arguments), arguments)


if __name__ == "__main__":
    main()
