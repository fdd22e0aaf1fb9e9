package org.evonorm.export.onnx;

import java.util.ArrayList;
import java.util.List;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.evonorm.export.layer.Convention;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.graph.LayerJson;

/**
 * The export to ONNX: a layer in evaluation mode as a model of one input, x, and one output, y, in float32. Samples and
 * space have any size; the number of channels is that of the parameters, which are constants of the model under the
 * names that they have in the exported modules.
 */
public final class OnnxModel {

    /**
     * ONNX 1.8's operators: the first version whose operators all take every floating-point type, so that tools that
     * convert or quantize models take it; nothing newer is needed. (The axes of ReduceMean are an attribute until 17.)
     */
    private static final int OPERATORS = 13;
    /** The version of the file format that belongs to the operators. */
    private static final int FORMAT = 7;

    private OnnxModel() {}

    /** The bytes of the model's file. */
    public static byte[] write(ExportedLayer exported, OnnxParameters parameters, OnnxLayout layout) {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName(exported.className())
                .addInput(tensor(EvaluationGraph.INPUT, parameters.channels(), layout))
                .addOutput(tensor(EvaluationGraph.OUTPUT, parameters.channels(), layout));
        EvaluationGraph.addTo(graph, exported, parameters, layout);
        return ModelProto.newBuilder()
                .setIrVersion(FORMAT)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPERATORS))
                .setProducerName("evonorm")
                .setDocString(description(exported))
                .addMetadataProps(entry("layer", LayerJson.write(exported.layer())))
                .addMetadataProps(entry("convention", exported.convention().symbol()))
                .addMetadataProps(entry("layout", layout.name()))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder()
                .setKey("evonorm." + key)
                .setValue(value)
                .build();
    }

    /**
     * A float32 tensor whose dimensions have the layout's letters for names, but for the channels, which have a size.
     */
    private static ValueInfoProto tensor(String name, int channels, OnnxLayout layout) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int axis = 0; axis < layout.rank(); axis++) {
            TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
            if (axis == layout.channelAxis()) {
                dimension.setDimValue(channels);
            } else {
                dimension.setDimParam(layout.name().substring(axis, axis + 1));
            }
            shape.addDim(dimension);
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                                .setShape(shape)))
                .build();
    }

    private static String description(ExportedLayer exported) {
        List<String> paragraphs = new ArrayList<>();
        paragraphs.add(exported.title()
                + ", a normalization-activation layer in evaluation mode, written by evonorm's export.");
        paragraphs.add(exported.equation());
        if (exported.convention() == Convention.PAPER) {
            paragraphs.add("As in the paper's code, eps stands in roots alone.");
        }
        if (exported.hasGroups()) {
            paragraphs.add(
                    "Channels are divided into " + exported.layer().groups().description() + ".");
        }
        paragraphs.addAll(exported.provenance());
        return String.join("\n", paragraphs);
    }
}
