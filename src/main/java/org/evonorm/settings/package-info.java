/**
 * Settings: HOCON read, checked and typed, and the {@code run.conf} of a run.
 *
 * <p>{@link org.evonorm.settings.RunConf} is the one reader of {@code run.conf}, for calibrations with
 * {@link org.evonorm.settings.CalibrationConf}. Nothing here starts work.
 *
 * <p>To read: {@link org.evonorm.settings.Settings}, {@link org.evonorm.settings.SearchSettings},
 * {@link org.evonorm.settings.SettingsReader}, {@link org.evonorm.settings.RunConf}.
 */
package org.evonorm.settings;
