package org.evonorm.export;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.evonorm.engine.cpu.LayerRuns;
import org.evonorm.export.layer.Convention;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.ReferenceEvaluation;
import org.evonorm.graph.TensorShape;

/**
 * The check file of an exported module: values and gradients of a layer on small random inputs, as the CPU engine
 * computes them in training mode, and in evaluation mode after some training steps. A second case has inputs that are
 * zero or at a tie, where derivatives are a choice. The module compares itself with them in float64.
 */
public final class CheckFile {

    /** Most draws of inputs: near the edge of a maximum, rounding counts, and other inputs are tried. */
    private static final int DRAWS = 10;
    /** The error, relative to the mean size of the values, with which no further inputs are tried. */
    private static final double ROUNDING = 1e-5;

    private static final int DRAWS_AT_EDGES = 5;
    /**
     * The largest error of inputs with exact zeros and ties. Above it, rounding moves values from one side of an edge
     * to the other, and nothing is compared.
     */
    private static final double MOST_ERROR_AT_EDGES = 1e-3;

    private static final JsonMapper JSON = new JsonMapper();

    private CheckFile() {}

    /**
     * The check file of a layer, as JSON text.
     *
     * @throws IllegalArgumentException if the layer's values or gradients are not finite on random inputs
     */
    public static String write(ExportedLayer exported) {
        Layer canonical = CanonicalLayer.of(exported.layer()).layer();
        LayerRuns runs = new LayerRuns(canonical);
        SplittableRandom random = new SplittableRandom(1);
        boolean isOfEngine = exported.convention() == Convention.EVONORM;
        CheckDraw best = best(canonical, runs, random.split(), false, isOfEngine)
                .orElseThrow(() -> new IllegalArgumentException("the layer " + Formula.print(exported.layer())
                        + " has values or gradients that are not finite on random inputs, so its module cannot be"
                        + " checked;"
                        + " export it as latex, dot or json"));
        Optional<CheckDraw> edges = best(canonical, runs, random.split(), true, isOfEngine)
                .filter(draw -> draw.results.error() <= MOST_ERROR_AT_EDGES);
        return json(exported, best, edges);
    }

    /** The first draw whose error is no more than rounding, or else the one with the smallest error. */
    private static Optional<CheckDraw> best(
            Layer layer, LayerRuns runs, SplittableRandom random, boolean hasEdges, boolean isOfEngine) {
        ReferenceEvaluation reference = new ReferenceEvaluation(CheckDraw.SHAPE);
        Optional<CheckDraw> best = Optional.empty();
        for (int i = 0; i < (hasEdges ? DRAWS_AT_EDGES : DRAWS); i++) {
            CheckDraw draw = new CheckDraw(layer, runs, reference, random.split(), hasEdges);
            boolean isBetter = draw.results.isFinite()
                    && (isOfEngine || draw.isSmooth())
                    && best.stream().allMatch(other -> draw.results.error() < other.results.error());
            if (isBetter) {
                best = Optional.of(draw);
                if (draw.results.error() <= ROUNDING) {
                    return best;
                }
            }
        }
        return best;
    }

    private static String json(ExportedLayer exported, CheckDraw best, Optional<CheckDraw> edges) {
        TensorShape shape = CheckDraw.SHAPE;
        ObjectNode json = JSON.createObjectNode().put("layer", Formula.print(exported.layer()));
        json.put("engine", "cpu")
                .put("layout", "NHWC")
                .set(
                        "shape",
                        JSON.createArrayNode()
                                .add(shape.batch())
                                .add(shape.height())
                                .add(shape.width())
                                .add(shape.channels()));
        json.put("eps", LayerGraph.EPSILON)
                .put("decay", CheckDraw.DECAY)
                .put("rtol", CheckedResults.RELATIVE_TOLERANCE);
        json.put("groups", exported.layer().groups().count(shape.channels()));
        putTraining(json.putObject("training"), best);
        ArrayNode atEdges = json.putArray("training_at_edges");
        edges.ifPresent(draw -> putTraining(atEdges.addObject(), draw));
        ArrayNode further = json.putArray("further_inputs");
        best.inputs.stream().skip(1).forEach(x -> further.add(CheckedResults.array(x)));
        ObjectNode evaluation = json.putObject("evaluation");
        evaluation.set("x", CheckedResults.array(best.evaluationInput));
        evaluation.set("y", best.results.json("evaluation"));
        ArrayNode positions = evaluation.putArray("nan_where_x_is_nan");
        Arrays.stream(best.nan()).forEach(positions::add);
        return json.toPrettyString().replace("\r\n", "\n") + "\n";
    }

    private static void putTraining(ObjectNode training, CheckDraw draw) {
        ObjectNode parameters = training.putObject("parameters");
        draw.present(draw.vectors).forEach((name, values) -> parameters.set(name, CheckedResults.array(values)));
        training.set("x", CheckedResults.array(draw.inputs.get(0)));
        training.set("dy", CheckedResults.array(draw.dy));
        training.set("y", draw.results.json("y"));
        training.set("dx", draw.results.json("dx"));
        ObjectNode gradients = training.putObject("gradients");
        draw.present(draw.vectors).keySet().forEach(name -> gradients.set(name, draw.results.json("d" + name)));
    }
}
