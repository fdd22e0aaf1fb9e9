package org.evonorm.export.python;

import static org.evonorm.graph.IndexSet.BWH;
import static org.evonorm.graph.IndexSet.WHCG;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.export.layer.RunningStatistic;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Statistic;

/** The export to JAX: a layer as a class of pure functions of parameters and state. */
public final class JaxModule implements Dialect {

    private final ModuleParts parts;

    private JaxModule(ExportedLayer exported) {
        this.parts = ModuleParts.of(exported, this);
    }

    /** The source of the module. */
    public static String write(ExportedLayer exported) {
        return new JaxModule(exported).write();
    }

    @Override
    public String function(Elementwise primitive) {
        return switch (primitive) {
            case SIGMOID -> "jax.nn.sigmoid";
            case ERF -> "jax.lax.erf";
            default -> "jnp." + primitive.symbol();
        };
    }

    @Override
    public String aggregate(Aggregate aggregate, String operand, String runningStatistic) {
        return ModuleParts.aggregate(
                "jnp",
                aggregate,
                operand,
                ", state, \"" + runningStatistic + "\", share, training",
                over -> moment(aggregate.statistic(), operand, ModuleParts.axes(over), ", keepdims=True"));
    }

    /** The expression of a moment over axes. */
    private static String moment(Statistic statistic, String operand, String axes, String keep) {
        return switch (statistic) {
            case MEAN -> "jnp.mean(" + operand + ", axis=" + axes + keep + ")";
            case RMS -> "jnp.mean(jnp.square(" + operand + "), axis=" + axes + keep + ")";
            case STD -> "jnp.var(" + operand + ", axis=" + axes + keep + ")";
        };
    }

    @Override
    public String withAllChannels(String operand) {
        return "(" + operand + ") + jnp.zeros_like(x)";
    }

    private String write() {
        List<String> sections = new ArrayList<>();
        sections.add(new Docstrings(parts).ofModule("JAX", "jax"));
        sections.add(
                "import json\nimport math\nimport sys\nfrom pathlib import Path\n\nimport jax\nimport jax.numpy as jnp\n");
        sections.addAll(parts.helpers("jnp", Set.of(), Map.of()));
        sections.add(layerClass());
        sections.add(JaxText.VERIFY
                .replace("@CLASS@", parts.className())
                .replace("@CHECK_ARGUMENTS@", parts.checkArguments("check[\"decay\"]")));
        sections.add(parts.mainBlock());
        return parts.join(sections);
    }

    private String layerClass() {
        List<String> methods = new ArrayList<>();
        methods.add(constructor());
        methods.add(init());
        methods.add(call());
        methods.add(activation());
        methods.add(JaxText.AS_MAPS);
        methods.add("""
                def channelwise(self, values):
                    \"""[C] or [N, C] values in a shape that broadcasts against x.\"""
                    return values.reshape(self.vector_shape)
                """);
        methods.addAll(parts.momentMethods(BWH, JaxModule::batchMoment));
        if (parts.hasRunningStatistics()) {
            methods.add(JaxText.STATISTICS);
        }
        methods.addAll(parts.momentMethods(WHCG, JaxModule::groupMoment));
        return "class " + parts.className() + ":\n" + docstring() + "\n" + PythonText.methods(methods);
    }

    private String docstring() {
        List<String> arguments = new ArrayList<>();
        if (parts.hasRunningStatistics()) {
            arguments.add("momentum: share of their values that running statistics keep in a training step; None for"
                    + " their cumulative average");
        }
        arguments.add("data_format: \"NHWC\" or \"NCHW\": whether the channels are x's last dimension or its second");
        if (parts.hasRunningStatistics()) {
            arguments.add("axis_name: the axis of pmap, vmap or shard_map over which batches count as one; None for"
                    + " this device alone");
        }
        return new Docstrings(parts)
                .ofClass(
                        "A layer is a function of parameters, state and x, without side effects:"
                                + " params, state = layer.init(); y, state = layer(params, state, x, training=True). "
                                + "x has one to three dimensions between or after batch and channels. Half precision"
                                + " is computed in float32 and returned in its own type; other types than floating-point ones"
                                + " are refused."
                                + (parts.hasRunningStatistics()
                                        ? " State without 'steps', the count of batches, is taken for that of a long training."
                                        : ""),
                        Optional.empty(),
                        arguments);
    }

    private String constructor() {
        List<String> lines = new ArrayList<>();
        lines.add(PythonText.definition("def __init__(self, " + parts.signature("0.9") + ", data_format=\"NHWC\""
                + (parts.hasRunningStatistics() ? ", axis_name=None" : "") + "):"));
        lines.addAll(parts.argumentChecks("0 <= momentum < 1", "at least 0 and below 1"));
        lines.add("    if data_format not in (\"NHWC\", \"NCHW\"):");
        lines.add("        raise ValueError(f\"data_format must be NHWC or NCHW, not {data_format}\")");
        lines.add("    self.channels = channels");
        lines.addAll(parts.fields());
        if (parts.hasRunningStatistics()) {
            lines.add("    self.momentum = momentum");
            lines.add("    self.axis_name = axis_name");
        }
        lines.add("    self.channel_axis = 3 if data_format == \"NHWC\" else 1");
        lines.add("    self.spatial_axes = (1, 2) if data_format == \"NHWC\" else (2, 3)");
        lines.add("    self.vector_shape = (-1, 1, 1, channels) if data_format == \"NHWC\" else (-1, channels, 1, 1)");
        return String.join("\n", lines) + "\n";
    }

    private String init() {
        List<String> lines = new ArrayList<>();
        lines.add("def init(self):");
        lines.add("    \"\"\"The parameters and the state to start from.\"\"\"");
        lines.add("    params, state = {}, {}");
        for (ModuleParts.Vector vector : parts.affineVectors()) {
            lines.add("    params[\"" + vector.name() + "\"] = jnp."
                    + (vector.name().equals("gamma")
                            ? "full(self.channels, 0.0 if self.init_zero else 1.0)"
                            : "zeros(self.channels)"));
        }
        List<String> ofActivation = new ArrayList<>();
        for (ModuleParts.Vector vector : parts.graphVectors()) {
            ofActivation.add("params[\"" + vector.name() + "\"] = jnp.full(" + vector.size("self.channels") + ", "
                    + vector.kind().start() + ")");
        }
        for (RunningStatistic running : parts.line().runningStatistics()) {
            ofActivation.add("state[\"" + running.name() + "\"] = jnp."
                    + (running.statistic() == Statistic.MEAN ? "zeros" : "ones") + "(self.channels)");
        }
        if (parts.hasRunningStatistics()) {
            ofActivation.add("state[\"steps\"] = jnp.zeros(())");
        }
        lines.addAll(parts.ofActivation(ofActivation));
        lines.add("    return params, state");
        return String.join("\n", lines) + "\n";
    }

    private String call() {
        List<String> lines = new ArrayList<>();
        lines.add("def __call__(self, params, state, x, training=False):");
        lines.add("    \"\"\"y and the state after it.\"\"\"");
        lines.add("    x = jnp.asarray(x)");
        lines.add("    maps = self.as_maps(x)");
        String activation =
                "self.activation(params, maps" + (parts.hasRunningStatistics() ? ", state, training" : "") + ")";
        if (parts.hasRunningStatistics()) {
            lines.add("    state = dict(state)");
        }
        if (parts.hasAffine()) {
            lines.add("    y = " + activation + " if self.apply_act else maps");
            parts.affineVectors().forEach(vector -> lines.add("    " + local(vector, "maps")));
            lines.add("    y = gamma * y + beta");
        } else {
            lines.add("    y = " + activation);
        }
        lines.add("    return y.reshape(x.shape).astype(x.dtype), state");
        return String.join("\n", lines) + "\n";
    }

    private static String local(ModuleParts.Vector vector, String like) {
        String values = "params[\"" + vector.name() + "\"].astype(" + like + ".dtype)";
        return vector.name() + " = "
                + (vector.isPerLayer() ? values + ".reshape(1, 1, 1, 1)" : "self.channelwise(" + values + ")");
    }

    private String activation() {
        List<String> lines = new ArrayList<>();
        String y = "y" + (parts.hasAffine() ? " before the affine" : "");
        if (parts.hasRunningStatistics()) {
            lines.add("def activation(self, params, x, state, training):");
            lines.add("    \"\"\"" + y
                    + " for x in four dimensions; state, a dict of the caller's own, is updated.\"\"\"");
            lines.add("    share = self.count(state, x) if training else None");
        } else {
            lines.add("def activation(self, params, x):");
            lines.add("    \"\"\"" + y + " for x in four dimensions.\"\"\"");
        }
        parts.graphVectors().forEach(vector -> lines.add("    " + local(vector, "x")));
        if (parts.line().leaves().contains(LayerGraph.ZERO)) {
            lines.add("    zero = jnp.zeros((1, 1, 1, 1), x.dtype)");
        }
        lines.addAll(parts.body("jnp.zeros_like(x)"));
        return String.join("\n", lines) + "\n";
    }

    private static String batchMoment(Statistic statistic) {
        return PythonText.filled(
                """
                def %s(self, a, state, name, share, training):
                    \"""The %s of a over batch, height and width; in evaluation mode its running statistic.\"""
                    if not training:
                        return self.channelwise(state[name].astype(a.dtype))
                    batch = %s
                    if share is not None:
                        state[name] = self.follow(state[name], batch, share)
                    return batch
                """,
                ModuleParts.method(new Aggregate(statistic, BWH)),
                ModuleParts.words(statistic),
                switch (statistic) {
                    case MEAN -> "self.over_batch(a)";
                    case RMS -> "self.over_batch(jnp.square(a))";
                    case STD -> "self.over_batch(jnp.square(a - self.over_batch(a)))";
                });
    }

    private static String groupMoment(Statistic statistic) {
        return PythonText.filled(
                """
                def %s(self, a):
                    \"""The %s of a over height, width and the channels of a group.\"""
                    axis, size = self.channel_axis, self.channels // self.groups
                    grouped = a.reshape(a.shape[:axis] + (self.groups, size) + a.shape[axis + 1:])
                    within = tuple(i for i in range(1, 5) if i != axis)
                    moment = %s
                    return self.channelwise(jnp.repeat(moment, size, axis=1))
                """,
                ModuleParts.method(new Aggregate(statistic, WHCG)),
                ModuleParts.words(statistic),
                moment(statistic, "grouped", "within", ""));
    }
}
