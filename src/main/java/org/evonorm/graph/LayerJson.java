package org.evonorm.graph;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.evonorm.text.Quotation;

/**
 * The JSON form of layers, {@code {"nodes":[{"op":"std","over":"bwh","in":[0]}, …],"affine":true}}, in which tables
 * store layers. Unreachable nodes and the order of nodes are kept, so a round trip gives an equal layer
 * (docs/design.md, "Text and JSON forms").
 */
public final class LayerJson {

    /** The largest number of brackets and braces inside one another; layers have four. */
    private static final int MOST_NESTED = 20;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MOST_NESTED)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private LayerJson() {}

    /** The layer as JSON on one line. */
    public static String write(Layer layer) {
        ObjectNode json = MAPPER.createObjectNode();
        ArrayNode nodes = json.putArray("nodes");
        for (Node node : layer.graph().nodes()) {
            ObjectNode object = nodes.addObject();
            if (node.primitive() instanceof Aggregate aggregate) {
                object.put("op", aggregate.statistic().symbol())
                        .put("over", aggregate.over().symbol());
            } else {
                object.put("op", node.primitive().symbol());
            }
            ArrayNode inputs = object.putArray("in");
            node.inputs().forEach(inputs::add);
        }
        json.put("affine", layer.affine());
        if (!layer.vectors().equals(TrainableVectors.PAPER)) {
            ObjectNode vectors = json.putObject("vectors");
            for (int id : List.of(LayerGraph.V0, LayerGraph.V1)) {
                TrainableVector vector = layer.vectors().of(id);
                vectors.putObject(id == LayerGraph.V0 ? "v0" : "v1")
                        .put("per", vector.per().symbol())
                        .put("start", vector.start());
            }
        }
        if (!layer.groups().equals(GroupRule.DEFAULT)) {
            json.putObject("groups")
                    .put(layer.groups().kind().symbol(), layer.groups().number());
        }
        return json.toString();
    }

    /**
     * The layer that the JSON form describes.
     *
     * @throws IllegalArgumentException if the text is not the JSON form of a layer, or the layer has more than
     *     {@link Formula#MOST_NODES} nodes; the message names the node at fault
     */
    public static Layer read(String json) {
        JsonNode tree = tree(json);
        checkFields("the layer", tree, Set.of("nodes", "affine", "vectors", "groups"));
        JsonNode array = field("the layer", tree, "nodes");
        if (!array.isArray()) {
            throw new IllegalArgumentException("the layer's 'nodes' must be an array, not " + shown(array));
        }
        if (array.size() > Formula.MOST_NODES) {
            throw new IllegalArgumentException("the layer has " + array.size() + " nodes, and may have "
                    + Formula.MOST_NODES + " at most; leave nodes out");
        }
        JsonNode affine = field("the layer", tree, "affine");
        if (!affine.isBoolean()) {
            throw new IllegalArgumentException("the layer's 'affine' must be true or false, not " + shown(affine));
        }
        List<Node> nodes = new ArrayList<>(array.size());
        for (JsonNode element : array) {
            nodes.add(node(LayerGraph.INITIAL_NODES + nodes.size(), element));
        }
        return new Layer(
                new LayerGraph(nodes),
                affine.booleanValue(),
                tree.has("vectors") ? vectors(tree.get("vectors")) : TrainableVectors.PAPER,
                tree.has("groups") ? groups(tree.get("groups")) : GroupRule.DEFAULT);
    }

    private static GroupRule groups(JsonNode json) {
        String owner = "the layer's 'groups'";
        checkFields(owner, json, Set.of("size", "count"));
        if (json.size() != 1) {
            throw new IllegalArgumentException(owner + " must have either a 'size' or a 'count', not " + shown(json));
        }
        GroupRule.Kind kind = json.has("size") ? GroupRule.Kind.SIZE : GroupRule.Kind.COUNT;
        JsonNode number = field(owner, json, kind.symbol());
        if (!number.isInt() || number.intValue() < 1 || number.intValue() > GroupRule.MOST) {
            throw new IllegalArgumentException(
                    owner + " must have a " + kind.symbol() + " of 1 to " + GroupRule.MOST + ", not " + shown(number));
        }
        return new GroupRule(kind, number.intValue());
    }

    private static TrainableVectors vectors(JsonNode json) {
        String owner = "the layer's 'vectors'";
        checkFields(owner, json, Set.of("v0", "v1"));
        return new TrainableVectors(vector(owner, json, "v0"), vector(owner, json, "v1"));
    }

    private static TrainableVector vector(String owner, JsonNode vectors, String name) {
        JsonNode json = field(owner, vectors, name);
        checkFields("'" + name + "'", json, Set.of("per", "start"));
        String per = text("'" + name + "'", json, "per");
        JsonNode start = field("'" + name + "'", json, "start");
        if (!start.isNumber() || !(Math.abs(start.doubleValue()) <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException("'" + name + "' must start at a number of float32, not " + shown(start));
        }
        return Arrays.stream(TrainableVector.Per.values())
                .filter(kind -> kind.symbol().equals(per))
                .findFirst()
                .map(kind -> new TrainableVector(kind, start.doubleValue()))
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + name + "' must be per channel or layer, not " + Quotation.of(per)));
    }

    private static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (StreamConstraintsException e) {
            throw new IllegalArgumentException(
                    "a layer must be one JSON object of at most " + MOST_NESTED
                            + " brackets inside one another, and of no longer names and numbers than JSON readers take",
                    e);
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null
                    ? ""
                    : "line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ": ";
            throw new IllegalArgumentException("a layer must be one JSON object: " + place + problem(e), e);
        }
    }

    /** The parser's message without the text itself, which it repeats on lines of its own. */
    private static String problem(JsonProcessingException e) {
        String message = e.getOriginalMessage();
        return message == null
                ? "it cannot be read"
                : message.replaceFirst("(?s)( \\(for \\w+ starting at)? *\\[Source.*", "")
                        .lines()
                        .findFirst()
                        .orElse("it cannot be read");
    }

    private static Node node(int id, JsonNode json) {
        String owner = "node " + id;
        checkFields(owner, json, Set.of("op", "over", "in"));
        Primitive primitive = primitive(owner, json);
        JsonNode inputs = field(owner, json, "in");
        if (!inputs.isArray()) {
            throw new IllegalArgumentException(owner + "'s 'in' must be an array of node ids, not " + shown(inputs));
        }
        List<Integer> ids = new ArrayList<>(inputs.size());
        for (JsonNode input : inputs) {
            if (!input.isInt()) {
                throw new IllegalArgumentException(owner + "'s 'in' must hold node ids, not " + shown(input));
            }
            if (input.intValue() < 0 || input.intValue() >= id) {
                throw new IllegalArgumentException(
                        owner + " reads node " + input + ", but only nodes 0 to " + (id - 1) + " come before it");
            }
            ids.add(input.intValue());
        }
        if (ids.size() != primitive.arity()) {
            throw new IllegalArgumentException(owner + ": " + primitive.symbol() + " takes " + primitive.arity()
                    + (primitive.arity() == 1 ? " input" : " inputs") + ", but 'in' has " + ids.size());
        }
        return new Node(primitive, ids);
    }

    private static Primitive primitive(String owner, JsonNode json) {
        String op = text(owner, json, "op");
        for (Elementwise elementwise : Elementwise.values()) {
            if (elementwise.symbol().equals(op)) {
                if (json.has("over")) {
                    throw new IllegalArgumentException(owner + ": " + op + " is elementwise and takes no 'over'");
                }
                return elementwise;
            }
        }
        for (Statistic statistic : Statistic.values()) {
            if (statistic.symbol().equals(op)) {
                return new Aggregate(statistic, indexSet(owner, text(owner, json, "over")));
            }
        }
        throw new IllegalArgumentException(owner + " has the unknown op " + Quotation.of(op) + "; known are "
                + Arrays.stream(Elementwise.values()).map(Elementwise::symbol).collect(Collectors.joining(", ")) + ", "
                + Arrays.stream(Statistic.values()).map(Statistic::symbol).collect(Collectors.joining(", ")));
    }

    private static IndexSet indexSet(String owner, String symbol) {
        return Arrays.stream(IndexSet.values())
                .filter(indexSet -> indexSet.symbol().equals(symbol))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(owner + "'s 'over' must be "
                        + Arrays.stream(IndexSet.values()).map(IndexSet::symbol).collect(Collectors.joining(", "))
                        + ", not " + Quotation.of(symbol)));
    }

    private static void checkFields(String owner, JsonNode json, Set<String> known) {
        if (!json.isObject()) {
            throw new IllegalArgumentException(
                    owner + " must be a JSON object, not " + (json.isMissingNode() ? "nothing" : shown(json)));
        }
        for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                throw new IllegalArgumentException(owner + " has the unknown field " + Quotation.of(name));
            }
        }
    }

    private static String shown(JsonNode json) {
        return Quotation.shown(json.toString());
    }

    private static JsonNode field(String owner, JsonNode json, String name) {
        JsonNode value = json.get(name);
        if (value == null) {
            throw new IllegalArgumentException(owner + " lacks the field '" + name + "'");
        }
        return value;
    }

    private static String text(String owner, JsonNode json, String name) {
        JsonNode value = field(owner, json, name);
        if (!value.isTextual()) {
            throw new IllegalArgumentException(owner + "'s '" + name + "' must be a string, not " + shown(value));
        }
        return value.textValue();
    }
}
