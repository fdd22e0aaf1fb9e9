package org.evonorm.export.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.Origin;
import org.evonorm.export.ExportFormat;
import org.evonorm.export.onnx.OnnxLayout;
import org.evonorm.export.onnx.OnnxModel;
import org.evonorm.export.onnx.OnnxParameters;
import org.evonorm.graph.Formula;
import org.evonorm.settings.ProxyDescription;
import org.evonorm.store.StoredCandidate;
import org.junit.jupiter.api.Test;

/** The sentences on a candidate that leaves its run. */
class ProvenanceTest {

    private static final ProxyDescription PROXY = ProxyDescription.of(ConfigFactory.parseString(
            "search.networks = [resnet50, mobilenetv2], networks.mobilenetv2.width = 0.125, training.steps = 300,"
                    + " data.source = cifar, data.training-images = 5000"));

    private static ExportedLayer exported(String formula, String status, Map<String, Double> accuracies) {
        Candidate candidate = new Candidate("0123456789abcdef", new Origin.Random(), 3, 7, Formula.parse(formula));
        return ExportedLayer.of("runs/x", new StoredCandidate(candidate, status, accuracies), PROXY);
    }

    private static Map<String, Double> accuracies() {
        Map<String, Double> accuracies = new LinkedHashMap<>();
        accuracies.put("resnet50", 0.7549);
        accuracies.put("mobilenetv2", 0.5);
        return accuracies;
    }

    @Test
    void accuraciesComeWithTheirTask() {
        List<String> sentences =
                exported("x / std_bwh(x)", "trained", accuracies()).provenance();
        assertTrue(sentences.get(0).contains("runs/x") && sentences.get(0).contains("generation 3"), sentences.get(0));
        assertEquals(
                "Validation accuracies there: resnet50 (width 0.25, depth 1, cifar) 75.5%, mobilenetv2 (width 0.125, depth 1,"
                        + " cifar) 50.0%, after 300 steps of 128 crops of 24×24 on at most 5000 images of the source cifar.",
                sentences.get(1));
        String stopped = exported("x", "stopped", accuracies()).provenance().get(1);
        assertTrue(stopped.contains("after a part of 300 steps") && stopped.contains("is stopped"), stopped);
        String rejected =
                exported("x", "rejected-quality", Map.of()).provenance().get(1);
        assertEquals("It was not trained there; its status is rejected-quality.", rejected);
    }

    @Test
    void theCostIsThatOfThePlan() {
        assertEquals(
                "A training step in evonorm's CPU engine takes 1 forward and 1 backward passes over the activations, and saves"
                        + " 4 bytes per value of x for the gradient.",
                exported("tanh(x)", "trained", accuracies()).provenance().get(2));
        String two = exported("x * sigmoid(x) / std_whcg(x)", "trained", accuracies())
                .provenance()
                .get(2);
        assertTrue(two.contains("2 forward and 2 backward") && two.contains("per sample and channel"), two);
    }

    @Test
    void everyFormatWithCommentsSaysIt() throws Exception {
        ExportedLayer exported = exported("x / std_wh(x)", "trained", accuracies());
        for (ExportFormat format :
                List.of(ExportFormat.PYTORCH, ExportFormat.KERAS, ExportFormat.JAX, ExportFormat.LATEX)) {
            String text = format.write(exported).replaceAll("\\s+", " ");
            assertTrue(text.contains("resnet50 (width 0.25, depth 1, cifar) 75.5%"), format.symbol());
            assertTrue(text.contains("backward passes"), format.symbol());
            assertEquals(format == ExportFormat.PYTORCH, text.contains("the module saves x and"), format.symbol());
        }
        String model = onnx.Onnx.ModelProto.parseFrom(
                        OnnxModel.write(exported, OnnxParameters.initial(exported, 8), OnnxLayout.NCHW))
                .getDocString();
        assertTrue(model.contains("75.5%") && model.contains("backward passes"), model);
        assertFalse(ExportFormat.PYTORCH
                .write(ExportedLayer.of(Formula.parse("x / std_wh(x)")))
                .contains("the module saves"));
    }
}
