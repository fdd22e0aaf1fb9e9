package org.evonorm.export.python;

import static org.evonorm.graph.IndexSet.BWH;
import static org.evonorm.graph.IndexSet.WHCG;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.evonorm.export.layer.Convention;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.export.layer.RunningStatistic;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Statistic;

/** The export to Keras: a layer as a {@code keras.layers.Layer}, for every backend of Keras 3. */
public final class KerasModule implements Dialect {

    private final ModuleParts parts;

    private KerasModule(ExportedLayer exported) {
        this.parts = ModuleParts.of(exported, this);
    }

    /** The source of the module. */
    public static String write(ExportedLayer exported) {
        return new KerasModule(exported).write();
    }

    @Override
    public String function(Elementwise primitive) {
        return "ops." + primitive.symbol();
    }

    @Override
    public String aggregate(Aggregate aggregate, String operand, String runningStatistic) {
        return ModuleParts.aggregate(
                "ops",
                aggregate,
                operand,
                ", self." + runningStatistic + ", share, training",
                over -> moment(aggregate.statistic(), operand, ModuleParts.axes(over)));
    }

    /** The expression of a moment over axes, which stay with size 1. */
    private static String moment(Statistic statistic, String operand, String axes) {
        return switch (statistic) {
            case MEAN -> "mean(" + operand + ", " + axes + ")";
            case RMS -> "mean(ops.square(" + operand + "), " + axes + ")";
            case STD -> "variance(" + operand + ", " + axes + ")";
        };
    }

    @Override
    public String withAllChannels(String operand) {
        return "(" + operand + ") + ops.zeros_like(x)";
    }

    private String write() {
        List<String> sections = new ArrayList<>();
        sections.add(new Docstrings(parts).ofModule("Keras 3", "keras and one of its backends"));
        sections.add("""
                import json
                import sys
                from pathlib import Path

                import keras
                import numpy as np
                from keras import ops
                """);
        sections.addAll(parts.helpers("ops", Set.of(), Map.of()));
        String layerClass = layerClass();
        boolean usesVariance = layerClass.contains(" variance(") || layerClass.contains("(variance(");
        if (usesVariance || layerClass.contains(" mean(") || layerClass.contains("(mean(")) {
            sections.add(KerasText.MEAN);
        }
        if (usesVariance) {
            sections.add(KerasText.VARIANCE);
        }
        sections.add(layerClass);
        sections.add(KerasText.VERIFY
                .replace("@CLASS@", parts.className())
                .replace("@CHECK_ARGUMENTS@", parts.checkArguments("check[\"decay\"]")));
        sections.add(parts.mainBlock());
        return parts.join(sections);
    }

    private String layerClass() {
        List<String> methods = new ArrayList<>();
        methods.add(constructor());
        methods.add(build());
        methods.add(call());
        methods.add(activation());
        methods.add(KerasText.AS_MAPS);
        methods.add("""
                def channelwise(self, values):
                    \"""[C] or [N, C] values in a shape that broadcasts against x.\"""
                    return ops.reshape(values, self.vector_shape)
                """);
        methods.addAll(parts.momentMethods(BWH, KerasModule::batchMoment));
        if (parts.hasRunningStatistics()) {
            methods.add(KerasText.STATISTICS);
        }
        methods.addAll(parts.momentMethods(WHCG, KerasModule::groupMoment));
        methods.add(getConfig());
        // The conventions' layers have the same class name, and a saved model is to find its own.
        String kind = parts.exported().convention() == Convention.PAPER ? "evonorm_paper" : "evonorm";
        return "@keras.saving.register_keras_serializable(package=\"" + kind + "\")\nclass " + parts.className()
                + "(keras.layers.Layer):\n" + docstring() + "\n"
                + PythonText.methods(methods);
    }

    private String docstring() {
        List<String> arguments = new ArrayList<>();
        if (parts.hasRunningStatistics()) {
            arguments.add("momentum: share of their values that running statistics keep in a training step, as "
                    + "BatchNormalization counts it; None for their cumulative average");
        }
        arguments.add("data_format: \"channels_last\" or \"channels_first\", the order of x's dimensions");
        return new Docstrings(parts)
                .ofClass(
                        "Input and output are [N, H, W, C], [N, L, C] or [N, D, H, W, C], or with channels_first [N, C, H, W],"
                                + " [N, C, L] or [N, C, D, H, W]. Half precision is computed in float32 and returned in its own"
                                + " type; other types than floating-point ones are refused."
                                + (parts.hasRunningStatistics()
                                        ? " A layer that is not trainable runs in inference mode, as BatchNormalization does."
                                                + " Running statistics from elsewhere need their count of batches, steps, too:"
                                                + " 1 / (1 - momentum) is that of a long training."
                                        : ""),
                        Optional.empty(),
                        arguments);
    }

    private String constructor() {
        List<String> lines = new ArrayList<>();
        lines.add(PythonText.definition(
                "def __init__(self, " + parts.signature("0.9") + ", data_format=\"channels_last\", **kwargs):"));
        lines.add("    super().__init__(**kwargs)");
        lines.addAll(parts.argumentChecks("0 <= momentum < 1", "at least 0 and below 1"));
        lines.add("    if data_format not in (\"channels_last\", \"channels_first\"):");
        lines.add("        raise ValueError(f\"data_format must be channels_last or channels_first, "
                + "not {data_format}\")");
        lines.add("    self.channels = channels");
        lines.addAll(parts.fields());
        if (parts.hasRunningStatistics()) {
            lines.add("    self.momentum = momentum");
        }
        lines.add("    self.data_format = data_format");
        lines.add("    last = data_format == \"channels_last\"");
        lines.add("    self.channel_axis = 3 if last else 1");
        lines.add("    self.spatial_axes = (1, 2) if last else (2, 3)");
        lines.add("    self.vector_shape = (-1, 1, 1, channels) if last else (-1, channels, 1, 1)");
        lines.add(
                "    self.input_spec = keras.layers.InputSpec(min_ndim=3, max_ndim=5, axes={-1 if last else 1: channels})");
        return String.join("\n", lines) + "\n";
    }

    private String build() {
        List<String> lines = new ArrayList<>();
        lines.add("def build(self, input_shape):");
        lines.add("    axis = -1 if self.data_format == \"channels_last\" else 1");
        lines.add("    if not 3 <= len(input_shape) <= 5 or input_shape[axis] != self.channels:");
        lines.add("        raise ValueError(f\"expected {self.channels} channels in dimension {axis} of 3 to 5, "
                + "not {input_shape}\")");
        for (ModuleParts.Vector vector : parts.affineVectors()) {
            lines.add("    self." + vector.name() + " = self.add_weight(");
            lines.add("        shape=(self.channels,), initializer="
                    + (vector.name().equals("gamma") ? "\"zeros\" if self.init_zero else \"ones\"" : "\"zeros\"")
                    + ", autocast=False, name=\"" + vector.name() + "\")");
        }
        List<String> ofActivation = new ArrayList<>();
        for (ModuleParts.Vector vector : parts.graphVectors()) {
            ofActivation.add("self." + vector.name() + " = self.add_weight(");
            ofActivation.add("    shape=(" + vector.size("self.channels") + ",), initializer=" + initializer(vector)
                    + ", autocast=False, name=\"" + vector.name() + "\")");
        }
        if (parts.hasRunningStatistics()) {
            ofActivation.add("dtype = \"float64\" if self.variable_dtype == \"float64\" else \"float32\"");
        }
        for (RunningStatistic running : parts.line().runningStatistics()) {
            ofActivation.add("self." + running.name() + " = self.add_weight(");
            ofActivation.add("    shape=(self.channels,), initializer=\""
                    + (running.statistic() == Statistic.MEAN ? "zeros" : "ones")
                    + "\", dtype=dtype, trainable=False, autocast=False, name=\"" + running.name() + "\")");
        }
        if (parts.hasRunningStatistics()) {
            ofActivation.add("self.steps = self.add_weight(");
            ofActivation.add(
                    "    shape=(), initializer=\"zeros\", dtype=dtype, trainable=False, autocast=False, name=\"steps\")");
        }
        lines.addAll(parts.ofActivation(ofActivation));
        lines.add("    self.built = True");
        return String.join("\n", lines) + "\n";
    }

    private static String initializer(ModuleParts.Vector vector) {
        double start = vector.kind().start();
        return start == 0 ? "\"zeros\"" : start == 1 ? "\"ones\"" : "keras.initializers.Constant(" + start + ")";
    }

    private String call() {
        List<String> lines = new ArrayList<>();
        lines.add("def call(self, x, training=False):");
        lines.add("    dtype = keras.backend.standardize_dtype(x.dtype)");
        lines.add("    if \"float\" not in dtype:");
        lines.add("        raise ValueError(f\"expected floating-point values, not {dtype}\")");
        lines.add("    compute_dtype = \"float64\" if dtype == \"float64\" else \"float32\"");
        lines.add("    maps = self.as_maps(ops.cast(x, compute_dtype))");
        String activation =
                "self.activation(maps" + (parts.hasRunningStatistics() ? ", training and self.trainable" : "") + ")";
        if (parts.hasAffine()) {
            lines.add("    y = " + activation + " if self.apply_act else maps");
            parts.affineVectors().forEach(vector -> lines.add("    " + local(vector, "maps")));
            lines.add("    y = gamma * y + beta");
        } else {
            lines.add("    y = " + activation);
        }
        lines.add("    return ops.cast(ops.reshape(y, ops.shape(x)), dtype)");
        return String.join("\n", lines) + "\n";
    }

    private static String local(ModuleParts.Vector vector, String like) {
        String values = "ops.cast(self." + vector.name() + ", " + like + ".dtype)";
        return vector.name() + " = "
                + (vector.isPerLayer()
                        ? "ops.reshape(" + values + ", (1, 1, 1, 1))"
                        : "self.channelwise(" + values + ")");
    }

    private String activation() {
        List<String> lines = new ArrayList<>();
        lines.add("def activation(self, x" + (parts.hasRunningStatistics() ? ", training" : "") + "):");
        lines.add("    \"\"\"y" + (parts.hasAffine() ? " before the affine" : "") + " for x in four dimensions.\"\"\"");
        if (parts.hasRunningStatistics()) {
            lines.add("    share = self.count(x) if training else None");
        }
        parts.graphVectors().forEach(vector -> lines.add("    " + local(vector, "x")));
        if (parts.line().leaves().contains(LayerGraph.ZERO)) {
            lines.add("    zero = ops.zeros((1, 1, 1, 1), x.dtype)");
        }
        lines.addAll(parts.body("ops.zeros_like(x)"));
        return String.join("\n", lines) + "\n";
    }

    private String getConfig() {
        List<String> names = new ArrayList<>(List.of("channels"));
        if (parts.hasGroups()) {
            names.add("groups");
        }
        if (parts.usesEpsilon()) {
            names.add("eps");
        }
        if (parts.hasRunningStatistics()) {
            names.add("momentum");
        }
        if (parts.hasAffine()) {
            names.addAll(List.of("apply_act", "init_zero"));
        }
        names.add("data_format");
        return "def get_config(self):\n    return {\n        **super().get_config(), "
                + names.stream().map(name -> "\"" + name + "\": self." + name).collect(Collectors.joining(", "))
                + "}\n";
    }

    private static String batchMoment(Statistic statistic) {
        return PythonText.filled(
                """
                def %s(self, a, average, share, training):
                    \"""The %s of a over batch, height and width; in evaluation mode its running statistic.\"""
                    if not training:
                        return self.channelwise(ops.copy(ops.cast(average, a.dtype)))
                    batch = %s
                    self.follow(average, batch, share)
                    return batch
                """,
                ModuleParts.method(new Aggregate(statistic, BWH)),
                ModuleParts.words(statistic),
                moment(statistic, "a", "(0,) + self.spatial_axes"));
    }

    private static String groupMoment(Statistic statistic) {
        return PythonText.filled(
                """
                def %s(self, a):
                    \"""The %s of a over height, width and the channels of a group.\"""
                    axis, size, shape = self.channel_axis, self.channels // self.groups, ops.shape(a)
                    grouped = ops.reshape(a, shape[:axis] + (self.groups, size) + shape[axis + 1:])
                    within = tuple(i for i in range(1, 5) if i != axis)
                    moment = %s
                    moment = ops.reshape(moment, (-1, self.groups))
                    return self.channelwise(ops.repeat(moment, size, axis=1))
                """,
                ModuleParts.method(new Aggregate(statistic, WHCG)),
                ModuleParts.words(statistic),
                moment(statistic, "grouped", "within"));
    }
}
