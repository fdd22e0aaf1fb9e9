/**
 * The figures of a search for other programs to show: event files that TensorBoard reads. Everything is taken from the
 * committed tables, and nothing of the run depends on it.
 *
 * <p>To read: {@link org.evonorm.tracking.SearchTracker}, {@code TensorBoardTracker}, {@code SearchFigures}, {@code EventFolder}.
 */
package org.evonorm.tracking;
