package org.evonorm.store;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.ObjectiveValue;
import org.evonorm.evolution.Origin;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.Formula;
import org.evonorm.graph.LayerJson;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.rejection.SignalTest;
import org.evonorm.rejection.StabilityTest;

/**
 * A row of {@link Table#CANDIDATES}.
 *
 * @param candidate the candidate
 * @param valueKey  value key, equal for candidates that compute the same function; empty if the static filter rejected
 *                  the candidate
 * @param status    candidate status
 * @param signal    signal test, if it was taken
 * @param stability stability test, if it was taken
 * @param further   values in the objectives besides accuracy; empty if there are none, or the candidate has no fitness
 * @param seconds   seconds spent per stage
 */
public record CandidateRow(
        Candidate candidate,
        String valueKey,
        CandidateStatus status,
        SignalTest signal,
        StabilityTest stability,
        List<ObjectiveValue> further,
        StageSeconds seconds)
        implements Serializable {

    /** The row for Spark; columns that do not apply are null. */
    public Row toRow() {
        Origin origin = candidate.origin();
        return RowFactory.create(
                candidate.index(),
                candidate.id(),
                parent(origin),
                origin instanceof Origin.Crossover crossover ? crossover.secondParent() : null,
                originName(origin),
                nameOf(origin),
                LayerJson.write(candidate.layer()),
                Formula.print(Simplification.shown(candidate.layer())),
                CanonicalForm.of(candidate.layer().graph()).nodes().size(),
                valueKey.isEmpty() ? null : valueKey,
                status.text(),
                reason(status),
                status instanceof CandidateStatus.Duplicate duplicate ? duplicate.original() : null,
                signal instanceof SignalTest.Taken test ? test.gradient() : null,
                signal instanceof SignalTest.Taken test ? test.features() : null,
                signal instanceof SignalTest.Taken test ? test.variation() : null,
                stability instanceof StabilityTest.Taken test ? test.steps() : null,
                stability instanceof StabilityTest.Taken test ? test.norm() : null,
                status instanceof CandidateStatus.Stopped stopped ? stopped.steps() : null,
                ObjectiveValues.rows(further),
                seconds.staticFilter(),
                seconds.signalFilter(),
                seconds.stabilityFilter(),
                seconds.qualityFilter(),
                seconds.training());
    }

    /** The columns that {@link #candidate} reads. */
    static final List<String> CANDIDATE = List.of("index", "id", "parent", "second_parent", "origin", "name", "graph");

    /** Reads the candidate of a row of a generation. */
    static Candidate candidate(int generation, StoredRow row) {
        return new Candidate(
                row.text("id"), origin(row), generation, row.integer("index"), LayerJson.read(row.text("graph")));
    }

    /** Whether a row is a baseline's; versions before 0.2.0 wrote yardstick as their origin. */
    static boolean isBaseline(StoredRow row) {
        String origin = row.text("origin");
        return origin.equals("baseline") || origin.equals("yardstick");
    }

    private static Origin origin(StoredRow row) {
        String origin = row.text("origin");
        return switch (origin) {
            case "random" -> new Origin.Random();
            case "mutation" -> new Origin.Mutation(row.text("parent"));
            case "crossover" -> new Origin.Crossover(row.text("parent"), row.text("second_parent"));
            case "seed" -> new Origin.Seed(row.text("name"));
            case "baseline", "yardstick" -> new Origin.Baseline(row.text("name"));
            default ->
                throw new IllegalArgumentException("candidate " + row.text("id") + " has the origin \"" + origin
                        + "\", which this version of the program does not know");
        };
    }

    private static String originName(Origin origin) {
        if (origin instanceof Origin.Random) {
            return "random";
        } else if (origin instanceof Origin.Mutation) {
            return "mutation";
        } else if (origin instanceof Origin.Crossover) {
            return "crossover";
        }
        return origin instanceof Origin.Seed ? "seed" : "baseline";
    }

    private static String parent(Origin origin) {
        if (origin instanceof Origin.Mutation mutation) {
            return mutation.parent();
        }
        return origin instanceof Origin.Crossover crossover ? crossover.parent() : null;
    }

    private static String nameOf(Origin origin) {
        if (origin instanceof Origin.Seed seed) {
            return seed.name();
        }
        return origin instanceof Origin.Baseline baseline ? baseline.name() : null;
    }

    private static String reason(CandidateStatus status) {
        if (status instanceof CandidateStatus.Rejected rejected) {
            return rejected.reason();
        }
        if (status instanceof CandidateStatus.Stopped stopped) {
            return stopped.reason();
        }
        return status instanceof CandidateStatus.Failed failed ? failed.reason() : null;
    }
}
