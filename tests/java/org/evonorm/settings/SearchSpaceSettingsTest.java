package org.evonorm.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.evonorm.graph.GroupRule;
import org.evonorm.graph.Primitive;
import org.evonorm.graph.SearchSpace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code search.primitives} and {@code search.vectors}. */
class SearchSpaceSettingsTest {

    private static SearchSpace space(String... overrides) {
        return Settings.load(Optional.empty(), List.of(overrides))
                .search()
                .reproduction()
                .space();
    }

    private static List<String> names(SearchSpace space) {
        return space.primitives().stream().map(Primitive::symbol).toList();
    }

    @Test
    void aSubsetHasTheOrderOfThePrimitivesAndNoneTwice() {
        assertEquals(
                List.of("add", "tanh", "mean_wh", "std_whc", "std_wh", "std_whcg"),
                names(space("search.family=S", "search.primitives=[std, tanh, mean_wh, add, std_wh, tanh]")));
        assertEquals(List.of("erf"), names(space("search.primitives=[erf]")));
        assertEquals(List.of("tanh", "mean_c", "rms_c", "std_c"), names(space("search.primitives=[c, tanh]")));
        assertEquals(List.of("tanh", "rms_c"), names(space("search.family=S", "search.primitives=[rms_c, tanh]")));
        List<String> withChannels = names(space("search.primitives=[paper, c]"));
        assertEquals(27, withChannels.size());
        assertEquals(
                names(space()),
                withChannels.stream().filter(name -> !name.endsWith("_c")).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "search.primitives=[erff]; there is no primitive 'erff'",
                "search.primitives=[TANH]; did you mean tanh?",
                "search.primitives=[add, zzzzzzzzz]; the primitives are paper, add",
                "search.vectors.v0.per=plane; one of channel, layer, none",
                "search.vectors.v1.start=NaN; a number of float32",
                "search.vectors.v2.per=layer; search.vectors.v2",
                "search.groups=8; a rule of groups is size(N)",
                "search.groups=\"count(0)\"; a rule of groups is size(N)",
                "search.groups=\"size(65537)\"; N of 1 to 65536",
                "search.group-size=8; search.group-size"
            })
    void otherValuesAreRefusedInOneSentence(String override, String part) {
        String message =
                assertThrows(SettingsException.class, () -> space(override)).getMessage();
        assertTrue(message.contains(part.strip()), message);
        assertEquals(1, message.lines().count(), message);
    }

    @Test
    void groupsAreThoseOfFormulas() {
        assertEquals(GroupRule.DEFAULT, space().groups());
        assertEquals(
                GroupRule.PUBLISHED, space("search.groups = \" count( 32 ) \"").groups());
    }

    @Test
    void batchStatisticsAreRefusedInFamilyS() {
        String message = assertThrows(
                        SettingsException.class, () -> space("search.family=S", "search.primitives=[add, std_bwh]"))
                .getMessage();
        assertTrue(message.contains("'std_bwh' takes statistics over the batch, which family S has not"), message);
    }

    /** Names and formulas with erf are layers like any other, whatever a search draws from. */
    @Test
    void baselinesAndSeedsMayUseEveryPrimitive() {
        Settings settings = Settings.load(
                Optional.empty(),
                List.of(
                        "search.primitives=[add, mul]",
                        "search.family=S",
                        "search.baselines=[DyT, derf]",
                        "search.seed-layers=[Derf, \"erf(x)\"]"));
        assertEquals(2, settings.search().baselines().size());
        assertEquals(2, settings.search().seedLayers().size());
    }
}
