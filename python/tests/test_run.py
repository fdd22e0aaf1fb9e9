import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from conftest import CANDIDATES, CONF, EVALUATIONS, SELECTION, SmallRun, candidate, evaluations
from pyarrow import fs

from evonorm import EvonormError, Run


def test_only_committed_files_are_read(small):
    run = Run(small.folder)
    assert "3 committed generations" in repr(run)
    candidates = run.candidates()
    assert candidates.generation.tolist() == [0] + 5 * [1] + 3 * [2]
    assert candidates["index"].tolist() == [0, *range(5), *range(3)]
    assert "9999" not in candidates.id.tolist()


def test_types_are_those_of_the_tables(small):
    candidates = Run(small.folder).candidates()
    assert candidates.generation.dtype == np.int32
    assert candidates.nodes.dtype == np.int32
    # May be missing, is missing here, and is an integer all the same.
    assert candidates.stability_steps.dtype == pd.Int32Dtype()
    assert candidates.stability_steps.tolist()[:3] == [7, pd.NA, 7]
    assert candidates.parent.isna().sum() == 6
    # Of a later version than the run's.
    assert candidates.second_parent.isna().all()
    assert candidates.stopped_at.dtype == pd.Int32Dtype()
    curves = Run(small.folder).curves()
    assert curves.step.dtype == np.int32
    assert curves.groupby(["generation", "index", "network"]).size().loc[(1, 3)].tolist() == [4, 4]


def test_columns_may_be_chosen(small):
    run = Run(small.folder)
    assert list(run.candidates(["status", "generation"])) == ["status", "generation"]
    assert "curve" not in run.evaluations()
    assert len(run.evaluations(["curve"]).curve[0]) == 1
    assert list(run.candidates("id")) == ["id"]
    assert list(run.evaluations(name for name in ("id", "curve"))) == ["id", "curve"]
    assert list(run.selection(run.selection().columns[:2])) == ["generation", "evaluated_in"]
    assert run.evaluations([]).shape == (len(run.evaluations()), 0)


def test_found_layers_and_baselines_have_an_accuracy_per_network(small):
    run = Run(small.folder)
    found = run.found()
    assert found.id.tolist() == ["aa11", "cc33", "ee00", "ff11"]
    assert found.columns[-3:].tolist() == ["resnet50", "mobilenetv2", "mean_accuracy"]
    rows = pa.concat_tables(
        pq.ParquetFile(file).read() for file in sorted(small.folder.glob("evaluations/generation=2/*.parquet"))
    ).to_pylist()
    expected = {(row["id"], row["network"]): row["accuracy"] for row in rows}
    for layer in found[found.generation == 2].itertuples():
        assert layer.resnet50 == expected[layer.id, "resnet50"]
        assert layer.mobilenetv2 == expected[layer.id, "mobilenetv2"]
        assert layer.mean_accuracy == pytest.approx((layer.resnet50 + layer.mobilenetv2) / 2, rel=1e-15)
    assert run.baselines().name.tolist() == ["BN-ReLU"]
    assert run.baselines().origin.tolist() == ["baseline"]


def test_front_of_each_generation(small):
    run = Run(small.folder)
    found = run.found()
    for generation in (1, 2):
        best = found[found.generation <= generation].mean_accuracy.max()
        front = run.front(generation)
        assert front.mean_accuracy.tolist() == [best]
        assert front.columns.tolist() == found.columns.tolist()
    assert run.front().equals(run.front(2))
    assert len(run.front(0)) == 0
    # Numbers of frames.
    assert run.front(np.int32(1)).equals(run.front(1))
    assert run.front(np.float64(1)).equals(run.front(1))


def test_generations_count_all_candidates(small):
    generations = Run(small.folder).generations()
    assert generations.index.tolist() == [0, 1, 2]
    assert generations.proposed.tolist() == [1, 5, 3]
    assert generations.trained.tolist() == [1, 2, 2]
    assert generations["rejected-static"].tolist() == [0, 1, 1]
    assert generations.front.tolist() == [0, 1, 1]
    assert generations.seconds.tolist() == [2.5, 6.5, 5.5]
    assert pd.isna(generations.best_accuracy[0])
    assert generations.best_accuracy[2] == Run(small.folder).found().mean_accuracy.max()


def test_lineage_goes_back_to_the_first_ancestor(small):
    run = Run(small.folder)
    line = run.lineage("ee")
    assert line.id.tolist() == ["cc33", "ee00"]
    assert line.generation.dtype == np.int32
    assert run.lineage("ff11").status.tolist() == ["stopped", "trained"]
    # A layer that was never trained has ancestors, too.
    assert run.lineage("ff22").id.tolist() == ["dd44", "ff22"]
    assert pd.isna(run.lineage("ff22").mean_accuracy.iloc[-1])
    assert run.lineage("aa00").id.tolist() == ["aa00"]


def test_a_candidate_is_found_by_the_first_digits_of_its_id(small):
    run = Run(small.folder)
    # The proposal that was trained, and not its duplicate.
    assert run.candidate(" AA1 ")["index"] == 1
    assert run.candidate("cc33").formula == "formula of cc33"
    with pytest.raises(EvonormError, match="2 candidates .* begin with 'aa'"):
        run.candidate("aa")
    with pytest.raises(EvonormError, match="no candidate .* 'x'"):
        run.candidate("x")


def test_a_run_stays_as_it_was_when_it_was_opened(small):
    earlier = Run(small.folder)
    recommit(small, 3)
    assert len(earlier.generations()) == 3
    assert len(Run(small.folder).generations()) == 4


def recommit(small, generation, **tables):
    """Commits a generation with the rows of generation 2, or with others."""
    run = Run(small.folder)
    for name in ("candidates", "evaluations", "selection"):
        rows = run.dataset(name).to_table(filter=ds.field("generation") == 2).drop(["generation"])
        tables.setdefault(name, rows)
    small.commit(generation, **tables)


def test_columns_of_a_later_version_are_read(small):
    rows = Run(small.folder).dataset("evaluations").to_table().drop(["generation", "hurdles"])
    newer = rows.append_column("energy", pa.array([1.5] * len(rows)))
    recommit(small, 3, evaluations=newer)
    evaluations = Run(small.folder).evaluations()
    assert evaluations.energy.dropna().tolist() == [1.5] * len(rows)
    assert set(evaluations[evaluations.energy.isna()].generation) == {0, 1, 2}
    assert EVALUATIONS.names[0] in evaluations


def test_reranks_are_read_with_and_without_records(small):
    run = Run(small.folder)
    assert run.rerank().empty
    assert run.rerank().training.dtype == np.int32
    assert run.rerank_failures().empty

    def batch(name, training):
        table = pa.table({"id": ["aa11"], "training": pa.array([training], pa.int32()), "accuracy": [0.5]})
        file = small.folder / name
        file.parent.mkdir(exist_ok=True)
        pq.write_table(table, file)
        return {"path": name, "bytes": file.stat().st_size, "rows": 1, "crc32c": "0"}

    batch("rerank/batch-00001.parquet", 1)
    listed = batch("rerank/batch-00002-token.parquet", 2)
    batch("rerank/batch-00003-token.parquet", 3)
    failed = batch("rerank-failures/batch-00002-token.parquet", 4)
    record = {"format": 1, "batch": 2, "tables": {"rerank": [listed], "rerank-failures": [failed]}, "crc32c": "0"}
    small.folder.joinpath("commits/rerank=2.json").write_text(json.dumps(record))
    # The third batch has no record.
    assert run.rerank().training.tolist() == [1, 2]
    assert run.rerank_failures().training.tolist() == [4]


def test_other_file_systems(small):
    here = fs.SubTreeFileSystem(str(small.folder.parent), fs.LocalFileSystem())
    assert Run(small.folder.name, filesystem=here).found().equals(Run(small.folder).found())
    address = small.folder.as_uri()
    assert Run(address).found().equals(Run(small.folder).found())
    fsspec = pytest.importorskip("fsspec")
    local = fsspec.filesystem("file")
    assert Run(str(small.folder), filesystem=local).found().equals(Run(small.folder).found())
    with pytest.raises(EvonormError, match="cannot be reached"):
        Run("nowhere://host/run")


def test_polars_reads_a_dataset(small):
    polars = pytest.importorskip("polars")
    rows = polars.scan_pyarrow_dataset(Run(small.folder).dataset("candidates")).collect()
    assert rows["generation"].to_list() == Run(small.folder).candidates().generation.tolist()
    assert rows.schema["generation"] == polars.Int32


def test_folders_that_are_no_run_are_refused(tmp_path, small):
    with pytest.raises(EvonormError, match=r"there is no run in .*no run\.conf"):
        Run(tmp_path / "nothing")
    with pytest.raises(EvonormError, match=r"there is no run in .*run\.conf: it is a file; name another folder"):
        Run(small.folder / "run.conf")
    for record in small.folder.glob("commits/*"):
        record.unlink()
    with pytest.raises(EvonormError, match="no generation of .* is committed yet"):
        Run(small.folder).found()


@pytest.mark.parametrize(
    "text",
    [
        *["", "{", "[]", "\x00\x01", '{"generation": 1, "tables": {}}'],
        *['{"tables": {"candidates": [{}]}}', '{"tables": {"candidates": null}}'],
        '{"tables": {"candidates": [{"path": 5, "bytes": 1}]}}',
        '{"tables": {"candidates": [{"path": "a.parquet", "bytes": "1"}]}}',
    ],
)
def test_a_damaged_record_is_named(small, text):
    small.folder.joinpath("commits/generation=1.json").write_text(text)
    with pytest.raises(EvonormError, match=r"commits/generation=1\.json is damaged"):
        Run(small.folder)


def test_a_missing_record_or_file_is_named(small):
    file = sorted(small.folder.glob("selection/generation=1/part*"))[0]
    whole = file.read_bytes()
    for content in (whole[:-1], whole + b"x", None):
        if content is None:
            file.unlink()
        else:
            file.write_bytes(content)
        with pytest.raises(EvonormError, match=f"{file.name} is (altered|missing)"):
            Run(small.folder).front()
    file.write_bytes(bytes(len(whole)))
    with pytest.raises(EvonormError, match="selection .* cannot be read"):
        Run(small.folder).front()
    small.folder.joinpath("commits/generation=1.json").unlink()
    with pytest.raises(EvonormError, match=r"commits/generation=1\.json is missing"):
        Run(small.folder)


def test_objectives_besides_accuracy_are_columns_of_layers(tmp_path):
    run = SmallRun(tmp_path / "run")
    run.folder.joinpath("run.conf").write_text(CONF.replace("seed=1", "objectives=[accuracy, passes, step-time]"))
    value = pa.struct([pa.field("objective", pa.string(), False), pa.field("value", pa.float64(), False)])
    values = pa.field("objectives", pa.list_(pa.field("element", value, False)))
    rows = [candidate(0, "b0", "trained", "baseline"), candidate(1, "aa11", "trained"), candidate(2, "bb22", "trained")]
    rows[0]["objectives"] = [{"objective": "step-time", "value": 12.5}, {"objective": "passes", "value": 4.0}]
    rows[1]["objectives"] = [{"objective": "passes", "value": 2.0}, {"objective": "step-time", "value": 7.0}]
    places = [{"evaluated_in": 0, "index": 1, "id": "aa11", "mean_accuracy": 0.5, "rank": 0, "on_front": True}]
    run.commit(
        0,
        candidates=pa.Table.from_pylist(rows, schema=CANDIDATES.append(values)),
        evaluations=pa.Table.from_pylist(evaluations(rows, seed=1), schema=EVALUATIONS),
        selection=pa.Table.from_pylist(places, schema=SELECTION),
    )
    read = Run(run.folder)
    assert read.objectives == ["passes", "step-time"]
    assert read.found().columns[-3:].tolist() == ["mean_accuracy", "passes", "step-time"]
    assert read.found()["passes"].tolist()[0] == 2.0 and np.isnan(read.found()["passes"].tolist()[1])
    assert read.baselines()["step-time"].tolist() == [12.5]
    assert read.front()[["passes", "step-time"]].to_numpy().tolist() == [[2.0, 7.0]]
