package org.evonorm.tracking;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.nd4j.shade.protobuf.CodedOutputStream;
import org.nd4j.shade.protobuf.WireFormat;
import org.tensorflow.framework.Summary;

/**
 * An event of TensorBoard: figures at a step. ND4J brings the class of the figures and not the one of the event around
 * them, so that the event's few fields are written here.
 *
 * @param step    the step: a generation, or an optimizer step
 * @param summary the figures, none in an event that begins a file or a session
 * @param begins  whether a session begins, with which readers forget the figures from this step on
 */
record Event(long step, Summary summary, boolean begins) {

    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int SESSION_LOG = 7;
    /** The message of a session's log with the status START. */
    private static final byte[] START = {8, 1};

    private static final String VERSION = "brain.Event:2";

    /** Figures at a step. */
    static Event of(long step, Summary summary) {
        return new Event(step, summary, false);
    }

    /** The beginning of a session at a step. */
    static Event beginning(long step) {
        return new Event(step, Summary.getDefaultInstance(), true);
    }

    /** The message that every event file begins with. */
    static byte[] fileVersion() {
        return message(out -> out.writeString(FILE_VERSION, VERSION));
    }

    /** The event as a message, at the time of now. */
    byte[] message() {
        return message(out -> {
            out.writeInt64(STEP, step);
            if (begins) {
                out.writeByteArray(SESSION_LOG, START);
            } else {
                out.writeMessage(SUMMARY, summary);
            }
        });
    }

    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeDouble(WALL_TIME, System.currentTimeMillis() * 1e-3);
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads a message.
     *
     * @throws IOException if it is none
     */
    static Event read(byte[] message) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        long step = 0;
        Summary summary = Summary.getDefaultInstance();
        boolean begins = false;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case STEP -> step = in.readInt64();
                case SUMMARY -> summary = Summary.parseFrom(in.readByteArray());
                case SESSION_LOG -> {
                    in.skipField(tag);
                    begins = true;
                }
                default -> in.skipField(tag);
            }
        }
        return new Event(step, summary, begins);
    }
}
