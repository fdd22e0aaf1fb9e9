package org.evonorm.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.spark.util.Utils;

/**
 * The names of this machine and of its user, which Spark and Hadoop ask for and cannot start without. A container often
 * has neither: its host name has no address, and its user no entry in the list of users. A process that works alone
 * needs none of the two, so it gets a name in their place.
 */
final class Machine {

    /** Java's name of a user who is in no list. */
    private static final String NOBODY = "?";

    private static final String USER_VARIABLE = "HADOOP_USER_NAME";
    private static final String ADDRESS_VARIABLE = "SPARK_LOCAL_IP";
    private static final String ALONE = "localhost";

    private Machine() {}

    /** Names the user and, for a process that works alone, the host. Called before Spark or Hadoop starts. */
    static void prepare(boolean alone) {
        nameUser(System.getProperty("user.name"));
        if (alone && System.getenv(ADDRESS_VARIABLE) == null && !hasAddress()) {
            Utils.setCustomHostname(ALONE);
        }
    }

    /**
     * The largest number of threads that a command may start here: several per processor, for tests of threads, and not
     * so many that the machine does nothing else.
     */
    static int mostThreads() {
        return Math.max(16, 4 * Runtime.getRuntime().availableProcessors());
    }

    /** Logs a user in for Hadoop whom the operating system has no name for. */
    static void nameUser(String name) {
        boolean named = name != null && !name.isBlank() && !name.equals(NOBODY);
        if (!named && !UserGroupInformation.isSecurityEnabled()) {
            UserGroupInformation.setLoginUser(UserGroupInformation.createRemoteUser(
                    Objects.requireNonNullElse(System.getenv(USER_VARIABLE), "evonorm")));
        }
    }

    private static boolean hasAddress() {
        try {
            return InetAddress.getLocalHost() != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The sentence on a failure of which a host without an address is the cause; empty for other failures. */
    static Optional<String> unknownHost(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException && cause.getMessage() != null) {
                return Optional.of("the host name " + cause.getMessage().replaceFirst(":.*", "")
                        + " has no address; correct it, add a line with it to /etc/hosts, or set " + ADDRESS_VARIABLE
                        + " to this machine's address if it is this machine's name");
            }
        }
        return Optional.empty();
    }
}
