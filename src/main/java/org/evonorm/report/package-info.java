/**
 * The report of a run: one HTML page that needs no network, and its plots as files. Everything is read from the
 * committed tables and drawn here; nothing is trained or changed.
 *
 * <p>To read: {@link org.evonorm.report.Report}, {@code RunHistory}, {@code ReportPage}.
 */
package org.evonorm.report;
