package org.evonorm.cli;

import java.util.function.Function;
import org.evonorm.text.Quotation;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The readers of numbers in options, with messages for users in place of Java's. */
final class Numbers {

    private Numbers() {}

    /** Registers the readers with a command and its subcommands. */
    static CommandLine register(CommandLine command) {
        ITypeConverter<Integer> whole =
                converter(Integer::valueOf, "a whole number from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE);
        ITypeConverter<Long> seed = converter(Long::valueOf, "a whole number of 64 bits");
        ITypeConverter<Double> real = converter(Double::valueOf, "a number");
        return command.registerConverter(Integer.class, whole)
                .registerConverter(int.class, whole)
                .registerConverter(Long.class, seed)
                .registerConverter(long.class, seed)
                .registerConverter(Double.class, real)
                .registerConverter(double.class, real);
    }

    private static <T> ITypeConverter<T> converter(Function<String, T> reader, String kind) {
        return text -> {
            try {
                return reader.apply(text.strip());
            } catch (NumberFormatException e) {
                throw new TypeConversionException(Quotation.of(text) + " is not " + kind);
            }
        };
    }
}
