"""A run's folder as files: its commit records, and the Parquet files that these make count (docs/run-folder.md)."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow import fs

from evonorm import checks
from evonorm.errors import EvonormError

# Texts that are not UTF-8 and paths that cannot be written are ValueError.
_UNREADABLE = (OSError, ValueError, pa.ArrowException)

GENERATION_TABLES = ("candidates", "evaluations", "selection")

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://|file:/")

# Columns that earlier versions did not write; they are null there.
_SIGNAL = [pa.field(name, pa.float64()) for name in ("signal_gradient", "signal_features", "signal_variation")]
_HURDLE_ACCURACIES = pa.list_(pa.struct([("network", pa.string()), ("accuracy", pa.float64())]))
_LATER = {
    "candidates": [
        pa.field("second_parent", pa.string()),
        *_SIGNAL,
        pa.field("stopped_at", pa.int32()),
        pa.field("signal_seconds", pa.float64()),
    ],
    "evaluations": [
        pa.field("hurdles", pa.list_(pa.struct([("steps", pa.int32()), ("accuracy", pa.float64())]))),
    ],
    "selection": [
        pa.field("stopped_at", pa.int32()),
        pa.field("earlier_hurdles", pa.list_(pa.struct([("steps", pa.int32()), ("accuracies", _HURDLE_ACCURACIES)]))),
    ],
}


class Folder:
    """Files of one run, on any file system that pyarrow or fsspec knows."""

    def __init__(self, location: str | os.PathLike[str], filesystem: Any = None) -> None:
        self.location = checks.path("location", location, "the path or address of a run's folder")
        if filesystem is not None:
            is_arrow = isinstance(filesystem, fs.FileSystem)
            if not is_arrow and not hasattr(filesystem, "isfile"):
                raise EvonormError(
                    f"filesystem is a file system of pyarrow or fsspec, and cannot be {checks.shown(filesystem)}"
                )
            self.files = filesystem if is_arrow else fs.PyFileSystem(fs.FSSpecHandler(filesystem))
            self.root = self.location
        elif _URI.match(self.location):
            # Hadoop's name of S3.
            uri = re.sub("^s3[an]://", "s3://", self.location)
            try:
                self.files, self.root = fs.FileSystem.from_uri(uri)
            except (OSError, pa.ArrowException) as failure:
                raise EvonormError(
                    f"the run folder {self.location} cannot be reached ({_line(failure)}); correct it, or give a "
                    "filesystem of pyarrow or fsspec and the path in it"
                ) from failure
        else:
            # Commands that get the location know no ~.
            self.location = os.path.expanduser(self.location)
            self.files, self.root = fs.LocalFileSystem(), os.path.abspath(self.location)

    def path(self, relative: str) -> str:
        return self.root.rstrip("/") + "/" + relative

    def read(self, relative: str) -> str:
        """The text of a file.

        Raises:
            FileNotFoundError: the file does not exist.
            NotADirectoryError: a part of its path is a file.
            EvonormError: the file cannot be read.
        """
        try:
            with self.files.open_input_stream(self.path(relative)) as stream:
                return str(stream.read(), "utf-8")
        except (FileNotFoundError, NotADirectoryError):
            raise
        except _UNREADABLE as failure:
            raise self._unreadable(relative, failure) from failure

    @contextmanager
    def reading(self, what: str) -> Iterator[None]:
        """Makes failures of reading errors that name the thing that was read."""
        try:
            yield
        except _UNREADABLE as failure:
            raise self._unreadable(what, failure) from failure

    def _unreadable(self, what: str, failure: Exception) -> EvonormError:
        return EvonormError(
            f"{what} in {self.location} cannot be read ({_line(failure)}); restore it, or allow this user to read it"
        )

    def names(self, relative: str) -> list[str]:
        """Names in a folder that do not begin with a dot or an underscore; of a folder that does not exist, none."""
        selector = fs.FileSelector(self.path(relative), allow_not_found=True)
        with self.reading(f"the folder {relative}"):
            names = [info.base_name for info in self.files.get_file_info(selector)]
        return sorted(name for name in names if not name.startswith((".", "_")))

    def records(self, kind: str, first: int) -> list[dict[str, Any]]:
        """The commit records of a kind, in their order.

        Args:
            kind: ``generation`` or ``rerank``
            first: number of the first one

        Raises:
            EvonormError: a record is damaged, or missing before a later one.
        """
        pattern = re.compile(rf"{kind}=([0-9]{{1,9}})\.json")
        numbers = sorted(int(match.group(1)) for match in map(pattern.fullmatch, self.names("commits")) if match)
        for expected, number in enumerate(numbers, start=first):
            if number != expected:
                raise EvonormError(
                    f"{self.location}/commits/{kind}={expected}.json is missing though there is {kind}={number}.json; "
                    "restore it, or delete the later ones to do their work again"
                )
        return [self._record(kind, f"commits/{kind}={number}.json") for number in numbers]

    def _record(self, kind: str, relative: str) -> dict[str, Any]:
        try:
            record = json.loads(self.read(relative))
            for file in [file for files in record["tables"].values() for file in files]:
                if not isinstance(file["path"], str) or not isinstance(file["bytes"], int):
                    raise ValueError("a file has no text as path or no number of bytes")
            if kind == "generation":
                record["generation"], [record["tables"][table] for table in GENERATION_TABLES]  # noqa: B018
            return dict(record)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as failure:
            raise EvonormError(
                f"the commit record {self.location}/{relative} is damaged ({_line(failure)}); restore it"
            ) from failure

    def batches(self, table: str) -> list[tuple[int | None, dict[str, Any]]]:
        """The files of a table of reranks, as :meth:`dataset` takes them."""
        present = set(self.names("rerank"))
        unrecorded = 0
        while f"batch-{unrecorded + 1:05d}.parquet" in present:
            unrecorded += 1
        # Version 0.1.0 wrote batches without records, and no failures.
        old = range(1, unrecorded + 1) if table == "rerank" else ()
        files: list[dict[str, Any]] = [{"path": f"rerank/batch-{number:05d}.parquet"} for number in old]
        for record in self.records("rerank", first=unrecorded + 1):
            files += record["tables"].get(table, [])
        return [(None, file) for file in files]

    def dataset(self, table: str, files: Sequence[tuple[int | None, dict[str, Any]]]) -> ds.FileSystemDataset:
        """The Parquet files of a table, and nothing else that lies beside them.

        Args:
            table: name of the table
            files: generation, or None in a table without generations, and entry of the commit record for each file

        Raises:
            EvonormError: a file is missing, or does not have the size in its record.
        """
        paths = [self.path(file["path"]) for _, file in files]
        with self.reading(f"a table {table}"):
            infos = self.files.get_file_info(paths)
        for (_, file), info in zip(files, infos, strict=True):
            if info.type == fs.FileType.NotFound or info.size != file.get("bytes", info.size):
                state = "missing" if info.type == fs.FileType.NotFound else f"altered, {info.size} bytes long"
                raise EvonormError(
                    f"{self.location}/{file['path']} is {state}, though a commit record lists it with "
                    f"{file['bytes']} bytes; restore the file"
                )
        layout = ds.ParquetFileFormat()
        with self.reading(f"a table {table}"):
            # One footer per generation tells its columns; every file of a generation has the same ones.
            firsts = {generation: path for (generation, _), path in reversed(list(zip(files, paths, strict=True)))}
            schemas = [layout.inspect(path, self.files) for path in firsts.values()]
            schema = pa.unify_schemas([schema.remove_metadata() for schema in schemas])
        partitions = None
        if any(generation is not None for generation, _ in files):
            schema = schema.insert(0, pa.field("generation", pa.int32(), nullable=False))
            partitions = [ds.field("generation") == generation for generation, _ in files]
        for later in _LATER.get(table, []):
            schema = schema if later.name in schema.names else schema.append(later)
        return ds.FileSystemDataset.from_paths(
            paths, schema=schema, format=layout, filesystem=self.files, partitions=partitions
        )


def _line(failure: BaseException) -> str:
    return next(iter(str(failure).splitlines()), type(failure).__name__)
