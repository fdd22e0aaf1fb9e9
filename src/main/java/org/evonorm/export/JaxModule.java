package org.evonorm.export;

import static org.evonorm.graph.IndexSet.BWH;
import static org.evonorm.graph.IndexSet.WHCG;

import java.util.ArrayList;
import java.util.List;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Statistic;

/** The export to JAX: a layer as a class of pure functions of parameters and state. */
final class JaxModule implements Dialect {

    private static final String VERIFY = """
            def verify(path):
                \"""Compares values and gradients, in float64, with those of evonorm's CPU engine in a check file.

                Raises AssertionError where they differ by more than rounding explains.
                \"""
                check = json.loads(Path(path).read_text())
                before = jax.config.jax_enable_x64
                jax.config.update("jax_enable_x64", True)
                try:
                    verify_layout(check, "NHWC")
                    verify_layout(check, "NCHW")
                finally:
                    jax.config.update("jax_enable_x64", before)


            def verify_layout(check, data_format):
                def tensor(values):
                    nhwc = jnp.asarray(values, jnp.float64).reshape(check["shape"])
                    return nhwc if data_format == "NHWC" else nhwc.transpose(0, 3, 1, 2)

                def compare(what, found, expected):
                    if found.ndim == 4 and data_format == "NCHW":
                        found = found.transpose(0, 2, 3, 1)
                    values = jnp.asarray(expected["values"], jnp.float64)
                    error = jnp.abs(found.ravel() - values) - check["rtol"] * jnp.abs(values)
                    if not error.max() <= expected["atol"]:
                        raise AssertionError(f"{what} differs by up to {error.max()}")

                training, evaluation = check["training"], check["evaluation"]
                layer = @CLASS@(@CHECK_ARGUMENTS@, data_format=data_format)
                _, state = layer.init()
                params = {name: jnp.asarray(v, jnp.float64) for name, v in check["parameters"].items()}
                apply = jax.jit(layer, static_argnames="training")
                y, pullback, state = jax.vjp(
                    lambda params, x: apply(params, state, x, training=True), params, tensor(training["x"]),
                    has_aux=True)
                compare("the output in training mode", y, training["y"])
                by_params, by_x = pullback(tensor(training["dy"]))
                compare("the gradient of x", by_x, training["dx"])
                for name, expected in training["gradients"].items():
                    compare(f"the gradient of {name}", by_params[name], expected)
                for values in check["further_inputs"]:
                    _, state = apply(params, state, tensor(values), training=True)
                y, _ = apply(params, state, tensor(evaluation["x"]), training=False)
                compare("the output in evaluation mode", y, evaluation["y"])
            """;

    private final ModuleParts parts;

    private JaxModule(ExportedLayer exported) {
        this.parts = ModuleParts.of(exported, this);
    }

    /** The source of the module. */
    static String write(ExportedLayer exported) {
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
        String moment = switch (aggregate.over()) {
            case BWH ->
                "self." + ModuleParts.method(aggregate) + "(" + operand + ", state, \"" + runningStatistic
                        + "\", training)";
            case WHCG -> "self." + ModuleParts.method(aggregate) + "(" + operand + ")";
            case WH -> moment(aggregate.statistic(), operand, "self.spatial_axes", ", keepdims=True");
            case WHC -> moment(aggregate.statistic(), operand, "(1, 2, 3)", ", keepdims=True");
        };
        return aggregate.statistic() == Statistic.MEAN ? moment : "jnp.sqrt(" + moment + " + self.eps)";
    }

    private static String moment(Statistic statistic, String operand, String axes, String keep) {
        return ModuleParts.moment("jnp", statistic, operand, axes, keep);
    }

    @Override
    public String withAllChannels(String operand) {
        return "(" + operand + ") + jnp.zeros_like(x)";
    }

    private String write() {
        List<String> sections = new ArrayList<>();
        sections.add(parts.moduleDocstring("JAX", "jax"));
        sections.add("import json\nimport sys\nfrom pathlib import Path\n\nimport jax\nimport jax.numpy as jnp\n");
        sections.addAll(parts.helpers("jnp"));
        sections.add(layerClass());
        sections.add(VERIFY.replace("@CLASS@", parts.className())
                .replace("@CHECK_ARGUMENTS@", parts.checkArguments("check[\"decay\"]")));
        sections.add(parts.mainBlock());
        return parts.join(sections);
    }

    private String layerClass() {
        List<String> methods = new ArrayList<>();
        methods.add(constructor());
        methods.add(init());
        methods.add(call());
        methods.add("""
                def channelwise(self, values):
                    \"""[C] or [N, C] values in a shape that broadcasts against x.\"""
                    return values.reshape(self.vector_shape)
                """);
        for (Statistic statistic : Statistic.values()) {
            if (parts.line().uses(statistic, BWH)) {
                methods.add(batchMoment(statistic));
            }
        }
        if (parts.hasRunningStatistics()) {
            methods.add("""
                    def average(self, average, batch, steps):
                        \"""A bias-corrected running statistic after a step towards a batch's value; the first replaces it.\"""
                        weight = (1 - self.momentum) / (1 - self.momentum**steps)
                        return average + weight * (jax.lax.stop_gradient(batch).ravel() - average)
                    """);
        }
        for (Statistic statistic : Statistic.values()) {
            if (parts.line().uses(statistic, WHCG)) {
                methods.add(groupMoment(statistic));
            }
        }
        return "class " + parts.className() + ":\n" + docstring() + "\n"
                + String.join(
                        "\n", methods.stream().map(method -> method.indent(4)).toList());
    }

    private String docstring() {
        List<String> arguments = new ArrayList<>();
        if (parts.hasRunningStatistics()) {
            arguments.add("momentum: share of their values that running statistics keep in a training step");
        }
        arguments.add("data_format: \"NHWC\" or \"NCHW\", the order of x's dimensions");
        return parts.classDocstring(
                "A layer is a function of parameters, state and x, without side effects:"
                        + " params, state = layer.init(); y, state = layer(params, state, x, training=True). "
                        + "Half precision"
                        + " is computed in float32 and returned in its own type.",
                arguments);
    }

    private String constructor() {
        List<String> lines = new ArrayList<>();
        lines.add("def __init__(self, " + parts.signature("0.9") + ", data_format=\"NHWC\"):");
        lines.addAll(parts.argumentChecks());
        lines.add("    if data_format not in (\"NHWC\", \"NCHW\"):");
        lines.add("        raise ValueError(f\"data_format must be NHWC or NCHW, not {data_format}\")");
        lines.add("    self.channels = channels");
        lines.addAll(parts.fields());
        lines.add("    self.channel_axis = 3 if data_format == \"NHWC\" else 1");
        lines.add("    self.spatial_axes = (1, 2) if data_format == \"NHWC\" else (2, 3)");
        lines.add("    self.vector_shape = (-1, 1, 1, channels) if data_format == \"NHWC\" else (-1, channels, 1, 1)");
        return String.join("\n", lines) + "\n";
    }

    private String init() {
        List<String> params = new ArrayList<>();
        for (ModuleParts.Vector vector : parts.vectors()) {
            params.add("\"" + vector.name() + "\": " + vector.initial("jnp", "self.channels"));
        }
        List<String> state = new ArrayList<>();
        for (StraightLine.RunningStatistic running : parts.line().runningStatistics()) {
            state.add("\"" + running.name() + "\": jnp." + (running.statistic() == Statistic.MEAN ? "zeros" : "ones")
                    + "(self.channels)");
        }
        if (parts.hasRunningStatistics()) {
            state.add("\"steps\": jnp.zeros((), jnp.int32)");
        }
        return "def init(self):\n    \"\"\"The parameters and the state to start from.\"\"\"\n    params = "
                + dictionary(params) + "\n    state = " + dictionary(state) + "\n    return params, state\n";
    }

    private static String dictionary(List<String> entries) {
        return entries.isEmpty() ? "{}" : "{\n        " + String.join(",\n        ", entries) + ",\n    }";
    }

    private String call() {
        List<String> lines = new ArrayList<>();
        lines.add("def __call__(self, params, state, x, training=False):");
        lines.add("    \"\"\"y and the state after it.\"\"\"");
        lines.add("    if x.ndim != 4 or x.shape[self.channel_axis] != self.channels:");
        lines.add(
                "        raise ValueError(f\"expected {self.channels} channels in dimension {self.channel_axis} of 4, "
                        + "not {x.shape}\")");
        if (parts.hasRunningStatistics()) {
            lines.add("    state = dict(state)");
            lines.add("    if training:");
            lines.add("        state[\"steps\"] = state[\"steps\"] + 1");
        }
        lines.add("    dtype = x.dtype");
        lines.add("    x = x.astype(jnp.promote_types(dtype, jnp.float32))");
        for (ModuleParts.Vector vector : parts.vectors()) {
            lines.add("    " + vector.name() + " = " + (vector.isPerLayer() ? "" : "self.channelwise(") + "params[\""
                    + vector.name() + "\"].astype(x.dtype)"
                    + (vector.isPerLayer() ? ".reshape(1, 1, 1, 1)" : ")"));
        }
        if (parts.line().leaves().contains(LayerGraph.ZERO)) {
            lines.add("    zero = jnp.zeros((1, 1, 1, 1), x.dtype)");
        }
        lines.addAll(parts.body("jnp.zeros_like(x)"));
        lines.add("    return y.astype(dtype), state");
        return String.join("\n", lines) + "\n";
    }

    private static String batchMoment(Statistic statistic) {
        return """
                def %s(self, a, state, name, training):
                    \"""The %s of a over batch, height and width; in evaluation mode its running statistic.\"""
                    if not training:
                        return self.channelwise(state[name].astype(a.dtype))
                    batch = %s
                    state[name] = self.average(state[name], batch, state["steps"])
                    return batch
                """.formatted(
                        ModuleParts.method(new Aggregate(statistic, BWH)),
                        ModuleParts.words(statistic),
                        moment(statistic, "a", "(0,) + self.spatial_axes", ", keepdims=True"));
    }

    private static String groupMoment(Statistic statistic) {
        return """
                def %s(self, a):
                    \"""The %s of a over height, width and the channels of a group.\"""
                    axis, size = self.channel_axis, self.channels // self.groups
                    grouped = a.reshape(a.shape[:axis] + (self.groups, size) + a.shape[axis + 1:])
                    within = tuple(i for i in range(1, 5) if i != axis)
                    moment = %s
                    return self.channelwise(jnp.repeat(moment, size, axis=1))
                """.formatted(
                        ModuleParts.method(new Aggregate(statistic, WHCG)),
                        ModuleParts.words(statistic),
                        moment(statistic, "grouped", "within", ""));
    }
}
