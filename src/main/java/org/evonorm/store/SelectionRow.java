package org.evonorm.store;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Fitness;
import org.evonorm.evolution.ParetoFront;
import org.evonorm.evolution.SlidingWindow;

/**
 * A row of {@link Table#SELECTION}: a member of the window.
 *
 * @param member   the member
 * @param networks names of the networks, in the order of the member's accuracies
 * @param rank     Pareto rank; 0 is the Pareto front of the window
 */
record SelectionRow(Evaluated member, List<String> networks, int rank) {

    /** Rows of all members of a window, with their Pareto ranks. */
    static List<Row> rows(SlidingWindow window, List<String> networks) {
        List<Evaluated> members = window.members();
        int[] ranks = ParetoFront.ranks(members.stream().map(Evaluated::fitness).toList());
        return IntStream.range(0, members.size())
                .mapToObj(i -> new SelectionRow(members.get(i), networks, ranks[i]).toRow())
                .toList();
    }

    private Row toRow() {
        Fitness fitness = member.fitness();
        Row[] earlier = fitness.earlier().stream()
                .map(hurdle -> RowFactory.create(hurdle.steps(), byNetwork(hurdle.accuracies())))
                .toArray(Row[]::new);
        return RowFactory.create(
                member.candidate().generation(),
                member.candidate().index(),
                member.candidate().id(),
                byNetwork(fitness.accuracies()),
                fitness.mean(),
                fitness.isWhole() ? null : fitness.reach(),
                earlier.length == 0 ? null : earlier,
                ObjectiveValues.rows(fitness.further()),
                rank,
                rank == 0);
    }

    private Row[] byNetwork(List<Double> accuracies) {
        return IntStream.range(0, networks.size())
                .mapToObj(i -> RowFactory.create(networks.get(i), accuracies.get(i)))
                .toArray(Row[]::new);
    }

    /** The columns that tell a member and its fitness. */
    static final List<String> COLUMNS =
            List.of("evaluated_in", "index", "accuracies", "stopped_at", "earlier_hurdles", ObjectiveValues.COLUMN);

    /** Reads the fitness of a row. */
    static Fitness fitness(StoredRow row) {
        return new Fitness(
                accuracies(row),
                row.optionalInteger("stopped_at").orElse(Fitness.WHOLE),
                row.listOrEmpty("earlier_hurdles").stream()
                        .map(hurdle -> new Fitness.AtHurdle(hurdle.integer("steps"), accuracies(hurdle)))
                        .toList(),
                ObjectiveValues.read(row));
    }

    private static List<Double> accuracies(StoredRow row) {
        return row.list("accuracies").stream()
                .map(accuracy -> accuracy.share("accuracy"))
                .toList();
    }
}
