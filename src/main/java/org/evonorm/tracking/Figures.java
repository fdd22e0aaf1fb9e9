package org.evonorm.tracking;

import org.nd4j.shade.protobuf.ByteString;
import org.tensorflow.framework.DataType;
import org.tensorflow.framework.Summary;
import org.tensorflow.framework.SummaryMetadata;
import org.tensorflow.framework.TensorProto;
import org.tensorflow.framework.TensorShapeProto;

/** Figures and texts at a step, as TensorBoard takes them. */
final class Figures {

    private final Summary.Builder summary = Summary.newBuilder();

    /** Adds a figure; one that is no number is left out. */
    Figures figure(String tag, double value) {
        if (!Double.isNaN(value)) {
            summary.addValue(Summary.Value.newBuilder().setTag(tag).setSimpleValue((float) value));
        }
        return this;
    }

    /** Adds a text in Markdown, for the page of texts. */
    Figures text(String tag, String markdown) {
        summary.addValue(Summary.Value.newBuilder()
                .setTag(tag)
                .setMetadata(SummaryMetadata.newBuilder()
                        .setPluginData(SummaryMetadata.PluginData.newBuilder().setPluginName("text")))
                .setTensor(TensorProto.newBuilder()
                        .setDtype(DataType.DT_STRING)
                        .setTensorShape(TensorShapeProto.getDefaultInstance())
                        .addStringVal(ByteString.copyFromUtf8(markdown))));
        return this;
    }

    Summary summary() {
        return summary.build();
    }
}
