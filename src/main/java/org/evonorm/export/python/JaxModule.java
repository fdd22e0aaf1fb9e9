package org.evonorm.export.python;

import static org.evonorm.graph.IndexSet.BWH;
import static org.evonorm.graph.IndexSet.WHCG;

import java.util.ArrayList;
import java.util.List;
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

                def trained(case):
                    _, state = layer.init()
                    params = {name: jnp.asarray(v, jnp.float64) for name, v in case["parameters"].items()}
                    y, pullback, state = jax.vjp(
                        lambda params, x: apply(params, state, x, training=True), params, tensor(case["x"]),
                        has_aux=True)
                    compare("the output in training mode", y, case["y"])
                    by_params, by_x = pullback(tensor(case["dy"]))
                    compare("the gradient of x", by_x, case["dx"])
                    for name, expected in case["gradients"].items():
                        compare(f"the gradient of {name}", by_params[name], expected)
                    return params, state

                evaluation = check["evaluation"]
                layer = @CLASS@(
                    @CHECK_ARGUMENTS@, data_format=data_format)
                apply = jax.jit(layer, static_argnames="training")
                for case in check["training_at_edges"]:
                    trained(case)
                params, state = trained(check["training"])
                for values in check["further_inputs"]:
                    _, state = apply(params, state, tensor(values), training=True)
                y, _ = apply(params, state, tensor(evaluation["x"]), training=False)
                compare("the output in evaluation mode", y, evaluation["y"])
                y, _ = apply(params, state, tensor(evaluation["x"]).at[0].set(jnp.nan), training=False)
                y = y if data_format == "NHWC" else y.transpose(0, 2, 3, 1)
                if jnp.flatnonzero(jnp.isnan(y).ravel()).tolist() != evaluation["nan_where_x_is_nan"]:
                    raise AssertionError("NaN in x gives NaN in other places")
            """;

    private static final String AS_MAPS = """
            def as_maps(self, x):
                \"""x in four dimensions, in float32 or float64.\"""
                if not jnp.issubdtype(x.dtype, jnp.floating):
                    raise ValueError(f"expected floating-point values, not {x.dtype}")
                last = self.channel_axis == 3
                if not 3 <= x.ndim <= 5 or x.shape[-1 if last else 1] != self.channels:
                    where = "the last dimension" if last else "dimension 1"
                    raise ValueError(f"expected {self.channels} channels in {where} of 3 to 5, not {x.shape}")
                space = x.shape[1:-1] if last else x.shape[2:]
                space = (math.prod(space[:-1]), space[-1])
                shape = (x.shape[0], *space, self.channels) if last else (x.shape[0], self.channels, *space)
                return x.reshape(shape).astype(jnp.promote_types(x.dtype, jnp.float32))
            """;

    private static final String STATISTICS = """
            def over_batch(self, a):
                \"""The mean of a over batch, height and width, of all devices of the axis.\"""
                mean = jnp.mean(a, axis=(0,) + self.spatial_axes, keepdims=True)
                return mean if self.axis_name is None else jax.lax.pmean(mean, self.axis_name)

            def count(self, state, x):
                \"""Counts a batch in state, earlier ones for less, and gives its share in running statistics.

                The first batch has the share 1, which corrects the bias; an empty one is not counted and has none.
                \"""
                if x.size == 0:
                    return None
                decay = 1.0 if self.momentum is None else self.momentum
                steps = state.get("steps", 1.0 if self.momentum is None else 1 / (1 - decay))
                steps = jnp.asarray(steps)
                steps = steps.astype(jnp.promote_types(steps.dtype, jnp.float32))
                state["steps"] = decay * steps + 1
                return 1 / state["steps"]

            def follow(self, average, batch, share):
                \"""A running statistic after a step towards a batch's value by a share of the way.\"""
                batch = jax.lax.stop_gradient(batch).ravel()
                moved = jnp.where(share < 1, (1 - share) * average + share * batch, batch)
                return moved.astype(average.dtype)
            """;

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
    public Optional<String> largerOfNumber(String tensor, String number, boolean numberIsFirst) {
        return Optional.empty();
    }

    @Override
    public boolean absIsFlatAtZero() {
        return false;
    }

    @Override
    public String aggregate(Aggregate aggregate, String operand, String runningStatistic) {
        String moment = switch (aggregate.over()) {
            case BWH ->
                "self." + ModuleParts.method(aggregate) + "(" + operand + ", state, \"" + runningStatistic
                        + "\", share, training)";
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
        sections.add(
                "import json\nimport math\nimport sys\nfrom pathlib import Path\n\nimport jax\nimport jax.numpy as jnp\n");
        sections.addAll(parts.helpers("jnp", Set.of()));
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
        methods.add(activation());
        methods.add(AS_MAPS);
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
            methods.add(STATISTICS);
        }
        for (Statistic statistic : Statistic.values()) {
            if (parts.line().uses(statistic, WHCG)) {
                methods.add(groupMoment(statistic));
            }
        }
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
        return parts.classDocstring(
                "A layer is a function of parameters, state and x, without side effects:"
                        + " params, state = layer.init(); y, state = layer(params, state, x, training=True). "
                        + "x has one to three dimensions between or after batch and channels. Half precision"
                        + " is computed in float32 and returned in its own type; other types than floating-point ones"
                        + " are refused."
                        + (parts.hasRunningStatistics()
                                ? " State without 'steps', the count of batches, is taken for that of a long training."
                                : ""),
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
        return """
                def %s(self, a, state, name, share, training):
                    \"""The %s of a over batch, height and width; in evaluation mode its running statistic.\"""
                    if not training:
                        return self.channelwise(state[name].astype(a.dtype))
                    batch = %s
                    if share is not None:
                        state[name] = self.follow(state[name], batch, share)
                    return batch
                """.formatted(
                        ModuleParts.method(new Aggregate(statistic, BWH)),
                        ModuleParts.words(statistic),
                        switch (statistic) {
                            case MEAN -> "self.over_batch(a)";
                            case RMS -> "self.over_batch(jnp.square(a))";
                            case STD -> "self.over_batch(jnp.square(a - self.over_batch(a)))";
                        });
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
