package org.evonorm.cli.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.evonorm.engine.cpu.LayerRun;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.rejection.StaticFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerErrorsTest {

    private static final double TOLERANCE = 1e-4;

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Gradients of v0 or v1 that are exactly zero.
                "x + std_wh(v0 + x)",
                "x + std_bwh(v0) | no affine",
                "x + v1 / v1",
                "v1 * x / rms_bwh(v1 * x)",
                "x + (mean_bwh(x) - mean_bwh(x))",
                "x + v0 * 0",
                "square(-x) * std_whcg(std_whc(v0)) | no affine",
                // Gradients of x of which little or nothing is left.
                "x / x | no affine",
                "sigmoid(x) / sigmoid(x)",
                "tanh(v1 / x) | no affine",
                "tanh(exp(x))",
                // Values near a zero of log.
                "x / log(x)",
                "log(log(log(x))) | no affine",
                // Gradients of very different sizes.
                "exp(x) * exp(x)"
            })
    void rightLayersPassWhateverVanishes(String formula) {
        for (long seed = 1; seed <= 3; seed++) {
            LayerErrors errors = LayerErrors.of(Formula.parse(formula), seed);
            assertTrue(errors.largest() <= TOLERANCE, errors + " with seed " + seed);
        }
    }

    @Test
    void randomLayersThatPassTheStaticFilterPass() {
        StaticFilter filter = new StaticFilter();
        SplittableRandom random = new SplittableRandom(11);
        List<String> failing = new ArrayList<>();
        for (int tried = 0; tried < 150; ) {
            Family family = random.nextBoolean() ? Family.B : Family.S;
            Layer layer = new Layer(new RandomGraphs(family, 3 + random.nextInt(8)).next(random), random.nextBoolean());
            if (filter.judge(layer) instanceof CandidateStatus.Passed) {
                tried++;
                LayerErrors errors = LayerErrors.of(layer, tried);
                if (!(errors.largest() <= TOLERANCE)) {
                    failing.add(errors + " of "
                            + Formula.print(CanonicalLayer.of(layer).layer()));
                }
            }
        }
        assertEquals(List.of(), failing);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x / max(std_bwh(x), v1 * x + std_wh(x))",
                "x + std_wh(v0 + x)",
                "x * sigmoid(v1 * x) / std_whcg(x)",
                "tanh(x + v0) / std_whc(x)",
                "x + v1 / v1"
            })
    void wrongGradientsAreFound(String formula) {
        Layer layer = Formula.parse(formula);
        List<UnaryOperator<LayerRun>> faults = List.of(
                run -> with(run, scaled(run.dx(), 1.001f), run.gradient()),
                run -> with(run, oneChanged(run.dx()), run.gradient()),
                run -> with(run, run.dx(), added(run.gradient(), 0.1, 0, 0)),
                run -> with(run, run.dx(), added(run.gradient(), 0, 0.1, 0)),
                run -> with(run, run.dx(), added(run.gradient(), 0, 0, 0.1)));
        for (int i = 0; i < faults.size(); i++) {
            LayerErrors errors = LayerErrors.of(layer, 1, faults.get(i));
            assertTrue(errors.gradients() > TOLERANCE, errors + " with fault " + i);
        }
    }

    private static LayerRun with(LayerRun run, float[] dx, ChannelVectors gradient) {
        return new LayerRun(run.output(), dx, gradient, run.statistics());
    }

    private static float[] scaled(float[] values, float factor) {
        float[] result = values.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] *= factor;
        }
        return result;
    }

    private static float[] oneChanged(float[] values) {
        float[] result = values.clone();
        result[result.length / 2] += 0.01f;
        return result;
    }

    /** The gradient with numbers added to one channel. */
    private static ChannelVectors added(ChannelVectors gradient, double v0, double v1, double gamma) {
        return new ChannelVectors(
                added(gradient.v0(), v0), added(gradient.v1(), v1), added(gradient.gamma(), gamma), gradient.beta());
    }

    private static double[] added(double[] values, double number) {
        double[] result = values.clone();
        result[3] += number;
        return result;
    }
}
