package org.evonorm.export.python;

import static org.evonorm.graph.IndexSet.BWH;
import static org.evonorm.graph.IndexSet.WHCG;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.evonorm.export.layer.RunningStatistic;
import org.evonorm.export.triton.TritonFunction;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Statistic;

/**
 * The class of an exported PyTorch module, method by method.
 *
 * @param function the function of training mode, if the layer has one
 */
record PyTorchClass(ModuleParts parts, Optional<PyTorchFunction> function) {

    /** The source of the class. */
    String write() {
        List<String> methods = new ArrayList<>();
        methods.add(constructor());
        methods.add(resetParameters());
        methods.add(forward());
        methods.add(plain());
        methods.add(activation());
        if (parts.hasAffine()) {
            methods.add(affine());
        }
        methods.addAll(parts.momentMethods(BWH, PyTorchClass::batchMoment));
        methods.addAll(parts.momentMethods(WHCG, PyTorchClass::groupMoment));
        if (parts.className().startsWith("EvoNorm")) {
            boolean hasVector = !parts.graphVectors().isEmpty();
            methods.add(PyTorchText.FROM_TIMM.replace(
                    "@ACTIVATION@", hasVector ? "arguments.setdefault(\"apply_act\", \"v\" in state)\n    " : ""));
        }
        if (parts.hasRunningStatistics()) {
            methods.add(PyTorchText.OVER_BATCH);
            if (parts.line().uses(Statistic.STD, BWH)) {
                methods.add(PyTorchText.VARIANCE);
            }
            methods.add(PyTorchText.HOOKS);
        }
        return "class " + parts.className() + "(nn.Module):\n" + docstring() + "\n" + PythonText.methods(methods);
    }

    private String docstring() {
        List<String> arguments = new ArrayList<>();
        if (parts.hasRunningStatistics()) {
            arguments.add("momentum: how far a training step moves the running statistics, as BatchNorm2d counts it;"
                    + " None for their cumulative average");
            arguments.add("process_group: the processes whose batches count as one: None for this process alone, a"
                    + " group of torch.distributed, or \"world\"; SyncBatchNorm.convert_sync_batchnorm sets it too");
        }
        arguments.add("channel_dim: the dimension of the channels, 1 or -1");
        if (function.isPresent()) {
            arguments.add("fused: whether training in eager mode keeps x alone for the gradient and computes the rest"
                    + " again; False for plain operations");
        }
        return new Docstrings(parts)
                .ofClass(
                        "Input and output are [N, C, H, W], contiguous or channels_last, or [N, C, L] or [N, C, D, H, W]; with"
                                + " channel_dim=-1 [N, H, W, C], or tokens [N, L, C]. Half precision is computed in float32"
                                + " and returned in its own type; other types than floating-point ones are refused."
                                + (parts.hasRunningStatistics()
                                        ? " Running statistics stay in float32. State without a count of batches is taken for"
                                                + " that of a long training, with momentum=None for that of one batch."
                                        : ""),
                        function.map(PyTorchFunction::memory),
                        arguments);
    }

    private String constructor() {
        List<String> lines = new ArrayList<>();
        lines.add(PythonText.definition("def __init__(self, " + parts.signature("0.1") + ", channel_dim=1"
                + (parts.hasRunningStatistics() ? ", process_group=None" : "")
                + (function.isPresent() ? ", fused=True" : "") + "):"));
        lines.add("    super().__init__()");
        lines.addAll(parts.argumentChecks("0 < momentum <= 1", "above 0 and at most 1"));
        lines.add("    if channel_dim not in (1, -1):");
        lines.add("        raise ValueError(f\"channel_dim must be 1 or -1, not {channel_dim}\")");
        lines.add("    self.channels = channels");
        lines.addAll(parts.fields());
        lines.add("    self.channel_dim = channel_dim");
        if (function.isPresent()) {
            lines.add("    self.fused = fused");
        }
        parts.affineVectors().forEach(vector -> lines.add("    " + parameter(vector)));
        List<String> ofActivation = new ArrayList<>();
        parts.graphVectors().forEach(vector -> ofActivation.add(parameter(vector)));
        for (RunningStatistic running : parts.line().runningStatistics()) {
            ofActivation.add(
                    "self.register_buffer(\"" + running.name() + "\", torch.empty(channels, dtype=torch.float32))");
        }
        if (parts.hasRunningStatistics()) {
            ofActivation.add("self.counter = BatchCounter(channels, momentum, process_group)");
        }
        lines.addAll(parts.ofActivation(ofActivation));
        lines.add("    self.reset_parameters()");
        return (parts.hasAffine() ? "__constants__ = [\"apply_act\"]\n" : "")
                + (parts.hasRunningStatistics() ? "__jit_unused_properties__ = [\"momentum\"]\n" : "")
                + (parts.hasAffine() || parts.hasRunningStatistics() ? "\n" : "")
                + String.join("\n", lines) + "\n";
    }

    private static String parameter(ModuleParts.Vector vector) {
        return "self." + vector.name() + " = nn.Parameter(torch.empty(" + vector.size("channels") + "))";
    }

    private String resetParameters() {
        List<String> lines = new ArrayList<>();
        lines.add("def reset_parameters(self):");
        lines.add("    \"\"\"Makes parameters and statistics those of a new layer.\"\"\"");
        for (ModuleParts.Vector vector : parts.affineVectors()) {
            lines.add("    nn.init."
                    + (vector.name().equals("gamma")
                            ? "constant_(self.gamma, 0.0 if self.init_zero else 1.0)"
                            : "zeros_(self.beta)"));
        }
        List<String> ofActivation = new ArrayList<>();
        for (ModuleParts.Vector vector : parts.graphVectors()) {
            ofActivation.add("nn.init.constant_(self." + vector.name() + ", "
                    + vector.kind().start() + ")");
        }
        for (RunningStatistic running : parts.line().runningStatistics()) {
            ofActivation.add(
                    "self." + running.name() + (running.statistic() == Statistic.MEAN ? ".zero_()" : ".fill_(1)"));
        }
        if (parts.hasRunningStatistics()) {
            ofActivation.add("self.counter.reset_running_stats()");
        }
        lines.addAll(parts.ofActivation(ofActivation));
        if (lines.size() == 2) {
            lines.add("    pass");
        }
        return String.join("\n", lines) + "\n";
    }

    private String forward() {
        List<String> lines = new ArrayList<>();
        List<String> tensors = new ArrayList<>(List.of("x"));
        parts.vectors().forEach(vector -> tensors.add("self." + vector.name()));
        List<String> inputs = new ArrayList<>(tensors);
        if (parts.hasRunningStatistics()) {
            inputs.add(1, "share");
        }
        String plain = "return self.plain(" + String.join(", ", inputs) + ")";
        lines.add("def forward(self, x):");
        lines.add("    require_maps(x, self.channels, self.channel_dim)");
        List<String> activated = new ArrayList<>();
        if (parts.hasRunningStatistics()) {
            activated.add("share = self.counter(x)");
        }
        if (function.isPresent()) {
            activated.add("if torch.jit.is_scripting():");
            activated.add("    " + plain);
            activated.add("else:");
            callOfFunction(String.join(", ", tensors)).forEach(line -> activated.add("    " + line));
            activated.add("    " + plain);
        } else {
            activated.add(plain);
        }
        lines.addAll(parts.ofActivation(activated));
        if (parts.hasAffine()) {
            lines.add("    else:");
            lines.add("        maps = as_maps(x, self.channel_dim)");
            lines.add("        return as_input(self.affine(maps, self.gamma, self.beta), x, self.channel_dim)");
        }
        return String.join("\n", lines) + "\n";
    }

    /** The lines that return the output of the function of training mode where that may run. */
    private List<String> callOfFunction(String tensors) {
        List<String> lines = new ArrayList<>();
        List<RunningStatistic> statistics = parts.line().runningStatistics();
        PyTorchFunction function = this.function.orElseThrow();
        Optional<String> kernels = function.kernels().map(TritonFunction::name);
        String call = (kernels.isPresent() ? "function" : function.name()) + ".apply(self, " + tensors + ")";
        lines.add("if "
                + (statistics.isEmpty() ? "" : "self.counter.training and self.counter.process_group is None and ")
                + "keeps_little(self, " + tensors + "):");
        kernels.ifPresent(name -> lines.add("    function = " + name + " if runs_kernels(x) else " + function.name()));
        if (statistics.isEmpty()) {
            lines.add("    return " + call);
            return lines;
        }
        lines.add("    y, *batch = " + call);
        for (int i = 0; i < statistics.size(); i++) {
            lines.add("    follow(self." + statistics.get(i).name() + ", batch[" + i + "], share)");
        }
        lines.add("    return y");
        return lines;
    }

    private static String affine() {
        return """
                def affine(self, y, gamma, beta):
                    \"""gamma * y + beta for y [N, C, H, W].\"""
                    return gamma.type_as(y).view(1, -1, 1, 1) * y + beta.type_as(y).view(1, -1, 1, 1)
                """;
    }

    /** The names of inputs beside x: the share of running statistics and these vectors. */
    private String inputs(List<ModuleParts.Vector> vectors) {
        return (parts.hasRunningStatistics() ? ", share" : "")
                + vectors.stream().map(vector -> ", " + vector.name()).collect(Collectors.joining());
    }

    private String plain() {
        return String.join(
                "\n",
                "def plain(self, x" + inputs(parts.vectors()) + "):",
                "    \"\"\"The layer in plain operations"
                        + (parts.hasRunningStatistics() ? "; share is that of the batch in running statistics" : "")
                        + ".\"\"\"",
                "    y = self.activation(as_maps(x, self.channel_dim)" + inputs(parts.graphVectors()) + ")",
                "    return as_input(" + (parts.hasAffine() ? "self.affine(y, gamma, beta)" : "y")
                        + ", x, self.channel_dim)",
                "");
    }

    private String activation() {
        List<String> lines = new ArrayList<>();
        lines.add("def activation(self, x" + inputs(parts.graphVectors()) + "):");
        lines.add("    \"\"\"y" + (parts.hasAffine() ? " before the affine" : "") + " for x [N, C, H, W].\"\"\"");
        parts.graphVectors()
                .forEach(vector ->
                        lines.add("    " + vector.name() + " = " + vector.name() + ".type_as(x).view(1, -1, 1, 1)"));
        if (parts.line().leaves().contains(LayerGraph.ZERO)) {
            lines.add("    zero = x.new_zeros(1, 1, 1, 1)");
        }
        lines.addAll(parts.body("torch.zeros_like(x)"));
        return String.join("\n", lines) + "\n";
    }

    private static String batchMoment(Statistic statistic) {
        return PythonText.filled(
                """
                def %s(self, a, average, share):
                    \"""The %s of a over batch, height and width; in evaluation mode its running statistic.\"""
                    if not self.counter.training:
                        return average.type_as(a).clone().view(1, -1, 1, 1)
                    return follow(average, %s, share)
                """,
                ModuleParts.method(new Aggregate(statistic, BWH)),
                ModuleParts.words(statistic),
                switch (statistic) {
                    case MEAN -> "self.over_batch(a)";
                    case RMS -> "self.over_batch(torch.square(a))";
                    case STD -> "self.variance(a)";
                });
    }

    private static String groupMoment(Statistic statistic) {
        return PythonText.filled(
                """
                def %s(self, a):
                    \"""The %s of a over height, width and the channels of a group.\"""
                    size = self.channels // self.groups
                    grouped = a.reshape(a.size(0), self.groups, size, a.size(2), a.size(3))
                    moment = %s
                    return moment.repeat_interleave(size, dim=1)[:, :, None, None]
                """,
                ModuleParts.method(new Aggregate(statistic, WHCG)),
                ModuleParts.words(statistic),
                PyTorchModule.moment(statistic, "grouped", "dim=(2, 3, 4)", ""));
    }
}
