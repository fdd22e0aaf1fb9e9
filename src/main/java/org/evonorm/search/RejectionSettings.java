package org.evonorm.search;

import org.evonorm.rejection.QualitySettings;

/**
 * The section {@code rejection} of the settings.
 *
 * @param staticFilter  whether the static filter is on
 * @param qualityFilter whether the quality filter is on
 * @param quality       what the quality filter asks for
 */
public record RejectionSettings(boolean staticFilter, boolean qualityFilter, QualitySettings quality) {

    static RejectionSettings read(SettingsReader reader) {
        return new RejectionSettings(reader.flag("rejection.static.enabled"), reader.flag("rejection.quality.enabled"),
                new QualitySettings(reader.whole("rejection.quality.steps", 1),
                        reader.zeroToOne("rejection.quality.threshold")));
    }
}
