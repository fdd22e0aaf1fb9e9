package org.evonorm.export.network;

import java.util.Locale;
import java.util.Optional;
import org.evonorm.graph.Layer;
import org.evonorm.network.ActivationFunction;
import org.evonorm.network.Operator;
import org.evonorm.network.Padding;
import org.evonorm.network.Window;

/**
 * An operator in PyTorch: the part of the module that holds its parameters, if it has some, and the line that computes
 * it. Activations are [B, C, H, W], those of dense layers [B, C, 1, 1].
 *
 * @param module an assignment in the constructor
 * @param line   an assignment in {@code forward}
 */
record OperatorText(Optional<String> module, String line) {

    /** The text of an operator with these names of its values. */
    static OperatorText of(Operator operator, PyTorchNetwork.Names names) {
        String x = names.inputs().get(0);
        if (operator instanceof Operator.Convolution convolution) {
            return convolution(convolution, names, x);
        } else if (operator instanceof Operator.Place) {
            String module = names.layer().className() + "(" + names.channels() + ")";
            return part("place", module, names, x);
        } else if (operator instanceof Operator.LinearPlace) {
            return linearPlace(names, x);
        } else if (operator instanceof Operator.MaxPool pool) {
            return value(names, maxPool(pool.window(), x));
        } else if (operator instanceof Operator.AveragePool pool) {
            return value(names, averagePool(pool, x));
        } else if (operator instanceof Operator.GlobalAveragePool) {
            return value(names, x + ".mean((2, 3), keepdim=True)");
        } else if (operator instanceof Operator.Dense dense) {
            String module = "nn.Linear(" + names.inputChannels() + ", " + dense.units() + ")";
            String maps = names.isLast() ? "" : "[:, :, None, None]";
            return part("dense", module, names, x + ".flatten(1)", maps);
        } else if (operator instanceof Operator.Activation activation) {
            return value(names, activation(activation.function(), x));
        } else if (operator instanceof Operator.LayerScale scale) {
            String start = "nn.Parameter(torch.full((" + names.channels() + ", 1, 1), " + scale.start() + "))";
            return tensor("scale", start, names, x + " * @");
        } else if (operator instanceof Operator.Positions positions) {
            String start = String.format(
                    Locale.ROOT,
                    "nn.Parameter(0.02 * torch.randn(1, %d, %d, %d))",
                    names.channels(),
                    positions.height(),
                    positions.width());
            return tensor("positions", start, names, x + " + F.interpolate(@, " + x + ".shape[2:], mode=\"bilinear\")");
        } else if (operator instanceof Operator.Tokens) {
            return value(names, x + ".flatten(2).unsqueeze(3)");
        } else if (operator instanceof Operator.ClassToken token) {
            return classToken(token, names, x);
        } else if (operator instanceof Operator.FirstToken) {
            return value(names, x + "[:, :, :1]");
        } else if (operator instanceof Operator.Attention attention) {
            return value(names, "attention(" + x + ", " + attention.heads() + ")");
        } else if (operator instanceof Operator.Scale) {
            return value(names, x + " * " + names.inputs().get(1));
        } else if (operator instanceof Operator.Add) {
            return value(names, x + " + " + names.inputs().get(1));
        } else if (operator instanceof Operator.Concatenation) {
            return value(names, "torch.cat((" + String.join(", ", names.inputs()) + "), 1)");
        }
        throw new AssertionError(operator);
    }

    /** An operator that is a module of its own. */
    private static OperatorText part(String kind, String module, PyTorchNetwork.Names names, String argument) {
        return part(kind, module, names, argument, "");
    }

    private static OperatorText part(
            String kind, String module, PyTorchNetwork.Names names, String argument, String after) {
        String part = names.part(kind);
        return new OperatorText(
                Optional.of("self." + part + " = " + module),
                names.output() + " = self." + part + "(" + argument + ")" + after);
    }

    /** An operator with a tensor of its own, which stands in the expression in place of {@code @}. */
    private static OperatorText tensor(String kind, String start, PyTorchNetwork.Names names, String expression) {
        String part = names.part(kind);
        return new OperatorText(
                Optional.of("self." + part + " = " + start),
                names.output() + " = " + expression.replace("@", "self." + part));
    }

    private static OperatorText classToken(Operator.ClassToken token, PyTorchNetwork.Names names, String x) {
        String learned = "self." + names.part("token");
        String position = "self." + names.part("position");
        String start = learned + " = nn.Parameter(torch.zeros(1, " + names.channels() + ", 1, 1))";
        String both = token.hasPosition()
                ? start + "\n" + position + " = nn.Parameter(0.02 * torch.randn(1, " + names.channels() + ", 1, 1))"
                : start;
        String sum = token.hasPosition() ? "(" + learned + " + " + position + ")" : learned;
        return new OperatorText(
                Optional.of(both),
                names.output() + " = torch.cat((" + sum + ".expand(" + x + ".shape[0], -1, -1, -1), " + x + "), 2)");
    }

    private static OperatorText value(PyTorchNetwork.Names names, String expression) {
        return new OperatorText(Optional.empty(), names.output() + " = " + expression);
    }

    private static OperatorText convolution(Operator.Convolution convolution, PyTorchNetwork.Names names, String x) {
        Window window = convolution.window();
        Padding padding = window.padding();
        StringBuilder module = new StringBuilder(String.format(
                Locale.ROOT, "nn.Conv2d(%d, %d, %d", names.inputChannels(), convolution.channels(), window.kernel()));
        if (window.stride() != 1) {
            module.append(", stride=").append(window.stride());
        }
        if (isEven(padding) && padding.top() > 0) {
            module.append(", padding=").append(padding.top());
        }
        if (window.dilation() != 1) {
            module.append(", dilation=").append(window.dilation());
        }
        if (convolution.groups() != 1) {
            module.append(", groups=").append(convolution.groups());
        }
        if (!convolution.hasBias()) {
            module.append(", bias=False");
        }
        return part("conv", module + ")", names, isEven(padding) ? x : padded(x, padding, "0.0"));
    }

    private static OperatorText linearPlace(PyTorchNetwork.Names names, String x) {
        Layer.LinearPlace kind = names.layer().layer().linearPlace();
        return switch (kind) {
            case NOTHING -> value(names, x);
            case AFFINE ->
                part("linear", names.layer().className() + "(" + names.channels() + ", apply_act=False)", names, x);
            case BATCH_NORM -> part("linear", "nn.BatchNorm2d(" + names.channels() + ")", names, x);
        };
    }

    private static boolean isEven(Padding padding) {
        return padding.equals(Padding.all(padding.top()));
    }

    private static String padded(String x, Padding padding, String value) {
        return String.format(
                Locale.ROOT,
                "F.pad(%s, (%d, %d, %d, %d), value=%s)",
                x,
                padding.left(),
                padding.right(),
                padding.top(),
                padding.bottom(),
                value);
    }

    private static String maxPool(Window window, String x) {
        Padding padding = window.padding();
        boolean own = isEven(padding) && 2 * padding.top() <= window.kernel();
        return "F.max_pool2d(" + (own ? x : padded(x, padding, "float(\"-inf\")")) + ", " + window.kernel()
                + ", stride=" + window.stride() + (own ? ", padding=" + padding.top() : "")
                + ", dilation=" + window.dilation() + (window.ceiling() ? ", ceil_mode=True" : "") + ")";
    }

    private static String averagePool(Operator.AveragePool pool, String x) {
        Window window = pool.window();
        Padding padding = window.padding();
        boolean own = isEven(padding) && 2 * padding.top() <= window.kernel();
        if (!own || window.dilation() != 1) {
            throw new IllegalArgumentException(
                    "an average pool with sides of the padding that differ, or with gaps between"
                            + " its taps, has no counterpart in PyTorch; export the layer alone, without --with-network");
        }
        return "F.avg_pool2d(" + x + ", " + window.kernel() + ", stride=" + window.stride() + ", padding="
                + padding.top() + (window.ceiling() ? ", ceil_mode=True" : "")
                + (pool.countsPadding() ? "" : ", count_include_pad=False") + ")";
    }

    private static String activation(ActivationFunction function, String x) {
        return switch (function) {
            case RELU -> "F.relu(" + x + ")";
            case RELU6 -> "F.relu6(" + x + ")";
            case SIGMOID -> "torch.sigmoid(" + x + ")";
            case SWISH -> "F.silu(" + x + ")";
            case HARD_SIGMOID -> "F.hardsigmoid(" + x + ")";
            case HARD_SWISH -> "F.hardswish(" + x + ")";
            case GELU -> "F.gelu(" + x + ")";
            case TANH_GELU -> "F.gelu(" + x + ", approximate=\"tanh\")";
            case TANH -> "torch.tanh(" + x + ")";
        };
    }
}
