package org.evonorm.engine.cpu.step;

import static org.evonorm.engine.cpu.memory.TestTensors.contents;
import static org.evonorm.engine.cpu.memory.TestTensors.gaussian;
import static org.evonorm.engine.cpu.memory.TestTensors.poisoned;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bytedeco.javacpp.FloatPointer;
import org.evonorm.engine.NativeLibraries;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.onednn.ConvolutionShape;
import org.evonorm.network.Padding;
import org.evonorm.network.Shape;
import org.evonorm.network.Window;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One contract, two implementations: oneDNN's convolutions and direct loops give the same values and gradients. */
class ConvolutionStepTest {

    @BeforeAll
    static void prepare() {
        NativeLibraries.prepare();
    }

    /** A convolution with the batch that it is computed for. */
    private record Case(ConvolutionShape shape, int samples, int workers, boolean addsResidual, boolean accumulates) {}

    static Stream<Case> cases() {
        SplittableRandom random = new SplittableRandom(17);
        return Stream.concat(
                // Products of matrices compute the weight gradient of the first.
                Stream.of(
                        new Case(shape(3, 520, 520, 1, 1, 1, false), 3, 2, false, false),
                        new Case(shape(3, 96, 288, 1, 1, 1, true), 5, 1, false, true)),
                Stream.generate(() -> random(random)).limit(40));
    }

    private static Case random(SplittableRandom random) {
        boolean depthwise = random.nextInt(3) == 0;
        int inputs = 1 + random.nextInt(40);
        boolean hasBias = random.nextInt(3) == 0;
        int[] kernels = {1, 1, 2, 3, 5};
        return new Case(
                shape(
                        5 + random.nextInt(8),
                        inputs,
                        depthwise ? inputs : 1 + random.nextInt(80),
                        kernels[random.nextInt(kernels.length)],
                        1 + random.nextInt(2),
                        depthwise ? inputs : 1,
                        hasBias),
                1 + random.nextInt(5),
                1 + random.nextInt(3),
                !hasBias && random.nextBoolean(),
                random.nextBoolean());
    }

    private static ConvolutionShape shape(
            int side, int inputs, int outputs, int kernel, int stride, int groups, boolean hasBias) {
        Window window = new Window(kernel, stride, 1, Padding.all(kernel / 2), false);
        return new ConvolutionShape(
                new Shape(side, side, inputs),
                new Shape(window.rows(side), window.columns(side), outputs),
                window,
                groups,
                hasBias);
    }

    /** What a step computes. */
    private record Results(float[] output, float[] inputDerivative, float[] weightGradient, float[] biasGradient) {}

    @ParameterizedTest
    @MethodSource("cases")
    void oneDnnAndDirectLoopsAgree(Case convolution) {
        Results oneDnn = run(convolution, ConvolutionStep::new, true);
        Results direct = run(convolution, DirectConvolutionStep::new, false);
        assertClose(oneDnn.output, direct.output);
        assertClose(oneDnn.inputDerivative, direct.inputDerivative);
        assertClose(oneDnn.weightGradient, direct.weightGradient);
        assertClose(oneDnn.biasGradient, direct.biasGradient);
    }

    private interface Constructor {
        Step step(
                ConvolutionShape shape,
                Slices slices,
                ConvolutionStep.Tensors tensors,
                ConvolutionStep.Addresses parameters,
                ConvolutionStep.Addresses gradient,
                TensorMath[] math,
                int index);
    }

    /** Runs a step; {@code overwrites} is whether it needs memory of its own for its term of the derivative. */
    private static Results run(Case convolution, Constructor constructor, boolean overwrites) {
        ConvolutionShape shape = convolution.shape;
        int samples = convolution.samples;
        int inputs = samples * shape.input().size();
        int outputs = samples * shape.output().size();
        int channels = shape.output().channels();
        int weightCount = channels * shape.input().channels() / shape.groups() * shape.kernel() * shape.kernel();
        SplittableRandom random = new SplittableRandom(5);
        Slices slices = new Slices(samples, convolution.workers);
        TensorMath[] math =
                Stream.generate(TensorMath::new).limit(convolution.workers).toArray(TensorMath[]::new);
        try (NativeFloats x = gaussian(inputs, random);
                NativeFloats dy = gaussian(outputs, random);
                NativeFloats residual = gaussian(outputs, random);
                NativeFloats dx = gaussian(inputs, random);
                NativeFloats weights = gaussian(weightCount, random);
                NativeFloats bias = gaussian(channels, random);
                NativeFloats term = poisoned(inputs);
                NativeFloats y = poisoned(outputs);
                NativeFloats weightGradient = poisoned(weightCount);
                NativeFloats biasGradient = poisoned(channels)) {
            Derivative derivative = new Derivative(
                    new Tensor(dx, shape.input()),
                    convolution.accumulates,
                    convolution.accumulates && overwrites
                            ? Optional.of(new Tensor(term, shape.input()))
                            : Optional.empty(),
                    Optional.empty());
            ConvolutionStep.Tensors tensors = new ConvolutionStep.Tensors(
                    new Tensor(x, shape.input()),
                    convolution.addsResidual ? Optional.of(new Tensor(residual, shape.output())) : Optional.empty(),
                    new Tensor(y, shape.output()),
                    Optional.of(new Tensor(dy, shape.output())),
                    Optional.of(derivative));
            try (Step step = constructor.step(
                            shape,
                            slices,
                            tensors,
                            addresses(weights, bias, shape.hasBias()),
                            addresses(weightGradient, biasGradient, shape.hasBias()),
                            math,
                            1);
                    NativeFloats scratch = new NativeFloats(step.scratchFloats() + 1)) {
                // Workers take turns here, so that they may share scratch memory.
                step.bind(Stream.generate(() -> scratch)
                        .limit(convolution.workers)
                        .toArray(NativeFloats[]::new));
                each(convolution, step::prepare);
                each(convolution, step::forward);
                each(convolution, step::backward);
                each(convolution, step::finish);
            }
            return new Results(
                    contents(y),
                    contents(dx),
                    contents(weightGradient),
                    shape.hasBias() ? contents(biasGradient) : new float[0]);
        }
    }

    private static ConvolutionStep.Addresses addresses(NativeFloats weights, NativeFloats bias, boolean hasBias) {
        Optional<FloatPointer> place = hasBias ? Optional.of(bias.at(0)) : Optional.empty();
        return new ConvolutionStep.Addresses(weights.at(0), place);
    }

    private interface Part {
        void run(int worker);
    }

    private static void each(Case convolution, Part part) {
        for (int worker = 0; worker < convolution.workers; worker++) {
            part.run(worker);
        }
    }

    private static void assertClose(float[] expected, float[] actual) {
        float scale = 1;
        for (float value : expected) {
            scale = Math.max(scale, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], 1e-5 * scale, "value " + i);
        }
    }
}
