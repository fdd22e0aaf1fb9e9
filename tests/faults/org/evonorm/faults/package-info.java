/**
 * Long tests that break things on purpose and count survivors: processes that are killed or stopped, disks that are
 * full, files that are corrupted, texts that are fuzzed. The tests stand beside the others because they take minutes
 * and belong to no package of the program.
 */
package org.evonorm.faults;
