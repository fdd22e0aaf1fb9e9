package org.evonorm.export.python;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.evonorm.graph.GroupRule;

/** The docstrings of a module and its class, of what all frameworks have in common. */
record Docstrings(ModuleParts parts) {

    /** The docstring of the module, with a line break. */
    String ofModule(String framework, String packages) {
        return "\"\"\"" + parts.exported().title() + ", a normalization-activation layer for " + framework
                + ", written by evonorm's export.\n\n"
                + "Needs " + packages + " alone. Run as a program, it compares itself with the check file beside it.\n"
                + "\"\"\"\n";
    }

    /**
     * The docstring of the class, with its indent and a line break.
     *
     * @param memory a sentence on the module's memory, for a layer that comes with measurements
     */
    String ofClass(String shapes, Optional<String> memory, List<String> arguments) {
        StringBuilder text = new StringBuilder("    \"\"\"" + summary() + "\n\n");
        text.append(PythonText.wrapped("        ", parts.exported().equation())).append("\n\n");
        paragraph(text, glossary());
        paragraph(text, shapes);
        parts.exported().provenance().forEach(sentence -> paragraph(text, sentence));
        if (!parts.exported().provenance().isEmpty()) {
            memory.ifPresent(sentence -> paragraph(text, sentence));
        }
        text.append("    Args:\n");
        argument(text, "channels: number of channels, C");
        if (parts.hasGroups()) {
            argument(
                    text,
                    "groups: number of groups of channels; by default "
                            + (parts.groups().kind() == GroupRule.Kind.SIZE
                                    ? "groups have " + parts.groups().number() + " channels, or as many as "
                                    : "")
                            + "the largest divisor of C up to " + parts.groups().number());
        }
        if (parts.usesEpsilon()) {
            argument(text, "eps: keeps divisions, logarithms and roots finite");
        }
        arguments.forEach(argument -> argument(text, argument));
        if (parts.hasAffine()) {
            argument(
                    text, "apply_act: False for a place without activation, where the layer is gamma * x + beta alone");
            argument(text, "init_zero: whether gamma starts at 0, as at the end of a residual branch");
        }
        return text + "    \"\"\"\n";
    }

    private String summary() {
        return parts.exported().title() + ": takes the place of a normalization and the activation after it.";
    }

    private String glossary() {
        String statistics = parts.line().aggregates().isEmpty()
                ? ""
                : "mean, rms and std are taken over "
                        + "b(atch), w(idth), h(eight), c(hannels) and g(roup of channels), per value of what is"
                        + " not named. ";
        String perLayer = starts(true);
        String perChannel = starts(false);
        return statistics
                + (parts.vectors().isEmpty() ? "Nothing is trained." : "Trained are")
                + (perLayer.isEmpty() ? "" : ", one value per layer: " + perLayer + (perChannel.isEmpty() ? "." : ";"))
                + (perChannel.isEmpty() ? "" : (perLayer.isEmpty() ? "," : "") + " per channel: " + perChannel + ".")
                + (parts.exported().equation().contains("/")
                        ? switch (parts.exported().convention()) {
                            case EVONORM -> " Divisors are moved away from zero by eps.";
                            case PAPER -> " As in the paper's code, eps stands in roots alone.";
                        }
                        : "");
    }

    private String starts(boolean perLayer) {
        return parts.vectors().stream()
                .filter(vector -> vector.isPerLayer() == perLayer)
                .map(vector -> vector.name() + " starts at " + vector.kind().number())
                .collect(Collectors.joining(", "));
    }

    private static void paragraph(StringBuilder text, String paragraph) {
        text.append(PythonText.wrapped("    ", paragraph).replace("\n        ", "\n    "))
                .append("\n\n");
    }

    private static void argument(StringBuilder text, String argument) {
        text.append(PythonText.wrapped("        ", argument)).append("\n");
    }
}
