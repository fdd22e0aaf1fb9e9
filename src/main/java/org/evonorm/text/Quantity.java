package org.evonorm.text;

/** A number with the noun that it counts, for messages: {@code 1 layer}, {@code 2 layers}. */
public final class Quantity {

    private Quantity() {}

    /**
     * The number and the noun.
     *
     * @param noun a noun in the singular whose plural ends in s
     */
    public static String of(long number, String noun) {
        return number + " " + (number == 1 ? noun : noun + "s");
    }
}
