package org.evonorm.export;

import static org.evonorm.graph.IndexSet.WHCG;

import java.util.ArrayList;
import java.util.List;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Statistic;

/** The export to PyTorch: a layer as a {@code torch.nn.Module}. */
final class PyTorchModule implements Dialect {

    private static final String VERIFY = """
            def verify(path):
                \"""Compares values and gradients, in float64, with those of evonorm's CPU engine in a check file.

                Raises AssertionError where they differ by more than rounding explains.
                \"""
                check = json.loads(Path(path).read_text())

                def tensor(values):
                    return torch.tensor(values, dtype=torch.float64).view(check["shape"]).permute(0, 3, 1, 2)

                def compare(what, found, expected):
                    if found.dim() == 4:
                        found = found.permute(0, 2, 3, 1)
                    torch.testing.assert_close(
                        found.detach().flatten(), torch.tensor(expected["values"], dtype=torch.float64),
                        rtol=check["rtol"], atol=expected["atol"],
                        msg=lambda text: f"{what} differs: {text}")

                training, evaluation = check["training"], check["evaluation"]
                for layout in torch.contiguous_format, torch.channels_last:
                    layer = @CLASS@(@CHECK_ARGUMENTS@).double()
                    with torch.no_grad():
                        for name, values in check["parameters"].items():
                            getattr(layer, name).copy_(torch.tensor(values))
                    x = tensor(training["x"]).contiguous(memory_format=layout).requires_grad_()
                    y = layer(x)
                    compare("the output in training mode", y, training["y"])
                    names = list(training["gradients"])
                    gradients = torch.autograd.grad(
                        y, [x] + [getattr(layer, name) for name in names], tensor(training["dy"]),
                        materialize_grads=True)
                    compare("the gradient of x", gradients[0], training["dx"])
                    for name, gradient in zip(names, gradients[1:]):
                        compare(f"the gradient of {name}", gradient, training["gradients"][name])
                    for values in check["further_inputs"]:
                        layer(tensor(values).contiguous(memory_format=layout))
                    y = layer.eval()(tensor(evaluation["x"]).contiguous(memory_format=layout))
                    compare("the output in evaluation mode", y, evaluation["y"])
            """;

    private final ModuleParts parts;

    private PyTorchModule(ExportedLayer exported) {
        this.parts = ModuleParts.of(exported, this);
    }

    /** The source of the module. */
    static String write(ExportedLayer exported) {
        return new PyTorchModule(exported).write();
    }

    @Override
    public String function(Elementwise primitive) {
        return "torch." + primitive.symbol();
    }

    @Override
    public String aggregate(Aggregate aggregate, String operand, String runningStatistic) {
        String moment = switch (aggregate.over()) {
            case BWH -> "self." + ModuleParts.method(aggregate) + "(" + operand + ", self." + runningStatistic + ")";
            case WHCG -> "self." + ModuleParts.method(aggregate) + "(" + operand + ")";
            case WH -> moment(aggregate.statistic(), operand, "dim=(2, 3)", ", keepdim=True");
            case WHC -> moment(aggregate.statistic(), operand, "dim=(1, 2, 3)", ", keepdim=True");
        };
        return aggregate.statistic() == Statistic.MEAN ? moment : "torch.sqrt(" + moment + " + self.eps)";
    }

    private static String moment(Statistic statistic, String operand, String over, String keep) {
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
        sections.add(parts.moduleDocstring("PyTorch", "torch"));
        sections.add("import json\nimport sys\nfrom pathlib import Path\n\nimport torch\nfrom torch import nn\n");
        sections.addAll(parts.helpers("torch"));
        sections.add(layerClass());
        sections.add(VERIFY.replace("@CLASS@", parts.className())
                .replace("@CHECK_ARGUMENTS@", parts.checkArguments("1 - check[\"decay\"]")));
        sections.add(parts.mainBlock());
        return parts.join(sections);
    }

    private String layerClass() {
        List<String> methods = new ArrayList<>();
        methods.add(constructor());
        methods.add(forward());
        if (parts.hasRunningStatistics()) {
            for (Statistic statistic : Statistic.values()) {
                if (parts.line().uses(statistic, IndexSet.BWH)) {
                    methods.add(batchMoment(statistic));
                }
            }
            methods.add("""
                    @torch.no_grad()
                    def update(self, average, batch):
                        \"""Moves a bias-corrected running statistic towards a batch's value; the first step replaces it.\"""
                        weight = self.momentum / (1 - (1 - self.momentum) ** self.steps)
                        average += weight * (batch.flatten() - average)
                    """);
        }
        for (Statistic statistic : Statistic.values()) {
            if (parts.line().uses(statistic, WHCG)) {
                methods.add(groupMoment(statistic));
            }
        }
        return "class " + parts.className() + "(nn.Module):\n" + docstring() + "\n"
                + String.join(
                        "\n", methods.stream().map(method -> method.indent(4)).toList());
    }

    private String docstring() {
        return parts.classDocstring(
                "Input and output are [N, C, H, W], contiguous or channels_last. Half precision is computed in float32"
                        + " and returned in its own type.",
                parts.hasRunningStatistics()
                        ? List.of("momentum: how far a training step moves the running statistics, as"
                                + " BatchNorm2d counts it")
                        : List.of());
    }

    private String constructor() {
        List<String> lines = new ArrayList<>();
        lines.add("def __init__(self, " + parts.signature("0.1") + "):");
        lines.add("    super().__init__()");
        lines.addAll(parts.argumentChecks());
        lines.add("    self.channels = channels");
        lines.addAll(parts.fields());
        for (ModuleParts.Vector vector : parts.vectors()) {
            lines.add("    self." + vector.name() + " = nn.Parameter(" + vector.initial("torch", "channels") + ")");
        }
        for (StraightLine.RunningStatistic running : parts.line().runningStatistics()) {
            lines.add("    self.register_buffer(\"" + running.name() + "\", torch."
                    + (running.statistic() == Statistic.MEAN ? "zeros" : "ones") + "(channels))");
        }
        if (parts.hasRunningStatistics()) {
            lines.add("    self.register_buffer(\"steps\", torch.tensor(0))");
        }
        return String.join("\n", lines) + "\n";
    }

    private String forward() {
        List<String> lines = new ArrayList<>();
        lines.add("def forward(self, x):");
        lines.add("    if x.dim() != 4 or x.size(1) != self.channels:");
        lines.add("        raise ValueError(f\"expected [N, {self.channels}, H, W], not {list(x.shape)}\")");
        if (parts.hasRunningStatistics()) {
            lines.add("    if self.training:");
            lines.add("        self.steps += 1");
        }
        lines.add("    dtype = x.dtype");
        lines.add("    x = x.to(torch.promote_types(dtype, torch.float32))");
        for (ModuleParts.Vector vector : parts.vectors()) {
            lines.add("    " + vector.name() + " = self." + vector.name() + ".view(1, -1, 1, 1).to(x.dtype)");
        }
        if (parts.line().leaves().contains(LayerGraph.ZERO)) {
            lines.add("    zero = x.new_zeros(1, 1, 1, 1)");
        }
        lines.addAll(parts.body("torch.zeros_like(x)"));
        lines.add("    return y.to(dtype)");
        return String.join("\n", lines) + "\n";
    }

    private static String batchMoment(Statistic statistic) {
        return """
                def %s(self, a, average):
                    \"""The %s of a over batch, height and width; in evaluation mode its running statistic.\"""
                    if not self.training:
                        return average.view(1, -1, 1, 1).to(a.dtype)
                    batch = %s
                    self.update(average, batch)
                    return batch
                """.formatted(
                        ModuleParts.method(new Aggregate(statistic, IndexSet.BWH)),
                        ModuleParts.words(statistic),
                        moment(statistic, "a", "dim=(0, 2, 3)", ", keepdim=True"));
    }

    private static String groupMoment(Statistic statistic) {
        return """
                def %s(self, a):
                    \"""The %s of a over height, width and the channels of a group.\"""
                    grouped = a.unflatten(1, (self.groups, -1))
                    moment = %s
                    return moment.repeat_interleave(grouped.size(2), dim=1)[:, :, None, None]
                """.formatted(
                        ModuleParts.method(new Aggregate(statistic, WHCG)),
                        ModuleParts.words(statistic),
                        moment(statistic, "grouped", "dim=(2, 3, 4)", ""));
    }
}
