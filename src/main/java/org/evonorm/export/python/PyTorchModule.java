package org.evonorm.export.python;

import static org.evonorm.graph.IndexSet.BWH;
import static org.evonorm.graph.IndexSet.WHCG;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.Statistic;

/** The export to PyTorch: a layer as a {@code torch.nn.Module}. */
public final class PyTorchModule implements Dialect {

    private final ModuleParts parts;
    private final Optional<PyTorchFunction> function;

    private PyTorchModule(ExportedLayer exported) {
        this.parts = ModuleParts.of(exported, this);
        this.function = PyTorchFunction.of(parts);
    }

    /** The source of the module. */
    public static String write(ExportedLayer exported) {
        return new PyTorchModule(exported).write();
    }

    @Override
    public String function(Elementwise primitive) {
        return "torch." + primitive.symbol();
    }

    @Override
    public Optional<String> largerOfNumber(String tensor, String number, boolean numberIsFirst) {
        if (!numberIsFirst) {
            return Optional.of("torch.clamp(" + tensor + ", min=" + number + ")");
        }
        return Optional.of(
                number.equals(StraightLine.ZERO)
                        ? "torch.relu(" + tensor + ")"
                        : "torch.threshold(" + tensor + ", " + number + ", " + number + ")");
    }

    @Override
    public boolean absIsFlatAtZero() {
        return true;
    }

    @Override
    public String aggregate(Aggregate aggregate, String operand, String runningStatistic) {
        return ModuleParts.aggregate(
                "torch",
                aggregate,
                operand,
                ", self." + runningStatistic + ", share",
                over -> moment(aggregate.statistic(), operand, "dim=" + dimensions(over), ", keepdim=True"));
    }

    /** The dimensions of an index set of single samples in [N, C, H, W]. */
    private static String dimensions(IndexSet over) {
        return switch (over) {
            case WH -> "(2, 3)";
            case WHC -> "(1, 2, 3)";
            case C -> "1";
            case BWH, WHCG -> throw new IllegalArgumentException(over + " has a method of its own");
        };
    }

    /** The expression of a moment. */
    static String moment(Statistic statistic, String operand, String over, String keep) {
        return switch (statistic) {
            case MEAN -> "torch.mean(" + operand + ", " + over + keep + ")";
            case RMS -> "torch.mean(torch.square(" + operand + "), " + over + keep + ")";
            case STD -> "torch.var(" + operand + ", " + over + ", correction=0" + keep + ")";
        };
    }

    @Override
    public String withAllChannels(String operand) {
        return "(" + operand + ").expand(-1, self.channels, -1, -1)";
    }

    private String write() {
        List<String> sections = new ArrayList<>();
        sections.add(new Docstrings(parts).ofModule("PyTorch", "torch"));
        sections.add("import itertools\nimport json\nimport sys\nfrom pathlib import Path\n"
                + (parts.hasRunningStatistics() ? "from typing import Optional\n" : "")
                + "\nimport torch\nimport torch.fx\nfrom torch import nn\n"
                + function.flatMap(PyTorchFunction::kernels)
                        .map(kernels -> "\n" + kernels.importText())
                        .orElse(""));
        String functionText = function.map(PyTorchFunction::write).orElse("");
        sections.addAll(parts.helpers(
                "torch",
                functionText.contains("nonzero(") ? Set.of(StraightLine.Helper.NONZERO) : Set.of(),
                Map.of(StraightLine.Helper.LARGER, PyTorchText.LARGER)));
        sections.add(PyTorchText.SHAPES);
        if (parts.hasRunningStatistics()) {
            sections.add(PyTorchText.STATISTICS);
        }
        sections.add(traced());
        sections.add(new PyTorchClass(parts, function).write());
        if (function.isPresent()) {
            sections.add(functionText);
            if (functionText.contains("mean_of_groups(")) {
                sections.add(PyTorchText.MEAN_OF_GROUPS);
            }
            sections.add(PyTorchText.FUNCTION.replace(
                    "@NO_SHARE@", parts.hasRunningStatistics() ? "torch.zeros(()), " : ""));
            function.get().kernels().ifPresent(kernels -> sections.addAll(kernels.write()));
        }
        if (parts.hasRunningStatistics()) {
            sections.add(PyTorchText.COUNTER);
        }
        sections.add(PyTorchText.VERIFY
                .replace("@CLASS@", parts.className())
                .replace("@FORMS@", function.isPresent() ? "{}, {\"fused\": False}" : "{}")
                .replace("@CHECK_ARGUMENTS@", parts.checkArguments("1 - check[\"decay\"]")));
        sections.add(parts.mainBlock());
        return parts.join(sections);
    }

    /** Functions with control flow, which torch.fx is to take as they are. */
    private String traced() {
        List<String> names = new ArrayList<>(List.of("require_maps", "as_maps", "as_input"));
        if (parts.hasRunningStatistics()) {
            names.addAll(List.of("count", "follow"));
        }
        return names.stream().map(name -> "torch.fx.wrap(\"" + name + "\")\n").collect(Collectors.joining());
    }
}
