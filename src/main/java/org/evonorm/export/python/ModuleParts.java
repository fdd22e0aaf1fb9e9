package org.evonorm.export.python;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.GroupRule;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Statistic;
import org.evonorm.graph.TrainableVector;

/**
 * The parts that the modules of all frameworks share: names, arguments, docstrings and the straight-line code of a
 * layer.
 */
record ModuleParts(ExportedLayer exported, StraightLine line) {

    private static final String LARGER = """
            def larger(a, b):
                \"""The larger of the two, NaN if one is; where they are equal the gradient goes to a alone.\"""
                return @.where(@.isnan(b) | (a < b), b, a)
            """;
    private static final String NONZERO = """
            def nonzero(b, eps: float):
                \"""The divisor b, moved away from zero by eps.\"""
                return @.where(b < 0, b - eps, b + eps)
            """;
    private static final String ABSOLUTE = """
            def absolute(a):
                \"""|a|, with the derivative 0 at 0.\"""
                return a * @.sign(a)
            """;
    private static final String SIGNED_LOG = """
            def signed_log(a, eps: float):
                \"""sign(a) * log(|a| + eps), with the derivative 1 / (|a| + eps) at 0 too.\"""
                return @.where(a == 0, a / eps, @.sign(a) * @.log(@.abs(a) + eps))
            """;
    private static final String SIGNED_SQRT = """
            def signed_sqrt(a, eps: float):
                \"""sign(a) * sqrt(|a| + eps), with the derivative 1 / (2 * sqrt(|a| + eps)) at 0 too.\"""
                root = @.sqrt(@.abs(a) + eps)
                return @.where(a == 0, a * (0.5 / eps**0.5), @.sign(a) * root)
            """;

    /** A trainable vector [C] or [1]. */
    record Vector(String name, TrainableVector kind) {

        private Vector(String name, double start) {
            this(name, new TrainableVector(TrainableVector.Per.CHANNEL, start));
        }

        boolean isPerLayer() {
            return kind.per() == TrainableVector.Per.LAYER;
        }

        /** The expression of the number of values; {@code channels} is that of the number of channels. */
        String size(String channels) {
            return isPerLayer() ? "1" : channels;
        }
    }

    /** The parts of a layer's module in the code of a framework. */
    static ModuleParts of(ExportedLayer exported, Dialect dialect) {
        return new ModuleParts(exported, StraightLine.of(exported.layer(), dialect, exported.convention()));
    }

    /** The name of the method that computes an aggregate's moment, for example {@code batch_var}. */
    static String method(Aggregate aggregate) {
        String moment = switch (aggregate.statistic()) {
            case MEAN -> "mean";
            case RMS -> "mean_square";
            case STD -> "var";
        };
        return (aggregate.over() == IndexSet.BWH ? "batch_" : "group_") + moment;
    }

    /** The moment of a statistic in words. */
    static String words(Statistic statistic) {
        return switch (statistic) {
            case MEAN -> "mean";
            case RMS -> "mean square";
            case STD -> "variance";
        };
    }

    String className() {
        return exported.className();
    }

    /** Whether the layer has batch aggregates, and so running statistics. */
    boolean hasRunningStatistics() {
        return line.uses(IndexSet.BWH);
    }

    /** Whether the layer has aggregates over groups of channels. */
    boolean hasGroups() {
        return line.uses(IndexSet.WHCG);
    }

    /** The rule by which the layer divides channels into groups. */
    GroupRule groups() {
        return exported.layer().groups();
    }

    /** Whether an expression uses eps. */
    boolean usesEpsilon() {
        return line.usesEpsilon();
    }

    /** The trainable vectors of the layer. */
    List<Vector> vectors() {
        List<Vector> vectors = new ArrayList<>(graphVectors());
        vectors.addAll(affineVectors());
        return vectors;
    }

    /** Lines of a method of the class that only a layer with its activation runs, with their indent. */
    List<String> ofActivation(List<String> lines) {
        if (!hasAffine() || lines.isEmpty()) {
            return lines.stream().map(line -> "    " + line).toList();
        }
        return Stream.concat(Stream.of("    if self.apply_act:"), lines.stream().map(line -> "        " + line))
                .toList();
    }

    /** The trainable vectors of the affine. */
    List<Vector> affineVectors() {
        return hasAffine() ? List.of(new Vector("gamma", 1), new Vector("beta", 0)) : List.of();
    }

    /** The trainable vectors that the graph reads, without those of the affine. */
    List<Vector> graphVectors() {
        List<Vector> vectors = new ArrayList<>();
        if (line.leaves().contains(LayerGraph.V0)) {
            vectors.add(new Vector("v0", exported.layer().vectors().v0()));
        }
        if (line.leaves().contains(LayerGraph.V1)) {
            vectors.add(new Vector("v1", exported.layer().vectors().v1()));
        }
        return vectors;
    }

    /** Whether the layer ends in the affine, and so has a form without activation: the affine alone. */
    boolean hasAffine() {
        return exported.layer().affine();
    }

    /** The constructor's parameters after self, as far as the layer needs them. */
    String signature(String momentum) {
        return "channels" + (hasGroups() ? ", groups=None" : "") + (usesEpsilon() ? ", eps=1e-5" : "")
                + (hasRunningStatistics() ? ", momentum=" + momentum : "")
                + (hasAffine() ? ", apply_act=True, init_zero=False" : "");
    }

    /**
     * Lines of the constructor that refuse impossible arguments, and derive the number of groups.
     *
     * @param momentumRange the condition that holds for a right momentum
     * @param momentumWords the range in words
     */
    List<String> argumentChecks(String momentumRange, String momentumWords) {
        List<String> lines = new ArrayList<>();
        lines.add("    if channels < 1:");
        lines.add("        raise ValueError(f\"channels must be above 0, not {channels}\")");
        if (hasGroups()) {
            lines.add("    if groups is None:");
            lines.add("        groups = "
                    + (groups().kind() == GroupRule.Kind.SIZE ? "channels // " : "") + "max(k for k in range(1, "
                    + (groups().number() + 1) + ") if channels % k == 0)");
            lines.add("    if groups < 1 or channels % groups:");
            lines.add("        raise ValueError(f\"{channels} channels do not divide into {groups} groups\")");
        }
        if (usesEpsilon()) {
            lines.add("    if not eps > 0:");
            lines.add("        raise ValueError(f\"eps must be above 0, not {eps}\")");
        }
        if (hasRunningStatistics()) {
            lines.add("    if momentum is not None and not " + momentumRange + ":");
            lines.add("        raise ValueError(f\"momentum must be None or " + momentumWords + ", not {momentum}\")");
        }
        return lines;
    }

    /** Lines of the constructor that store its arguments. */
    List<String> fields() {
        List<String> lines = new ArrayList<>();
        if (hasGroups()) {
            lines.add("    self.groups = groups");
        }
        if (usesEpsilon()) {
            lines.add("    self.eps = float(eps)");
        }
        if (hasAffine()) {
            lines.add("    self.apply_act = apply_act");
            lines.add("    self.init_zero = init_zero");
        }
        return lines;
    }

    /** The lines that compute y from x, without the affine; {@code zeros} has the shape and layout of x. */
    List<String> body(String zeros) {
        List<String> lines = new ArrayList<>();
        line.assignments().forEach(step -> lines.add("    " + step.name() + " = " + step.expression()));
        lines.add("    return " + line.output() + (line.isWhole() ? "" : " + " + zeros));
        return lines;
    }

    /**
     * The helpers that the layer uses.
     *
     * @param functions name of a Python module with where, sign, abs, log and sqrt
     * @param others    helpers that are needed besides
     * @param own       texts in place of the usual ones
     */
    List<String> helpers(String functions, Set<StraightLine.Helper> others, Map<StraightLine.Helper, String> own) {
        return Stream.of(StraightLine.Helper.values())
                .filter(helper -> line.helpers().contains(helper) || others.contains(helper))
                .map(helper -> own.containsKey(helper) ? own.get(helper) : text(helper))
                .map(text -> text.replace("@", functions))
                .toList();
    }

    private static String text(StraightLine.Helper helper) {
        return switch (helper) {
            case LARGER -> LARGER;
            case NONZERO -> NONZERO;
            case ABSOLUTE -> ABSOLUTE;
            case SIGNED_LOG -> SIGNED_LOG;
            case SIGNED_SQRT -> SIGNED_SQRT;
        };
    }

    /** The constructor's arguments for a comparison with a check file. */
    String checkArguments(String momentum) {
        return "channels=check[\"shape\"][-1]"
                + (hasGroups() ? ", groups=check[\"groups\"]" : "")
                + (usesEpsilon() ? ", eps=check[\"eps\"]" : "")
                + (hasRunningStatistics() ? ", momentum=" + momentum : "");
    }

    /**
     * The expression of an aggregate.
     *
     * @param functions the framework's name for its functions
     * @param ofBatch   further arguments of the method that computes a batch aggregate's moment, each with a comma before
     *                  it
     * @param moment    the expression of the moment over an index set of single samples, whose dimensions stay with size
     *                  1
     */
    static String aggregate(
            String functions, Aggregate aggregate, String operand, String ofBatch, Function<IndexSet, String> moment) {
        String text = switch (aggregate.over()) {
            case BWH -> "self." + method(aggregate) + "(" + operand + ofBatch + ")";
            case WHCG -> "self." + method(aggregate) + "(" + operand + ")";
            case WH, WHC, C -> moment.apply(aggregate.over());
        };
        return aggregate.statistic() == Statistic.MEAN ? text : functions + ".sqrt(" + text + " + self.eps)";
    }

    /** The axes of an index set of single samples, where the layout decides on them. */
    static String axes(IndexSet over) {
        return switch (over) {
            case WH -> "self.spatial_axes";
            case WHC -> "(1, 2, 3)";
            case C -> "self.channel_axis";
            case BWH, WHCG -> throw new IllegalArgumentException(over + " has a method of its own");
        };
    }

    /** The methods that compute the moments over an index set, as far as the layer uses them. */
    List<String> momentMethods(IndexSet over, Function<Statistic, String> method) {
        return Stream.of(Statistic.values())
                .filter(statistic -> line.uses(statistic, over))
                .map(method)
                .toList();
    }

    /** The main block of the module, which compares it with its check file. */
    String mainBlock() {
        return PythonText.filled("""
                if __name__ == "__main__":
                    check_file = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_suffix(".check.json")
                    verify(check_file)
                    print(f"%s agrees with {check_file}")
                """, className());
    }

    /** The text of the module: its sections with two empty lines between them. */
    String join(List<String> sections) {
        return String.join("\n\n", sections).replaceFirst("(?s)\"\"\"\n\n\nimport", "\"\"\"\n\nimport");
    }
}
