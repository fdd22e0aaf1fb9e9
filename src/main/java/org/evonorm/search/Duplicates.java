package org.evonorm.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import scala.Tuple2;

/**
 * The duplicates among candidates with one value key, found inside Spark tasks
 * (docs/design.md, "Identity of a candidate").
 */
final class Duplicates {

    private Duplicates() {}

    /**
     * The duplicates among the proposals of a round: all, if an earlier round or generation has an original, else all
     * but the one with the lowest index.
     *
     * @param proposals (index, id) of each proposal with the value key
     * @param originals ids of the candidates of earlier rounds and generations with the value key
     * @return (index, id of the original) of each duplicate
     */
    static List<Tuple2<Integer, String>> of(Iterable<Tuple2<Integer, String>> proposals, Iterable<String> originals) {
        List<Tuple2<Integer, String>> byIndex = new ArrayList<>();
        proposals.forEach(byIndex::add);
        byIndex.sort(Comparator.comparing(Tuple2::_1));
        List<String> earlier = new ArrayList<>();
        originals.forEach(earlier::add);
        if (byIndex.isEmpty()) {
            return List.of();
        }
        boolean known = !earlier.isEmpty();
        String original =
                known ? earlier.stream().min(Comparator.naturalOrder()).orElseThrow() : byIndex.get(0)._2;
        return byIndex.subList(known ? 0 : 1, byIndex.size()).stream()
                .map(duplicate -> new Tuple2<>(duplicate._1, original))
                .toList();
    }
}
