"""A run of evonorm as pandas frames."""

import os
from collections.abc import Sequence
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.compute as pc
import pyarrow.dataset as ds

from evonorm import checks, frames, layers
from evonorm.command import command
from evonorm.errors import EvonormError
from evonorm.tables import PLACE, Tables

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
_ABOUT = [*PLACE, "id", "origin", "name", "parent", "second_parent", "formula", "graph", "nodes", "training_seconds"]


class Run(Tables):
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
        table = self._rows("candidates", [*self._about(), *columns], which)
        return self._with_accuracies(frames.pandas(table))

    def _about(self) -> list[str]:
        """The columns that tell a candidate."""
        return [*_ABOUT, *(["objectives"] if self.objectives else [])]

    def _with_accuracies(self, candidates: pd.DataFrame) -> pd.DataFrame:
        wide = self.evaluations([*PLACE, "network", "accuracy"]).pivot(
            index=PLACE, columns="network", values="accuracy"
        )
        wide = wide.reindex(columns=self.networks).rename_axis(columns=None)
        wide["mean_accuracy"] = wide.mean(axis=1)
        layers = candidates.merge(wide.reset_index(), on=PLACE, validate="one_to_one")
        for name in self.objectives:
            layers[name] = [frames.objective(entries, name) for entries in layers["objectives"]]
        return layers.drop(columns="objectives", errors="ignore")

    def front(self, generation: int | None = None) -> pd.DataFrame:
        """The Pareto front of the window after a generation, the highest mean accuracy first.

        The columns are those of :meth:`found`; ``generation`` is that in which the layer was trained.

        Args:
            generation: the generation after which the front stood; default: the last one
        """
        numbers = range(len(self._committed()))
        number = numbers[-1] if generation is None else generation
        # Numbers of pandas are whole numbers as well, and 2.0 is one.
        if not isinstance(number, Real) or number not in numbers:
            raise EvonormError(
                f"{self.location} has no committed generation {checks.shown(number)}; give a number from 0 to "
                f"{numbers[-1]}"
            )
        which = (ds.field("generation") == int(number)) & ds.field("on_front")
        members = self._rows("selection", ["evaluated_in", "index"], which)
        places = frames.pandas(members).rename(columns={"evaluated_in": "generation"})
        generations = places["generation"].unique().tolist()
        table = self._rows("candidates", self._about(), ds.field("generation").isin(generations))
        front = self._with_accuracies(places.merge(frames.pandas(table), on=PLACE)[self._about()])
        return front.sort_values(["mean_accuracy", *PLACE], ascending=[False, True, True], ignore_index=True)

    def generations(self) -> pd.DataFrame:
        """A row per generation: counts by status, the front, the best layers so far, and the seconds spent.

        Columns: ``proposed``, a count per status, ``front`` (number of layers), ``mean_accuracy`` (of the layers that
        were trained in this generation), ``best_accuracy`` (mean accuracy of the best layer so far, baselines aside)
        and ``seconds`` (filters and trainings, summed over all tasks).
        """
        names = self.dataset("candidates").schema.names
        candidates = self.candidates([*PLACE, "status", *(name for name in names if name.endswith("_seconds"))])
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

    def candidate(self, id: str) -> "pd.Series[Any]":
        """The candidate with an id, or with the first digits of one; of one proposed several times, the trained one.

        Raises:
            EvonormError: no candidate or more than one has such an id.
        """
        return self._candidate(id).iloc[0]

    def _candidate(self, id: str) -> pd.DataFrame:
        """As :meth:`candidate`, as a frame of one row, whose columns keep their types."""
        prefix = _id(id).strip().lower()
        table = self._rows("candidates", filter=pc.starts_with(ds.field("id"), prefix))
        ids = pc.unique(table["id"]).to_pylist()
        if not ids:
            raise EvonormError(f"no candidate of {self.location} has an id that begins with {id!r}; name another one")
        if len(ids) > 1:
            raise EvonormError(f"{len(ids)} candidates of {self.location} begin with {id!r}; give more digits")
        rows = frames.pandas(table)
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
        columns = [*PLACE, "id", "origin", "parent", "second_parent", "status", "formula"]
        frame = pd.concat([row[columns] for row in line[::-1]])
        return frame.merge(members[[*PLACE, *self.networks, "mean_accuracy"]], on=PLACE, how="left")

    def layer(self, id: str, *, home: str | os.PathLike[str] | None = None) -> "type[nn.Module]":
        """A candidate as a class of PyTorch modules: ``run.layer("60cd")(64)`` is the layer for 64 channels.

        The class is that of ``evonorm export --format pytorch`` (docs/exports.md), which this runs. For modules that
        are pickled, write the class to a file of your own with :meth:`export`.

        Args:
            id: the id, or as many of its first digits as no other candidate has
            home: folder of evonorm; default: as for :func:`evonorm.command`
        """
        return layers.load(["--run", self.location, "--candidate", _id(id)], home)

    def export(
        self,
        id: str,
        output: str | os.PathLike[str],
        format: str = "pytorch",
        *options: str,
        overwrite: bool = False,
        home: str | os.PathLike[str] | None = None,
    ) -> Path:
        """Writes a candidate as code, model or formula by ``evonorm export`` (docs/exports.md).

        Args:
            id: the id, or as many of its first digits as no other candidate has
            output: the file to write
            format: ``pytorch``, ``keras``, ``jax``, ``onnx``, ``latex``, ``dot`` or ``json``
            options: further options of the command, as ``"--channels", "64"`` for ``onnx``
            overwrite: whether files that exist are replaced, the check file beside modules and models too
            home: folder of evonorm; default: as for :func:`evonorm.command`

        Returns:
            the path of the file

        Raises:
            EvonormError: the file exists, and ``overwrite`` is not given.
        """
        source = ["--run", self.location, "--candidate", _id(id)]
        form = checks.text("format", format, "pytorch, keras, jax, onnx, latex, dot or json")
        file = Path(os.path.expanduser(checks.path("output", output, "the file to write")))
        # The command's sentence would name its option --force.
        if file.exists() and not overwrite:
            raise EvonormError(f"{file} exists; name another file, or replace it with overwrite=True")
        force = ["--force"] if overwrite else []
        command("export", *source, "--format", form, "--output", file, *force, *options, home=home, show=None)
        return file


def _id(value: Any) -> str:
    return checks.text("id", value, "a candidate's id or its first digits, as a text")
