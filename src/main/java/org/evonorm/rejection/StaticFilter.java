package org.evonorm.rejection;

import java.util.BitSet;
import java.util.Optional;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.GroupRule;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Probe;
import org.evonorm.graph.ReferenceEvaluation;

/**
 * The static filter: rejects a layer that no training can make useful (docs/design.md, "Filters"). It evaluates the
 * graph on fixed random inputs, and rejects an output that does not depend on x, is not finite or is the same at all
 * pixels of an image, and a gradient by x that is zero or not finite. The trailing affine is left out, since it repairs
 * none of these. The filter is not in the paper and takes microseconds. Not thread-safe.
 *
 * <p>An output that is the same at all pixels, as of mean_wh(x), gives the next convolution only an average of the
 * image. More than half of the random graphs that pass all other checks have such an output, and networks of them
 * hardly learn. An output that is the same at all channels, as of mean_c(x), gives it a single channel.
 */
public final class StaticFilter {

    private static final long SEED = 1;
    /** Largest change of an output, relative to the output, that counts as no change: it vanishes in float32. */
    private static final double RELATIVE_CHANGE = 1e-7;
    /** Largest change of an output that counts as no change: a rounding error of an output that is zero. */
    private static final double ABSOLUTE_CHANGE = 1e-9;
    /** Largest gradient by x that counts as zero, for gradients by the output of about 1. */
    private static final double ZERO_GRADIENT = 1e-12;

    private final Probe probe = Probe.seeded(SEED);
    private final double[] otherX = Probe.seeded(SEED + 1).x();
    private final ReferenceEvaluation evaluation = new ReferenceEvaluation(probe.shape());

    /**
     * Judges a layer by its graph.
     *
     * @return passed, or rejected with the reason
     */
    public CandidateStatus judge(Layer layer) {
        return judgeUnprobed(layer).orElseGet(() -> {
            BitSet reachable = CanonicalForm.reachable(layer.graph());
            // The probe has few channels, so that groups by another rule could be single channels or all of them there.
            return judge(
                    layer.withoutAffine().withGroups(GroupRule.DEFAULT),
                    reachable.get(LayerGraph.V0) || reachable.get(LayerGraph.V1));
        });
    }

    /** The rejection of a layer that needs no evaluation: no path leads from x to the output; empty for all others. */
    public Optional<CandidateStatus> judgeUnprobed(Layer layer) {
        return CanonicalForm.reachable(layer.graph()).get(LayerGraph.X)
                ? Optional.empty()
                : Optional.of(rejected("the output does not depend on x: no path leads from x to it"));
    }

    private CandidateStatus judge(Layer graph, boolean hasVectors) {
        ChannelVectors initial = graph.vectors().initial(probe.shape().channels());
        if (hasVectors && !finite(evaluation.train(graph, probe.x(), initial))) {
            return rejected("the output is not finite on random inputs at the initial v0 and v1");
        }
        // Random vectors stand for trained ones: x · v0 depends on x though v0 starts at 0.
        ChannelVectors trained = graph.vectors().fit(probe.vectors());
        double[] y = evaluation.train(graph, probe.x(), trained);
        if (!finite(y)) {
            return rejected("the output is not finite on random inputs");
        }
        double[] dx = evaluation.gradient(probe.outputGradient()).x();
        if (!finite(dx)) {
            return rejected("the gradient by x is not finite on random inputs");
        }
        // Batch statistics are fixed, as in evaluation mode: there a mean over the batch is a constant.
        double[] otherY = evaluation.evaluate(graph, otherX, trained, evaluation.batchStatistics());
        if (!finite(otherY)) {
            return rejected("the output is not finite on random inputs in evaluation mode");
        }
        if (same(y, otherY)) {
            return rejected("the output does not depend on x: in evaluation mode it stays the same when x changes");
        }
        if (flat(y)) {
            return rejected("the output is the same at all pixels of an image");
        }
        if (gray(y)) {
            return rejected("the output is the same at all channels of a pixel");
        }
        return largest(dx) <= ZERO_GRADIENT
                ? rejected("the gradient by x is zero everywhere")
                : new CandidateStatus.Passed();
    }

    private static CandidateStatus rejected(String reason) {
        return new CandidateStatus.Rejected(CandidateStatus.Filter.STATIC, reason);
    }

    /** Whether all values are finite in float32, in which networks are trained. */
    private static boolean finite(double[] values) {
        return largest(values) <= Float.MAX_VALUE;
    }

    /** The largest absolute value; NaN if one of the values is NaN. */
    private static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** Whether every channel has one value at all pixels of each image. */
    private boolean flat(double[] y) {
        int channels = probe.shape().channels();
        int image = probe.shape().height() * probe.shape().width() * channels;
        for (int i = 0; i < y.length; i++) {
            int firstPixel = i / image * image + i % channels;
            if (!same(y[i], y[firstPixel])) {
                return false;
            }
        }
        return true;
    }

    /** Whether every pixel has one value at all channels. */
    private boolean gray(double[] y) {
        int channels = probe.shape().channels();
        for (int i = 0; i < y.length; i++) {
            if (!same(y[i], y[i / channels * channels])) {
                return false;
            }
        }
        return true;
    }

    private static boolean same(double[] y, double[] otherY) {
        for (int i = 0; i < y.length; i++) {
            if (!same(y[i], otherY[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean same(double a, double b) {
        return Math.abs(a - b) <= RELATIVE_CHANGE * Math.max(Math.abs(a), Math.abs(b)) + ABSOLUTE_CHANGE;
    }
}
