"""Reads the tables of a run into pandas: committed generations only, so a run that is going on can be read as well."""

import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq


def table(run, name):
    """The rows of one table (candidates, evaluations or selection) with a column ``generation``."""
    frames = []
    for record in commits(run):
        for file in record["tables"][name]:
            frame = pq.ParquetFile(Path(run) / file["path"]).read().to_pandas()
            frames.append(frame.assign(generation=record["generation"]))
    # Frames without rows would only take the types of the others away.
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)


def commits(run):
    """The commit records of a run, generation 0 first."""
    records = [json.loads(path.read_text()) for path in Path(run).glob("commits/generation=*.json")]
    if not records:
        raise FileNotFoundError(f"no committed generation in {run}; "
                                "submit/evonorm search --config conf/quickstart.conf makes runs/quickstart")
    return sorted(records, key=lambda record: record["generation"])


def trained(run):
    """The trained candidates with one column of accuracy a network and their mean, baselines among them."""
    candidates = table(run, "candidates")
    evaluations = table(run, "evaluations")
    networks = evaluations.sort_values("network_index")["network"].unique()
    accuracies = evaluations.pivot_table(index=["generation", "index"], columns="network", values="accuracy")
    accuracies = accuracies[list(networks)].assign(mean_accuracy=lambda frame: frame.mean(axis=1))
    return candidates[candidates.status == "trained"].merge(accuracies.reset_index(), on=["generation", "index"])


def seconds(candidates):
    """What each candidate took in all filters and trainings, in seconds of tasks."""
    return candidates.filter(regex="_seconds$").fillna(0).sum(axis=1)
