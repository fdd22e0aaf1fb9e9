package org.evonorm.settings;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.rejection.QualitySettings;
import org.evonorm.rejection.SignalSettings;
import org.evonorm.rejection.StabilitySettings;

/**
 * The section {@code rejection} of the settings.
 *
 * @param staticFilter      whether the static filter is on
 * @param signalFilter      whether the signal filter is on
 * @param signalNetwork     name of the network that the signal filter tests in
 * @param signal            settings of the signal filter
 * @param stabilityFilter   whether the stability filter is on
 * @param stabilityNetworks names of the networks that the stability filter tests in
 * @param stability         settings of the stability filter
 * @param qualityFilter     whether the quality filter is on
 * @param quality           settings of the quality filter
 */
public record RejectionSettings(
        boolean staticFilter,
        boolean signalFilter,
        String signalNetwork,
        SignalSettings signal,
        boolean stabilityFilter,
        List<String> stabilityNetworks,
        StabilitySettings stability,
        boolean qualityFilter,
        QualitySettings quality)
        implements Serializable {

    static RejectionSettings read(SettingsReader reader) {
        SignalSettings signal = new SignalSettings(
                reader.whole("rejection.signal.batch-size", 2),
                reader.positive("rejection.signal.gradient"),
                reader.positive("rejection.signal.features"),
                reader.zeroToOne("rejection.signal.variation"),
                reader.zeroToOne("rejection.signal.exempt-share"));
        StabilitySettings stability = new StabilitySettings(
                reader.whole("rejection.stability.steps", 0),
                reader.positive("rejection.stability.step-size"),
                reader.whole("rejection.stability.batch-size", 1),
                reader.positive("rejection.stability.limit"));
        QualitySettings quality = new QualitySettings(
                reader.whole("rejection.quality.steps", 1),
                reader.zeroToOne("rejection.quality.ten-class-threshold"),
                lossLimits(reader),
                reader.belowOne("rejection.quality.scoring-error"),
                secondSeedMargin(reader));
        return new RejectionSettings(
                reader.flag("rejection.static.enabled"),
                reader.flag("rejection.signal.enabled"),
                reader.network("rejection.signal.network"),
                signal,
                reader.flag("rejection.stability.enabled"),
                reader.networks("rejection.stability.networks"),
                stability,
                reader.flag("rejection.quality.enabled"),
                quality);
    }

    /** With hurdles the filter's training goes on, so that a second one has no place. */
    private static double secondSeedMargin(SettingsReader reader) {
        String key = "rejection.quality.second-seed-margin";
        double margin = reader.zeroToOne(key);
        if (margin > 0 && !reader.rising("search.hurdles").isEmpty()) {
            throw reader.refusal(key, "0 where there are search.hurdles, whose first one is the quality filter");
        }
        return margin;
    }

    /** The limits of the loss by network, without the zeros that stand for no limit. */
    private static Map<String, Double> lossLimits(SettingsReader reader) {
        Map<String, Double> limits = new TreeMap<>();
        for (String network : AnchorNetworks.names()) {
            double limit = reader.zeroOrMore("rejection.quality.loss-limit." + network);
            if (limit > 0) {
                limits.put(network, limit);
            }
        }
        return limits;
    }
}
