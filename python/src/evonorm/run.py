"""A run of evonorm as pandas frames."""

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from evonorm import hocon, layers
from evonorm.command import command
from evonorm.errors import EvonormError
from evonorm.folder import Folder

if TYPE_CHECKING:
    from torch import nn

# In the order of the stages.
_STATUSES = [
    "rejected-static",
    "duplicate",
    "rejected-signal",
    "rejected-stability",
    "rejected-quality",
    "failed",
    "stopped",
    "trained",
]
# The second name is that of version 0.1.0.
_BASELINE = ds.field("origin").isin(["baseline", "yardstick"])
_PLACE = ["generation", "index"]
_ABOUT = [*_PLACE, "id", "origin", "name", "parent", "second_parent", "formula", "graph", "nodes", "training_seconds"]


class Run:
    """The generations of a run that are committed when the object is made; a later object shows later ones, too.

    Work that is not committed never shows, so that a run that is going on can be read as well.

    Frames have a column per column of the tables (docs/run-folder.md). ``generation`` and all other counts are
    integers; one that may be missing is of pandas' integers that may. Accuracies are shares from 0 to 1.

    Args:
        location: the run's folder: a path, or an address that pyarrow knows, as ``s3://bucket/runs/x``
        filesystem: a file system of pyarrow or fsspec, in which ``location`` is a path

    Raises:
        EvonormError: the folder holds no run, or a commit record is damaged.
    """

    def __init__(self, location: str | os.PathLike[str], *, filesystem: Any = None) -> None:
        self._folder = Folder(location, filesystem)
        self.location = self._folder.location
        try:
            self._conf = self._folder.read("run.conf")
        except FileNotFoundError:
            raise EvonormError(
                f"there is no run in {self.location}: it has no run.conf; name another folder, or make a run with "
                "evonorm.search or submit/evonorm search"
            ) from None
        self._commits = self._folder.records("generation", first=0)

    def __repr__(self) -> str:
        return f"Run({self.location!r}): {len(self._commits)} committed generations"

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The settings that the run was started with, as nested dictionaries: ``settings["search"]["seed"]``.

        ``settings["started-with"]`` has the versions of the program and its libraries.
        """
        try:
            return hocon.parse(self._conf)
        except EvonormError as failure:
            raise EvonormError(f"{self.location}/run.conf cannot be read: {failure}") from None

    @property
    def networks(self) -> list[str]:
        """Names of the anchor networks."""
        return list(self.settings["search"]["networks"])

    @property
    def objectives(self) -> list[str]:
        """Names of the search's objectives besides accuracy, as ``passes``; most searches have none."""
        return [name for name in self.settings["search"].get("objectives", []) if name != "accuracy"]

    def dataset(self, table: str) -> ds.FileSystemDataset:
        """The files of a table as a pyarrow dataset, for runs that do not fit into memory, and for polars and DuckDB.

        Args:
            table: ``candidates``, ``evaluations`` or ``selection``
        """
        if table not in ("candidates", "evaluations", "selection"):
            raise ValueError(f"there is no table {table!r} of generations: candidates, evaluations, selection")
        if not self._commits:
            raise EvonormError(f"no generation of {self.location} is committed yet; wait for the first one")
        return self._folder.dataset(
            table, [(record["generation"], file) for record in self._commits for file in record["tables"][table]]
        )

    def candidates(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The proposed layers, in all states.

        Args:
            columns: the columns to read; default: all
        """
        return _frame(self.dataset("candidates"), columns)

    def evaluations(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The trainings that ended, a row per candidate and network. :meth:`curves` has their learning curves as rows.

        Args:
            columns: the columns to read; default: all but ``curve``
        """
        dataset = self.dataset("evaluations")
        return _frame(dataset, columns or [name for name in dataset.schema.names if name != "curve"])

    def selection(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The members of the window after each generation, with their Pareto rank.

        Args:
            columns: the columns to read; default: all
        """
        return _frame(self.dataset("selection"), columns)

    def curves(self) -> pd.DataFrame:
        """The learning curves, a row per point: candidate, network, ``step``, ``training_loss`` and ``accuracy``."""
        table = self.dataset("evaluations").to_table(columns=[*_PLACE, "id", "network", "curve"])
        curves = table["curve"].combine_chunks()
        points = curves.flatten()
        rows = table.drop(["curve"]).take(pc.list_parent_indices(curves))
        for position, name in enumerate(["step", "training_loss", "accuracy"]):
            values = points.field(position)
            rows = rows.append_column(pa.field(name, values.type, nullable=False), values)
        return _pandas(rows)

    def found(self) -> pd.DataFrame:
        """The layers that the search found: the trained candidates, with an accuracy per network and their mean.

        Columns: ``generation``, ``index``, ``id``, ``origin``, ``name`` (of a seed layer), ``parent``,
        ``second_parent``, ``formula``, ``graph``, ``nodes``, ``training_seconds``, the networks, ``mean_accuracy`` and
        the objectives besides accuracy.
        """
        return self._trained(~_BASELINE & (ds.field("status") == "trained"))

    def baselines(self) -> pd.DataFrame:
        """The published layers that were trained for comparison, with the columns of :meth:`found`."""
        return self._trained(_BASELINE & (ds.field("status") == "trained"))

    def _trained(self, which: pc.Expression, columns: Sequence[str] = ()) -> pd.DataFrame:
        """The candidates that a filter lets through, if they have evaluations."""
        table = self.dataset("candidates").to_table(columns=[*self._about(), *columns], filter=which)
        return self._with_accuracies(_pandas(table))

    def _about(self) -> list[str]:
        """The columns that tell a candidate."""
        return [*_ABOUT, *(["objectives"] if self.objectives else [])]

    def _with_accuracies(self, candidates: pd.DataFrame) -> pd.DataFrame:
        wide = self.evaluations([*_PLACE, "network", "accuracy"]).pivot(
            index=_PLACE, columns="network", values="accuracy"
        )
        wide = wide.reindex(columns=self.networks).rename_axis(columns=None)
        wide["mean_accuracy"] = wide.mean(axis=1)
        layers = candidates.merge(wide.reset_index(), on=_PLACE, validate="one_to_one")
        for name in self.objectives:
            layers[name] = [_value(entries, name) for entries in layers["objectives"]]
        return layers.drop(columns="objectives", errors="ignore")

    def front(self, generation: int | None = None) -> pd.DataFrame:
        """The Pareto front of the window after a generation, the highest mean accuracy first.

        The columns are those of :meth:`found`; ``generation`` is that in which the layer was trained.

        Args:
            generation: the generation after which the front stood; default: the last one
        """
        last = len(self._commits) - 1
        number = last if generation is None else generation
        if not 0 <= number <= last and self._commits:
            raise ValueError(f"generation {number} is not committed; the last one is {last}")
        members = self.dataset("selection").to_table(
            columns={name: ds.field(name) for name in ["evaluated_in", "index"]},
            filter=(ds.field("generation") == number) & ds.field("on_front"),
        )
        places = _pandas(members).rename(columns={"evaluated_in": "generation"})
        table = self.dataset("candidates").to_table(
            columns=self._about(), filter=ds.field("generation").isin(places["generation"].unique().tolist())
        )
        front = self._with_accuracies(places.merge(_pandas(table), on=_PLACE)[self._about()])
        return front.sort_values(["mean_accuracy", *_PLACE], ascending=[False, True, True], ignore_index=True)

    def generations(self) -> pd.DataFrame:
        """A row per generation: counts by status, the front, the best layers so far, and the seconds spent.

        Columns: ``proposed``, a count per status, ``front`` (number of layers), ``mean_accuracy`` (of the layers that
        were trained in this generation), ``best_accuracy`` (mean accuracy of the best layer so far, baselines aside)
        and ``seconds`` (filters and trainings, summed over all tasks).
        """
        names = self.dataset("candidates").schema.names
        candidates = self.candidates([*_PLACE, "status", *(name for name in names if name.endswith("_seconds"))])
        counts = pd.crosstab(candidates["generation"], candidates["status"]).rename_axis(columns=None)
        further = sorted(set(counts) - set(_STATUSES))
        counts = counts.reindex(index=range(len(self._commits)), columns=[*_STATUSES, *further], fill_value=0)
        counts.insert(0, "proposed", counts.sum(axis=1))
        selection = self.selection(["generation", "on_front"])
        counts["front"] = selection.groupby("generation")["on_front"].sum().reindex(counts.index, fill_value=0)
        accuracy = self.found().groupby("generation")["mean_accuracy"]
        counts["mean_accuracy"] = accuracy.mean().reindex(counts.index)
        counts["best_accuracy"] = accuracy.max().reindex(counts.index).cummax().ffill()
        seconds = candidates.filter(like="_seconds").sum(axis=1)
        counts["seconds"] = seconds.groupby(candidates["generation"]).sum().reindex(counts.index, fill_value=0.0)
        return counts.rename_axis(index="generation")

    def rerank(self) -> pd.DataFrame:
        """The trainings of ``evonorm rerank``, also of later reranks than this object; without a rerank no row.

        Rankings are made of ``scored_on == "validation"``, by the mean of ``accuracy`` over ``training`` (the seeds)
        and ``network``. Reranks with different settings stand side by side, told apart by ``settings``.
        """
        return self._batches("rerank", _RERANK)

    def rerank_failures(self) -> pd.DataFrame:
        """The trainings of reranks that failed, with their ``reason``."""
        return self._batches("rerank-failures", _FAILURES)

    def _batches(self, table: str, empty: pa.Schema) -> pd.DataFrame:
        records = self._folder.records("rerank", first=self._unrecorded() + 1)
        files = [(None, file) for record in records for file in record["tables"].get(table, [])]
        if table == "rerank":
            # Version 0.1.0 wrote batches without records.
            names = [f"rerank/batch-{number:05d}.parquet" for number in range(1, self._unrecorded() + 1)]
            files = [(None, {"path": name}) for name in names] + files
        return _pandas(self._folder.dataset(table, files).to_table() if files else empty.empty_table())

    def _unrecorded(self) -> int:
        """The number of batches of reranks without a record."""
        present = set(self._folder.names("rerank"))
        number = 0
        while f"batch-{number + 1:05d}.parquet" in present:
            number += 1
        return number

    def candidate(self, id: str) -> "pd.Series[Any]":
        """The candidate with an id, or with the first digits of one; of one proposed several times, the trained one.

        Raises:
            EvonormError: no candidate or more than one has such an id.
        """
        return self._candidate(id).iloc[0]

    def _candidate(self, id: str) -> pd.DataFrame:
        """As :meth:`candidate`, as a frame of one row, whose columns keep their types."""
        prefix = id.strip().lower()
        table = self.dataset("candidates").to_table(filter=pc.starts_with(ds.field("id"), prefix))
        ids = pc.unique(table["id"]).to_pylist()
        if not ids:
            raise EvonormError(f"no candidate of {self.location} has an id that begins with {id!r}; name another one")
        if len(ids) > 1:
            raise EvonormError(f"{len(ids)} candidates of {self.location} begin with {id!r}; give more digits")
        rows = _pandas(table)
        return rows.loc[[rows["status"].map({"trained": 0, "stopped": 1}).fillna(2).idxmin()]]

    def lineage(self, id: str) -> pd.DataFrame:
        """The ancestors of a candidate, the first one first and the candidate last.

        A mutant's parent is the winner of a tournament. The line of a crossover goes on with the parent that the graft
        came into; ``second_parent`` is the id of the other one.

        Args:
            id: the id, or as many of its first digits as no other candidate has
        """
        candidate = self._candidate(id)
        members = self._trained(~_BASELINE & ds.field("status").isin(["trained", "stopped"]), ["status"])
        line = [candidate]
        while not line[-1]["parent"].isna().all():
            [(parent, generation)] = line[-1][["parent", "generation"]].itertuples(index=False)
            earlier = members[(members["id"] == parent) & (members["generation"] < generation)]
            if earlier.empty:
                break
            line.append(earlier.tail(1))
        columns = [*_PLACE, "id", "origin", "parent", "second_parent", "status", "formula"]
        frame = pd.concat([row[columns] for row in line[::-1]])
        return frame.merge(members[[*_PLACE, *self.networks, "mean_accuracy"]], on=_PLACE, how="left")

    def layer(self, id: str, *, home: str | os.PathLike[str] | None = None) -> "type[nn.Module]":
        """A candidate as a class of PyTorch modules: ``run.layer("60cd")(64)`` is the layer for 64 channels.

        The class is that of ``evonorm export --format pytorch`` (docs/exports.md), which this runs. For modules that
        are pickled, write the class to a file of your own with :meth:`export`.

        Args:
            id: the id, or as many of its first digits as no other candidate has
            home: folder of evonorm; default: as for :func:`evonorm.command`
        """
        return layers.load(["--run", self.location, "--candidate", id], home)

    def export(
        self,
        id: str,
        output: str | os.PathLike[str],
        format: str = "pytorch",
        *options: str,
        home: str | os.PathLike[str] | None = None,
    ) -> Path:
        """Writes a candidate as code, model or formula by ``evonorm export`` (docs/exports.md), also over an old file.

        Args:
            id: the id, or as many of its first digits as no other candidate has
            output: the file to write
            format: ``pytorch``, ``keras``, ``jax``, ``onnx``, ``latex``, ``dot`` or ``json``
            options: further options of the command, as ``"--channels", "64"`` for ``onnx``
            home: folder of evonorm; default: as for :func:`evonorm.command`

        Returns:
            the path of the file
        """
        source = ["--run", self.location, "--candidate", id]
        command("export", *source, "--format", format, "--output", output, "--force", *options, home=home, show=None)
        return Path(output)


def _frame(dataset: ds.FileSystemDataset, columns: Sequence[str] | None) -> pd.DataFrame:
    unknown = [name for name in columns or [] if name not in dataset.schema.names]
    if unknown:
        raise ValueError(f"there is no column {unknown[0]!r}: {', '.join(dataset.schema.names)}")
    return _pandas(dataset.to_table(columns=None if columns is None else list(columns)))


def _pandas(table: pa.Table) -> pd.DataFrame:
    """A frame whose integers stay integers, also where one is missing."""
    frame = table.to_pandas()
    counts = [field.name for field in table.schema if pa.types.is_integer(field.type) and field.nullable]
    if counts:
        mapper = {pa.int32(): pd.Int32Dtype(), pa.int64(): pd.Int64Dtype()}.get
        frame[counts] = table.select(counts).to_pandas(types_mapper=mapper)
    if "origin" in frame:
        frame["origin"] = frame["origin"].replace("yardstick", "baseline")
    return frame


def _value(entries: Any, objective: str) -> float:
    """The value of an objective in a cell of the column ``objectives``; NaN where there is none."""
    found = (entry["value"] for entry in (() if entries is None else entries) if entry["objective"] == objective)
    return float(next(found, float("nan")))


def _text(*names: str) -> list[pa.Field]:
    return [pa.field(name, pa.string()) for name in names]


_TRAINING = [*_text("id", "name", "graph", "formula", "network", "scored_on"), pa.field("training", pa.int32(), False)]
_SEED = pa.field("seed", pa.int64(), False)
# The columns of reranks, for runs that have none.
_RERANK = pa.schema(
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
_FAILURES = pa.schema([*_TRAINING, *_text("reason"), _SEED, *_text("settings", "engine")])
