package org.evonorm.network.onnx.graph;

/** A file that is no ONNX model, or a model that has no translation; the message is one sentence. */
public final class OnnxException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    public OnnxException(String message) {
        super(message);
    }

    public OnnxException(String message, Throwable cause) {
        super(message, cause);
    }
}
