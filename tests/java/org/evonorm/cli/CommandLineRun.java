package org.evonorm.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** The status and output of a command. */
public record CommandLineRun(int status, String out, String err) {

    public static CommandLineRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
        return new CommandLineRun(status, out.toString(), err.toString());
    }
}
