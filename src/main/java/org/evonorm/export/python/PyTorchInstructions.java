package org.evonorm.export.python;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.evonorm.export.layer.Convention;
import org.evonorm.program.Extent;
import org.evonorm.program.Instruction;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;

/**
 * Instructions of a program as lines of PyTorch. A map that is used once stands inside the expression that uses it, and
 * operations on it work in place, since memory traffic is most of their time.
 */
final class PyTorchInstructions {

    private static final String INDENT = "        ";
    /** Most characters of an expression inside another. */
    private static final int MAX_LENGTH = 100;

    private final ModuleParts parts;
    private final Program program;
    private final boolean[] needed;
    private final int[] uses;
    private final Map<Integer, PyTorchValue> texts = new HashMap<>();
    private final List<String> lines = new ArrayList<>();
    private final List<Integer> results;
    private final List<Integer> known;
    /** Products that are written as a multiplication of their factors. */
    private final Set<Integer> plainProducts = new HashSet<>();

    private int maps;

    /**
     * @param needed  the instructions to write
     * @param results the instructions whose values are used after these lines
     * @param known   small values that are there already, under their names
     */
    PyTorchInstructions(
            ModuleParts parts, Program program, boolean[] needed, List<Integer> results, List<Integer> known) {
        this.parts = parts;
        this.program = program;
        this.needed = needed;
        this.results = results;
        this.known = known;
        this.uses = new int[needed.length];
        for (int i = 0; i < needed.length; i++) {
            if (needed[i] && !known.contains(i)) {
                program.at(i).inputs().forEach(input -> uses[input]++);
            }
        }
        results.forEach(result -> uses[result]++);
        for (int i = 0; i < needed.length; i++) {
            if (needed[i]) {
                write(i);
            }
        }
    }

    List<String> lines() {
        return lines;
    }

    /** The name of a small value, which is the same in forward and backward. */
    String named(int index) {
        return "s" + index;
    }

    /** The text of a value as a tensor. */
    String tensor(int index) {
        PyTorchValue text = texts.get(index);
        return text.isNumber() ? "maps.new_full((1, 1, 1, 1), " + text.text() + ")" : text.operand();
    }

    /** The text of a value at full size. */
    String whole(int index) {
        String tensor = tensor(index);
        return program.at(index).extent() == Extent.TENSOR
                ? texts.get(index).text()
                : tensor + " + torch.zeros_like(maps)";
    }

    /** The name of a vector in the shape of channels. */
    static String vector(Operation leaf) {
        return leaf.name().toLowerCase(Locale.ROOT) + "_of_channels";
    }

    private void write(int index) {
        if (texts.containsKey(index)) {
            return;
        }
        Instruction instruction = program.at(index);
        if (known.contains(index)) {
            texts.put(index, new PyTorchValue(named(index), false, false));
            return;
        }
        PyTorchValue text = text(index, instruction);
        boolean isTensor = instruction.extent() == Extent.TENSOR;
        boolean isName = !text.isFresh() || text.isNumber();
        boolean isShort = text.text().length() <= MAX_LENGTH || results.contains(index);
        if (isName || (isTensor && uses[index] == 1 && isShort)) {
            texts.put(index, text);
            return;
        }
        String name = isTensor ? "t" + ++maps : named(index);
        lines.add(INDENT + name + " = " + text.text());
        texts.put(index, new PyTorchValue(name, false, false));
    }

    private PyTorchValue text(int index, Instruction instruction) {
        return switch (instruction.operation()) {
            case X -> name("maps");
            case DY -> name("dy");
            case V0, V1, GAMMA, BETA -> name(vector(instruction.operation()));
            case CONSTANT -> new PyTorchValue(Double.toString(instruction.argument()), false, true);
            case RUNNING_STATISTIC, FROZEN_X, FROZEN_V0, FROZEN_V1 ->
                throw new IllegalArgumentException("a training program has no " + instruction.operation());
            case ADD -> sum(instruction);
            case SUB -> subtraction(instruction);
            case MUL -> product(index);
            case MAX -> larger(instruction);
            case NEG -> unary(instruction, "neg");
            case SQUARE -> unary(instruction, "square");
            case ABS -> unary(instruction, "abs");
            case EXP -> unary(instruction, "exp");
            case TANH -> unary(instruction, "tanh");
            case SIGMOID -> unary(instruction, "sigmoid");
            case ERF -> unary(instruction, "erf");
            case SIGN -> unary(instruction, "sign");
            case INVERSE -> unary(instruction, "reciprocal");
            case RECIPROCAL -> fresh("torch.reciprocal(" + divisor(instruction.input(0)) + ")");
            case LOG -> {
                String a = kept(instruction.input(0));
                yield fresh("torch.abs(" + a + ").add_(layer.eps).log_().mul_(torch.sign(" + a + "))");
            }
            case SQRT -> {
                String a = kept(instruction.input(0));
                yield fresh("torch.abs(" + a + ").add_(layer.eps).sqrt_().mul_(torch.sign(" + a + "))");
            }
            case ROOT -> fresh("torch.sqrt(" + tensor(instruction.input(0)) + " + layer.eps)");
            case LOG_SLOPE -> fresh("torch.abs(" + tensor(instruction.input(0)) + ").add_(layer.eps).reciprocal_()");
            case SQRT_SLOPE ->
                fresh("torch.abs(" + tensor(instruction.input(0)) + ").add_(layer.eps).rsqrt_().mul_(0.5)");
            case GATE -> gate(instruction);
            case GATE_LESS -> gateLess(instruction);
            case PIXEL_MEAN -> fresh(tensor(instruction.input(0)) + ".mean(1, keepdim=True)");
            case MEAN_WH ->
                fresh(tensor(instruction.input(0)) + ".mean((2, 3), keepdim=True)" + allChannels(instruction.input(0)));
            case VARIANCE_WH -> variance(instruction);
            case MEAN_B -> fresh(tensor(instruction.input(0)) + ".mean(0, keepdim=True)");
            case MEAN_C -> {
                String a = kept(instruction.input(0));
                yield fresh(a + ".mean(1, keepdim=True).expand_as(" + a + ")");
            }
            case MEAN_G -> fresh("mean_of_groups(" + tensor(instruction.input(0)) + ", layer.groups)");
        };
    }

    private static PyTorchValue name(String name) {
        return new PyTorchValue(name, false, false);
    }

    private static PyTorchValue fresh(String text) {
        return new PyTorchValue(text, true, false);
    }

    /** A value that is used twice in one expression, under a name. */
    private String kept(int index) {
        PyTorchValue text = texts.get(index);
        if (!text.isFresh()) {
            return tensor(index);
        }
        String name = "t" + ++maps;
        lines.add(INDENT + name + " = " + text.text());
        texts.put(index, name(name));
        return name;
    }

    /** Whether an operand is a new map, which an operation may overwrite. */
    private boolean mayOverwrite(int index) {
        return texts.get(index).isFresh() && program.at(index).extent() == Extent.TENSOR;
    }

    private String operand(int index) {
        return texts.get(index).operand();
    }

    private PyTorchValue unary(Instruction instruction, String function) {
        int a = instruction.input(0);
        return fresh(
                mayOverwrite(a) ? operand(a) + "." + function + "_()" : "torch." + function + "(" + tensor(a) + ")");
    }

    private PyTorchValue sum(Instruction instruction) {
        int a = instruction.input(0);
        int b = instruction.input(1);
        Optional<PyTorchValue> withProduct = withProduct(a, b, "")
                .filter(sum -> mayOverwrite(a) || !mayOverwrite(b))
                .or(() -> withProduct(b, a, ""))
                .or(() -> withProduct(a, b, ""));
        if (withProduct.isPresent()) {
            return withProduct.get();
        }
        if (!mayOverwrite(a) && mayOverwrite(b)) {
            return fresh(operand(b) + ".add_(" + texts.get(a).text() + ")");
        }
        return binary(a, b, "+", "add_");
    }

    private PyTorchValue subtraction(Instruction instruction) {
        int a = instruction.input(0);
        int b = instruction.input(1);
        return withProduct(a, b, ", value=-1").orElseGet(() -> binary(a, b, "-", "sub_"));
    }

    /** A map and a product that stands nowhere else, in one pass instead of two. */
    private Optional<PyTorchValue> withProduct(int map, int product, String value) {
        boolean isWhole =
                program.at(map).extent() == Extent.TENSOR && program.at(product).extent() == Extent.TENSOR;
        if (!isWhole || !plainProducts.contains(product) || !texts.get(product).isFresh()) {
            return Optional.empty();
        }
        List<Integer> factors = program.at(product).inputs();
        if (factors.stream().anyMatch(factor -> texts.get(factor).isNumber())) {
            return Optional.empty();
        }
        String rest = texts.get(factors.get(0)).text() + ", "
                + texts.get(factors.get(1)).text() + value + ")";
        return Optional.of(fresh(
                mayOverwrite(map) ? operand(map) + ".addcmul_(" + rest : "torch.addcmul(" + tensor(map) + ", " + rest));
    }

    private PyTorchValue product(int index) {
        int a = program.at(index).input(0);
        int b = program.at(index).input(1);
        for (int[] order : new int[][] {{a, b}, {b, a}}) {
            Optional<String> slope = slope(order[1]);
            if (slope.isPresent()) {
                return fresh(PythonText.filled(slope.get(), texts.get(order[0]).text()));
            }
            Instruction factor = program.at(order[1]);
            if (factor.operation() == Operation.RECIPROCAL
                    && texts.get(order[1]).isFresh()) {
                String divisor = divisor(factor.input(0));
                return fresh(
                        mayOverwrite(order[0])
                                ? operand(order[0]) + ".div_(" + divisor + ")"
                                : operand(order[0]) + " / " + divisor);
            }
        }
        plainProducts.add(index);
        if (!mayOverwrite(a) && mayOverwrite(b)) {
            return fresh(operand(b) + ".mul_(" + texts.get(a).text() + ")");
        }
        return binary(a, b, "*", "mul_");
    }

    /** The operation that multiplies by y − y², where y is a sigmoid, or by 1 − y², where y is a tanh. */
    private Optional<String> slope(int index) {
        return ProgramFacts.slopeOf(program, index)
                .map(y -> "torch.ops.aten."
                        + program.at(y).operation().name().toLowerCase(Locale.ROOT)
                        + "_backward(%s, " + tensor(y) + ")");
    }

    private PyTorchValue binary(int a, int b, String sign, String inPlace) {
        boolean isNumber = texts.get(a).isNumber() && texts.get(b).isNumber();
        if (isNumber) {
            return new PyTorchValue(
                    "(" + texts.get(a).text() + " " + sign + " " + texts.get(b).text() + ")", false, true);
        }
        return fresh(
                mayOverwrite(a)
                        ? operand(a) + "." + inPlace + "(" + texts.get(b).text() + ")"
                        : operand(a) + " " + sign + " " + operand(b));
    }

    private PyTorchValue larger(Instruction instruction) {
        int a = instruction.input(0);
        int b = instruction.input(1);
        if (texts.get(a).isNumber() == texts.get(b).isNumber()) {
            return fresh("torch.maximum(" + tensor(a) + ", " + tensor(b) + ")");
        }
        int value = texts.get(a).isNumber() ? b : a;
        String limit = texts.get(value == a ? b : a).text();
        return fresh(
                mayOverwrite(value)
                        ? operand(value) + ".clamp_(min=" + limit + ")"
                        : "torch.clamp(" + tensor(value) + ", min=" + limit + ")");
    }

    /** c where a ≥ b, as c without the part where a is smaller if that is needed too: a second mask takes longer. */
    private PyTorchValue gate(Instruction instruction) {
        int c = instruction.input(2);
        Optional<Integer> less = find(Operation.GATE_LESS, instruction.inputs());
        if (less.isPresent()) {
            return fresh(operand(c) + " - " + kept(less.get()));
        }
        return fresh("gate_from(" + difference(instruction.input(0), instruction.input(1)) + ", " + tensor(c) + ")");
    }

    private PyTorchValue gateLess(Instruction instruction) {
        return fresh("gate(" + difference(instruction.input(1), instruction.input(0)) + ", "
                + tensor(instruction.input(2)) + ")");
    }

    private String difference(int a, int b) {
        if (texts.get(b).text().equals("0.0") && !texts.get(a).isNumber()) {
            return tensor(a);
        }
        return texts.get(a).isNumber() && texts.get(b).isNumber()
                ? tensor(a) + " - " + tensor(b)
                : operand(a) + " - " + operand(b);
    }

    /** The variance over the area, by the mean that is needed too or else by one of its own. */
    private PyTorchValue variance(Instruction instruction) {
        int a = instruction.input(0);
        String name = kept(a);
        Optional<Integer> mean = find(Operation.MEAN_WH, instruction.inputs());
        String meanOfArea = mean.isPresent() ? tensor(mean.get()) : name + ".mean((2, 3), keepdim=True)";
        return fresh("(" + name + " - " + meanOfArea + ").square_().mean((2, 3), keepdim=True)" + allChannels(a));
    }

    /** What gives a reduction of a pixel value, which is the same at all channels, the shape of a small value. */
    private String allChannels(int reduced) {
        return program.at(reduced).extent() == Extent.PIXEL ? ".expand(-1, layer.channels, -1, -1)" : "";
    }

    /** Another instruction with these inputs, written now if it is needed at all. */
    private Optional<Integer> find(Operation operation, List<Integer> inputs) {
        for (int i = 0; i < needed.length; i++) {
            if (needed[i]
                    && program.at(i).operation() == operation
                    && program.at(i).inputs().equals(inputs)) {
                write(i);
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    private String divisor(int index) {
        if (parts.exported().convention() == Convention.PAPER) {
            return operand(index);
        }
        if (texts.get(index).isNumber()) {
            return "nonzero(" + tensor(index) + ", layer.eps)";
        }
        if (ProgramFacts.isNonNegative(program, index)) {
            return mayOverwrite(index) ? operand(index) + ".add_(layer.eps)" : "(" + operand(index) + " + layer.eps)";
        }
        return "nonzero(" + tensor(index) + ", layer.eps)";
    }
}
