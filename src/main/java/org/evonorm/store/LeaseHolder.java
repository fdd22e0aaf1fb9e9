package org.evonorm.store;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.evonorm.text.Quotation;

/**
 * The holder of a lease, as the lease's file names it.
 *
 * @param host  name of its machine
 * @param pid   process id
 * @param since start of the lease, as an ISO instant
 * @param token unique to the holder
 */
record LeaseHolder(String host, long pid, String since, String token) {

    private static final String UNKNOWN_HOST = "an unknown host";

    LeaseHolder {
        if (!token.matches("[A-Za-z0-9-]{1,64}")) {
            throw new IllegalArgumentException("its token is not letters, digits and dashes");
        }
        try {
            Instant.parse(since);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("its time is no instant", e);
        }
    }

    /** This process as a new holder. */
    static LeaseHolder self() {
        return new LeaseHolder(
                hostName(),
                ProcessHandle.current().pid(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                UUID.randomUUID().toString());
    }

    /**
     * Whether the process ran on this machine and has ended; a process that started after the lease is another one.
     */
    boolean isGone() {
        return !host.equals(UNKNOWN_HOST)
                && host.equals(hostName())
                && ProcessHandle.of(pid)
                        .filter(process -> !process.info()
                                .startInstant()
                                .map(this::isAfterLease)
                                .orElse(false))
                        .isEmpty();
    }

    private boolean isAfterLease(Instant processStart) {
        return processStart.isAfter(Instant.parse(since).plusSeconds(1));
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return UNKNOWN_HOST;
        }
    }

    @Override
    public String toString() {
        return "process " + pid + " on " + Quotation.shown(host) + " since " + since;
    }
}
