/**
 * The commands of {@code evonorm}: options, progress and printed results. A command checks its input, calls the
 * packages before it and prints; nothing is computed here.
 */
package org.evonorm.cli;
