"""A run's folder as files: its commit records, and the Parquet files that these make count (docs/run-folder.md)."""

import json
import os
import re
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow import fs

from evonorm.errors import EvonormError

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
        self.location = os.fspath(location)
        if filesystem is not None:
            is_arrow = isinstance(filesystem, fs.FileSystem)
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
            self.files, self.root = fs.LocalFileSystem(), os.path.abspath(os.path.expanduser(self.location))

    def path(self, relative: str) -> str:
        return self.root.rstrip("/") + "/" + relative

    def read(self, relative: str) -> str:
        """The text of a file.

        Raises:
            FileNotFoundError: the file does not exist.
        """
        with self.files.open_input_stream(self.path(relative)) as stream:
            return str(stream.read(), "utf-8")

    def names(self, relative: str) -> list[str]:
        """Names in a folder that do not begin with a dot or an underscore; of a folder that does not exist, none."""
        selector = fs.FileSelector(self.path(relative), allow_not_found=True)
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
        return [self._record(f"commits/{kind}={number}.json") for number in numbers]

    def _record(self, relative: str) -> dict[str, Any]:
        try:
            record = json.loads(self.read(relative))
            for file in [file for files in record["tables"].values() for file in files]:
                file["path"], file["bytes"]  # noqa: B018
            return dict(record)
        except (ValueError, KeyError, TypeError, AttributeError) as failure:
            raise EvonormError(
                f"the commit record {self.location}/{relative} is damaged ({_line(failure)}); restore it"
            ) from failure

    def dataset(self, table: str, files: Sequence[tuple[int | None, dict[str, Any]]]) -> ds.FileSystemDataset:
        """The Parquet files of a table, and nothing else that lies beside them.

        Args:
            table: name of the table
            files: generation, or None in a table without generations, and entry of the commit record for each file

        Raises:
            EvonormError: a file is missing, or does not have the size in its record.
        """
        paths = [self.path(file["path"]) for _, file in files]
        for (_, file), info in zip(files, self.files.get_file_info(paths), strict=True):
            if info.type == fs.FileType.NotFound or info.size != file.get("bytes", info.size):
                state = "missing" if info.type == fs.FileType.NotFound else f"altered, {info.size} bytes long"
                raise EvonormError(
                    f"{self.location}/{file['path']} is {state}, though a commit record lists it with "
                    f"{file['bytes']} bytes; restore the file"
                )
        layout = ds.ParquetFileFormat()
        try:
            # One footer per generation tells its columns; every file of a generation has the same ones.
            firsts = {generation: path for (generation, _), path in reversed(list(zip(files, paths, strict=True)))}
            schemas = [layout.inspect(path, self.files) for path in firsts.values()]
        except (OSError, pa.ArrowException) as failure:
            raise EvonormError(
                f"a table {table} in {self.location} cannot be read ({_line(failure)}); restore its files"
            ) from failure
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
