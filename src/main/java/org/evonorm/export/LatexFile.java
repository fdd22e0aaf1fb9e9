package org.evonorm.export;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.graph.typeset.TypesetLayer;

/** The export to LaTeX: a layer as a displayed equation, for {@code \input} in a document that uses amsmath. */
final class LatexFile {

    private LatexFile() {}

    /** The text of the file. */
    static String write(ExportedLayer exported) {
        List<String> comments = new ArrayList<>(List.of(exported.title()));
        exported.unusualGroups().ifPresent(comments::add);
        comments.addAll(exported.provenance());
        return comments.stream().map(comment -> "% " + comment + "\n").collect(Collectors.joining()) + "\\[\n"
                + TypesetLayer.latex(exported.layer()) + "\n\\]\n";
    }
}
