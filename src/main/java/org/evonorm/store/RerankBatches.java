package org.evonorm.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * The batches of a run's reranks. Version 0.1.0 wrote batches without records; their columns and rows are checked,
 * since no checksum is known.
 */
final class RerankBatches {

    private static final Pattern UNRECORDED = Pattern.compile("batch-(\\d{1,9})\\.parquet");

    private final RunFolder folder;
    private final Batches recorded;

    RerankBatches(RunFolder folder) {
        this.folder = folder;
        this.recorded = new Batches(folder, "rerank", List.of(RerankSchema.values()));
    }

    /** The batches with records alone. */
    Batches recorded() {
        return recorded;
    }

    /**
     * All batches in their order, with checked files.
     *
     * @throws StoreException if a record or a batch is missing, damaged, altered, or none of this run
     */
    List<Batches.Batch> read() {
        NavigableMap<Integer, Path> records = recorded.recorded();
        NavigableMap<Integer, Path> unrecorded = Records.numbered(folder, RerankSchema.TRAININGS.folder(), UNRECORDED);
        List<Batches.Batch> batches = new ArrayList<>();
        for (var entry : unrecorded.entrySet()) {
            if (!records.isEmpty() && entry.getKey() >= records.firstKey()) {
                throw new StoreException(RunFolder.show(entry.getValue())
                        + " has no record in commits, so it is no batch of this run; move it out of the folder");
            }
            recorded.requireNext(entry.getKey(), batches, entry.getValue());
            batches.add(unrecorded(entry.getValue()));
        }
        return recorded.read(batches);
    }

    private Batches.Batch unrecorded(Path path) {
        TableFile file = new TableFile(
                path,
                RerankSchema.TRAININGS.parquet(),
                folder.files().getConf(),
                "delete it and the later batches to do their trainings again");
        try {
            file.rowCount();
        } catch (IOException e) {
            throw file.unreadable(e);
        }
        return new Batches.Batch(Map.of(RerankSchema.TRAININGS, List.of(file)));
    }
}
