package org.evonorm.evolution;

import java.util.Comparator;
import java.util.List;

/**
 * The hypervolume of a front: the share of all combinations of accuracies, one per network, that some member reaches or
 * passes in every network (Zitzler and Thiele, 1998, with the reference point 0). One figure that rises whenever a front
 * gains, also where its best mean stays.
 */
public final class Hypervolume {

    private Hypervolume() {}

    /** The hypervolume of members with as many accuracies each, from 0 to 1; 0 without members. */
    public static double of(List<Evaluated> members) {
        List<List<Double>> points =
                members.stream().map(member -> member.fitness().accuracies()).toList();
        return points.isEmpty() ? 0 : volume(points, points.get(0).size());
    }

    /** The volume in the first {@code axes} axes: slices between the values of the last one of these. */
    private static double volume(List<List<Double>> points, int axes) {
        int last = axes - 1;
        if (last == 0) {
            return points.stream().mapToDouble(point -> point.get(0)).max().orElse(0);
        }
        List<List<Double>> falling = points.stream()
                .sorted(Comparator.comparing((List<Double> point) -> point.get(last))
                        .reversed())
                .toList();
        double volume = 0;
        for (int i = 0; i < falling.size(); i++) {
            double next = i + 1 < falling.size() ? falling.get(i + 1).get(last) : 0;
            double depth = falling.get(i).get(last) - next;
            if (depth > 0) {
                volume += depth * volume(falling.subList(0, i + 1), last);
            }
        }
        return volume;
    }
}
