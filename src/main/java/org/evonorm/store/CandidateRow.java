package org.evonorm.store;

import java.io.Serializable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Origin;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.Formula;
import org.evonorm.graph.LayerJson;
import org.evonorm.rejection.StabilityTest;

/**
 * A row of {@link Table#CANDIDATES}.
 *
 * @param candidate the candidate
 * @param valueKey  value key, equal for candidates that compute the same function; empty if the static filter rejected
 *                  the candidate
 * @param status    candidate status
 * @param stability stability test, if it was taken
 * @param seconds   seconds spent per stage
 */
public record CandidateRow(
        Candidate candidate, String valueKey, CandidateStatus status, StabilityTest stability, StageSeconds seconds)
        implements Serializable {

    /** The row for Spark; columns that do not apply are null. */
    public Row toRow() {
        Origin origin = candidate.origin();
        return RowFactory.create(
                candidate.index(),
                candidate.id(),
                origin instanceof Origin.Mutation mutation ? mutation.parent() : null,
                originName(origin),
                nameOf(origin),
                LayerJson.write(candidate.layer()),
                Formula.print(candidate.layer()),
                CanonicalForm.of(candidate.layer().graph()).nodes().size(),
                valueKey.isEmpty() ? null : valueKey,
                status.text(),
                reason(status),
                status instanceof CandidateStatus.Duplicate duplicate ? duplicate.original() : null,
                stability instanceof StabilityTest.Taken test ? test.steps() : null,
                stability instanceof StabilityTest.Taken test ? test.norm() : null,
                seconds.staticFilter(),
                seconds.stabilityFilter(),
                seconds.qualityFilter(),
                seconds.training());
    }

    /** Reads the candidate of a row that also has the partition column {@code generation}. */
    static Candidate candidate(Row row) {
        return new Candidate(
                row.getAs("id"),
                origin(row),
                row.<Integer>getAs("generation"),
                row.<Integer>getAs("index"),
                LayerJson.read(row.getAs("graph")));
    }

    private static Origin origin(Row row) {
        String origin = row.getAs("origin");
        return switch (origin) {
            case "random" -> new Origin.Random();
            case "mutation" -> new Origin.Mutation(row.getAs("parent"));
            case "seed" -> new Origin.Seed(row.getAs("name"));
            case "baseline", "yardstick" -> new Origin.Baseline(row.getAs("name"));
            default ->
                throw new StoreException("candidate " + row.getAs("id") + " has the origin \"" + origin
                        + "\", which this version of the program does not know");
        };
    }

    private static String originName(Origin origin) {
        if (origin instanceof Origin.Random) {
            return "random";
        } else if (origin instanceof Origin.Mutation) {
            return "mutation";
        }
        return origin instanceof Origin.Seed ? "seed" : "baseline";
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
        return status instanceof CandidateStatus.Failed failed ? failed.reason() : null;
    }
}
