"""Reads what search --track tensorboard:FOLDER wrote with TensorBoard's own reader, and checks the curves against the run.

Needs tensorboard. FOLDER is the folder of one run in TensorBoard's, RUN the run's own folder. Every committed generation
must stand once in every curve of all generations, and the fronts' formulas and learning curves must be there.
"""

import argparse
import csv
import re
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

# Figures of a generation that every generation has, baselines' included.
OF_ALL = ("front/size", "front/hypervolume", "candidates/proposed", "candidates/trained", "accuracy/best baseline")


def read(folder):
    """The folder's events as TensorBoard has them."""
    accumulator = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0})
    accumulator.Reload()
    return accumulator


def verify(folder, run):
    """Raises AssertionError where curves and run differ; returns the number of figures read."""
    committed = sorted(
        int(match[1])
        for match in (re.fullmatch(r"generation=(\d+)\.json", file.name) for file in (run / "commits").iterdir())
        if match
    )
    events = read(folder)
    tags = events.Tags()["scalars"]
    figures = 0
    for tag in tags:
        steps = [point.step for point in events.Scalars(tag)]
        figures += len(steps)
        assert steps == sorted(set(steps)), f"{tag} has the steps {steps}"
        if tag in OF_ALL:
            assert steps == committed, f"{tag} has the generations {steps}, and {committed} are committed"
    assert set(OF_ALL) <= set(tags), f"{sorted(set(OF_ALL) - set(tags))} are missing"
    # This reader keeps texts of generations that were run again; TensorBoard's pages show the last ones alone.
    texts = {text.step: text for text in events.Tensors("front/formulas")}
    assert set(committed) <= set(texts), f"of the generations {committed} there are the texts of {sorted(texts)}"
    with open(run / "front.csv", newline="") as file:
        front = list(csv.DictReader(file))
    last = texts[committed[-1]].tensor_proto.string_val[0].decode()
    assert len(front) == events.Scalars("front/size")[-1].value
    for layer in front:
        assert f"`{layer['formula']}`" in last and layer["id"] in last, f"{layer['formula']} is not in the text"
        curves = read(folder / "layers" / layer["id"])
        assert any(tag.startswith("curve/accuracy in ") for tag in curves.Tags()["scalars"]), layer["id"]
    if front:
        best = events.Scalars("accuracy/best mean")[-1].value
        assert best >= max(float(layer["mean"]) for layer in front) - 1e-4
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the run's folder in TensorBoard's")
    parser.add_argument("run", type=Path, help="the run's own folder")
    arguments = parser.parse_args()
    print(f"{verify(arguments.folder, arguments.run)} figures stand in {arguments.folder} as in the run")


if __name__ == "__main__":
    main()
