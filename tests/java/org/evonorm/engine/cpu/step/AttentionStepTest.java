package org.evonorm.engine.cpu.step;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.evonorm.engine.NativeLibraries;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.memory.TestTensors;
import org.evonorm.network.Shape;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttentionStepTest {

    private static final double STEP = 1e-5;
    /** Number of derivatives that are compared with finite differences, drawn with replacement. */
    private static final int SLOPES = 60;

    @BeforeAll
    static void prepare() {
        NativeLibraries.prepare();
    }

    /** Sizes of a case; the input is [samples, height · width, 3, heads, size]. */
    private record Sizes(int samples, int height, int width, int heads, int size) {

        int tokens() {
            return height * width;
        }

        Shape input() {
            return new Shape(height, width, 3 * heads * size);
        }

        Shape output() {
            return new Shape(height, width, heads * size);
        }

        /** Index of a value in the input: of the queries (part 0), keys (1) or values (2). */
        int at(int sample, int token, int part, int head, int i) {
            return (((sample * tokens() + token) * 3 + part) * heads + head) * size + i;
        }
    }

    /** The output in float64, row by row. */
    private static double[] reference(Sizes sizes, double[] x) {
        double[] out = new double[sizes.samples * sizes.output().size()];
        double[] probability = new double[sizes.tokens()];
        for (int sample = 0; sample < sizes.samples; sample++) {
            for (int head = 0; head < sizes.heads; head++) {
                for (int query = 0; query < sizes.tokens(); query++) {
                    double largest = Double.NEGATIVE_INFINITY;
                    for (int key = 0; key < sizes.tokens(); key++) {
                        double score = 0;
                        for (int i = 0; i < sizes.size; i++) {
                            score += x[sizes.at(sample, query, 0, head, i)] * x[sizes.at(sample, key, 1, head, i)];
                        }
                        probability[key] = score / Math.sqrt(sizes.size);
                        largest = Math.max(largest, probability[key]);
                    }
                    double sum = 0;
                    for (int key = 0; key < sizes.tokens(); key++) {
                        probability[key] = Math.exp(probability[key] - largest);
                        sum += probability[key];
                    }
                    for (int i = 0; i < sizes.size; i++) {
                        double mean = 0;
                        for (int key = 0; key < sizes.tokens(); key++) {
                            mean += probability[key] / sum * x[sizes.at(sample, key, 2, head, i)];
                        }
                        out[((sample * sizes.tokens() + query) * sizes.heads + head) * sizes.size + i] = mean;
                    }
                }
            }
        }
        return out;
    }

    /** Output and derivative of the input that the step computes. */
    private record Run(float[] output, float[] inputDerivative) {}

    /** Runs the step; {@code earlier} are the terms of later operators that the derivative is added to, if any. */
    private static Run run(
            Sizes sizes, float[] x, Optional<float[]> outputDerivative, Optional<float[]> earlier, int workers) {
        Slices slices = new Slices(sizes.samples, workers);
        TensorMath[] math = Stream.generate(TensorMath::new).limit(workers).toArray(TensorMath[]::new);
        float[] before = earlier.orElseGet(() -> {
            float[] garbage = new float[x.length];
            Arrays.fill(garbage, Float.NaN);
            return garbage;
        });
        try (NativeFloats input = TestTensors.of(x);
                NativeFloats output =
                        new NativeFloats((long) sizes.samples * sizes.output().size());
                NativeFloats dy = TestTensors.of(outputDerivative.orElseGet(() -> new float[1]));
                NativeFloats dx = TestTensors.of(before);
                NativeFloats term = new NativeFloats(x.length)) {
            Derivative derivative = new Derivative(
                    new Tensor(dx, sizes.input()),
                    earlier.isPresent(),
                    earlier.map(present -> new Tensor(term, sizes.input())),
                    Optional.empty());
            AttentionStep step = new AttentionStep(
                    sizes.heads,
                    slices,
                    new Tensor(input, sizes.input()),
                    new Tensor(output, sizes.output()),
                    outputDerivative.map(present -> new Tensor(dy, sizes.output())),
                    outputDerivative.map(present -> derivative),
                    math);
            NativeFloats[] scratch = Stream.generate(() -> new NativeFloats(step.scratchFloats() + 1))
                    .limit(workers)
                    .toArray(NativeFloats[]::new);
            step.bind(scratch);
            for (int worker = 0; worker < workers; worker++) {
                step.forward(worker);
            }
            for (int worker = 0; worker < workers; worker++) {
                // Other steps use the scratch memory between the two passes.
                scratch[worker].fill(Float.NaN);
                step.backward(worker);
            }
            step.close();
            Stream.of(scratch).forEach(NativeFloats::close);
            return new Run(TestTensors.contents(output), TestTensors.contents(dx));
        }
    }

    private static float[] random(SplittableRandom random, int count, double deviation) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }

    private static double[] doubles(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    private static double distance(float[] found, double[] wanted) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < found.length; i++) {
            difference += (found[i] - wanted[i]) * (found[i] - wanted[i]);
            norm += wanted[i] * wanted[i];
        }
        return Math.sqrt(difference / norm);
    }

    @ParameterizedTest
    @CsvSource({
        "5, 3, 3, 2, 8, 1",
        "3, 6, 6, 3, 16, 2",
        "2, 7, 1, 1, 5, 3",
        "1, 2, 1, 2, 3, 1",
        "4, 5, 2, 6, 1, 2",
        "2, 8, 8, 4, 8, 1",
        "2, 17, 1, 2, 32, 1"
    })
    void outputAndDerivativeAreThoseOfFloat64(int samples, int height, int width, int heads, int size, int workers) {
        Sizes sizes = new Sizes(samples, height, width, heads, size);
        SplittableRandom random = new SplittableRandom(samples * 31L + size);
        float[] x = random(random, samples * sizes.input().size(), 1.5);
        float[] dy = random(random, samples * sizes.output().size(), 1);
        Run run = run(sizes, x, Optional.of(dy), Optional.empty(), workers);
        assertTrue(distance(run.output, reference(sizes, doubles(x))) < 1e-6, "output");
        int[] chosen = random.ints(SLOPES, 0, x.length).toArray();
        double[] wanted = finiteDifferences(sizes, x, dy, chosen);
        float[] found = new float[SLOPES];
        for (int i = 0; i < SLOPES; i++) {
            found[i] = run.inputDerivative[chosen[i]];
        }
        assertTrue(distance(found, wanted) < 3e-6, "derivative");
    }

    /** The derivative of Σ dy · output at some inputs, by central differences of the float64 reference. */
    private static double[] finiteDifferences(Sizes sizes, float[] x, float[] dy, int[] inputs) {
        double[] slopes = new double[inputs.length];
        int sampleFloats = sizes.input().size();
        int outputFloats = sizes.output().size();
        Sizes one = new Sizes(1, sizes.height, sizes.width, sizes.heads, sizes.size);
        for (int i = 0; i < inputs.length; i++) {
            int sample = inputs[i] / sampleFloats;
            double[] moved = doubles(Arrays.copyOfRange(x, sample * sampleFloats, (sample + 1) * sampleFloats));
            moved[inputs[i] % sampleFloats] += STEP;
            double[] ahead = reference(one, moved);
            moved[inputs[i] % sampleFloats] -= 2 * STEP;
            double[] behind = reference(one, moved);
            for (int j = 0; j < outputFloats; j++) {
                slopes[i] += dy[sample * outputFloats + j] * (ahead[j] - behind[j]) / (2 * STEP);
            }
        }
        return slopes;
    }

    @Test
    void largeScoresDoNotOverflow() {
        Sizes sizes = new Sizes(2, 4, 3, 2, 4);
        SplittableRandom random = new SplittableRandom(3);
        float[] x = random(random, 2 * sizes.input().size(), 300);
        Run run = run(sizes, x, Optional.of(random(random, 2 * sizes.output().size(), 1)), Optional.empty(), 1);
        assertTrue(distance(run.output, reference(sizes, doubles(x))) < 1e-5);
        for (float slope : run.inputDerivative) {
            assertTrue(Float.isFinite(slope));
        }
    }

    @Test
    void anInfiniteScoreStaysInItsSample() {
        Sizes sizes = new Sizes(2, 2, 2, 1, 3);
        float[] x = random(new SplittableRandom(4), 2 * sizes.input().size(), 1);
        x[0] = Float.POSITIVE_INFINITY;
        float[] output = run(sizes, x, Optional.empty(), Optional.empty(), 1).output;
        assertTrue(Float.isNaN(output[0]), "an infinite query makes no probabilities");
        for (int i = output.length / 2; i < output.length; i++) {
            assertTrue(Float.isFinite(output[i]));
        }
    }

    @Test
    void addsToTheTermsOfLaterOperators() {
        Sizes sizes = new Sizes(3, 3, 2, 2, 4);
        SplittableRandom random = new SplittableRandom(5);
        float[] x = random(random, 3 * sizes.input().size(), 1);
        float[] dy = random(random, 3 * sizes.output().size(), 1);
        float[] earlier = random(random, x.length, 1);
        float[] alone = run(sizes, x, Optional.of(dy), Optional.empty(), 2).inputDerivative;
        float[] sum = run(sizes, x, Optional.of(dy), Optional.of(earlier), 2).inputDerivative;
        for (int i = 0; i < sum.length; i++) {
            assertEquals(earlier[i] + alone[i], sum[i], 1e-6);
        }
    }

    @Test
    void evaluationGivesTheBitsOfTrainingWhateverTheWorkers() {
        Sizes sizes = new Sizes(4, 6, 6, 3, 16);
        SplittableRandom random = new SplittableRandom(6);
        float[] x = random(random, 4 * sizes.input().size(), 1);
        float[] dy = random(random, 4 * sizes.output().size(), 1);
        Run training = run(sizes, x, Optional.of(dy), Optional.empty(), 1);
        Run divided = run(sizes, x, Optional.of(dy), Optional.empty(), 5);
        assertArrayEquals(training.output, run(sizes, x, Optional.empty(), Optional.empty(), 1).output);
        assertArrayEquals(training.output, divided.output, 1e-6f);
        assertArrayEquals(training.inputDerivative, divided.inputDerivative, 1e-5f);
    }
}
