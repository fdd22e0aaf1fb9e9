package org.evonorm.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The words of a progress, for a line of a log or for a line of a terminal with a bar.
 *
 * @param task  name of the work
 * @param items name of the items that the work consists of
 * @param total number of the items; 0 if nobody knows it
 */
record ProgressText(String task, String items, long total) {

    /** Time before the rate is trusted to tell the time left. */
    private static final Duration FIRST_ESTIMATE = Duration.ofSeconds(10);

    /** Signs of a bar that is worth its place. */
    private static final int SHORTEST_BAR = 8;

    private static final int LONGEST_BAR = 40;

    /** Seconds that are told as such. */
    private static final int MOST_SECONDS = 120;

    /** Items of which a percent is less than a tenth of one. */
    private static final int FEW_ITEMS = 10;

    /**
     * The known part of the progress.
     *
     * @param done   items that are done
     * @param detail further words
     * @param when   time from the beginning until this was known
     */
    record State(double done, String detail, Duration when) {

        static final State BEGINNING = new State(0, "", Duration.ZERO);
    }

    /** A line for a log. Before the first item it says what begins. */
    String line(State state, Duration elapsed) {
        if (total == 0) {
            return elapsed.toSeconds() < 60 ? task : task + ", " + time(elapsed) + " so far";
        }
        List<String> parts = new ArrayList<>();
        parts.add(state.done > 0 ? count(state.done) + " of " + total + " " + items : total + " " + items);
        parts.addAll(timeLeft(state, elapsed));
        if (!state.detail.isEmpty()) {
            parts.add(state.detail);
        }
        return task + ": " + String.join(", ", parts);
    }

    /**
     * A line for a terminal of a width: task, share, bar, items, time left and detail; what does not fit is left out,
     * the detail first and then the bar.
     */
    String bar(State state, Duration elapsed, int width) {
        if (total == 0) {
            String time = ", " + time(elapsed);
            return shortened(shortened(task, Math.max(0, width - time.length())) + time, width);
        }
        double share = Math.min(1, state.done / total);
        String name = shortened(task, Math.max(SHORTEST_BAR, width / 3));
        String begin = String.format(Locale.ROOT, "%s %3d%% ", name, (int) (100 * share));
        List<String> parts = new ArrayList<>();
        parts.add(count(state.done) + " of " + total);
        parts.addAll(timeLeft(state, elapsed));
        String end = String.join(", ", parts);
        String withDetail = state.detail.isEmpty() ? end : end + ", " + state.detail;
        int room = width - begin.length() - "[] ".length();
        if (room - withDetail.length() >= SHORTEST_BAR) {
            end = withDetail;
        }
        int signs = Math.min(LONGEST_BAR, room - end.length());
        if (signs < SHORTEST_BAR) {
            return shortened(begin + end, width);
        }
        int full = (int) (share * signs);
        return begin + "[" + "#".repeat(full) + ".".repeat(signs - full) + "] " + end;
    }

    /**
     * The time that the items left take at the rate so far, less the time since the state was known; empty at the
     * beginning and at the end.
     */
    private List<String> timeLeft(State state, Duration elapsed) {
        if (state.done <= 0 || state.done >= total || elapsed.compareTo(FIRST_ESTIMATE) < 0) {
            return List.of();
        }
        double whole = state.when.toMillis() * total / state.done;
        double left = Math.max(0, whole - elapsed.toMillis());
        return List.of(time(Duration.ofSeconds((long) Math.ceil(left * 1e-3))) + " left");
    }

    /** A number of items; if running items count in part, with as many digits as a percent of few items needs. */
    private String count(double done) {
        if (done == Math.rint(done)) {
            return String.format(Locale.ROOT, "%.0f", done);
        }
        int digits = total < FEW_ITEMS ? 2 : 1;
        double unit = Math.pow(10, -digits);
        return String.format(Locale.ROOT, "%." + digits + "f", Math.floor(done / unit) * unit);
    }

    /** A time as precisely as it is of use: {@code 95 s}, {@code 7 min}, {@code 3 h 20 min} or {@code 2 d 5 h}. */
    static String time(Duration time) {
        if (time.toSeconds() < MOST_SECONDS) {
            return time.toSeconds() + " s";
        }
        if (time.toHours() < 1) {
            return time.toMinutes() + " min";
        }
        return time.toDays() < 1
                ? time.toHours() + " h " + time.toMinutesPart() + " min"
                : time.toDays() + " d " + time.toHoursPart() + " h";
    }

    private static String shortened(String text, int width) {
        String mark = "...";
        return text.length() <= width
                ? text
                : text.substring(0, Math.max(0, width - mark.length())) + mark.substring(0, Math.min(3, width));
    }
}
