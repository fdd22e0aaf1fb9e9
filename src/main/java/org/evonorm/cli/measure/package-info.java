/**
 * Measurements behind the commands {@code bench} and {@code check}.
 */
package org.evonorm.cli.measure;
