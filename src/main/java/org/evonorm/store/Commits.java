package org.evonorm.store;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/**
 * The committed generations of a run. Their {@link Records} are checked together with the files that they list.
 */
final class Commits {

    private final RunFolder folder;
    private final Records<CommitRecord> records;

    Commits(RunFolder folder) {
        this.folder = folder;
        this.records = new Records<>(
                folder, CommitRecord::fromJson, "generation", "generation", "later generations to run these again");
    }

    /** The records alone. */
    Records<CommitRecord> records() {
        return records;
    }

    /**
     * The records of generations 0, 1, …; the files that they list are checked.
     *
     * @throws StoreException if a record is missing or damaged, or a file is missing or altered
     */
    List<CommitRecord> read() {
        NavigableMap<Integer, Path> paths = records.paths();
        List<CommitRecord> commits = new ArrayList<>();
        for (var entry : paths.entrySet()) {
            if (entry.getKey() != commits.size()) {
                throw new StoreException(RunFolder.show(records.path(commits.size())) + " is missing though generation "
                        + paths.lastKey() + " is committed; restore it, or delete the records after it to run those"
                        + " generations again");
            }
            CommitRecord commit = records.read(entry.getKey(), entry.getValue());
            String owner = "the committed generation " + commit.generation();
            String mend = records.mend(commit.generation());
            for (Table table : Table.values()) {
                commit.files(table).forEach(file -> folder.check().require(file, table.parquet(), owner, mend));
            }
            commits.add(commit);
        }
        return commits;
    }

    /**
     * Deletes all files of a committed generation that its record does not list.
     *
     * @throws StoreException if a folder cannot be read, or a file cannot be deleted
     */
    void sweep(CommitRecord commit) {
        for (Table table : Table.values()) {
            folder.deleteUnlisted(
                    table.partition(commit.generation()),
                    commit.files(table).stream().map(DataFile::path).collect(Collectors.toSet()),
                    name -> true);
        }
    }
}
