/**
 * The commands of {@code evonorm}: they read options, call the packages that do the work, and print. What a command
 * prints to standard output is its result; progress, warnings and errors go to standard error. No computation lives
 * here that another program could want.
 */
package org.evonorm.cli;
