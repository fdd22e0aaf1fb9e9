package org.evonorm.rejection;

import java.io.Serializable;

/** What the filters say of a candidate. */
public sealed interface Verdict extends Serializable {

    /** No filter minded. */
    record Passed() implements Verdict {}

    /**
     * Thrown out.
     *
     * @param filter which filter did
     * @param reason one sentence with the network and the figure that failed
     */
    record Rejected(Filter filter, String reason) implements Verdict {}

    /** The filters, cheapest first. */
    enum Filter { STATIC, STABILITY, QUALITY }
}
