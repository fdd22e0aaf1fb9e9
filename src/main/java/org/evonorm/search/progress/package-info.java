/**
 * What a search tells while it runs: stages, summaries, observers and metrics.
 */
package org.evonorm.search.progress;
