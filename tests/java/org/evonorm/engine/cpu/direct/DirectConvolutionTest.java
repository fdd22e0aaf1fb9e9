package org.evonorm.engine.cpu.direct;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.javacpp.Pointer;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.memory.TestTensors;
import org.evonorm.engine.cpu.onednn.ConvolutionShape;
import org.evonorm.engine.cpu.onednn.NativePrimitive;
import org.evonorm.engine.cpu.onednn.Weights;
import org.evonorm.network.Padding;
import org.evonorm.network.Shape;
import org.evonorm.network.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DirectConvolutionTest {

    /** Shapes of the networks, and random ones: single pixels, odd channels, kernels larger than the image. */
    static Stream<ConvolutionShape> shapes() {
        SplittableRandom random = new SplittableRandom(7);
        return Stream.concat(
                Stream.of(
                        shape(24, 24, 3, 8, 7, 1, 1),
                        shape(24, 24, 8, 48, 1, 1, 1),
                        shape(24, 24, 48, 8, 1, 1, 1),
                        shape(12, 12, 64, 128, 1, 2, 1),
                        shape(12, 12, 32, 32, 3, 2, 1),
                        shape(6, 6, 32, 32, 3, 1, 1),
                        shape(3, 3, 40, 1280, 1, 1, 1),
                        shape(3, 3, 136, 140, 3, 1, 1),
                        shape(5, 6, 72, 150, 3, 2, 1),
                        shape(8, 8, 24, 48, 2, 2, 1),
                        shape(25, 24, 3, 16, 7, 1, 1),
                        shape(24, 24, 48, 48, 3, 1, 48),
                        shape(24, 24, 48, 48, 5, 2, 48),
                        shape(24, 24, 44, 44, 3, 1, 44),
                        shape(3, 3, 144, 144, 5, 1, 144)),
                Stream.concat(
                        Stream.generate(() -> random(random)).limit(60),
                        Stream.generate(() -> padded(random, random(random))).limit(40)));
    }

    private static ConvolutionShape random(SplittableRandom random) {
        int[] kernels = {1, 1, 3, 5, 7};
        int in = 1 + random.nextInt(random.nextBoolean() ? 9 : 50);
        boolean depthwise = random.nextInt(3) == 0;
        int out = depthwise ? in : 1 + random.nextInt(random.nextBoolean() ? 9 : 90);
        return shape(
                1 + random.nextInt(20),
                1 + random.nextInt(30),
                in,
                out,
                kernels[random.nextInt(kernels.length)],
                1 + random.nextInt(3),
                depthwise ? in : 1);
    }

    /** The shape with random sides of padding in place of its own. */
    private static ConvolutionShape padded(SplittableRandom random, ConvolutionShape shape) {
        int kernel = shape.kernel();
        Window window = shape.window()
                .with(new Padding(
                        random.nextInt(kernel),
                        random.nextInt(kernel),
                        random.nextInt(kernel),
                        random.nextInt(kernel)));
        Shape in = shape.input();
        int height = window.rows(in.height());
        int width = window.columns(in.width());
        if (height < 1 || width < 1) {
            return padded(random, random(random));
        }
        return new ConvolutionShape(
                in, new Shape(height, width, shape.output().channels()), window, shape.groups(), false);
    }

    private static ConvolutionShape shape(int height, int width, int in, int out, int kernel, int stride, int groups) {
        int outHeight = (height - 1) / stride + 1;
        int outWidth = (width - 1) / stride + 1;
        return new ConvolutionShape(
                new Shape(height, width, in), new Shape(outHeight, outWidth, out), kernel, stride, groups, false);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void agreesWithItsDefinition(ConvolutionShape shape) {
        int samples = 1 + shape.input().height() % 4;
        Reference reference = new Reference(shape, samples, new SplittableRandom(3));
        DirectConvolution direct = new DirectConvolution(shape, samples);
        try (NativeFloats x = TestTensors.of(reference.x);
                NativeFloats dy = TestTensors.of(reference.dy);
                NativeFloats forwardWeights = reference.weights(DirectConvolution.forwardWeights(shape));
                NativeFloats dataWeights = reference.weights(DirectConvolution.dataGradientWeights(shape));
                NativeFloats residual = TestTensors.of(reference.residual)) {
            reference.compute();
            assertClose(
                    reference.y,
                    output(
                            reference.y.length,
                            y -> direct.forward(x.at(0), forwardWeights.at(0), Optional.empty(), y)));
            assertClose(
                    reference.dx,
                    output(
                            reference.dx.length,
                            dx -> direct.dataGradient(dy.at(0), dataWeights.at(0), Optional.empty(), dx)));
            double[] sum = reference.y.clone();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += reference.residual[i];
            }
            assertClose(
                    sum,
                    output(
                            sum.length,
                            y -> direct.forward(x.at(0), forwardWeights.at(0), Optional.of(residual.at(0)), y)));
            float[] gradient = output(reference.gradient.length, g -> {
                Pointer.memset(g, 0, (long) reference.gradient.length * Float.BYTES);
                return direct.weightGradient(x.at(0), dy.at(0), g);
            });
            assertClose(reference.gradientIn(DirectConvolution.alongOutputs(shape)), gradient);
        }
    }

    @Test
    void givesTheSameBitsAgain() {
        ConvolutionShape shape = shape(7, 9, 20, 33, 3, 2, 1);
        Reference reference = new Reference(shape, 3, new SplittableRandom(5));
        DirectConvolution direct = new DirectConvolution(shape, 3);
        try (NativeFloats x = TestTensors.of(reference.x);
                NativeFloats weights = reference.weights(DirectConvolution.forwardWeights(shape))) {
            float[] first =
                    output(reference.y.length, y -> direct.forward(x.at(0), weights.at(0), Optional.empty(), y));
            float[] second =
                    output(reference.y.length, y -> direct.forward(x.at(0), weights.at(0), Optional.empty(), y));
            assertArrayEquals(first, second);
        }
    }

    /** Terms of one sign over 74,000 pixels, of which one sum, term after term, loses 1.3e-5 of its value. */
    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void longSumsOfWeightGradientsKeepTheirDigits(int groups) {
        ConvolutionShape shape = shape(24, 24, 16, 16, 3, 1, groups);
        int samples = 128;
        Reference reference = new Reference(shape, samples, new SplittableRandom(11));
        for (float[] values : List.of(reference.x, reference.dy)) {
            for (int i = 0; i < values.length; i++) {
                values[i] = 1 + 0.1f * values[i];
            }
        }
        reference.compute();
        try (NativeFloats x = TestTensors.of(reference.x);
                NativeFloats dy = TestTensors.of(reference.dy)) {
            double[] expected = reference.gradientIn(DirectConvolution.alongOutputs(shape));
            float[] gradient = output(expected.length, g -> {
                Pointer.memset(g, 0, (long) expected.length * Float.BYTES);
                return new DirectConvolution(shape, samples).weightGradient(x.at(0), dy.at(0), g);
            });
            double worst = 0;
            for (int i = 0; i < expected.length; i++) {
                worst = Math.max(worst, Math.abs(gradient[i] / expected[i] - 1));
            }
            assertTrue(worst < 3e-6, "relative error " + worst);
        }
    }

    @Test
    void leavesGroupsAndGapsToOthers() {
        Shape image = new Shape(6, 6, 8);
        assertFalse(DirectConvolution.canCompute(new ConvolutionShape(image, image, 3, 1, 4, false)));
        Window gaps = new Window(3, 1, 2, Padding.all(2), false);
        assertFalse(DirectConvolution.canCompute(new ConvolutionShape(image, image, gaps, 1, false)));
    }

    private interface Bound {
        DirectRun to(Pointer output);
    }

    /** The floats that a run writes; NaN at first marks unwritten ones, and the float past the end must stay so. */
    private static float[] output(int size, Bound bound) {
        float[] values = new float[size];
        try (NativeFloats memory = new NativeFloats(size + 1L)) {
            memory.fill(Float.NaN);
            try (DirectRun run = bound.to(memory.at(0))) {
                run.run();
            }
            memory.buffer().get(0, values);
            assertEquals(Float.NaN, memory.buffer().get(size));
        }
        return values;
    }

    private static void assertClose(double[] expected, float[] actual) {
        double scale = 1;
        for (double value : expected) {
            scale = Math.max(scale, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], 1e-5 * scale, "value " + i);
        }
    }

    /** The definition of a convolution and its gradients, in float64. */
    private static final class Reference {

        private final ConvolutionShape shape;
        private final int samples;
        private final float[] x;
        private final float[] dy;
        private final float[] residual;
        /** [O, I per group, kernel, kernel] */
        private final float[] w;

        private final double[] y;
        private final double[] dx;
        private final double[] gradient;

        Reference(ConvolutionShape shape, int samples, SplittableRandom random) {
            this.shape = shape;
            this.samples = samples;
            this.x = gaussian(samples * shape.input().size(), random);
            this.dy = gaussian(samples * shape.output().size(), random);
            this.residual = gaussian(samples * shape.output().size(), random);
            this.w = gaussian(shape.output().channels() * inputsPerGroup() * shape.kernel() * shape.kernel(), random);
            this.y = new double[dy.length];
            this.dx = new double[x.length];
            this.gradient = new double[w.length];
        }

        private int inputsPerGroup() {
            return shape.input().channels() / shape.groups();
        }

        private static float[] gaussian(int size, SplittableRandom random) {
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = (float) random.nextGaussian();
            }
            return values;
        }

        void compute() {
            Shape in = shape.input();
            Shape out = shape.output();
            Padding padding = shape.window().padding();
            for (int b = 0; b < samples; b++) {
                for (int oy = 0; oy < out.height(); oy++) {
                    for (int ox = 0; ox < out.width(); ox++) {
                        for (int ky = 0; ky < shape.kernel(); ky++) {
                            for (int kx = 0; kx < shape.kernel(); kx++) {
                                int iy = oy * shape.stride() + ky - padding.top();
                                int ix = ox * shape.stride() + kx - padding.left();
                                if (iy >= 0 && iy < in.height() && ix >= 0 && ix < in.width()) {
                                    tap(
                                            ((b * in.height() + iy) * in.width() + ix) * in.channels(),
                                            ((b * out.height() + oy) * out.width() + ox) * out.channels(),
                                            ky * shape.kernel() + kx);
                                }
                            }
                        }
                    }
                }
            }
        }

        private void tap(int from, int to, int position) {
            int area = shape.kernel() * shape.kernel();
            for (int o = 0; o < shape.output().channels(); o++) {
                for (int i = 0; i < inputsPerGroup(); i++) {
                    int weight = (o * inputsPerGroup() + i) * area + position;
                    int input = from + (shape.groups() == 1 ? i : o);
                    y[to + o] += (double) x[input] * w[weight];
                    dx[input] += (double) dy[to + o] * w[weight];
                    gradient[weight] += (double) x[input] * dy[to + o];
                }
            }
        }

        /** The weights in a format, which is freed. */
        NativeFloats weights(dnnl_memory_desc format) {
            dnnl_memory_desc plain = shape.plainWeights();
            NativeFloats values = new NativeFloats(Weights.floatCount(format));
            values.fill(Float.NaN);
            try (NativeFloats source = TestTensors.of(w);
                    NativePrimitive reorder = Weights.reorderPrimitive(plain, source.at(0), format, values.at(0))) {
                reorder.execute();
            }
            NativePrimitive.free(plain, format);
            return values;
        }

        double[] gradientIn(boolean outputsLast) {
            double[] values = new double[w.length];
            for (int weight = 0; weight < w.length; weight++) {
                values[place(weight, outputsLast)] = gradient[weight];
            }
            return values;
        }

        private int place(int weight, boolean outputsLast) {
            int area = shape.kernel() * shape.kernel();
            int outputs = shape.output().channels();
            int position = weight % area;
            int i = weight / area % inputsPerGroup();
            int o = weight / area / inputsPerGroup();
            return position * outputs * inputsPerGroup() + (outputsLast ? i * outputs + o : o * inputsPerGroup() + i);
        }
    }
}
