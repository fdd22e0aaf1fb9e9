/**
 * Long tests that break things on purpose and count what survives: processes that are killed or stopped, disks that are
 * full, files that are corrupted, texts that are fuzzed. They live beside the other tests because they take minutes and belong to no package of
 * the program.
 */
package org.evonorm.faults;
