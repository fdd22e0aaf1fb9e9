package org.evonorm.faults;

/**
 * What happens to a disturbed process: a signal to it alone or to its group, or a sleep while another start takes over.
 */
enum Fault {
    KILL_PROCESS("KILL", false, 137),
    KILL_GROUP("KILL", true, 137),
    TERM_PROCESS("TERM", false, 143),
    TERM_GROUP("TERM", true, 143),
    INT_PROCESS("INT", false, 130),
    INT_GROUP("INT", true, 130),
    /** Stopped, taken over by a second start that comes to its end, and woken up then. */
    SLEEP("STOP", true, 1),
    /** As the other, but woken up while the second start is at work. */
    NAP("STOP", true, 1);

    private final String signal;
    private final boolean group;
    private final int status;

    Fault(String signal, boolean group, int status) {
        this.signal = signal;
        this.group = group;
        this.status = status;
    }

    String signal() {
        return signal;
    }

    boolean hitsGroup() {
        return group;
    }

    /** The exit status that docs/run-folder.md promises. */
    int status() {
        return status;
    }

    boolean isSleep() {
        return this == SLEEP || this == NAP;
    }

    /** Whether the process gets a chance to tidy up and to say a sentence. */
    boolean isGentle() {
        return signal.equals("TERM") || signal.equals("INT");
    }
}
