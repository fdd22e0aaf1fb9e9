package org.evonorm.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.io.File;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.evonorm.evolution.CandidateStatus;
import org.junit.jupiter.api.Test;

/** The funnel shows every status: the report's plot and the notebook colour each one that a table can have. */
class StatusColorsTest {

    private static final File NOTEBOOK = new File("notebooks/generations.ipynb");

    @Test
    void everyStatusHasAColorOfItsOwn() {
        List<Color> colors = statuses().stream().map(PlotStyle::ofStatus).toList();
        assertEquals(colors.size(), new HashSet<>(colors).size(), colors::toString);
    }

    @Test
    void theNotebookColorsTheSameStatuses() throws IOException {
        Map<String, String> colors = new HashMap<>();
        Matcher entries =
                Pattern.compile("\"([a-z-]+)\": ?([A-Z]+|\"#[0-9a-f]{6}\")").matcher(colorsOfNotebook());
        while (entries.find()) {
            colors.put(entries.group(1), entries.group(2));
        }
        assertEquals(new HashSet<>(statuses()), colors.keySet());
        assertEquals(colors.size(), new HashSet<>(colors.values()).size(), colors::toString);
    }

    /** The Python dictionary from status to colour. */
    private static String colorsOfNotebook() throws IOException {
        for (JsonNode cell : new ObjectMapper().readTree(NOTEBOOK).get("cells")) {
            String source = StreamSupport.stream(cell.get("source").spliterator(), false)
                    .map(JsonNode::asText)
                    .collect(Collectors.joining());
            Matcher dictionary = Pattern.compile("(?s)COLORS = \\{(.*?)\\}").matcher(source);
            if (dictionary.find()) {
                return dictionary.group(1);
            }
        }
        throw new AssertionError(NOTEBOOK + " has no colours");
    }

    /** Every text that the column {@code status} can have, by the sealed type. */
    private static List<String> statuses() {
        List<String> statuses = Stream.of(CandidateStatus.class.getPermittedSubclasses())
                .filter(type -> type != CandidateStatus.Passed.class)
                .flatMap(StatusColorsTest::texts)
                .toList();
        assertTrue(statuses.contains("trained"), statuses::toString);
        return statuses;
    }

    private static Stream<String> texts(Class<?> status) {
        if (status == CandidateStatus.Rejected.class) {
            return Stream.of(CandidateStatus.Filter.values())
                    .map(filter -> new CandidateStatus.Rejected(filter, "").text());
        }
        return Stream.of(status.getSimpleName().toLowerCase(Locale.ROOT));
    }
}
