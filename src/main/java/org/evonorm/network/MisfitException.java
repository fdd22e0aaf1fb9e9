package org.evonorm.network;

/** An operator of a network that does not fit to its inputs at some size of the images. */
public final class MisfitException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final int operator;
    private final String reason;

    MisfitException(int operator, String kind, String reason) {
        super("operator " + operator + " (" + kind + ") " + reason);
        this.operator = operator;
        this.reason = reason;
    }

    /** Index of the operator. */
    public int operator() {
        return operator;
    }

    /** The reason, to follow a name of the operator. */
    public String reason() {
        return reason;
    }
}
