package org.evonorm.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;

/**
 * The last line of a terminal, which a progress is drawn on. The library's own leaves the end of a longer line beside a
 * shorter one, draws the same line again at the end, and leaves an empty line behind.
 */
final class TerminalLine extends ConsoleProgressBarConsumer {

    /** Goes to the first column and erases the line, as every terminal but a dumb one does. */
    private static final String ERASE = "\r\u001b[K";

    private final PrintStream out;
    private String shown = "";

    TerminalLine(PrintStream out) {
        super(out);
        this.out = out;
    }

    @Override
    public void accept(String line) {
        if (!line.equals(shown)) {
            show(line);
        }
    }

    @Override
    public void clear() {
        show("");
    }

    @Override
    public void close() {
        out.flush();
    }

    private void show(String line) {
        out.print(ERASE + line);
        out.flush();
        shown = line;
    }
}
