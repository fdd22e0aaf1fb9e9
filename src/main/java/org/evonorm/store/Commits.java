package org.evonorm.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The commit records of a run's generations, in the folder {@code commits}. They are read and checked together with the
 * files that they list, and published through the fence of a lease.
 */
final class Commits {

    static final String FOLDER = "commits";
    private static final Pattern RECORD = Pattern.compile("generation=(\\d{1,9})\\.json");

    private final RunFolder folder;
    private final FileCheck check;

    Commits(RunFolder folder, FileCheck check) {
        this.folder = folder;
        this.check = check;
    }

    private FileSystem files() {
        return folder.files();
    }

    /**
     * The records of generations 0, 1, …; the files that they list are checked.
     *
     * @throws StoreException if a record is missing or damaged, or a file is missing or altered
     */
    List<CommitRecord> read() {
        NavigableMap<Integer, Path> records = paths();
        List<CommitRecord> commits = new ArrayList<>();
        for (var entry : records.entrySet()) {
            if (entry.getKey() != commits.size()) {
                throw new StoreException(RunFolder.show(path(commits.size())) + " is missing though generation "
                        + records.lastKey() + " is committed; restore it, or delete the records after it to run those"
                        + " generations again");
            }
            CommitRecord commit = read(entry.getKey(), entry.getValue());
            String owner = "the committed generation " + commit.generation();
            String mend = mend(commit.generation());
            for (Table table : Table.values()) {
                commit.files(table).forEach(file -> check.require(file, table.parquet(), owner, mend));
            }
            commits.add(commit);
        }
        return commits;
    }

    private NavigableMap<Integer, Path> paths() {
        NavigableMap<Integer, Path> paths = new TreeMap<>();
        try {
            for (FileStatus status : files().listStatus(folder.path(FOLDER))) {
                Matcher name = RECORD.matcher(status.getPath().getName());
                if (name.matches()) {
                    paths.put(Integer.parseInt(name.group(1)), status.getPath());
                }
            }
        } catch (FileNotFoundException e) {
            return paths;
        } catch (IOException e) {
            throw new StoreException(
                    "the commit records in " + folder + " cannot be listed: " + RunFolder.message(e), e);
        }
        return paths;
    }

    private CommitRecord read(int generation, Path path) {
        try {
            CommitRecord commit = CommitRecord.fromJson(new TextFile(files(), path).read());
            if (commit.generation() != generation) {
                throw new IOException("it is the record of generation " + commit.generation());
            }
            return commit;
        } catch (IOException e) {
            throw new StoreException(
                    "the commit record " + RunFolder.show(path) + " is damaged (" + RunFolder.message(e)
                            + "); restore it, or delete it and those of later generations to run these again",
                    e);
        }
    }

    /**
     * Publishes a record, so that its generation counts.
     *
     * @throws StoreException if the generation is committed already, the lease was taken over, or the folder cannot be
     *                        written
     */
    void publish(CommitRecord commit, RunLease lease) {
        lease.requireValid();
        Path path = path(commit.generation());
        try {
            if (files().exists(path)) {
                throw new StoreException("generation " + commit.generation() + " is committed already in " + folder
                        + "; let one search at a time run in a folder");
            }
        } catch (IOException e) {
            throw new StoreException(RunFolder.show(path) + " cannot be reached: " + RunFolder.message(e), e);
        }
        lease.publish(commit.toJson(), path);
    }

    /** Whether this record stands, and not another attempt's; also if that cannot be told, so that nothing is deleted. */
    boolean has(CommitRecord commit) {
        Path path = path(commit.generation());
        try {
            return files().exists(path)
                    && CommitRecord.fromJson(new TextFile(files(), path).read())
                            .tables()
                            .equals(commit.tables());
        } catch (IOException e) {
            return true;
        }
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

    /** What to do about a generation whose files are not as they were written, instead of restoring them. */
    String mend(int generation) {
        return "delete " + RunFolder.show(path(generation))
                + " and the records of later generations to run these again";
    }

    private Path path(int generation) {
        return new Path(folder.path(FOLDER), "generation=" + generation + ".json");
    }
}
