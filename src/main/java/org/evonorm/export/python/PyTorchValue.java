package org.evonorm.export.python;

/**
 * The text of a value of a program in PyTorch.
 *
 * @param isFresh  whether it is an expression with a new tensor, which may be overwritten
 * @param isNumber whether it is a Python number
 */
record PyTorchValue(String text, boolean isFresh, boolean isNumber) {

    /** The text as the object of a method or as an operand. */
    String operand() {
        return hasOperator() ? "(" + text + ")" : text;
    }

    /** Whether an operator stands outside all parentheses. */
    private boolean hasOperator() {
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth == 0 && c == ' ') {
                return true;
            }
        }
        return false;
    }
}
