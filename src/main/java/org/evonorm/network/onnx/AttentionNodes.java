package org.evonorm.network.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.evonorm.network.Operator;
import org.evonorm.network.onnx.graph.Constant;
import org.evonorm.network.onnx.graph.OnnxGraph;
import org.evonorm.network.onnx.graph.OnnxNode;
import org.evonorm.network.onnx.layout.HeadLayout;
import org.evonorm.network.onnx.layout.Layout;

/**
 * The translation of attention: softmax(Q Kᵀ / √d) V in every head, as a product, a softmax and a product, or as one
 * node.
 */
final class AttentionNodes {

    private static final double CLOSE = 1e-3;
    private static final String WANTED =
            ", and attention is supported whose queries, keys and values are thirds of the channels of one tensor, or"
                    + " three tensors, head by head, without a mask";
    /** The attributes of attention in one node that make it another function. */
    private static final Set<String> CHANGING = Set.of("is_causal", "softcap", "qk_matmul_output_mode");

    private final OnnxGraph graph;
    private final TranslatedOperators operators;

    AttentionNodes(OnnxGraph graph, TranslatedOperators operators) {
        this.graph = graph;
        this.operators = operators;
    }

    /** A product of two values that depend on the images: of queries and keys, or of probabilities and values. */
    void product(OnnxNode node) {
        if (operators.any(node, 0) instanceof Value.Probabilities probabilities) {
            Value.View values = operators.part(node, 1);
            attention(node, probabilities, values);
            operators.put(
                    node.output(),
                    new Value.View(operators.last(), values.layout().fromChannel(0)));
            return;
        }
        Value.View queries = operators.part(node, 0);
        Value.View keys = operators.part(node, 1);
        Optional<Value.View> upright = swapped(keys.layout()).map(keys::with);
        if (upright.isEmpty() || !sameHeads(queries, upright.get())) {
            throw node.refused("multiplies two tensors that are no queries and keys of heads" + WANTED);
        }
        operators.put(
                node.output(),
                new Value.Scores(
                        queries, upright.get(), queries.factor() * upright.get().factor()));
    }

    /** A layout with its last two dimensions in the other order. */
    private static Optional<Layout> swapped(Layout layout) {
        int rank = layout.rank();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < rank - 2; i++) {
            order.add(i);
        }
        order.add(rank - 1);
        order.add(rank - 2);
        return rank < 2 ? Optional.empty() : layout.transposed(order);
    }

    private static boolean sameHeads(Value.View one, Value.View other) {
        Optional<HeadLayout> heads = HeadLayout.of(one.layout());
        return heads.isPresent() && heads.equals(HeadLayout.of(other.layout()));
    }

    /** A product of queries, keys or scores with a number; false for anything else. */
    boolean scaled(OnnxNode node, int position) {
        Optional<Double> number =
                graph.constant(node, 1 - position).flatMap(Constant::number).filter(known -> known != 0);
        Optional<Value> value = operators.value(node, position);
        if (number.isEmpty() || value.isEmpty()) {
            return false;
        }
        double factor = node.operator().equals("Div") ? 1 / number.get() : number.get();
        if (value.get() instanceof Value.Scores scores) {
            operators.put(node.output(), scores.times(factor));
            return true;
        }
        if (value.get() instanceof Value.View view
                && (isOfHeads(view.layout())
                        || swapped(view.layout())
                                .filter(AttentionNodes::isOfHeads)
                                .isPresent())) {
            operators.put(node.output(), view.times(factor));
            return true;
        }
        return false;
    }

    private static boolean isOfHeads(Layout layout) {
        return HeadLayout.of(layout).isPresent();
    }

    void softmax(OnnxNode node) {
        Value value = operators.any(node, 0);
        if (!(value instanceof Value.Scores scores)) {
            throw node.refused("is no softmax of the scores of an attention, and others are not supported; a classifier"
                    + " ends in its last dense layer");
        }
        int rank = scores.queries().layout().rank();
        int axis = node.number("axis", -1);
        HeadLayout heads = HeadLayout.of(scores.queries().layout()).orElseThrow();
        if (axis != -1 && axis != rank - 1) {
            throw node.refused("is no softmax of the last dimension, which is what is supported");
        }
        if (Math.abs(scores.factor() * Math.sqrt(heads.width()) - 1) > CLOSE) {
            throw node.refused("is of scores that are multiplied by " + (float) scores.factor()
                    + ", and scores are divided by the root of the channels of a head, which are " + heads.width());
        }
        operators.put(node.output(), new Value.Probabilities(scores.queries(), scores.keys()));
    }

    /** An attention in one node, of tensors [B, heads, N, d] or [B, N, C]. */
    void attention(OnnxNode node) {
        boolean changed = node.proto().getAttributeList().stream()
                .filter(attribute -> CHANGING.contains(attribute.getName()))
                .anyMatch(attribute -> attribute.getI() != 0 || attribute.getF() != 0);
        boolean hasMore = node.inputs().stream().skip(3).anyMatch(input -> !input.isEmpty());
        Value.View queries = byHeads(node, 0, "q_num_heads");
        Value.View keys = byHeads(node, 1, "kv_num_heads");
        Value.View values = byHeads(node, 2, "kv_num_heads");
        if (changed || hasMore || !sameHeads(queries, keys)) {
            throw node.refused("has a mask, a cap, a past, or other heads for keys than for queries" + WANTED);
        }
        HeadLayout heads = HeadLayout.of(queries.layout()).orElseThrow();
        double scale = node.attribute("scale")
                .map(attribute -> (double) attribute.getF())
                .orElse(1 / Math.sqrt(heads.width()));
        if (Math.abs(scale * Math.sqrt(heads.width()) - 1) > CLOSE) {
            throw node.refused("has a scale of " + (float) scale + WANTED);
        }
        Layout original = operators.part(node, 2).layout();
        attention(node, new Value.Probabilities(queries, keys), values);
        Layout given = original.rank() == 3
                ? original.withChannels(2, heads.channels()).fromChannel(0)
                : original.fromChannel(0);
        operators.put(node.output(), new Value.View(operators.last(), given));
    }

    private Value.View byHeads(OnnxNode node, int input, String attribute) {
        Value.View view = operators.part(node, input);
        Layout layout = view.layout();
        if (layout.rank() != 3) {
            return view;
        }
        long heads = Math.max(1, node.number(attribute, 1));
        List<Long> sizes = layout.sizes();
        return layout.reshaped(List.of(sizes.get(0), sizes.get(1), heads, sizes.get(2) / heads))
                .flatMap(parted -> parted.transposed(List.of(0, 2, 1, 3)))
                .map(view::with)
                .orElseThrow(() -> node.refused("has no " + heads + " equal heads"));
    }

    /** Appends the attention of these probabilities to values. */
    private void attention(OnnxNode node, Value.Probabilities probabilities, Value.View values) {
        Value.View queries = probabilities.queries();
        Value.View keys = probabilities.keys();
        if (!sameHeads(queries, values) || values.factor() != 1) {
            throw node.refused("multiplies probabilities by no values of the same heads" + WANTED);
        }
        HeadLayout heads = HeadLayout.of(values.layout()).orElseThrow();
        int channels = heads.channels();
        List<Value.View> all = List.of(queries, keys, values);
        boolean ofOne = all.stream().map(Value.View::operator).distinct().count() == 1
                && operators.channels(values.operator()) == 3 * channels
                && startsAt(queries, 0)
                && startsAt(keys, channels)
                && startsAt(values, 2 * channels);
        boolean ofThree =
                all.stream().allMatch(view -> startsAt(view, 0) && operators.channels(view.operator()) == channels);
        if (!ofOne && !ofThree) {
            throw node.refused("attends with queries, keys and values in another order" + WANTED);
        }
        int source = values.operator();
        if (!ofOne) {
            operators.append(
                    node,
                    new Operator.Concatenation(
                            all.stream().map(Value.View::operator).toList()),
                    values.layout());
            source = operators.last();
        }
        operators.append(node, new Operator.Attention(source, heads.heads()), values.layout());
    }

    private static boolean startsAt(Value.View view, int channel) {
        return view.layout().firstChannel() == channel;
    }
}
