/**
 * The log of a search, rerank or calibration, a file per start in the folder that the command works in
 * (docs/run-folder.md, "logs/"). It takes lines and libraries' warnings, and knows no command.
 */
package org.evonorm.cli.log;
