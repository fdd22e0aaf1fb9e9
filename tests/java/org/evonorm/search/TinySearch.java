package org.evonorm.search;

/** A search that is tiny but real, for tests that start whole commands. */
public final class TinySearch {

    /** A search with real trainings that takes seconds. */
    public static final String SETTINGS = """
            search { proposals = 200, networks = [mobilenetv2], baselines = [BN-ReLU], window = 20, generations = 2 }
            networks.mobilenetv2 { width = 0.1, depth = 0.1 }
            data { training-images = 200, validation-images = 50, test-images = 10 }
            training { steps = 4, batch-size = 8, crop-size = 16, warmup-steps = 0, score-every = 2 }
            rejection { quality { steps = 2, ten-class-threshold = 0 }, stability.steps = 2 }
            """;

    private TinySearch() {}
}
