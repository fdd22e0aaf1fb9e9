package org.evonorm.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.storage.RDDInfo;
import scala.collection.JavaConverters;

/**
 * A listener of Spark inside a disturbed command, which writes down the stages that begin and the trainings that end.
 * It counts finished work without the journal, whose losses it is there to notice.
 */
public final class FinishedTrainings extends SparkListener {

    /** The system property with the file that the lines go to. */
    static final String FILE = "evonorm.faults.events";

    static final String STAGE = "stage ";
    static final String TRAINED = "trained";

    /** A stage of trainings and the number of those that are not read from the journal, which come first. */
    private static final Pattern TRAININGS = Pattern.compile("(?:generation \\d+|rerank): train \\((\\d+)\\)");

    private final Path file = Path.of(System.getProperty(FILE));
    private final Map<Integer, Integer> trainings = new HashMap<>();
    private String last = "";

    @Override
    public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
        String label = event.properties().getProperty("spark.jobGroup.id", "");
        if (!label.equals(last)) {
            append(STAGE + label);
            last = label;
        }
        Matcher description = TRAININGS.matcher(event.properties().getProperty("spark.job.description", ""));
        List<RDDInfo> rdds = JavaConverters.seqAsJavaList(event.stageInfo().rddInfos());
        if (description.matches() && rdds.stream().anyMatch(rdd -> rdd.name().equals(label))) {
            trainings.put(event.stageInfo().stageId(), Integer.valueOf(description.group(1)));
        }
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
        if (event.taskInfo().successful() && event.taskInfo().index() < trainings.getOrDefault(event.stageId(), 0)) {
            append(TRAINED);
        }
    }

    private void append(String line) {
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
