package org.evonorm.export.triton;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.evonorm.program.Extent;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;

/**
 * The training mode of a layer as Triton kernels and the {@code torch.autograd.Function} that starts them. A kernel is
 * one pass; reductions have a fixed order, without floating-point atomics.
 *
 * <p>The text uses {@code as_input} and {@code plain_gradients} of the module, and its {@code torch}.
 */
public final class TritonFunction {

    private static final int WIDTH = 110;

    /**
     * What the text needs of the module.
     *
     * @param className     the name of the layer's class
     * @param vectors       trainable vectors in the order of the function's arguments, each with whether it has one value
     *                      per layer
     * @param statistics    the program's statistics in the order of the module's running statistics
     * @param plainDivisors whether divisors have no eps of their own
     * @param hasEpsilon    whether the layer has an eps
     */
    public record Module(
            String className,
            Map<Operation, Boolean> vectors,
            List<Integer> statistics,
            boolean plainDivisors,
            boolean hasEpsilon) {

        public Module {
            vectors = new LinkedHashMap<>(vectors);
            statistics = List.copyOf(statistics);
        }
    }

    private final Module module;
    private final Program program;
    private final KernelPlan plan;
    private final KernelOperations operations;

    public TritonFunction(Module module, Program program) {
        this.module = module;
        this.program = program;
        this.plan = KernelPlan.of(program);
        this.operations = new KernelOperations(program, module.plainDivisors());
    }

    /** The name of the Python class. */
    public String name() {
        return module.className() + "Kernels";
    }

    /** The import of Triton, for the start of the module. */
    public String importText() {
        return TritonText.IMPORT;
    }

    /** The sections of the module: kernels, what starts them, and the function. */
    public List<String> write() {
        List<String> kernels = new ArrayList<>();
        for (int i = 0; i < plan.forward().size(); i++) {
            kernels.add(kernel("forward", i, plan.forward().get(i)));
        }
        for (int i = 0; i < plan.backward().size(); i++) {
            kernels.add(kernel("backward", i, plan.backward().get(i)));
        }
        List<String> all = new ArrayList<>();
        operations.helpers().forEach(helper -> all.add(TritonText.HELPERS.get(helper)));
        all.addAll(kernels);
        return List.of(
                "if triton is not None:\n\n" + PythonLines.indented(String.join("\n", all), 4),
                TritonText.LAUNCHER
                        .replace("@FIRST@", "forward_1")
                        .replace("@EPS@", module.hasEpsilon() ? "layer.eps" : "0.0"),
                function());
    }

    // ---- kernels

    private String kernel(String direction, int number, Kernel kernel) {
        KernelBody body = new KernelBody(program, kernel, map(direction), operations);
        List<String> parameters = new ArrayList<>();
        tensors(direction, kernel).forEach(name -> parameters.add(name + "_ptr"));
        parameters.addAll(
                switch (kernel.over()) {
                    case POSITIONS -> List.of("C", "P", "sample_stride", "channel_stride", "position_stride");
                    case BATCH -> List.of("N", "C");
                    case GROUP, CHANNELS -> List.of("C", "SIZE");
                });
        parameters.add("EPS: tl.constexpr");
        parameters.add("DTYPE: tl.constexpr");
        parameters.addAll(
                switch (kernel.over()) {
                    case POSITIONS -> List.of("BLOCK_C: tl.constexpr", "BLOCK_P: tl.constexpr");
                    case BATCH -> List.of("BLOCK_N: tl.constexpr", "BLOCK_C: tl.constexpr");
                    case GROUP, CHANNELS -> List.of("BLOCK_C: tl.constexpr");
                });
        List<String> lines = new ArrayList<>();
        lines.add("@triton.jit");
        lines.add("def " + direction + "_" + (number + 1) + "(");
        lines.addAll(PythonLines.wrapped("    ", parameters, WIDTH - 4));
        lines.add("):");
        lines.add("    \"\"\"" + docstring(direction, kernel) + "\"\"\"");
        body.lines().forEach(line -> lines.add("    " + line));
        return String.join("\n", lines) + "\n";
    }

    private String docstring(String direction, Kernel kernel) {
        String stored = String.join(
                ", ", kernel.stores().stream().map(KernelBody::small).toList());
        if (kernel.storesMap()) {
            stored += (stored.isEmpty() ? "" : " and ") + map(direction);
        }
        return switch (kernel.over()) {
            case POSITIONS -> "A pass over the maps: " + stored + ".";
            case BATCH -> "Over the batch: " + stored + ".";
            case GROUP -> "Over the channels of a group: " + stored + ".";
            case CHANNELS -> "Over all channels: " + stored + ".";
        };
    }

    private static String map(String direction) {
        return direction.equals("forward") ? "y" : "dx";
    }

    /** The names of the tensors that a kernel reads and writes, in the order of its parameters. */
    private List<String> tensors(String direction, Kernel kernel) {
        List<Integer> roots = new ArrayList<>(kernel.stores());
        kernel.reductions().forEach(reduction -> roots.add(program.at(reduction).input(0)));
        kernel.loops().forEach(loop -> loop.map().ifPresent(roots::add));
        Set<String> leaves = new LinkedHashSet<>();
        KernelPlan.inputs(program, roots).stream()
                .mapToObj(program::at)
                .filter(instruction -> instruction.operation().kind() == Operation.Kind.LEAF
                        && instruction.operation() != Operation.CONSTANT)
                .forEach(
                        instruction -> leaves.add(instruction.operation().name().toLowerCase(Locale.ROOT)));
        List<String> names = new ArrayList<>(leaves);
        kernel.loads().forEach(load -> names.add(KernelBody.small(load)));
        kernel.stores().forEach(store -> names.add(KernelBody.small(store)));
        if (kernel.storesMap()) {
            names.add(map(direction));
        }
        return names;
    }

    // ---- the function

    private String function() {
        String vectors = module.vectors().keySet().stream()
                .map(vector -> ", " + vector.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
        String saved = plan.saved().stream()
                .map(index -> ", " + KernelBody.small(index))
                .collect(Collectors.joining());
        List<String> lines = new ArrayList<>();
        lines.add("class " + name() + "(torch.autograd.Function):");
        lines.add("    \"\"\"The layer in training mode by Triton's kernels; keeps x and small values too.\"\"\"");
        lines.add("");
        lines.add("    @staticmethod");
        lines.add("    def forward(ctx, layer, x" + vectors + "):");
        lines.add("        ctx.layer = layer");
        lines.addAll(launches("forward", plan.forward()));
        lines.add("        ctx.save_for_backward(x" + vectors + saved + ")");
        String statistics = module.statistics().stream().map(KernelBody::small).collect(Collectors.joining(", "));
        if (statistics.isEmpty()) {
            lines.add("        return as_input(y, x, layer.channel_dim)");
        } else {
            lines.add("        ctx.mark_non_differentiable(" + distinctStatistics() + ")");
            lines.add("        return as_input(y, x, layer.channel_dim), " + statistics);
        }
        lines.add("");
        lines.add("    @staticmethod");
        lines.add("    def backward(ctx, dy, *of_batch):");
        lines.add("        layer = ctx.layer");
        lines.add("        x" + vectors + saved + (vectors.isEmpty() && saved.isEmpty() ? "," : "")
                + " = ctx.saved_tensors");
        lines.add("        if torch.is_grad_enabled():");
        lines.add("            return (None, *plain_gradients(layer, dy, x" + vectors + "))");
        lines.addAll(launches("backward", plan.backward()));
        lines.addAll(gradients());
        return lines.stream()
                .flatMap(line -> PythonLines.fitted(line, WIDTH).stream())
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private String distinctStatistics() {
        return module.statistics().stream().distinct().map(KernelBody::small).collect(Collectors.joining(", "));
    }

    private List<String> launches(String direction, List<Kernel> kernels) {
        List<String> lines = new ArrayList<>();
        lines.add("        run = Launcher(layer, x)");
        lines.add("        maps = run.maps");
        if (kernels.stream().anyMatch(kernel -> tensors(direction, kernel).contains("dy"))) {
            lines.add("        dy = run.like_maps(dy)");
        }
        if (kernels.stream().anyMatch(Kernel::storesMap)) {
            lines.add("        " + map(direction) + " = torch.empty_like(maps)");
        }
        List<String> perSample = new ArrayList<>();
        List<String> perChannel = new ArrayList<>();
        for (Kernel kernel : kernels) {
            for (int store : kernel.stores()) {
                (program.at(store).extent() == Extent.SAMPLE_CHANNEL ? perSample : perChannel)
                        .add(KernelBody.small(store));
            }
        }
        allocation(perSample, "per_sample").ifPresent(lines::add);
        allocation(perChannel, "per_channel").ifPresent(lines::add);
        for (int i = 0; i < kernels.size(); i++) {
            Kernel kernel = kernels.get(i);
            String arguments =
                    tensors(direction, kernel).stream().map(this::argument).collect(Collectors.joining(", "));
            String name = direction + "_" + (i + 1);
            boolean isOfVector = kernel.over().isOfChannels()
                    && program.at(kernel.reductions().get(0)).extent() != Extent.SAMPLE_CHANNEL;
            lines.add("        run."
                    + switch (kernel.over()) {
                        case POSITIONS -> "over_positions(" + name;
                        case BATCH -> "over_batch(" + name;
                        case GROUP -> "over_channels(" + name + ", layer.groups";
                        case CHANNELS -> "over_channels(" + name + ", 1";
                    }
                    + ", " + arguments + (isOfVector ? ", samples=1" : "") + ")");
        }
        return lines;
    }

    private String argument(String tensor) {
        boolean isVector = module.vectors().keySet().stream()
                .anyMatch(vector -> vector.name().toLowerCase(Locale.ROOT).equals(tensor));
        return isVector ? "run.vector(" + tensor + ")" : tensor.equals("x") ? "maps" : tensor;
    }

    private static Optional<String> allocation(List<String> names, String method) {
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of("        " + String.join(", ", names) + (names.size() == 1 ? "," : "") + " = run."
                        + method + "(" + names.size() + ")");
    }

    private List<String> gradients() {
        List<String> lines = new ArrayList<>();
        boolean hasDx = program.gradients().containsKey(Operation.X);
        String dx = hasDx ? "as_input(dx, x, layer.channel_dim)" : "torch.zeros_like(x)";
        if (module.vectors().isEmpty()) {
            lines.add("        return None, " + dx);
            return lines;
        }
        lines.add("        count = x.numel() / layer.channels");
        lines.add("        return (");
        lines.add("            None, " + dx + ",");
        module.vectors().forEach((vector, perLayer) -> {
            String name = vector.name().toLowerCase(Locale.ROOT);
            Integer gradient = program.gradients().get(vector);
            if (gradient == null) {
                lines.add("            torch.zeros_like(" + name + "),");
                return;
            }
            lines.add("            (" + KernelBody.small(gradient) + (perLayer ? "[:1]" : "") + " * "
                    + (perLayer ? "x.numel()" : "count") + ").type_as(" + name + "),");
        });
        lines.add("        )");
        return lines;
    }
}
