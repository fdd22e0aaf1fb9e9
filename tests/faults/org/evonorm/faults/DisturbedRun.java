package org.evonorm.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** One run whose command is disturbed several times, then comes to its end, and is compared with an undisturbed one. */
final class DisturbedRun {

    private static final List<Fault> FAULTS = List.of(Fault.values());

    /** Traces, and the lines of libraries. */
    private static final Pattern NOISE = Pattern.compile("\\s+at .*|.*(?:Exception|Error|ERROR|WARN).*");

    private final CommandJvm jvm;
    private final DisturbedCommand command;
    private final Undisturbed expected;
    private final Path run;
    private final Path outputs;
    private final List<String> words;
    private final Random random;
    private final List<Hit> hits = new ArrayList<>();
    private int starts;

    /**
     * What an undisturbed command makes of the same settings.
     *
     * @param rows   its tables
     * @param result the table that it prints
     * @param names  the files that it leaves
     * @param millis the time that it takes
     */
    record Undisturbed(List<String> rows, String result, Set<String> names, long millis) {}

    /** A signal before it is known what became of the trainings that had ended. */
    private record Hit(
            Fault fault,
            Moment moment,
            String stage,
            Map<String, Double> finished,
            int unrecorded,
            List<String> complaints) {}

    /** A run in a folder, which may hold what the command continues; the other folder takes outputs. */
    DisturbedRun(
            CommandJvm jvm,
            DisturbedCommand command,
            Undisturbed expected,
            Path config,
            Path run,
            Path outputs,
            Random random) {
        this.jvm = jvm;
        this.command = command;
        this.expected = expected;
        this.run = run;
        this.outputs = outputs;
        this.words = command.words(config, run);
        this.random = random;
    }

    /** Disturbs the command up to {@code most} times, then lets it end, and returns every signal that hit it. */
    List<Signalled> disturb(int most) throws IOException, InterruptedException {
        boolean ended = false;
        while (!ended && hits.size() < most) {
            ended = disturbOnce();
        }
        List<String> complaints = new ArrayList<>();
        if (!hits.isEmpty()) {
            checkEnd(complaints);
        }
        Map<String, Double> kept = command.kept(run);
        List<Signalled> signalled = new ArrayList<>();
        for (Hit hit : hits) {
            hit.complaints.addAll(complaints);
            int stands = (int) hit.finished.entrySet().stream()
                    .filter(training -> training.getValue().equals(kept.get(training.getKey())))
                    .count();
            signalled.add(new Signalled(
                    command,
                    hit.fault,
                    hit.moment,
                    hit.stage,
                    hit.finished.size() + hit.unrecorded,
                    stands,
                    hit.complaints));
        }
        return signalled;
    }

    private StartedCommand start() throws IOException {
        return jvm.start(outputs.resolve("start" + starts++), words);
    }

    /** Starts the command and disturbs it; returns whether it came to its end. */
    private boolean disturbOnce() throws IOException, InterruptedException {
        Fault fault = FAULTS.get(random.nextInt(FAULTS.size()));
        Moment moment =
                command == DisturbedCommand.SEARCH && DisturbedCommand.hasBegunTrials(run) && random.nextInt(3) > 0
                        ? Moment.soonAfter(random, new Moment.SecondJvm())
                        : Moment.any(random, command == DisturbedCommand.SEARCH, expected.millis());
        Map<String, Double> before = command.kept(run);
        StartedCommand started = start();
        try {
            if (!moment.await(started, run)) {
                // It came to its end before; no signal hit it.
                return started.waitFor() == 0 || command.isComplete(run, expected.rows());
            }
            boolean inSecondJvm = Moment.SecondJvm.runs(started.process());
            started.signal(fault.signal(), fault.hitsGroup());
            String stage = stage(started, inSecondJvm);
            List<String> complaints = new ArrayList<>();
            Map<String, Double> finished;
            int trained;
            boolean ended = true;
            if (fault.isSleep()) {
                finished = command.kept(run);
                trained = started.trained();
                takeOver(started, fault, complaints);
            } else {
                boolean complete = command.isComplete(run, expected.rows());
                int status = started.waitFor();
                if (status != fault.status() && !(status == 0 && complete)) {
                    complaints.add("status " + status + " in place of " + fault.status() + ", said " + started.err());
                }
                if (fault.isGentle()) {
                    boolean done = status == 0 || command.hasResult(started.out());
                    checkSentences(started, !done && !stage.startsWith("start"), complaints);
                }
                finished = command.kept(run);
                trained = started.trained();
                ended = false;
            }
            checkQuiet(started, complaints);
            checkGroup(started, complaints);
            Map<String, Double> here = new HashMap<>(finished);
            here.keySet().removeAll(before.keySet());
            hits.add(new Hit(fault, moment, stage, here, Math.max(0, trained - here.size()), complaints));
            return ended;
        } finally {
            started.signal("KILL", true);
        }
    }

    /**
     * A second start takes over from the sleeping one and comes to its end; the first one wakes up, and changes
     * nothing.
     */
    private void takeOver(StartedCommand first, Fault fault, List<String> complaints)
            throws IOException, InterruptedException {
        boolean held = isHeldBy(first);
        boolean complete = command.isComplete(run, expected.rows());
        RunFiles.makeHeartbeatsOld(run);
        StartedCommand second = start();
        try {
            if (fault == Fault.NAP) {
                while (!isHeldBy(second) && second.process().isAlive()) {
                    Thread.sleep(5);
                }
                second.process().waitFor(random.nextInt(2000), TimeUnit.MILLISECONDS);
                first.signal("CONT", true);
            }
            int status = second.waitFor();
            if (status != 0) {
                complaints.add("the second start ended with status " + status + ": " + second.err());
            }
            checkQuiet(second, complaints);
            Map<String, String> files = RunFiles.lasting(run);
            first.signal("CONT", true);
            int woken = first.waitFor();
            if (woken == 0 ? held && !complete : woken != fault.status()) {
                complaints.add("the first start woke up and ended with status " + woken + ": " + first.err());
            }
            if (woken != 0) {
                checkSentences(first, true, complaints);
            }
            if (fault == Fault.SLEEP && !files.equals(RunFiles.lasting(run))) {
                complaints.add("the first start woke up and changed " + differences(files, RunFiles.lasting(run)));
            }
        } finally {
            second.signal("KILL", true);
        }
    }

    private boolean isHeldBy(StartedCommand started) throws IOException {
        Path lease = run.resolve(".lease");
        try {
            return Files.readString(lease)
                    .contains("\"pid\":" + started.process().pid() + ",");
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** What the command was doing when the signal hit it. */
    private String stage(StartedCommand started, boolean inSecondJvm) throws IOException {
        String stage = started.stage();
        if (stage.isEmpty()) {
            return Files.exists(run.resolve(".lease")) && isHeldBy(started)
                    ? "begin, with the lease"
                    : "start and images";
        }
        if (command.isComplete(run, expected.rows())) {
            return "report at the end";
        }
        String general = stage.replaceAll("generation \\d+: ", "");
        return inSecondJvm ? general + ", in a second JVM" : general;
    }

    private static void checkSentences(StartedCommand started, boolean needed, List<String> complaints)
            throws IOException {
        List<String> sentences = started.err().stream()
                .filter(line -> line.startsWith("evonorm: "))
                .toList();
        if (sentences.size() > 1 || (needed && sentences.isEmpty())) {
            complaints.add(sentences.size() + " sentences: " + started.err());
        }
    }

    /** Nothing but sentences and progress reaches a user. */
    private static void checkQuiet(StartedCommand started, List<String> complaints) throws IOException {
        List<String> lines = started.err();
        for (int line = 0; line < lines.size(); line++) {
            if (NOISE.matcher(lines.get(line)).matches()) {
                complaints.add("said " + lines.subList(line, Math.min(line + 6, lines.size())));
                return;
            }
        }
    }

    private static void checkGroup(StartedCommand started, List<String> complaints)
            throws IOException, InterruptedException {
        for (int second = 0; second < 20 && started.isGroupAlive(); second++) {
            Thread.sleep(1000);
        }
        if (started.isGroupAlive()) {
            complaints.add("left a process behind");
        }
    }

    /** The command ends well, to the tables and files of an undisturbed one, and once more changes nothing. */
    private void checkEnd(List<String> complaints) throws IOException, InterruptedException {
        // Fences that no lease names go when they are old.
        RunFiles.makeHeartbeatsOld(run);
        StartedCommand last = start();
        int status = last.waitFor();
        if (status != 0) {
            complaints.add("the same command ended with status " + status + ": " + last.err());
            return;
        }
        checkQuiet(last, complaints);
        if (!command.rows(run).equals(expected.rows())) {
            List<String> more = new ArrayList<>(command.rows(run));
            more.removeAll(expected.rows());
            complaints.add("other rows than the undisturbed command's: " + more);
        }
        Set<String> names = RunFiles.names(run);
        if (!names.equals(expected.names())) {
            Set<String> more = new TreeSet<>(names);
            more.removeAll(expected.names());
            Set<String> fewer = new TreeSet<>(expected.names());
            fewer.removeAll(names);
            complaints.add("other files than the undisturbed command's: more " + more + ", fewer " + fewer);
        }
        Map<String, String> files = RunFiles.state(run);
        StartedCommand again = start();
        status = again.waitFor();
        if (status != 0) {
            complaints.add("once more, the command ended with status " + status + ": " + again.err());
        } else if (!command.result(again.out(), run).equals(expected.result())) {
            complaints.add("once more, the command printed " + again.out());
        }
        if (!files.equals(RunFiles.state(run))) {
            complaints.add("once more, the command changed " + differences(files, RunFiles.state(run)));
        }
    }

    private static Set<String> differences(Map<String, String> before, Map<String, String> after) {
        Set<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        names.removeIf(name -> before.containsKey(name) && before.get(name).equals(after.get(name)));
        return names;
    }
}
