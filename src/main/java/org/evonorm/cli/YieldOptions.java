package org.evonorm.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.evonorm.cli.measure.ProposalYield;
import org.evonorm.data.Dataset;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Fitness;
import org.evonorm.evolution.MatingPool;
import org.evonorm.evolution.Origin;
import org.evonorm.evolution.RandomSource;
import org.evonorm.evolution.Reproduction;
import org.evonorm.evolution.Strategy;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.ProbeFingerprint;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.graph.variation.NodeSurvival;
import org.evonorm.search.trial.ProxyTaskEvaluator;
import org.evonorm.settings.Settings;
import org.evonorm.store.RunTables;
import org.evonorm.store.SurvivalTable;
import picocli.CommandLine.Option;

/**
 * The options of {@code bench --yield}, which measures how many proposals of a search pass the filters that need no
 * training.
 */
final class YieldOptions {

    private static final int MOST_PROPOSALS = 1_000_000;
    private static final JsonMapper JSON = new JsonMapper();

    @Option(
            names = "--yield",
            paramLabel = "N",
            defaultValue = "0",
            description = {
                "Measure instead how many of N proposals, as the next generation of a search would make them, pass the "
                        + "static filter, are no duplicates and pass the signal filter. Parents are --layer, all "
                        + "alike, or without it the window of the run in search.run."
            })
    private int count;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "With --yield: the search's settings in HOCON; others have their defaults.")
    private Optional<Path> config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "With --yield: overrides a setting, as in --set search.crossover-share=1. May be repeated.")
    private List<String> overrides = List.of();

    /** What proposals are made from, and the value keys of earlier candidates. */
    private record Start(MatingPool pool, Set<String> known, int generation) {}

    /**
     * Whether the yield is to be measured.
     *
     * @throws IllegalArgumentException if an option has an impossible value or lacks the other
     */
    boolean chosen() {
        Limits.between("--yield", 0, MOST_PROPOSALS, count);
        if (count == 0 && (config.isPresent() || !overrides.isEmpty())) {
            throw new IllegalArgumentException(
                    "--config and --set are settings of a search, which bench takes with --yield alone; leave them out");
        }
        return count > 0;
    }

    /**
     * Measures and prints.
     *
     * @param parents layers to vary; empty for the window of the run in search.run
     * @param json    whether to print an object per line instead of a table
     */
    void measure(List<NamedLayer> parents, boolean json, PrintWriter out) {
        Settings settings = Settings.load(config, overrides);
        Start start = parents.isEmpty() ? ofRun(settings) : ofLayers(parents);
        Dataset images = Progress.during(settings.data().work(), settings.data()::load);
        ProposalYield measured = new ProposalYield(
                settings.search().reproduction(),
                start.pool(),
                start.known(),
                ProxyTaskEvaluator.of(settings, () -> images),
                new RandomSource(settings.search().seed()),
                start.generation());
        Map<String, ProposalYield.Funnel> funnels;
        try (Progress progress = Progress.of("bench", "proposals", count)) {
            funnels = measured.measure(count, done -> progress.at(done, ""));
        }
        print(funnels, json, out);
    }

    private static Start ofRun(Settings settings) {
        RunTables tables = RunTables.open(settings.search().folder(HadoopConfiguration.ofProperties()));
        Reproduction reproduction = settings.search().reproduction();
        boolean varies = reproduction.strategy() == Strategy.EVOLUTION && reproduction.randomShare() < 1;
        if (varies && tables.generations() == 0) {
            throw new IllegalArgumentException("there are no parents: "
                    + settings.search().run()
                    + " has no committed generation; name a run by --set search.run=FOLDER or parents by --layer");
        }
        MatingPool pool = new MatingPool(
                tables.window(settings.search().window()).members(),
                reproduction.shares().learned() > 0 ? SurvivalTable.of(tables) : NodeSurvival.none());
        return new Start(pool, tables.valueKeys(), Math.max(1, tables.generations()));
    }

    private static Start ofLayers(List<NamedLayer> layers) {
        ProbeFingerprint fingerprint = new ProbeFingerprint();
        List<Evaluated> members = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (NamedLayer named : layers) {
            String id = CandidateIdentity.id(named.layer());
            known.add(fingerprint.key(Simplification.of(named.layer())));
            members.add(new Evaluated(
                    new Candidate(id, new Origin.Seed(named.name()), 0, members.size(), named.layer()),
                    new Fitness(0.0)));
        }
        return new Start(new MatingPool(members, NodeSurvival.none()), known, 1);
    }

    private static void print(Map<String, ProposalYield.Funnel> funnels, boolean json, PrintWriter out) {
        TextTable table =
                new TextTable("origin", "proposed", "static filter", "no duplicate", "signal filter", "yield");
        funnels.forEach((origin, funnel) -> {
            if (json) {
                out.println(JSON.createObjectNode()
                        .put("origin", origin)
                        .put("proposed", funnel.proposed())
                        .put("static_filter", funnel.passed())
                        .put("no_duplicate", funnel.original())
                        .put("signal_filter", funnel.signal()));
            } else {
                table.row(
                        origin,
                        Integer.toString(funnel.proposed()),
                        Integer.toString(funnel.passed()),
                        Integer.toString(funnel.original()),
                        Integer.toString(funnel.signal()),
                        String.format(Locale.ROOT, "%.1f%%", 100 * funnel.passingShare()));
            }
        });
        if (!json) {
            table.print(out);
        }
        out.flush();
    }
}
