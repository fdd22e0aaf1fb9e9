package org.evonorm.settings;

import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.evonorm.engine.cpu.CpuEngine;

/**
 * The program and machine that results depend on besides the settings: versions, the engine with its libraries, and the
 * processor's features as far as the engine uses them. A run records the driver's; executors may differ from it.
 *
 * @param facts by name; runs of earlier versions lack some
 */
record Provenance(Map<String, String> facts) {

    static final String PROGRAM = "evonorm";
    private static final String ENGINE = "engine";
    private static final String PROCESSOR = "processor";
    private static final Pattern MINOR = Pattern.compile("([0-9]+\\.[0-9]+)([.+-].*)?");

    /** The program and machine of this process. */
    static Provenance now(EngineName engine) {
        Map<String, String> facts = new TreeMap<>(Versions.all());
        facts.put(ENGINE, Versions.of(engine));
        facts.put(PROCESSOR, CpuEngine.processor());
        return new Provenance(facts);
    }

    /** The recorded one, of the section {@code started-with} of a {@code run.conf}. */
    static Provenance of(Config startedWith) {
        Map<String, String> facts = new TreeMap<>();
        for (String name : List.of(PROGRAM, ENGINE, PROCESSOR)) {
            if (startedWith.hasPath(name)) {
                facts.put(name, startedWith.getString(name));
            }
        }
        return new Provenance(facts);
    }

    /** The version of the program, for example 0.2.0. */
    String program() {
        return facts.getOrDefault(PROGRAM, "an unknown version");
    }

    /** Whether results of the other one's program may differ: its major or minor version is another. */
    boolean hasOtherProgram(Provenance other) {
        return facts.containsKey(PROGRAM) && !minor(program()).equals(minor(other.program()));
    }

    /** The major and minor version, or all of a text that is no version. */
    private static String minor(String version) {
        Matcher matcher = MINOR.matcher(version);
        return matcher.matches() ? matcher.group(1) : version;
    }

    /** One sentence for each difference under which a run goes on, and for the consequence. */
    List<String> notes(Provenance now) {
        List<String> notes = new ArrayList<>();
        difference(PROGRAM, now)
                .ifPresent(difference -> notes.add("The run was started by evonorm " + difference + "."));
        difference(ENGINE, now).ifPresent(difference -> notes.add(lastDigits("with the engine " + difference)));
        difference(PROCESSOR, now).ifPresent(difference -> notes.add(lastDigits("on a processor " + difference)));
        return notes;
    }

    private static String lastDigits(String difference) {
        return "The run was started " + difference
                + ": results may differ from the run's in their last digits, and accuracies by the few points that"
                + " these decide.";
    }

    private Optional<String> difference(String name, Provenance now) {
        Optional<String> then = Optional.ofNullable(facts.get(name));
        return then.filter(value -> !value.equals(now.facts.get(name)))
                .map(value -> value + " and goes on with " + now.facts.get(name));
    }
}
