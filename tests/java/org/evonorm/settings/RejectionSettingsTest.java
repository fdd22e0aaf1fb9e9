package org.evonorm.settings;

import static org.evonorm.settings.Loading.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.evonorm.evolution.Hurdles;
import org.evonorm.rejection.QualitySettings;
import org.junit.jupiter.api.Test;

class RejectionSettingsTest {

    private static String refusal(String... overrides) {
        return assertThrows(SettingsException.class, () -> with(overrides)).getMessage();
    }

    @Test
    void hurdlesRiseToTheLastStepAndBeginAtTheQualityFilter() {
        Settings settings = with("search.hurdles=[150, 500, 2000]", "search.hurdle-margin=0.01");
        assertEquals(
                new Hurdles(List.of(150, 500, 2000), 0.01, 0.05),
                settings.search().hurdles());
        assertTrue(with().search().hurdles().isNone());
        assertTrue(with("search.hurdles=[]", "search.hurdle-margin=0.01")
                .search()
                .hurdles()
                .isNone());
        for (String wrong : List.of("[150, 150, 2000]", "[500, 150, 2000]", "[0, 2000]", "[1.5, 2000]", "[a]")) {
            String message = refusal("search.hurdles=" + wrong);
            assertTrue(message.startsWith("search.hurdles must be a list of rising whole numbers"), message);
        }
        assertTrue(refusal("search.hurdles=[150, 500]")
                .startsWith("search.hurdles must be a list that ends with training.steps, which is 2000, or []"));
        assertTrue(refusal("search.hurdles=[150, 2000]", "training.partitions=2")
                .startsWith("search.hurdles must be [] where training.partitions is above 1, since "));
        assertTrue(refusal("search.hurdles=[100, 2000]")
                .startsWith("rejection.quality.steps must be 100, the first of search.hurdles, where the quality filter"
                        + " judges, not 150"));
        assertEquals(
                List.of(100, 2000),
                with("search.hurdles=[100, 2000]", "rejection.quality.enabled=off")
                        .search()
                        .hurdles()
                        .steps());
        assertTrue(refusal("search.hurdle-margin=1.5").startsWith("search.hurdle-margin must be a number from 0 to 1"));
    }

    @Test
    void limitsOfTheLossAreByNetworkAndZeroIsNone() {
        QualitySettings quality = with(
                        "rejection.quality.loss-limit.mobilenetv2=10", "rejection.quality.scoring-error=1e-6")
                .rejection()
                .quality();
        assertEquals(10, quality.lossLimit("mobilenetv2"));
        assertEquals(Double.POSITIVE_INFINITY, quality.lossLimit("resnet50"));
        assertEquals(1e-6, quality.scoringError());
        assertEquals(Map.of(), with().rejection().quality().lossLimits());
        assertEquals(0, with().rejection().quality().scoringError());
        assertTrue(refusal("rejection.quality.loss-limit.resnet50=-1")
                .startsWith("rejection.quality.loss-limit.resnet50 must be a number of at least 0"));
        assertEquals(
                0.02,
                with("rejection.quality.second-seed-margin=0.02")
                        .rejection()
                        .quality()
                        .secondSeedMargin());
        assertTrue(refusal(
                        "rejection.quality.second-seed-margin=0.02",
                        "search.hurdles=[100, 2000]",
                        "rejection.quality.steps=100")
                .startsWith("rejection.quality.second-seed-margin must be 0 where there are search.hurdles"));
        assertTrue(refusal("rejection.quality.scoring-error=1")
                .startsWith("rejection.quality.scoring-error must be a number of at least 0 and below 1"));
    }
}
