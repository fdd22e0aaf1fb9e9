package org.evonorm.network.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.evonorm.network.MisfitException;
import org.evonorm.network.Network;
import org.evonorm.network.Operator;
import org.evonorm.network.onnx.graph.OnnxException;
import org.evonorm.network.onnx.graph.OnnxGraph;

/**
 * A network that was read from an ONNX file.
 *
 * @param places    all normalizations of the file
 * @param operators operators of the network, the last of which is dense
 */
public record OnnxNetwork(List<FoundPlace> places, List<Operator> operators) {

    /** Image sizes of which one must fit, from the sizes of proxies on: a network may need images of some size. */
    private static final List<Integer> SIZES = List.of(24, 32, 64, 224, 512);

    public OnnxNetwork {
        places = List.copyOf(places);
        operators = List.copyOf(operators);
    }

    /**
     * Reads a file.
     *
     * @throws OnnxException if the file cannot be read, is no ONNX model, or has a node that is not supported; the
     *     message names the file, and the node with its operator
     */
    public static OnnxNetwork read(Path file, Places choice) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException | OutOfMemoryError e) {
            throw new OnnxException("the network's file " + file + " cannot be read (" + reason(e) + ")", e);
        }
        try {
            Translation translation = new Translation(OnnxGraph.parse(bytes), choice);
            List<Operator> operators = translation.run();
            requireShapes(operators, translation);
            return new OnnxNetwork(translation.places(), operators);
        } catch (OnnxException e) {
            throw new OnnxException(
                    "the network's file " + file + " cannot be used: "
                            // Names of nodes come from the file.
                            + e.getMessage().replaceAll("\\p{Cntrl}", "?"),
                    e);
        }
    }

    private static String reason(Throwable e) {
        return e instanceof NoSuchFileException ? "it does not exist" : String.valueOf(e.getMessage());
    }

    private static void requireShapes(List<Operator> operators, Translation translation) {
        Network network = new Network("file", operators);
        String problem = "";
        for (int size : SIZES) {
            try {
                network.shapes(size, size);
                return;
            } catch (MisfitException e) {
                problem = "the " + translation.node(e.operator()).text() + ", in images of " + size + "×" + size
                        + " pixels, " + e.reason();
            }
        }
        throw new OnnxException(problem);
    }

    /** The network, for the classes of the file. */
    public Network network(String name) {
        return new Network(name, operators);
    }
}
