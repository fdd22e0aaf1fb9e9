"""Frames of pandas from tables of pyarrow, with the types that the tables have."""

from typing import Any

import pandas as pd
import pyarrow as pa


def pandas(table: pa.Table) -> pd.DataFrame:
    """A frame whose integers stay integers, also where one is missing."""
    frame = table.to_pandas()
    counts = [field.name for field in table.schema if pa.types.is_integer(field.type) and field.nullable]
    if counts:
        mapper = {pa.int32(): pd.Int32Dtype(), pa.int64(): pd.Int64Dtype()}.get
        frame[counts] = table.select(counts).to_pandas(types_mapper=mapper)
    if "origin" in frame:
        frame["origin"] = frame["origin"].replace("yardstick", "baseline")
    return frame


def objective(entries: Any, name: str) -> float:
    """The value of an objective in a cell of the column ``objectives``; NaN where there is none."""
    found = (entry["value"] for entry in (() if entries is None else entries) if entry["objective"] == name)
    return float(next(found, float("nan")))


def _text(*names: str) -> list[pa.Field]:
    return [pa.field(name, pa.string()) for name in names]


_TRAINING = [*_text("id", "name", "graph", "formula", "network", "scored_on"), pa.field("training", pa.int32(), False)]
_SEED = pa.field("seed", pa.int64(), False)
# The columns of reranks, for runs that have none.
RERANK = pa.schema(
    [
        *_TRAINING,
        *(pa.field(name, pa.float64(), False) for name in ("accuracy", "loss")),
        pa.field("steps", pa.int32(), False),
        pa.field("diverged", pa.bool_(), False),
        pa.field("curve", pa.list_(pa.struct([]))),
        _SEED,
        *_text("settings", "engine"),
        *(pa.field(name, pa.float64(), False) for name in ("seconds", "images_per_second")),
        *_text("host"),
    ]
)
FAILURES = pa.schema([*_TRAINING, *_text("reason"), _SEED, *_text("settings", "engine")])
