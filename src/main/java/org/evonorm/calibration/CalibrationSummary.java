package org.evonorm.calibration;

import java.util.List;

/**
 * The state of a calibration, at its end or on the way.
 *
 * @param folder   location of the calibration's folder
 * @param layers   number of layers
 * @param networks names of the reference's networks
 * @param rungs    all rungs and the reference, the cheapest first
 * @param failures layers of a run whose trainings failed, a sentence each; they count with accuracy 0
 * @param deadline whether the calibration stopped at its deadline
 */
public record CalibrationSummary(
        String folder,
        int layers,
        List<String> networks,
        List<RungResult> rungs,
        List<String> failures,
        boolean deadline) {}
