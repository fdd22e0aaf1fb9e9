package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayerJsonTest {

    @Test
    void layersSurviveUnreachableNodesIncluded() {
        SplittableRandom random = new SplittableRandom(1);
        for (int trial = 0; trial < 2000; trial++) {
            LayerGraph graph = new RandomGraphs(Family.B, 1 + random.nextInt(30)).next(random);
            Layer layer = new Layer(graph, random.nextBoolean());
            assertEquals(layer, LayerJson.read(LayerJson.write(layer)));
        }
        for (String name : Baselines.names()) {
            assertEquals(Baselines.get(name), LayerJson.read(LayerJson.write(Baselines.get(name))));
        }
    }

    @Test
    void theFormIsTheDocumentedOne() {
        Layer layer = Layer.evolved(new LayerGraph(
                List.of(new Node(new Aggregate(Statistic.STD, IndexSet.BWH), 0), new Node(Elementwise.DIV, 0, 4))));
        assertEquals(
                "{\"nodes\":[{\"op\":\"std\",\"over\":\"bwh\",\"in\":[0]},{\"op\":\"div\",\"in\":[0,4]}],"
                        + "\"affine\":true}",
                LayerJson.write(layer));
        assertEquals("{\"nodes\":[],\"affine\":false}", LayerJson.write(Baselines.get("identity")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "``;the layer must be|nothing",
                "{;one JSON object|line 1",
                "[];the layer must be a JSON object|[]",
                "{\"nodes\":[],\"affine\":true} x;one JSON object|line 1, column 2",
                "{\"nodes\":[],\"affine\":true}{};one JSON object|",
                "{\"nodes\":[],\"nodes\":[],\"affine\":true};Duplicate|nodes",
                "{\"nodes\":[]};the layer lacks|'affine'",
                "{\"affine\":true};the layer lacks|'nodes'",
                "{\"nodes\":[],\"affine\":1};'affine'|not 1",
                "{\"nodes\":{},\"affine\":true};'nodes'|array",
                "{\"nodes\":[],\"affine\":true,\"eps\":1};the layer|unknown field 'eps'",
                "{\"nodes\":[],\"affine\":true,\"vectors\":{}};'vectors'|'v0'",
                "{\"nodes\":[],\"affine\":true,\"vectors\":{\"v0\":{\"per\":\"row\",\"start\":1},\"v1\":7}};'v0'|'row'",
                "{\"nodes\":[],\"affine\":true,\"vectors\":{\"v0\":{\"per\":\"layer\",\"start\":1e39},\"v1\":7}};'v0'|float32",
                "{\"nodes\":[7],\"affine\":true};node 4|object, not 7",
                "{\"nodes\":[{\"in\":[0]}],\"affine\":true};node 4 lacks|'op'",
                "{\"nodes\":[{\"op\":\"abs\",\"in\":[0]},{\"op\":\"relu\",\"in\":[0]}],\"affine\":true};node 5|op 'relu'",
                "{\"nodes\":[{\"op\":3,\"in\":[0]}],\"affine\":true};node 4|string, not 3",
                "{\"nodes\":[{\"op\":\"tanh\"}],\"affine\":true};node 4 lacks|'in'",
                "{\"nodes\":[{\"op\":\"tanh\",\"in\":0}],\"affine\":true};node 4|array",
                "{\"nodes\":[{\"op\":\"tanh\",\"in\":[0.5]}],\"affine\":true};node 4|not 0.5",
                "{\"nodes\":[{\"op\":\"tanh\",\"in\":[99999999999]}],\"affine\":true};node 4|not 99999999999",
                "{\"nodes\":[{\"op\":\"tanh\",\"in\":[-1]}],\"affine\":true};node 4 reads node -1|0 to 3",
                "{\"nodes\":[{\"op\":\"tanh\",\"in\":[4]}],\"affine\":true};node 4 reads node 4|0 to 3",
                "{\"nodes\":[{\"op\":\"tanh\",\"in\":[0,1]}],\"affine\":true};node 4|takes 1 input, but 'in' has 2",
                "{\"nodes\":[{\"op\":\"add\",\"in\":[0]}],\"affine\":true};node 4|takes 2 inputs, but 'in' has 1",
                "{\"nodes\":[{\"op\":\"std\",\"in\":[0]}],\"affine\":true};node 4 lacks|'over'",
                "{\"nodes\":[{\"op\":\"std\",\"over\":\"hw\",\"in\":[0]}],\"affine\":true};node 4|bwh, whc, wh, whcg, c, not 'hw'",
                "{\"nodes\":[{\"op\":\"tanh\",\"over\":\"wh\",\"in\":[0]}],\"affine\":true};node 4|takes no 'over'",
                "{\"nodes\":[{\"op\":\"tanh\",\"in\":[0],\"id\":4}],\"affine\":true};node 4|unknown field 'id'",
            })
    void wrongJsonIsRefusedByTheNodeAtFault(String json, String said) {
        String message = assertThrows(IllegalArgumentException.class, () -> LayerJson.read(json))
                .getMessage();
        for (String part : said.split("\\|")) {
            assertTrue(message.contains(part), message);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"nodes\":", "{\"nodes\":[], \"affine\":["})
    void aLayerNestsNoDeeperThanLayersDo(String open) {
        String nested = open + "[".repeat(30) + "]".repeat(30);
        String message = assertThrows(IllegalArgumentException.class, () -> LayerJson.read(nested))
                .getMessage();
        assertTrue(message.contains("at most 20 brackets inside one another"), message);
    }

    @Test
    void whatIsQuotedIsShortAndHasNoControlCharacters() {
        for (String json : List.of(
                "[\"" + "x".repeat(100_000) + "\"]",
                "{\"nodes\":[{\"op\":\"\\u001b[2J" + "y".repeat(100_000) + "\",\"in\":[0]}],\"affine\":true}",
                "{\"nodes\":[],\"affine\":\"" + "z".repeat(100_000) + "\"}",
                "{\"nodes\":[],\"affine\":true,\"" + "n".repeat(10_000) + "\":1}")) {
            String message = assertThrows(IllegalArgumentException.class, () -> LayerJson.read(json))
                    .getMessage();
            assertTrue(message.length() < 400, message);
            assertTrue(message.chars().noneMatch(Character::isISOControl), message);
        }
    }

    @Test
    void aLayerHasAThousandNodesAtMost() {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i <= Formula.MOST_NODES; i++) {
            nodes.add(new Node(Elementwise.TANH, i == 0 ? LayerGraph.X : 3 + i));
        }
        Layer largest = Layer.evolved(new LayerGraph(nodes.subList(0, Formula.MOST_NODES)));
        assertEquals(largest, LayerJson.read(LayerJson.write(largest)));
        String tooLarge = LayerJson.write(Layer.evolved(new LayerGraph(nodes)));
        assertEquals(
                "the layer has 1001 nodes, and may have 1000 at most; leave nodes out",
                assertThrows(IllegalArgumentException.class, () -> LayerJson.read(tooLarge))
                        .getMessage());
    }
}
