package org.evonorm.engine.cpu.step;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.evonorm.engine.NativeLibraries;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.onednn.ConvolutionShape;
import org.evonorm.network.Shape;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time of a convolution by oneDNN and by direct loops, in microseconds: forward pass, weight gradient alone, and both
 * gradients.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ConvolutionBenchmark {

    /** Samples, side, input channels, output channels, kernel, stride, groups. */
    @Param({
        "32 24 3 8 7 1 1",
        "32 12 16 16 3 1 1",
        "32 6 64 64 3 2 1",
        "128 3 128 128 3 1 1",
        "128 24 16 96 1 1 1",
        "128 24 96 96 3 1 96",
        "32 6 96 96 7 1 96",
        "32 6 96 288 1 1 1"
    })
    public String convolution;

    @Param({"false", "true"})
    public boolean direct;

    private NativeFloats[] memory;
    private NativeFloats[] scratch;
    private Step gradients;
    private Step weightGradient;

    /** Binds the convolution twice, with and without the gradient with respect to its input. */
    @Setup
    public void bind() {
        NativeLibraries.prepare();
        int[] numbers =
                Stream.of(convolution.split(" ")).mapToInt(Integer::parseInt).toArray();
        int samples = numbers[0];
        int side = numbers[1];
        int outSide = (side - 1) / numbers[5] + 1;
        ConvolutionShape shape = new ConvolutionShape(
                new Shape(side, side, numbers[2]),
                new Shape(outSide, outSide, numbers[3]),
                numbers[4],
                numbers[5],
                numbers[6],
                false);
        int inputs = samples * shape.input().size();
        int outputs = samples * shape.output().size();
        int weights = numbers[3] * numbers[2] / numbers[6] * numbers[4] * numbers[4];
        SplittableRandom random = new SplittableRandom(1);
        memory = Stream.of(inputs, outputs, outputs, inputs, weights, weights)
                .map(count -> gaussian(count, random))
                .toArray(NativeFloats[]::new);
        gradients = step(shape, samples, Optional.of(new Tensor(memory[3], shape.input())));
        weightGradient = step(shape, samples, Optional.empty());
        scratch = new NativeFloats[] {new NativeFloats(gradients.scratchFloats() + 1)};
        for (Step step : new Step[] {gradients, weightGradient}) {
            step.bind(scratch);
            step.prepare(0);
        }
    }

    private Step step(ConvolutionShape shape, int samples, Optional<Tensor> inputDerivative) {
        ConvolutionStep.Tensors tensors = new ConvolutionStep.Tensors(
                new Tensor(memory[0], shape.input()),
                Optional.empty(),
                new Tensor(memory[1], shape.output()),
                Optional.of(new Tensor(memory[2], shape.output())),
                inputDerivative.map(tensor -> new Derivative(tensor, false, Optional.empty(), Optional.empty())));
        ConvolutionStep.Addresses parameters = new ConvolutionStep.Addresses(memory[4].at(0), Optional.empty());
        ConvolutionStep.Addresses gradient = new ConvolutionStep.Addresses(memory[5].at(0), Optional.empty());
        Slices slices = new Slices(samples, 1);
        TensorMath[] math = {new TensorMath()};
        return direct
                ? new DirectConvolutionStep(shape, slices, tensors, parameters, gradient, math, 0)
                : new ConvolutionStep(shape, slices, tensors, parameters, gradient, math, 0);
    }

    private static NativeFloats gaussian(int count, SplittableRandom random) {
        NativeFloats floats = new NativeFloats(count);
        for (int i = 0; i < count; i++) {
            floats.buffer().put(i, (float) random.nextGaussian());
        }
        return floats;
    }

    /** Frees native memory. */
    @TearDown
    public void close() {
        gradients.close();
        weightGradient.close();
        Stream.concat(Stream.of(memory), Stream.of(scratch)).forEach(NativeFloats::close);
    }

    @Benchmark
    public NativeFloats forward() {
        gradients.forward(0);
        return memory[1];
    }

    @Benchmark
    public NativeFloats weightGradient() {
        weightGradient.backward(0);
        weightGradient.finish(0);
        return memory[5];
    }

    @Benchmark
    public NativeFloats gradients() {
        gradients.backward(0);
        gradients.finish(0);
        return memory[3];
    }
}
