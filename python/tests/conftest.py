"""Runs to read: a small one that is written here, and a real one that EVONORM_RUN names."""

import json
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

CONF = """\
# CRC-32C of the lines below, in hexadecimal: 0
search {
    networks=[
        resnet50,
        mobilenetv2
    ]
    seed=1
}
"""

CANDIDATES = pa.schema(
    [
        pa.field("index", pa.int32(), False),
        pa.field("id", pa.string(), False),
        pa.field("parent", pa.string()),
        pa.field("origin", pa.string(), False),
        pa.field("name", pa.string()),
        pa.field("graph", pa.string(), False),
        pa.field("formula", pa.string(), False),
        pa.field("nodes", pa.int32(), False),
        pa.field("status", pa.string(), False),
        pa.field("stability_steps", pa.int32()),
        pa.field("static_seconds", pa.float64(), False),
        pa.field("training_seconds", pa.float64(), False),
    ]
)
POINT = pa.struct(
    [
        pa.field("step", pa.int32(), False),
        pa.field("training_loss", pa.float64(), False),
        pa.field("accuracy", pa.float64(), False),
    ]
)
EVALUATIONS = pa.schema(
    [
        pa.field("index", pa.int32(), False),
        pa.field("id", pa.string(), False),
        pa.field("network_index", pa.int32(), False),
        pa.field("network", pa.string(), False),
        pa.field("accuracy", pa.float64(), False),
        pa.field("curve", pa.list_(pa.field("element", POINT, False)), False),
    ]
)
SELECTION = pa.schema(
    [
        pa.field("evaluated_in", pa.int32(), False),
        pa.field("index", pa.int32(), False),
        pa.field("id", pa.string(), False),
        pa.field("mean_accuracy", pa.float64(), False),
        pa.field("rank", pa.int32(), False),
        pa.field("on_front", pa.bool_(), False),
    ]
)


class SmallRun:
    """A run's folder as version 0.2.0 would have written it, with the rows that a test gives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.joinpath("commits").mkdir(parents=True)
        folder.joinpath("run.conf").write_text(CONF)

    def commit(self, generation: int, **tables: pa.Table) -> None:
        """Commits tables, each in a file per three rows."""
        files = {
            name: [self.write(name, generation, part, piece) for part, piece in enumerate(_pieces(table))]
            for name, table in tables.items()
        }
        record = {"format": 3, "generation": generation, "tables": files, "crc32c": ""}
        self.folder.joinpath("commits", f"generation={generation}.json").write_text(json.dumps(record))

    def write(self, table: str, generation: int, part: int, rows: pa.Table) -> dict[str, object]:
        path = f"{table}/generation={generation}/part-{part}-token.parquet"
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows, file)
        # Hadoop's checksum file.
        file.with_name(f".{file.name}.crc").write_bytes(b"crc\0")
        return {"path": path, "bytes": file.stat().st_size, "rows": len(rows), "crc32c": "0"}


def _pieces(table: pa.Table) -> list[pa.Table]:
    return [table.slice(start, 3) for start in range(0, max(1, len(table)), 3)]


def candidate(index: int, id: str, status: str, origin: str = "random", parent: str | None = None) -> dict[str, object]:
    steps = None if status == "rejected-static" else 7
    return {
        "index": index,
        "id": id,
        "parent": parent,
        "origin": origin,
        "name": "BN-ReLU" if origin in ("baseline", "yardstick") else None,
        "graph": "{}",
        "formula": f"formula of {id}",
        "nodes": 3,
        "status": status,
        "stability_steps": steps,
        "static_seconds": 0.5,
        "training_seconds": 2.0 if status == "trained" else 0.0,
    }


def evaluations(candidates: list[dict[str, object]], seed: int) -> list[dict[str, object]]:
    """An evaluation of each trained candidate in each network, the networks against their order."""
    draw = np.random.default_rng(seed)
    rows = []
    for row in candidates:
        for position, network in reversed(list(enumerate(["resnet50", "mobilenetv2"]))):
            if row["status"] in ("trained", "stopped"):
                points = [{"step": 10 * i, "training_loss": 2.0, "accuracy": 0.1} for i in range(1, row["index"] + 2)]
                rows.append(
                    {
                        "index": row["index"],
                        "id": row["id"],
                        "network_index": position,
                        "network": network,
                        "accuracy": float(draw.uniform()),
                        "curve": points,
                    }
                )
    return rows


@pytest.fixture
def small(tmp_path: Path) -> SmallRun:
    """Two committed generations, and files of a third one that is not."""
    run = SmallRun(tmp_path / "a run=1 %20")
    generations = [
        [candidate(0, "b0", "trained", "yardstick")],
        [
            candidate(0, "aa00", "rejected-static"),
            candidate(1, "aa11", "trained"),
            candidate(2, "aa11", "duplicate"),
            candidate(3, "cc33", "trained"),
            candidate(4, "dd44", "stopped"),
        ],
        [
            candidate(0, "ee00", "trained", "mutation", "cc33"),
            candidate(1, "ff11", "trained", "mutation", "dd44"),
            candidate(2, "ff22", "rejected-static", "mutation", "dd44"),
        ],
    ]
    window = []
    for generation, rows in enumerate(generations):
        trained = evaluations(rows, seed=generation)
        if generation > 0:
            for row in rows:
                if row["status"] == "trained":
                    accuracies = [each["accuracy"] for each in trained if each["index"] == row["index"]]
                    mean = sum(accuracies) / len(accuracies)
                    window.append(
                        {"evaluated_in": generation, "index": row["index"], "id": row["id"], "mean_accuracy": mean}
                    )
        best = max((member["mean_accuracy"] for member in window), default=0)
        selection = [
            member | {"rank": int(member["mean_accuracy"] < best), "on_front": member["mean_accuracy"] >= best}
            for member in window
        ]
        run.commit(
            generation,
            candidates=pa.Table.from_pylist(rows, schema=CANDIDATES),
            evaluations=pa.Table.from_pylist(trained, schema=EVALUATIONS),
            selection=pa.Table.from_pylist(selection, schema=SELECTION),
        )
    # A file in a committed generation that its record does not list, and a generation without a record.
    stray = pa.Table.from_pylist([candidate(9, "9999", "trained")], schema=CANDIDATES)
    run.write("candidates", 1, 7, stray)
    run.write("candidates", 3, 0, stray)
    return run


@pytest.fixture(scope="session")
def real() -> Path:
    """A run of the quickstart."""
    named = os.environ.get("EVONORM_RUN")
    if not named:
        pytest.skip("EVONORM_RUN names no run of the quickstart")
    return Path(named).resolve()
