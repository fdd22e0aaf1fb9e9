package org.evonorm.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Arrays;
import java.util.List;
import org.evonorm.graph.GroupRule;
import org.evonorm.graph.IndexSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which forms the rewrites lead to; equal ones are one instruction. That values stay, {@link RewritesTest} shows. */
class ProgramBuilderTest {

    private final ProgramBuilder builder = new ProgramBuilder(GroupRule.DEFAULT);
    private int x;
    private int dy;
    private int v0;
    private int v1;
    private int plane;
    private int zero;
    private int one;

    @BeforeEach
    void leaves() {
        x = builder.leaf(Operation.X, Extent.TENSOR);
        dy = builder.leaf(Operation.DY, Extent.TENSOR);
        v0 = builder.leaf(Operation.V0, Extent.CHANNEL);
        v1 = builder.leaf(Operation.V1, Extent.CHANNEL);
        plane = builder.mean(IndexSet.WH, x);
        zero = builder.constant(0);
        one = builder.constant(1);
    }

    private Instruction at(int value) {
        return builder.instructions().get(value);
    }

    private void assertIs(Operation operation, Extent extent, int value, int... inputs) {
        int argument = operation == Operation.MEAN_G ? GroupRule.DEFAULT.code() : 0;
        assertEquals(new Instruction(operation, Arrays.stream(inputs).boxed().toList(), argument, extent), at(value));
    }

    @Test
    void equalInstructionsBecomeOne() {
        assertEquals(x, builder.leaf(Operation.X, Extent.TENSOR));
        assertIs(Operation.X, Extent.TENSOR, x);
        assertEquals(
                new Instruction(Operation.RUNNING_STATISTIC, List.of(), 3, Extent.CHANNEL),
                at(builder.runningStatistic(3)));
        assertEquals(builder.runningStatistic(1), builder.runningStatistic(1));
        assertNotEquals(builder.runningStatistic(0), builder.runningStatistic(1));
        assertNotEquals(zero, one);
        assertEquals(builder.elementwise(Operation.MAX, x, dy), builder.elementwise(Operation.MAX, x, dy));
        int before = builder.instructions().size();
        builder.elementwise(Operation.MAX, x, dy);
        assertEquals(before, builder.instructions().size());
        assertEquals(
                List.of(x, dy), at(builder.elementwise(Operation.MAX, x, dy)).inputs());
    }

    @Test
    void operandsOfSumsAndProductsMayTradePlaces() {
        assertEquals(builder.add(x, dy), builder.add(dy, x));
        assertEquals(builder.add(v0, v1), builder.add(v1, v0));
        assertEquals(builder.add(x, v0), builder.add(v0, x));
        assertEquals(builder.mul(x, dy), builder.mul(dy, x));
        assertEquals(builder.mul(v0, v1), builder.mul(v1, v0));
        assertEquals(builder.mul(x, v0), builder.mul(v0, x));
        assertNotEquals(builder.sub(x, dy), builder.sub(dy, x));
        assertNotEquals(builder.elementwise(Operation.MAX, x, dy), builder.elementwise(Operation.MAX, dy, x));
    }

    @Test
    void unitElementsVanish() {
        assertEquals(x, builder.add(x, zero));
        assertEquals(x, builder.add(zero, x));
        assertEquals(x, builder.sub(x, zero));
        assertEquals(x, builder.mul(x, one));
        assertEquals(x, builder.mul(one, x));
        assertEquals(zero, builder.mul(x, zero));
        assertEquals(zero, builder.mul(zero, x));
        assertEquals(zero, builder.sub(x, x));
        assertIs(Operation.NEG, Extent.TENSOR, builder.sub(zero, x), x);
        assertIs(Operation.SQUARE, Extent.TENSOR, builder.mul(x, x), x);
        assertIs(Operation.ADD, Extent.TENSOR, builder.add(x, x), x, x);
    }

    @Test
    void negationsVanishOrMoveOutwards() {
        int minusX = builder.neg(x);
        int minusDy = builder.neg(dy);
        assertIs(Operation.NEG, Extent.TENSOR, minusX, x);
        assertEquals(x, builder.neg(minusX));
        assertEquals(builder.sub(dy, x), builder.add(dy, minusX));
        assertEquals(builder.sub(dy, x), builder.add(minusX, dy));
        assertEquals(builder.add(x, dy), builder.sub(x, minusDy));
        assertEquals(builder.neg(builder.mul(x, dy)), builder.mul(minusX, dy));
        assertEquals(builder.neg(builder.mul(x, dy)), builder.mul(x, minusDy));
        assertEquals(builder.mul(x, dy), builder.mul(minusX, minusDy));
        assertEquals(
                builder.neg(builder.gate(Operation.GATE, x, v0, dy)), builder.gate(Operation.GATE, x, v0, minusDy));
        assertEquals(builder.neg(plane), builder.mean(IndexSet.WH, minusX));
    }

    @Test
    void aTensorMeetsItsSmallFactorsOnce() {
        int scaled = builder.mul(x, v0);
        assertIs(Operation.MUL, Extent.TENSOR, scaled, x, v0);
        int factor = builder.mul(v0, v1);
        assertEquals(Extent.CHANNEL, builder.extent(factor));
        assertEquals(builder.mul(x, factor), builder.mul(scaled, v1));
        assertEquals(builder.mul(x, factor), builder.mul(v1, scaled));
        assertEquals(builder.mul(builder.mul(x, dy), v0), builder.mul(scaled, dy));
        assertEquals(builder.mul(builder.mul(x, dy), v0), builder.mul(dy, scaled));
        assertEquals(builder.mul(builder.mul(x, dy), factor), builder.mul(scaled, builder.mul(dy, v1)));
        assertEquals(
                builder.mul(builder.gate(Operation.GATE_LESS, x, v1, dy), v0),
                builder.gate(Operation.GATE_LESS, x, v1, builder.mul(dy, v0)));
        // A small product stays one: taken apart, its second factor would meet the tensor too.
        assertIs(Operation.GATE, Extent.TENSOR, builder.gate(Operation.GATE, x, dy, factor), x, dy, factor);
    }

    @Test
    void smallFactorsAndSignsComeAfterMeans() {
        assertIs(Operation.MEAN_WH, Extent.SAMPLE_CHANNEL, plane, x);
        assertEquals(builder.mul(plane, v0), builder.mean(IndexSet.WH, builder.mul(x, v0)));
        assertEquals(builder.neg(builder.mul(plane, v0)), builder.mean(IndexSet.WH, builder.neg(builder.mul(x, v0))));
        int product = builder.mul(x, dy);
        assertIs(Operation.MEAN_WH, Extent.SAMPLE_CHANNEL, builder.mean(IndexSet.WH, product), product);
        int sum = builder.add(x, v0);
        assertIs(Operation.MEAN_WH, Extent.SAMPLE_CHANNEL, builder.mean(IndexSet.WH, sum), sum);
    }

    @Test
    void factorsOfAPixelComeAfterMeansOverItsChannelsAndMeetATensorOnce() {
        int pixel = builder.mean(IndexSet.C, x);
        int other = builder.mean(IndexSet.C, dy);
        int scaled = builder.mul(dy, pixel);
        assertIs(Operation.MUL, Extent.TENSOR, scaled, dy, pixel);
        assertEquals(builder.mul(other, pixel), builder.mean(IndexSet.C, scaled));
        assertEquals(builder.neg(builder.mul(other, pixel)), builder.mean(IndexSet.C, builder.neg(scaled)));
        assertEquals(builder.mul(dy, builder.mul(pixel, other)), builder.mul(scaled, other));
        assertEquals(builder.mul(builder.mul(x, dy), pixel), builder.mul(x, scaled));
        assertEquals(
                builder.mul(builder.gate(Operation.GATE, x, v0, dy), pixel),
                builder.gate(Operation.GATE, x, v0, scaled));
        // A small factor stands last.
        int both = builder.mul(builder.mul(dy, v0), pixel);
        assertIs(Operation.MUL, Extent.TENSOR, both, scaled, v0);
        assertEquals(builder.mul(builder.mean(IndexSet.WH, scaled), v0), builder.mean(IndexSet.WH, both));
        assertEquals(builder.mul(builder.mean(IndexSet.C, builder.mul(dy, v0)), pixel), builder.mean(IndexSet.C, both));
        assertEquals(
                builder.mul(pixel, builder.mean(IndexSet.C, v0)), builder.mean(IndexSet.C, builder.mul(pixel, v0)));
    }

    @Test
    void aTensorMeetsItsSmallSummandsOnce() {
        int shifted = builder.add(x, v0);
        assertIs(Operation.ADD, Extent.TENSOR, shifted, x, v0);
        assertEquals(builder.add(x, builder.add(v0, v1)), builder.add(shifted, v1));
        assertEquals(builder.add(x, builder.add(v0, v1)), builder.add(v1, shifted));
        assertEquals(builder.add(x, builder.sub(v1, v0)), builder.add(builder.sub(x, v0), v1));
        assertEquals(x, builder.add(builder.sub(x, v0), v0));
        assertIs(Operation.ADD, Extent.TENSOR, builder.add(shifted, dy), dy, shifted);
        int difference = builder.sub(x, dy);
        assertIs(Operation.ADD, Extent.TENSOR, builder.add(difference, v0), difference, v0);
        assertIs(Operation.SUB, Extent.TENSOR, builder.sub(shifted, v1), shifted, v1);
    }

    @Test
    void sumsGatherTheSharesOfEachTensor() {
        int shares = builder.mul(x, builder.add(v0, v1));
        assertEquals(shares, builder.sum(List.of(builder.mul(x, v0), builder.mul(x, v1))));
        assertEquals(builder.mul(x, builder.add(v0, one)), builder.sum(List.of(builder.mul(x, v0), x)));
        assertEquals(
                builder.mul(x, builder.sub(v0, v1)),
                builder.sum(List.of(builder.mul(x, v0), builder.neg(builder.mul(x, v1)))));
        assertEquals(builder.add(x, builder.add(v0, v1)), builder.sum(List.of(v0, x, v1)));
        assertEquals(builder.add(shares, dy), builder.sum(List.of(builder.mul(x, v0), dy, builder.mul(x, v1))));
        assertEquals(zero, builder.sum(List.of(x, builder.neg(x))));
        assertEquals(builder.sub(v0, v1), builder.sum(List.of(v0, builder.neg(v1))));
        assertEquals(x, builder.sum(List.of(x)));
        assertEquals(zero, builder.sum(List.of()));
    }

    @ParameterizedTest
    @EnumSource(IndexSet.class)
    void whatDoesNotVaryOverPartOfAnIndexSetSkipsIt(IndexSet over) {
        assertEquals(one, builder.mean(over, one));
        assertEquals(zero, builder.variance(over, one));
        Operation last = over == IndexSet.WHC ? Operation.MEAN_C : Operation.MEAN_G;
        switch (over) {
            case WH -> {
                assertEquals(v0, builder.mean(over, v0));
                assertEquals(plane, builder.mean(over, plane));
                assertEquals(zero, builder.variance(over, v0));
                assertEquals(zero, builder.variance(over, plane));
                assertIs(Operation.VARIANCE_WH, Extent.SAMPLE_CHANNEL, builder.variance(over, x), x);
            }
            case BWH -> {
                assertEquals(v0, builder.mean(over, v0));
                assertIs(Operation.MEAN_B, Extent.CHANNEL, builder.mean(over, plane), plane);
                assertEquals(builder.mean(over, plane), builder.mean(over, x));
                assertEquals(zero, builder.variance(over, v0));
                assertEquals(Extent.CHANNEL, builder.extent(builder.variance(over, plane)));
            }
            case C -> {
                int pixel = builder.mean(over, x);
                assertIs(Operation.PIXEL_MEAN, Extent.PIXEL, pixel, x);
                assertIs(Operation.MEAN_C, Extent.CHANNEL, builder.mean(over, v0), v0);
                assertIs(Operation.MEAN_C, Extent.SAMPLE_CHANNEL, builder.mean(over, plane), plane);
                assertEquals(pixel, builder.mean(over, pixel));
                assertEquals(zero, builder.variance(over, pixel));
                assertEquals(Extent.CHANNEL, builder.extent(builder.variance(over, v0)));
                assertEquals(Extent.PIXEL, builder.extent(builder.variance(over, x)));
            }
            default -> {
                assertIs(last, Extent.CHANNEL, builder.mean(over, v0), v0);
                assertIs(last, Extent.SAMPLE_CHANNEL, builder.mean(over, plane), plane);
                assertEquals(builder.mean(over, plane), builder.mean(over, x));
                assertEquals(Extent.CHANNEL, builder.extent(builder.variance(over, v0)));
                assertEquals(Extent.SAMPLE_CHANNEL, builder.extent(builder.variance(over, plane)));
            }
        }
    }

    @Test
    void projectionsShrinkAsFarAsAsked() {
        assertEquals(x, builder.project(x, Extent.TENSOR));
        assertEquals(plane, builder.project(x, Extent.SAMPLE_CHANNEL));
        assertEquals(plane, builder.project(plane, Extent.TENSOR));
        assertEquals(plane, builder.project(plane, Extent.SAMPLE_CHANNEL));
        assertIs(Operation.MEAN_B, Extent.CHANNEL, builder.project(plane, Extent.CHANNEL), plane);
        assertEquals(builder.project(plane, Extent.CHANNEL), builder.project(x, Extent.CHANNEL));
        assertEquals(v0, builder.project(v0, Extent.SAMPLE_CHANNEL));
        assertEquals(one, builder.project(one, Extent.CHANNEL));
        int pixel = builder.mean(IndexSet.C, x);
        assertEquals(pixel, builder.project(x, Extent.PIXEL));
        assertEquals(pixel, builder.project(pixel, Extent.PIXEL));
        assertEquals(pixel, builder.project(pixel, Extent.TENSOR));
        assertIs(Operation.MEAN_WH, Extent.SAMPLE_CHANNEL, builder.project(pixel, Extent.SAMPLE_CHANNEL), pixel);
    }
}
