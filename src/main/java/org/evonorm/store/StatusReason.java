package org.evonorm.store;

import java.util.regex.Pattern;

/**
 * Why candidates were not trained to the end, without the figures that differ from candidate to candidate.
 *
 * @param status candidate status, as in {@link Table#CANDIDATES}
 * @param kind   the reason, with an ellipsis in place of every number; names as {@code resnet50} keep theirs
 */
public record StatusReason(String status, String kind) {

    private static final Pattern NUMBER =
            Pattern.compile("(?<![\\p{L}\\d])-?\\d+(?:[.]\\d+)?(?:[eE][+-]?\\d+)?(?![\\p{L}\\d])");

    static StatusReason of(String status, String reason) {
        return new StatusReason(status, NUMBER.matcher(reason).replaceAll("…"));
    }
}
