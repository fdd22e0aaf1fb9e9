/**
 * The progress of a search while it runs: stages, summaries, observers and metrics.
 */
package org.evonorm.search.progress;
