package org.evonorm.network.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.evonorm.network.Operator;
import org.evonorm.network.onnx.graph.Constant;
import org.evonorm.network.onnx.graph.OnnxGraph;
import org.evonorm.network.onnx.graph.OnnxNode;
import org.evonorm.network.onnx.layout.Axis;
import org.evonorm.network.onnx.layout.Layout;

/** The translation of nodes that change dimensions and their order, or take some channels or a token; most need no operator. */
final class LayoutNodes {

    private static final String NO_FLATTENING =
            "flattens an image that has several pixels, or has one at one size of the images alone,"
                    + " which is not supported; end the network in a global average pool, as nn.AdaptiveAvgPool2d(1)";

    private final OnnxGraph graph;
    private final TranslatedOperators operators;

    LayoutNodes(OnnxGraph graph, TranslatedOperators operators) {
        this.graph = graph;
        this.operators = operators;
    }

    void transpose(OnnxNode node) {
        Value.View view = operators.part(node, 0);
        int rank = view.layout().rank();
        List<Integer> order = node.attribute("perm")
                .map(perm -> perm.getIntsList().stream().map(Long::intValue).toList())
                .orElseGet(() ->
                        IntStream.range(0, rank).map(i -> rank - 1 - i).boxed().toList());
        put(node, view, view.layout().transposed(order));
    }

    void reshape(OnnxNode node) {
        Value.View view = operators.part(node, 0);
        List<Long> before = view.layout().sizes();
        List<Long> sizes = new ArrayList<>(graph.integers(node, "shape", 1).orElse(List.of()));
        for (int i = 0; i < sizes.size() && i < before.size(); i++) {
            if (sizes.get(i) == 0 && node.number("allowzero", 0) == 0) {
                sizes.set(i, before.get(i));
            }
        }
        int open = sizes.indexOf(-1L);
        if (open >= 0) {
            long known = product(sizes) * -1;
            sizes.set(open, known > 0 ? product(before) / known : 0);
        }
        put(node, view, view.layout().reshaped(sizes));
    }

    private static long product(List<Long> sizes) {
        return sizes.stream().reduce(1L, (a, b) -> a * b);
    }

    void flatten(OnnxNode node) {
        Value.View view = operators.part(node, 0);
        List<Long> sizes = view.layout().sizes();
        int axis = position(node, node.number("axis", 1), sizes.size() + 1);
        put(
                node,
                view,
                view.layout()
                        .reshaped(
                                List.of(product(sizes.subList(0, axis)), product(sizes.subList(axis, sizes.size())))));
    }

    void squeeze(OnnxNode node) {
        Value.View view = operators.part(node, 0);
        List<Long> sizes = view.layout().sizes();
        Set<Integer> axes = axes(node, sizes.size());
        if (axes.isEmpty()) {
            IntStream.range(0, sizes.size()).filter(i -> sizes.get(i) == 1).forEach(axes::add);
        }
        put(node, view, view.layout().squeezed(axes));
    }

    void unsqueeze(OnnxNode node) {
        Value.View view = operators.part(node, 0);
        int added = graph.integers(node, "axes", 1).orElse(List.of()).size();
        put(
                node,
                view,
                Optional.of(view.layout().unsqueezed(axes(node, view.layout().rank() + added))));
    }

    /** The axes of a node; none if it leaves them out. */
    private Set<Integer> axes(OnnxNode node, int rank) {
        Set<Integer> axes = new TreeSet<>();
        graph.integers(node, "axes", 1).orElse(List.of()).forEach(axis -> axes.add(position(node, axis, rank)));
        return axes;
    }

    private static int position(OnnxNode node, long axis, int rank) {
        if (axis < -rank || axis >= rank) {
            throw node.refused("has the axis " + axis + ", and its input has " + rank + " dimensions");
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    private void put(OnnxNode node, Value.View view, Optional<Layout> layout) {
        if (layout.isEmpty() || layout.get().mixesPixelsAndChannels()) {
            throw node.refused(
                    node.operator().equals("Transpose") ? "has no order of its input's dimensions" : NO_FLATTENING);
        }
        operators.put(node.output(), view.with(layout.get()));
    }

    // ---- parts

    void gather(OnnxNode node) {
        Value.View view = operators.part(node, 0);
        Constant indices = graph.constant(node, 1)
                .orElseThrow(() -> node.refused("gathers by indices that are computed, which is not supported"));
        if (view.layout().rank() == 1 && isCount(indices, view.layout().sizes().get(0))) {
            put(node, view, view.layout().reshaped(indices.dimensions()));
            return;
        }
        if (!indices.dimensions().isEmpty() || indices.number().isEmpty()) {
            throw node.refused("gathers several indices, which is not supported");
        }
        int rank = view.layout().rank();
        int dimension = position(node, node.number("axis", 0), rank);
        long size = view.layout().sizes().get(dimension);
        long index = indices.number().get().longValue();
        int wanted = position(node, index, (int) size);
        take(node, node.output(), view, dimension, wanted, wanted + 1);
        Value.View taken = operators.view(node.output());
        put(node, taken, taken.layout().squeezed(Set.of(dimension)));
    }

    /** Whether indices are 0, 1, 2 and so on, which only changes dimensions. */
    private static boolean isCount(Constant indices, long size) {
        return indices.integers()
                .filter(all -> all.equals(LongStream.range(0, size).boxed().toList()))
                .isPresent();
    }

    void slice(OnnxNode node) {
        Value.View view = operators.part(node, 0);
        int rank = view.layout().rank();
        List<Long> starts = graph.integers(node, "starts", 1).orElse(List.of());
        List<Long> ends = graph.integers(node, "ends", 2).orElse(List.of());
        List<Long> axes = graph.integers(node, "axes", 3)
                .orElseGet(() -> LongStream.range(0, starts.size()).boxed().toList());
        boolean everyOne =
                graph.integers(node, "steps", 4).orElse(List.of()).stream().allMatch(step -> step == 1);
        if (starts.size() != 1 || ends.size() != 1 || axes.size() != 1 || !everyOne) {
            throw node.refused("slices several dimensions, or with gaps, which is not supported");
        }
        int dimension = position(node, axes.get(0), rank);
        long size = view.layout().sizes().get(dimension);
        take(node, node.output(), view, dimension, (int) inside(starts.get(0), size), (int) inside(ends.get(0), size));
    }

    private static long inside(long position, long size) {
        return Math.max(0, Math.min(size, position < 0 ? position + size : position));
    }

    void split(OnnxNode node) {
        Value.View view = operators.part(node, 0);
        int dimension = position(node, node.number("axis", 0), view.layout().rank());
        long size = view.layout().sizes().get(dimension);
        List<String> outputs = node.proto().getOutputList();
        List<Long> sizes = graph.integers(node, "split", 1)
                .orElseGet(() ->
                        outputs.stream().map(output -> size / outputs.size()).toList());
        if (sizes.size() != outputs.size() || sizes.stream().anyMatch(part -> part < 1) || product(sizes) < 1) {
            throw node.refused("splits a dimension into other parts than it has outputs");
        }
        int from = 0;
        for (int i = 0; i < sizes.size(); i++) {
            int to = (int) Math.min(size, from + sizes.get(i));
            take(node, outputs.get(i), view, dimension, from, to);
            from = to;
        }
    }

    /** Takes some indices of a dimension, which stays: some of the channels, or the first token. */
    private void take(OnnxNode node, String output, Value.View view, int dimension, int from, int to) {
        Layout layout = view.layout();
        if (layout.isWhole(dimension, Axis.TOKEN, layout.size(Axis.TOKEN)) && from == 0 && to == 1) {
            operators.append(
                    node, new Operator.FirstToken(operators.input(node, 0).operator()), layout.withoutPixels());
            return;
        }
        Layout taken = layout.sliced(dimension, from, to)
                .orElseThrow(() -> node.refused("takes a part of a dimension, which is supported of the channels before"
                        + " an attention, and of a first class token alone; classify the class token, or the mean of"
                        + " all tokens of a model without it (class_token=False)"));
        operators.put(output, view.with(taken));
    }
}
