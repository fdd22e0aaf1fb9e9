/**
 * The commands of {@code evonorm}: options, progress and what a person reads. A command checks its input, calls the packages
 * before it and prints; nothing is computed here.
 */
package org.evonorm.cli;
