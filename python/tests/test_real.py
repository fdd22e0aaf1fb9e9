"""The package against evonorm itself, on a run of the quickstart."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import evonorm
from evonorm import CommandError, Run


def test_tables_are_whole(real):
    run = Run(real)
    records = [json.loads(file.read_text()) for file in real.glob("commits/generation=*.json")]
    for name in ("candidates", "evaluations", "selection"):
        frame = getattr(run, name)()
        rows = sum(file["rows"] for record in records for file in record["tables"][name])
        assert len(frame) == rows
        assert frame.generation.dtype == np.int32
        assert sorted(set(frame.generation)) == list(range(len(records))) or name == "selection"
        # The columns of the files and the generation, in their order.
        file = pq.ParquetFile(real / records[-1]["tables"][name][0]["path"])
        columns = [column for column in file.schema_arrow.names if column != "curve"]
        assert list(frame.columns)[: len(columns) + 1] == ["generation", *columns]


def test_front_is_the_one_in_front_csv(real):
    front = Run(real).front()
    rows = list(csv.DictReader(real.joinpath("front.csv").read_text().splitlines()))
    assert front.id.tolist() == [row["id"] for row in rows]
    assert front.generation.tolist() == [int(row["generation"]) for row in rows]
    assert front.formula.tolist() == [row["formula"] for row in rows]
    for column, of_file in [(name, name) for name in Run(real).networks] + [("mean_accuracy", "mean")]:
        assert np.allclose(front[column], [float(row[of_file]) for row in rows], atol=5.1e-5)


def test_generations_agree_with_the_tables(real):
    run = Run(real)
    generations, candidates, found = run.generations(), run.candidates(), run.found()
    assert generations.proposed.sum() == len(candidates)
    assert generations.trained.sum() == len(found) + len(run.baselines())
    assert generations.best_accuracy.iloc[-1] == found.mean_accuracy.max()
    assert generations.front.iloc[-1] == len(run.front())
    window = run.selection().query("generation == generation.max() and stopped_at.isna()")
    window = window[["evaluated_in", "index", "mean_accuracy"]].rename(columns={"evaluated_in": "generation"})
    both = found.merge(window, on=["generation", "index"], suffixes=["", "_of_window"])
    # The window holds more than the quickstart trains.
    assert len(both) == len(window) > 0
    assert np.allclose(both.mean_accuracy, both.mean_accuracy_of_window, rtol=1e-12)


def test_curves_end_at_the_accuracy(real):
    run = Run(real)
    place = ["generation", "index", "network"]
    last = run.curves().groupby(place, observed=True).last()
    whole = run.evaluations().set_index(place).join(last, rsuffix="_of_curve", how="inner")
    whole = whole[whole.steps == whole.step]
    assert len(whole) >= 9
    assert (whole.accuracy == whole.accuracy_of_curve).all()


def test_lineages_are_chains_of_parents(real):
    run = Run(real)
    for id in run.found().id:
        line = run.lineage(id)
        assert line.id.iloc[-1] == id
        assert (line.parent.iloc[1:].to_numpy() == line.id.iloc[:-1].to_numpy()).all()
        assert pd.isna(line.parent.iloc[0])
        assert line.generation.is_monotonic_increasing
        assert line.mean_accuracy.notna().all()


def test_settings_are_those_of_the_preset(real):
    settings = Run(real).settings
    assert settings["search"]["baselines"] == ["BN-ReLU", "EvoNorm-B0", "EvoNorm-S0"]
    assert settings["training"]["learning-rate"] == 0.05
    assert settings["rejection"]["signal"]["enabled"] is True
    assert re.fullmatch(r"[0-9.]+", settings["started-with"]["evonorm"])
    assert Run(real).networks == ["resnet50", "mobilenetv2", "efficientnetb0"]


@pytest.mark.starts_evonorm
def test_version_is_the_programs(real):
    assert evonorm.command("--version", show=None).startswith(f"evonorm {evonorm.__version__}\n")


@pytest.mark.starts_evonorm
def test_search_goes_on_with_a_run(real):
    shown = []
    run = evonorm.search("quickstart", run=real, show=shown.append)
    assert any(line.startswith(f"Search in {real} goes on after generation") for line in shown)
    assert len(run.generations()) == len(Run(real).generations())


@pytest.mark.starts_evonorm
def test_search_that_is_interrupted_ends_in_order(real, tmp_path):
    shown = []

    def show(line):
        shown.append(line)
        if line.startswith("New search"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evonorm.search("quickstart", run=tmp_path / "run", show=show, search={"generations": 1})
    assert "evonorm: the search was interrupted; its committed generations stand in" in shown[-1]
    run = Run(tmp_path / "run")
    assert run.settings["search"]["generations"] == 1


@pytest.mark.starts_evonorm
def test_a_setting_that_does_not_exist_is_refused(real, tmp_path):
    with pytest.raises(CommandError, match="search.generatons.*search.generations"):
        evonorm.search("quickstart", run=tmp_path / "run", show=None, search={"generatons": 1})


@pytest.mark.starts_evonorm
def test_layers_are_pytorch_modules(real, tmp_path):
    torch = pytest.importorskip("torch")
    run = Run(real)
    best = run.found().sort_values("mean_accuracy").id.iloc[-1]
    layer = run.layer(best)(16)
    x = torch.randn(4, 16, 5, 6, requires_grad=True)
    y = layer(x)
    assert y.shape == x.shape
    y.square().mean().backward()
    assert x.grad.isfinite().all()
    # The same class each time, so that instances of it stay its instances.
    assert isinstance(layer, run.layer(best[:8]))
    named = evonorm.layer("EvoNorm-S0")(16)
    v1, groups = named.state_dict()["v1"], x.reshape(4, 2, 8 * 5 * 6)
    deviation = (groups.var(dim=2, correction=0) + 1e-5).sqrt().reshape(4, 2, 1, 1).repeat_interleave(8, dim=1)
    expected = x * torch.sigmoid(v1.reshape(1, 16, 1, 1) * x) / (deviation + 1e-5)
    assert torch.allclose(named(x), expected, atol=1e-6)
    torch.jit.script(named)


@pytest.mark.starts_evonorm
def test_export_writes_any_format(real, tmp_path):
    run = Run(real)
    id = run.found().id.iloc[0]
    assert Path(run.export(id, tmp_path / "layer.tex", "latex")).read_text().startswith("%")
    assert json.loads(run.export(id, tmp_path / "layer.json", "json").read_text())["nodes"]
    assert run.export(id, tmp_path / "layer.onnx", "onnx", "--channels", "8").stat().st_size > 0
    with pytest.raises(CommandError, match="candidate"):
        run.export("zz", tmp_path / "none.json", "json")
