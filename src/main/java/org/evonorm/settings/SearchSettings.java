package org.evonorm.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.evolution.Hurdles;
import org.evonorm.evolution.Objective;
import org.evonorm.evolution.Reproduction;
import org.evonorm.evolution.Selection;
import org.evonorm.evolution.Strategy;
import org.evonorm.evolution.Tournament;
import org.evonorm.evolution.VariationShares;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.store.RunFolder;

/**
 * The section {@code search} of the settings.
 *
 * @param run              path or URI of the run's folder
 * @param seed             seed of every random choice
 * @param generations      number of generations to reach, not counting generation 0
 * @param proposals        layers proposed per round of a generation
 * @param survivors        candidates that must pass all filters before a generation stops proposing; 0 for one round
 * @param rounds           largest number of rounds per generation, if survivors are asked for
 * @param networks         names of the anchor networks, in the order of the accuracies in a fitness
 * @param objectives       objectives of Pareto selection, accuracy among them, without repetitions
 * @param baselines        layers trained for comparison, in order
 * @param seedLayers       layers that the population starts from, in order
 * @param window           largest number of layers that parents are drawn from
 * @param reproduction     rules of proposals: search space, size, tournament, mutation
 * @param hurdles          hurdles of the trainings
 * @param maxDuration      time after which a search stops; zero for no limit
 * @param trialMaxDuration longest time of one attempt at a trial
 */
public record SearchSettings(
        String run,
        long seed,
        int generations,
        int proposals,
        int survivors,
        int rounds,
        List<String> networks,
        List<Objective> objectives,
        List<Baseline> baselines,
        List<SeedLayer> seedLayers,
        int window,
        Reproduction reproduction,
        Hurdles hurdles,
        Duration maxDuration,
        Duration trialMaxDuration) {

    private static final String PARETO = "pareto";
    /** The largest number of proposals of a round, all of which the driver holds in memory. */
    private static final int MOST_PROPOSALS = 1_000_000;
    /** The largest number of proposals of all rounds of a generation. */
    private static final int MOST_PROPOSALS_OF_GENERATION = 100_000_000;

    /**
     * The run's folder.
     *
     * @param hadoop configuration of the file system
     * @throws org.evonorm.store.StoreException if the location is a file or a folder without a run, or the file system
     *                                          cannot be reached
     */
    public RunFolder folder(Configuration hadoop) {
        return RunFolder.at(run, hadoop);
    }

    /** The objectives besides accuracy, in the order of the settings. */
    public List<Objective> furtherObjectives() {
        return objectives.stream()
                .filter(objective -> objective != Objective.ACCURACY)
                .toList();
    }

    /**
     * Whether a generation proposes once more.
     *
     * @param done     rounds done
     * @param survived survivors of these rounds
     */
    public boolean proposesAfter(int done, int survived) {
        return done == 0 || (survived < survivors && done < rounds);
    }

    static SearchSettings read(SettingsReader reader) {
        List<String> networks = reader.networks("search.networks");
        String run = reader.text("search.run");
        if (run.isBlank()) {
            throw reader.refusal("search.run", "the location of a folder");
        }
        Tournament tournament = new Tournament(reader.share("search.tournament-share"), selection(reader, networks));
        Family family = reader.choice("search.family", Family.class);
        Reproduction reproduction = new Reproduction(
                SearchSpaceSettings.read(reader, family),
                reader.whole("search.nodes", 1, Formula.MOST_NODES),
                reader.choice("search.strategy", Strategy.class),
                tournament,
                reader.zeroToOne("search.random-share"),
                reader.whole("search.mutations", 1, Formula.MOST_NODES),
                shares(reader));
        int proposals = reader.whole("search.proposals", 1, MOST_PROPOSALS);
        int rounds = reader.whole("search.rounds", 1);
        int survivors = reader.whole("search.survivors", 0);
        if (survivors > 0 && rounds > MOST_PROPOSALS_OF_GENERATION / proposals) {
            throw reader.refusal(
                    "search.rounds",
                    "at most " + MOST_PROPOSALS_OF_GENERATION / proposals + " where search.proposals is " + proposals);
        }
        return new SearchSettings(
                run,
                reader.seed("search.seed"),
                reader.whole("search.generations", 0),
                proposals,
                survivors,
                rounds,
                networks,
                objectives(reader),
                baselines(reader, "search.baselines"),
                seedLayers(reader, family),
                reader.whole("search.window", 1),
                reproduction,
                hurdles(reader),
                reader.duration("search.max-duration"),
                reader.positiveDuration("search.trial-max-duration"));
    }

    /** The hurdles, which must agree with the trainings and with the quality filter. */
    private static Hurdles hurdles(SettingsReader reader) {
        String key = "search.hurdles";
        List<Integer> steps = reader.rising(key);
        double margin = reader.zeroToOne("search.hurdle-margin");
        double networkMargin = reader.zeroToOne("search.hurdle-network-margin");
        if (steps.isEmpty()) {
            return Hurdles.NONE;
        }
        int all = reader.whole("training.steps", 1);
        if (steps.get(steps.size() - 1) != all) {
            throw reader.refusal(
                    key, "a list that ends with training.steps, which is " + all + ", or [] for no hurdles");
        }
        if (reader.whole("training.partitions", 1) > 1) {
            throw reader.refusal(
                    key,
                    "[] where training.partitions is above 1, since a state at a hurdle is one task's, and the rounds of"
                            + " partitions share theirs");
        }
        if (reader.flag("rejection.quality.enabled") && reader.whole("rejection.quality.steps", 1) != steps.get(0)) {
            throw reader.refusal(
                    "rejection.quality.steps",
                    steps.get(0) + ", the first of search.hurdles, where the quality filter judges");
        }
        return new Hurdles(steps, margin, networkMargin);
    }

    /** The objectives; the other selections than the Pareto front compare accuracies alone. */
    private static List<Objective> objectives(SettingsReader reader) {
        String key = "search.objectives";
        List<Objective> objectives = reader.objectives(key);
        if (objectives.size() > 1
                && !reader.text("search.selection").toLowerCase(Locale.ROOT).equals(PARETO)) {
            throw reader.refusal(
                    "search.selection",
                    PARETO
                            + " where search.objectives has more than accuracy, since the others compare accuracies alone");
        }
        List<String> scored = objectives.stream()
                .filter(objective -> RobustnessObjectives.condition(objective).isPresent())
                .map(Objective::text)
                .toList();
        if (!scored.isEmpty() && reader.choice("engine.name", EngineName.class) != EngineName.CPU) {
            throw reader.refusal("engine.name", "cpu where search.objectives has " + String.join(", ", scored));
        }
        if (!scored.isEmpty() && reader.whole("training.partitions", 1) > 1) {
            throw reader.refusal(
                    "training.partitions",
                    "1 where search.objectives has " + String.join(", ", scored)
                            + ", which are scored where a training ends");
        }
        return objectives;
    }

    private static VariationShares shares(SettingsReader reader) {
        double insertion = reader.zeroToOne("search.insertion-share");
        double removal = reader.zeroToOne("search.removal-share");
        if (insertion + removal > 1) {
            throw reader.refusal(
                    "search.removal-share", "at most 1 together with search.insertion-share, which is " + insertion);
        }
        return new VariationShares(
                reader.zeroToOne("search.crossover-share"),
                insertion,
                removal,
                reader.zeroToOne("search.learned-share"));
    }

    private static Selection selection(SettingsReader reader, List<String> networks) {
        Map<String, Selection> selections = new LinkedHashMap<>();
        selections.put(PARETO, new Selection.Pareto());
        selections.put("average", new Selection.Average());
        networks.forEach(name -> selections.put(name, new Selection.OneNetwork(networks.indexOf(name))));
        Selection selection = selections.get(reader.text("search.selection").toLowerCase(Locale.ROOT));
        if (selection == null) {
            throw reader.refusal("search.selection", "one of " + String.join(", ", selections.keySet()));
        }
        return selection;
    }

    /** The layers that a setting lists, in order and without repetitions. */
    static List<Baseline> baselines(SettingsReader reader, String key) {
        Map<String, Baseline> baselines = new LinkedHashMap<>();
        for (String text : reader.texts(key)) {
            try {
                Baseline baseline = Baseline.named(text);
                baselines.put(baseline.name(), baseline);
            } catch (IllegalArgumentException e) {
                throw new SettingsException(key + reader.where(key) + ": " + e.getMessage(), e);
            }
        }
        return List.copyOf(baselines.values());
    }

    private static List<SeedLayer> seedLayers(SettingsReader reader, Family family) {
        List<SeedLayer> seeds = new ArrayList<>();
        for (String text : reader.texts("search.seed-layers")) {
            String place = "search.seed-layers" + reader.where("search.seed-layers") + ": ";
            try {
                seeds.add(SeedLayer.named(text));
            } catch (IllegalArgumentException e) {
                throw new SettingsException(place + e.getMessage(), e);
            }
            if (!family.allows(
                    CanonicalForm.of(seeds.get(seeds.size() - 1).layer().graph()))) {
                throw new SettingsException(place + "'" + text + "' takes statistics over the batch, which family "
                        + family + " has not; leave it out or set search.family = B");
            }
        }
        return List.copyOf(seeds);
    }
}
