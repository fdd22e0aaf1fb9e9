package org.evonorm.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LayerSampleTest {

    @Test
    void everyPartOfTheOrderGivesOneLayer() {
        List<Integer> ordered = IntStream.range(0, 103).boxed().toList();
        for (int count : List.of(1, 2, 7, 50, 103)) {
            List<Integer> drawn = LayerSample.stratified(ordered, count, new SplittableRandom(count));
            assertEquals(count, drawn.size());
            for (int part = 0; part < count; part++) {
                assertTrue(drawn.get(part) >= part * 103 / count && drawn.get(part) < (part + 1) * 103 / count);
            }
        }
        assertEquals(List.of(), LayerSample.stratified(List.of(), 0, new SplittableRandom(1)));
    }

    @Test
    void theSeedDecides() {
        List<Integer> ordered = IntStream.range(0, 1000).boxed().toList();
        assertEquals(
                LayerSample.stratified(ordered, 9, new SplittableRandom(3)),
                LayerSample.stratified(ordered, 9, new SplittableRandom(3)));
        assertNotEquals(
                LayerSample.stratified(ordered, 9, new SplittableRandom(3)),
                LayerSample.stratified(ordered, 9, new SplittableRandom(4)));
    }
}
