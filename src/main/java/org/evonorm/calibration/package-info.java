/**
 * The calibration: layers trained in a ladder of proxy settings and in reference settings, and how well each rung of
 * the ladder ranks them as the reference does, against its cost. Nothing here searches: layers come from the settings
 * and from the tables of a run.
 *
 * <p>To read: {@link org.evonorm.calibration.Calibration}, {@link org.evonorm.calibration.Ladder},
 * {@code KendallTau}, {@code TopQuarter}, {@code Bootstrap}.
 */
package org.evonorm.calibration;
