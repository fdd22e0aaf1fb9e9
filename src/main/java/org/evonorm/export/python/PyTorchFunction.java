package org.evonorm.export.python;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.evonorm.export.layer.Convention;
import org.evonorm.export.layer.RunningStatistic;
import org.evonorm.export.triton.TritonFunction;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.TrainableVector;
import org.evonorm.program.Extent;
import org.evonorm.program.Instruction;
import org.evonorm.program.LayerLowering;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;

/**
 * The training mode of a layer as a {@code torch.autograd.Function}, out of the layer's program. PyTorch would keep
 * every intermediate tensor for the derivative; this function keeps x and small values, and computes the rest again by
 * the program's own derivative.
 */
final class PyTorchFunction {

    /** Most instructions of a function that is still read; longer layers have the plain form alone. */
    private static final int MOST_INSTRUCTIONS = 150;

    private static final String INDENT = "        ";

    /** An operation on a map and a name, perhaps in parentheses of its own. */
    private static final Pattern ON_MAP = Pattern.compile(
            "(?<open>(?<![\\w])\\()?(?<map>\\bt\\d+) (?<sign>[*+-]) (?<other>\\w+)(?![\\w.(])(?<close>\\))?");

    private final ModuleParts parts;
    private final Program program;
    /** Indices of the program's statistics in the order of the module's running statistics. */
    private final List<Integer> statistics;

    private final Optional<TritonFunction> kernels;

    private PyTorchFunction(ModuleParts parts, Program program, List<Integer> statistics) {
        this.parts = parts;
        this.program = program;
        this.statistics = statistics;
        this.kernels = makeKernels();
    }

    /** The function of a layer; empty for layers that keep nothing but x anyway, and for very long ones. */
    static Optional<PyTorchFunction> of(ModuleParts parts) {
        CanonicalLayer layer = CanonicalLayer.of(parts.exported().layer());
        Program program = LayerLowering.training(layer);
        boolean keepsMore = program.instructions().stream()
                .anyMatch(instruction -> instruction.operation().kind() != Operation.Kind.LEAF
                        && instruction.operation() != Operation.ADD
                        && instruction.operation() != Operation.MUL);
        if (!keepsMore || program.instructions().size() > MOST_INSTRUCTIONS) {
            return Optional.empty();
        }
        List<String> aggregates = RunningStatistic.of(layer.graph()).values().stream()
                .map(RunningStatistic::aggregate)
                .toList();
        List<Integer> statistics = parts.line().runningStatistics().stream()
                .map(running -> program.statistics().get(aggregates.indexOf(running.aggregate())))
                .toList();
        return Optional.of(new PyTorchFunction(parts, program, statistics));
    }

    /** The name of the Python class. */
    String name() {
        return parts.className() + "Function";
    }

    /** The same function as Triton kernels, for GPUs; empty for layers with statistics within pixels. */
    Optional<TritonFunction> kernels() {
        return kernels;
    }

    private Optional<TritonFunction> makeKernels() {
        if (program.instructions().stream()
                .anyMatch(instruction -> instruction.operation().kind() == Operation.Kind.PIXEL)) {
            return Optional.empty();
        }
        Map<Operation, Boolean> vectors = new LinkedHashMap<>();
        parts.vectors()
                .forEach(vector ->
                        vectors.put(Operation.valueOf(vector.name().toUpperCase(Locale.ROOT)), vector.isPerLayer()));
        return Optional.of(new TritonFunction(
                new TritonFunction.Module(
                        parts.className(),
                        vectors,
                        statistics,
                        parts.exported().convention() == Convention.PAPER,
                        parts.usesEpsilon()),
                program));
    }

    /** The small values that forward saves for backward, by instruction. */
    private List<Integer> saved() {
        List<Integer> results = new ArrayList<>(statistics);
        results.add(program.output());
        boolean[] inForward = needed(results, List.of());
        List<Integer> gradients = List.copyOf(program.gradients().values());
        boolean[] inBackward = needed(gradients, List.of());
        List<Integer> kept = IntStream.range(0, program.instructions().size())
                .filter(i -> inForward[i] && inBackward[i] && isKept(program.at(i)))
                .boxed()
                .toList();
        boolean[] computedAgain = needed(gradients, kept);
        return kept.stream().filter(i -> computedAgain[i]).toList();
    }

    /** A sentence on the memory that training takes. */
    String memory() {
        List<Extent> extents =
                saved().stream().map(index -> program.at(index).extent()).toList();
        List<String> kept = new ArrayList<>();
        count(extents, Extent.SAMPLE_CHANNEL, " values per sample and channel", kept);
        count(extents, Extent.PIXEL, " values per sample and pixel", kept);
        count(extents, Extent.CHANNEL, " per channel", kept);
        String last = kept.isEmpty() ? "" : " and " + kept.remove(kept.size() - 1);
        return "Trained in eager mode, the module saves x"
                + kept.stream().map(values -> ", " + values).collect(Collectors.joining()) + last
                + " beside its parameters.";
    }

    /** Adds the number of values of an extent, with these words after it, unless there are none. */
    private static void count(List<Extent> extents, Extent extent, String words, List<String> counts) {
        long count = extents.stream().filter(extent::equals).count();
        if (count > 0) {
            counts.add(count + words);
        }
    }

    /** The source of the Python class. */
    String write() {
        List<Integer> results = new ArrayList<>(statistics);
        results.add(program.output());
        boolean[] inForward = needed(results, List.of());
        List<Integer> gradients = List.copyOf(program.gradients().values());
        List<Integer> used = saved();
        boolean[] computedAgain = needed(gradients, used);

        String vectors = parts.vectors().stream().map(ModuleParts.Vector::name).collect(Collectors.joining(", "));
        String inputs = "x" + (vectors.isEmpty() ? "" : ", " + vectors);
        PyTorchInstructions forward = new PyTorchInstructions(parts, program, inForward, results, List.of());
        PyTorchInstructions backward = new PyTorchInstructions(parts, program, computedAgain, gradients, used);
        String keptNames = used.stream().map(i -> ", " + forward.named(i)).collect(Collectors.joining());

        List<String> lines = new ArrayList<>();
        lines.add("class " + name() + "(torch.autograd.Function):");
        lines.add("    \"\"\"The layer in training mode; keeps x and small values, and computes the rest again.");
        lines.add("");
        boolean hasPixelValues =
                program.instructions().stream().anyMatch(instruction -> instruction.extent() == Extent.PIXEL);
        lines.add("    s1, s2, ... are small values, [1, C, 1, 1] or [N, C, 1, 1]"
                + (hasPixelValues ? " or [N, 1, H, W]" : "") + ", and t1, t2, ... maps.");
        lines.add("    \"\"\"");
        lines.add("");
        lines.add("    @staticmethod");
        lines.add("    def forward(ctx, layer, " + inputs + "):");
        lines.add(INDENT + "ctx.layer = layer");
        lines.addAll(prologue(inForward, List.of()));
        lines.addAll(overwriting(forward.lines(), INDENT + "y = " + forward.whole(program.output())));
        // Detached, since a function's output that is a view cannot be changed in place, as in "y += shortcut".
        lines.add(INDENT + "y = as_input(y, x, layer.channel_dim).detach()");
        lines.add(INDENT + "ctx.save_for_backward(" + inputs + keptNames + ")");
        if (statistics.isEmpty()) {
            lines.add(INDENT + "return y");
        } else {
            lines.add(INDENT + "batch = "
                    + statistics.stream()
                            .map(index -> forward.tensor(index) + ".flatten()")
                            .collect(Collectors.joining(", ", "(", ",)")));
            lines.add(INDENT + "ctx.mark_non_differentiable(*batch)");
            lines.add(INDENT + "return (y, *batch)");
        }
        lines.add("");
        lines.add("    @staticmethod");
        lines.add("    def backward(ctx, dy, *of_batch):");
        lines.add(INDENT + "layer = ctx.layer");
        lines.add(INDENT + inputs + keptNames + (used.isEmpty() && vectors.isEmpty() ? "," : "")
                + " = ctx.saved_tensors");
        lines.add(INDENT + "if torch.is_grad_enabled():");
        lines.add(INDENT + "    return (None, *plain_gradients(layer, dy, " + inputs + "))");
        lines.addAll(prologue(computedAgain, used));
        if (computedAgain[indexOf(Operation.DY)]) {
            lines.add(INDENT + "dy = as_maps(dy, layer.channel_dim)");
        }
        lines.addAll(overwriting(backward.lines(), INDENT + "dx = " + gradientOfX(backward)));
        lines.add(INDENT + "dx = as_input(dx, x, layer.channel_dim)");
        if (vectors.isEmpty()) {
            lines.add(INDENT + "return None, dx");
        } else {
            lines.add(INDENT + "count = maps.numel() / layer.channels");
            lines.add(INDENT + "return (");
            lines.add(INDENT + "    None, dx,");
            for (ModuleParts.Vector vector : parts.vectors()) {
                lines.add(INDENT + "    " + gradientOf(vector, backward) + ",");
            }
            lines.add(INDENT + ")");
        }
        return lines.stream()
                .map(line -> line.length() <= 110 ? line : wrapped(line))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** These lines, in which the last operation on a map writes its result over the map. */
    private static List<String> overwriting(List<String> lines, String last) {
        List<String> all = new ArrayList<>(lines);
        all.add(last);
        for (int i = 0; i < all.size(); i++) {
            Matcher operation = ON_MAP.matcher(all.get(i));
            int from = 0;
            while (operation.find(from)) {
                String map = operation.group("map");
                Pattern name = Pattern.compile("\\b" + map + "\\b");
                boolean isLast = name.matcher(all.get(i)).results().count() == 1
                        && all.subList(i + 1, all.size()).stream()
                                .noneMatch(later -> name.matcher(later).find());
                from = operation.end();
                if (isLast) {
                    String method =
                            Map.of("*", ".mul_(", "+", ".add_(", "-", ".sub_(").get(operation.group("sign"));
                    String text = map + method + operation.group("other") + ")";
                    boolean inParentheses = operation.group("open") != null && operation.group("close") != null;
                    all.set(
                            i,
                            all.get(i).substring(0, operation.start())
                                    + (inParentheses
                                            ? text
                                            : orEmpty(operation.group("open"))
                                                    + text
                                                    + orEmpty(operation.group("close")))
                                    + all.get(i).substring(operation.end()));
                    operation = ON_MAP.matcher(all.get(i));
                    from = 0;
                }
            }
        }
        return all;
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }

    /** A long line on several, with the parentheses that Python asks for. */
    private static String wrapped(String line) {
        String text = line.strip();
        String indent = line.substring(0, line.indexOf(text));
        int equals = text.indexOf(" = ");
        if (equals > 0 && text.substring(0, equals).contains(", ")) {
            text = "(" + text.substring(0, equals) + ")" + text.substring(equals);
        } else if (equals > 0) {
            return indent + text.substring(0, equals) + " = (\n"
                    + PythonText.wrapped(indent + "    ", text.substring(equals + 3)) + ")";
        }
        return PythonText.wrapped(indent, text);
    }

    /** Whether an instruction's value is small, or one per pixel, and cannot be had from the inputs without a pass. */
    private static boolean isKept(Instruction instruction) {
        return instruction.extent() != Extent.TENSOR
                && instruction.extent() != Extent.CONSTANT
                && instruction.operation().kind() != Operation.Kind.LEAF;
    }

    /** The instructions that results need, without the inputs of values that are known. */
    private boolean[] needed(List<Integer> results, List<Integer> known) {
        boolean[] needed = new boolean[program.instructions().size()];
        results.forEach(result -> needed[result] = true);
        for (int i = needed.length - 1; i >= 0; i--) {
            if (needed[i] && !known.contains(i)) {
                program.at(i).inputs().forEach(input -> needed[input] = true);
            }
        }
        return needed;
    }

    private int indexOf(Operation leaf) {
        return IntStream.range(0, program.instructions().size())
                .filter(i -> program.at(i).operation() == leaf)
                .findFirst()
                .orElseThrow();
    }

    /** Lines that give maps and vectors their shapes. */
    private List<String> prologue(boolean[] used, List<Integer> known) {
        List<String> lines = new ArrayList<>();
        lines.add(INDENT + "maps = as_maps(x, layer.channel_dim)");
        Map<String, Operation> leaves =
                Map.of("v0", Operation.V0, "v1", Operation.V1, "gamma", Operation.GAMMA, "beta", Operation.BETA);
        for (ModuleParts.Vector vector : parts.vectors()) {
            boolean isUsed = IntStream.range(0, used.length)
                    .anyMatch(i ->
                            used[i] && !known.contains(i) && program.at(i).operation() == leaves.get(vector.name()));
            if (isUsed) {
                lines.add(INDENT + PyTorchInstructions.vector(leaves.get(vector.name())) + " = as_channels("
                        + vector.name() + ", maps)");
            }
        }
        return lines;
    }

    private String gradientOfX(PyTorchInstructions backward) {
        Integer index = program.gradients().get(Operation.X);
        return index == null ? "torch.zeros_like(maps)" : backward.whole(index);
    }

    private String gradientOf(ModuleParts.Vector vector, PyTorchInstructions backward) {
        Integer index = program.gradients().get(Operation.valueOf(vector.name().toUpperCase(Locale.ROOT)));
        if (index == null) {
            return "torch.zeros_like(" + vector.name() + ")";
        }
        boolean perLayer = vector.kind().per() == TrainableVector.Per.LAYER;
        String sum = "(" + backward.tensor(index) + " * " + (perLayer ? "maps.numel()" : "count") + ")";
        return sum + ".expand(1, layer.channels, 1, 1).flatten()" + (perLayer ? "[:1]" : "") + ".type_as("
                + vector.name() + ")";
    }
}
