package org.evonorm.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.evonorm.data.Batch;
import org.evonorm.network.ActivationFunction;
import org.evonorm.network.Network;
import org.evonorm.network.Operator;
import org.evonorm.network.Shape;
import org.evonorm.network.Window;

/**
 * The loss of a network in float64, operator by operator and value by value as the definitions read. Places are
 * identities here. The engines' gradients are held to the differences of this loss.
 */
public final class ReferenceNetwork {

    private final Network network;
    private final ParameterLayout layout;

    /** A network whose layout is the one of its places' layer. */
    public ReferenceNetwork(Network network, ParameterLayout layout) {
        this.network = network;
        this.layout = layout;
    }

    /** The mean cross-entropy of a batch. */
    public double loss(double[] parameters, Batch batch) {
        List<Shape> shapes = network.shapes(batch.height(), batch.width());
        int size = batch.height() * batch.width() * Network.IMAGE_CHANNELS;
        double sum = 0;
        for (int sample = 0; sample < batch.count(); sample++) {
            double[] image = new double[size];
            for (int i = 0; i < size; i++) {
                image[i] = batch.pixels()[sample * size + i];
            }
            sum += crossEntropy(
                    logits(parameters, image, new Shape(batch.height(), batch.width(), 3), shapes),
                    batch.labels()[sample]);
        }
        return sum / batch.count();
    }

    private static double crossEntropy(double[] logits, int label) {
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit - logits[label]);
        }
        return Math.log(sum);
    }

    private double[] logits(double[] parameters, double[] image, Shape imageShape, List<Shape> shapes) {
        List<double[]> outputs = new ArrayList<>();
        for (int index = 0; index < shapes.size(); index++) {
            Operator operator = network.operators().get(index);
            List<double[]> inputs = new ArrayList<>();
            List<Shape> from = new ArrayList<>();
            for (int input : operator.inputs()) {
                inputs.add(input == Operator.IMAGES ? image : outputs.get(input));
                from.add(input == Operator.IMAGES ? imageShape : shapes.get(input));
            }
            outputs.add(output(operator, parameters, layout.of(index), inputs, from, shapes.get(index)));
        }
        return outputs.get(outputs.size() - 1);
    }

    private static double[] output(
            Operator operator,
            double[] parameters,
            List<Parameter> own,
            List<double[]> inputs,
            List<Shape> from,
            Shape to) {
        double[] x = inputs.get(0);
        double[] y = new double[to.size()];
        if (operator instanceof Operator.Convolution convolution) {
            convolution(convolution, parameters, own, x, from.get(0), y, to);
        } else if (operator instanceof Operator.Dense) {
            for (int unit = 0; unit < y.length; unit++) {
                y[unit] = parameters[own.get(1).offset() + unit];
                for (int i = 0; i < x.length; i++) {
                    y[unit] += parameters[own.get(0).offset() + unit * x.length + i] * x[i];
                }
            }
        } else if (operator instanceof Operator.WindowPool pool) {
            pool(pool, x, from.get(0), y, to);
        } else if (operator instanceof Operator.GlobalAveragePool) {
            for (int i = 0; i < x.length; i++) {
                y[i % y.length] += x[i] / from.get(0).area();
            }
        } else if (operator instanceof Operator.Scale) {
            for (int i = 0; i < y.length; i++) {
                y[i] = x[i] * inputs.get(1)[i % to.channels()];
            }
        } else if (operator instanceof Operator.Add) {
            for (int i = 0; i < y.length; i++) {
                y[i] = x[i] + inputs.get(1)[i];
            }
        } else if (operator instanceof Operator.Concatenation) {
            int channel = 0;
            for (int part = 0; part < inputs.size(); part++) {
                int width = from.get(part).channels();
                for (int i = 0; i < inputs.get(part).length; i++) {
                    y[i / width * to.channels() + channel + i % width] = inputs.get(part)[i];
                }
                channel += width;
            }
        } else if (operator instanceof Operator.LayerScale) {
            for (int i = 0; i < y.length; i++) {
                y[i] = x[i] * parameters[own.get(0).offset() + i % to.channels()];
            }
        } else if (operator instanceof Operator.Positions positions) {
            positions(positions, parameters, own.get(0).offset(), x, y, to);
        } else if (operator instanceof Operator.ClassToken) {
            for (int i = 0; i < y.length; i++) {
                y[i] = i < to.channels() ? 0 : x[i - to.channels()];
                for (Parameter parameter : i < to.channels() ? own : List.<Parameter>of()) {
                    y[i] += parameters[parameter.offset() + i];
                }
            }
        } else if (operator instanceof Operator.FirstToken) {
            System.arraycopy(x, 0, y, 0, y.length);
        } else if (operator instanceof Operator.Attention attention) {
            attention(attention.heads(), x, y, to);
        } else if (operator instanceof Operator.Activation activation) {
            for (int i = 0; i < y.length; i++) {
                y[i] = function(activation.function()).applyAsDouble(x[i]);
            }
        } else {
            return x;
        }
        return y;
    }

    private static DoubleUnaryOperator function(ActivationFunction function) {
        return switch (function) {
            case RELU -> x -> Math.max(x, 0);
            case RELU6 -> x -> Math.min(Math.max(x, 0), 6);
            case SIGMOID -> x -> 1 / (1 + Math.exp(-x));
            case SWISH -> x -> x / (1 + Math.exp(-x));
            case HARD_SIGMOID -> x -> Math.min(Math.max(x + 3, 0), 6) / 6;
            case HARD_SWISH -> x -> x * Math.min(Math.max(x + 3, 0), 6) / 6;
            case GELU -> x -> x * normalDistribution(x);
            case TANH_GELU -> x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case TANH -> Math::tanh;
        };
    }

    /** The distribution function of the standard normal distribution, by its series; for arguments up to 8. */
    private static double normalDistribution(double x) {
        if (Math.abs(x) > 8) {
            return x > 0 ? 1 : 0;
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 150; n++) {
            term *= x * x / (2 * n + 1);
            sum += term;
        }
        return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    private static void convolution(
            Operator.Convolution convolution,
            double[] parameters,
            List<Parameter> own,
            double[] x,
            Shape from,
            double[] y,
            Shape to) {
        int kernel = convolution.window().kernel();
        int inputs = from.channels() / convolution.groups();
        int outputs = to.channels() / convolution.groups();
        for (int out = 0; out < y.length; out++) {
            int channel = out % to.channels();
            y[out] = convolution.hasBias() ? parameters[own.get(1).offset() + channel] : 0;
            int group = channel / outputs;
            for (int tap = 0; tap < kernel * kernel; tap++) {
                int pixel = pixel(convolution.window(), from, to, out / to.channels(), tap);
                for (int i = 0; pixel >= 0 && i < inputs; i++) {
                    int weight = (channel * inputs + i) * kernel * kernel + tap;
                    y[out] +=
                            parameters[own.get(0).offset() + weight] * x[pixel * from.channels() + group * inputs + i];
                }
            }
        }
    }

    /** Positions between those of the grid are weighted by their distance from a pixel, line by line and column wise. */
    private static void positions(
            Operator.Positions positions, double[] parameters, int offset, double[] x, double[] y, Shape to) {
        for (int i = 0; i < y.length; i++) {
            int pixel = i / to.channels();
            double row = place(pixel / to.width(), to.height(), positions.height());
            double column = place(pixel % to.width(), to.width(), positions.width());
            y[i] = x[i];
            for (int point = 0; point < positions.height() * positions.width(); point++) {
                int line = point / positions.width();
                double near = Math.max(0, 1 - Math.abs(row - line))
                        * Math.max(0, 1 - Math.abs(column - point % positions.width()));
                y[i] += near * parameters[offset + point * to.channels() + i % to.channels()];
            }
        }
    }

    /** The place of a pixel on a line of a grid, between its first and last point. */
    private static double place(int pixel, int pixels, int points) {
        return Math.min(points - 1, Math.max(0, (pixel + 0.5) / pixels * points - 0.5));
    }

    private static void attention(int heads, double[] x, double[] y, Shape to) {
        int width = to.channels();
        int size = width / heads;
        for (int i = 0; i < y.length; i++) {
            int query = i / width * 3 * width + i % width / size * size;
            double weighted = 0;
            double sum = 0;
            for (int token = 0; token < to.area(); token++) {
                int key = token * 3 * width + width + i % width / size * size;
                double score = 0;
                for (int j = 0; j < size; j++) {
                    score += x[query + j] * x[key + j];
                }
                double weight = Math.exp(score / Math.sqrt(size));
                sum += weight;
                weighted += weight * x[key + width + i % size];
            }
            y[i] = weighted / sum;
        }
    }

    private static void pool(Operator.WindowPool pool, double[] x, Shape from, double[] y, Shape to) {
        int area = pool.window().kernel() * pool.window().kernel();
        for (int out = 0; out < y.length; out++) {
            int read = 0;
            double sum = 0;
            double largest = Double.NEGATIVE_INFINITY;
            for (int tap = 0; tap < area; tap++) {
                int pixel = pixel(pool.window(), from, to, out / to.channels(), tap);
                if (pixel >= 0) {
                    double value = x[pixel * to.channels() + out % to.channels()];
                    read++;
                    sum += value;
                    largest = Math.max(largest, value);
                }
            }
            y[out] = pool instanceof Operator.AveragePool average
                    ? sum / (average.countsPadding() ? area : read)
                    : largest;
        }
    }

    /** The pixel of the input that a tap of an output pixel reads; −1 in the padding. */
    private static int pixel(Window window, Shape from, Shape to, int outPixel, int tap) {
        int y = outPixel / to.width() * window.stride()
                + tap / window.kernel() * window.dilation()
                - window.padding().top();
        int x = outPixel % to.width() * window.stride()
                + tap % window.kernel() * window.dilation()
                - window.padding().left();
        boolean inside = y >= 0 && y < from.height() && x >= 0 && x < from.width();
        return inside ? y * from.width() + x : -1;
    }
}
