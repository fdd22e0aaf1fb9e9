"""The tables of a run as they are, which all other frames are made of."""

import os
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from evonorm import checks, frames, hocon
from evonorm.errors import EvonormError
from evonorm.folder import GENERATION_TABLES, Folder

# The columns that tell a proposal from all others.
PLACE = ["generation", "index"]


class Tables:
    """The committed rows of a run's folder and its settings; :class:`evonorm.Run` tells them to callers."""

    def __init__(self, location: str | os.PathLike[str], *, filesystem: Any = None) -> None:
        self._folder = Folder(location, filesystem)
        self.location = self._folder.location
        try:
            self._conf = self._folder.read("run.conf")
        except (FileNotFoundError, NotADirectoryError) as failure:
            state = "it is a file" if isinstance(failure, NotADirectoryError) else "it has no run.conf"
            raise EvonormError(
                f"there is no run in {self.location}: {state}; name another folder, or make a run with "
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
            settings = hocon.parse(self._conf)
        except EvonormError as failure:
            raise EvonormError(f"{self.location}/run.conf cannot be read: {failure}") from None
        search = settings.get("search")
        if not isinstance(search, dict) or not isinstance(search.get("networks"), list):
            raise EvonormError(f"{self.location}/run.conf has no list search.networks; restore the file")
        return settings

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
        if not isinstance(table, str) or table not in GENERATION_TABLES:
            raise EvonormError(
                f"there is no table {checks.shown(table)} of generations; name {', '.join(GENERATION_TABLES)}"
            )
        return self._folder.dataset(
            table, [(record["generation"], file) for record in self._committed() for file in record["tables"][table]]
        )

    def _committed(self) -> list[dict[str, Any]]:
        """The commit records of a run that has some."""
        if not self._commits:
            raise EvonormError(f"no generation of {self.location} is committed yet; wait for the first one")
        return self._commits

    def _rows(self, table: str, columns: Any = None, filter: pc.Expression | None = None) -> pa.Table:
        dataset = self.dataset(table)
        with self._folder.reading(f"a table {table}"):
            return dataset.to_table(columns=columns, filter=filter)

    def candidates(self, columns: str | Sequence[str] | None = None) -> pd.DataFrame:
        """The proposed layers, in all states.

        Args:
            columns: the columns to read, or one; default: all
        """
        return self._frame("candidates", columns)

    def evaluations(self, columns: str | Sequence[str] | None = None) -> pd.DataFrame:
        """The trainings that ended, a row per candidate and network. :meth:`curves` has their learning curves as rows.

        Args:
            columns: the columns to read, or one; default: all but ``curve``
        """
        return self._frame("evaluations", columns)

    def selection(self, columns: str | Sequence[str] | None = None) -> pd.DataFrame:
        """The members of the window after each generation, with their Pareto rank.

        Args:
            columns: the columns to read, or one; default: all
        """
        return self._frame("selection", columns)

    def _frame(self, table: str, columns: Any) -> pd.DataFrame:
        present = self.dataset(table).schema.names
        every = [name for name in present if name != "curve"]
        return frames.pandas(self._rows(table, every if columns is None else checks.columns(columns, present)))

    def curves(self) -> pd.DataFrame:
        """The learning curves, a row per point: candidate, network, ``step``, ``training_loss`` and ``accuracy``."""
        table = self._rows("evaluations", [*PLACE, "id", "network", "curve"])
        curves = table["curve"].combine_chunks()
        points = curves.flatten()
        rows = table.drop(["curve"]).take(pc.list_parent_indices(curves))
        for position, name in enumerate(["step", "training_loss", "accuracy"]):
            values = points.field(position)
            rows = rows.append_column(pa.field(name, values.type, nullable=False), values)
        return frames.pandas(rows)

    def rerank(self) -> pd.DataFrame:
        """The trainings of ``evonorm rerank``, also of later reranks than this object; without a rerank no row.

        Rankings are made of ``scored_on == "validation"``, by the mean of ``accuracy`` over ``training`` (the seeds)
        and ``network``. Reranks with different settings stand side by side, told apart by ``settings``.
        """
        return self._batches("rerank", frames.RERANK)

    def rerank_failures(self) -> pd.DataFrame:
        """The trainings of reranks that failed, with their ``reason``."""
        return self._batches("rerank-failures", frames.FAILURES)

    def _batches(self, table: str, empty: pa.Schema) -> pd.DataFrame:
        files = self._folder.batches(table)
        if not files:
            return frames.pandas(empty.empty_table())
        dataset = self._folder.dataset(table, files)
        with self._folder.reading(f"a table {table}"):
            return frames.pandas(dataset.to_table())
