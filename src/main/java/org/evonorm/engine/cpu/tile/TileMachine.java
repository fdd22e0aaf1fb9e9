package org.evonorm.engine.cpu.tile;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.evonorm.engine.cpu.vector.Kernel;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.engine.pass.Schedule;
import org.evonorm.engine.pass.TileOperation;
import org.evonorm.engine.pass.TilePass;
import org.evonorm.program.Extent;
import org.evonorm.program.Instruction;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;

/**
 * The tile machine: it runs the schedules of a layer on one worker's slice, for one tensor shape. Every small value has
 * an array: a channel vector [C], or sample-channel values [samples, C], rows padded to the vector width.
 * Sample-channel values that the backward schedule reads from the forward schedule have arrays of their own; all others
 * are in scratch memory, which the machines of a worker share.
 */
public final class TileMachine {

    private final LayerPlan plan;
    private final Program program;
    private final TileShape shape;
    private final int firstSample;
    private final int samples;
    private final int batch;
    private final int padded;
    /** The arrays of the small values, by instruction. */
    private final float[][] small;
    /** Instructions of the sample-channel values in scratch memory. */
    private final int[] scratchValues;

    private final PassBackend backend;
    private final Scratch scratch;
    /** Schedules are bound at their first run, when the scratch memory has its final size. */
    private BoundStage[] forward = new BoundStage[0];

    private BoundStage[] backward = new BoundStage[0];

    /**
     * The machine of one worker at one place.
     *
     * @param area        number of pixels of a sample
     * @param firstSample index in the batch of the first sample of the worker
     * @param samples     number of samples of the worker
     * @param batch       number of samples of all workers
     */
    TileMachine(LayerPlan plan, int area, int channels, int firstSample, int samples, int batch, PassBackend backend) {
        this.plan = plan;
        this.program = plan.program();
        this.shape = TileShape.of(area, channels);
        this.firstSample = firstSample;
        this.samples = samples;
        this.batch = batch;
        this.padded = shape.paddedChannels();
        this.backend = backend;
        this.scratch = backend.scratch();
        this.small = new float[program.instructions().size()][];
        BitSet kept = plan.keptSampleChannels();
        this.scratchValues = IntStream.range(0, small.length)
                .filter(value -> program.at(value).extent() == Extent.SAMPLE_CHANNEL && !kept.get(value))
                .toArray();
        allocate(kept);
        scratch.reserve(plan, shape, samples);
    }

    private void allocate(BitSet kept) {
        for (int value = 0; value < small.length; value++) {
            Instruction instruction = program.at(value);
            switch (instruction.extent()) {
                case CONSTANT, CHANNEL -> small[value] = new float[padded];
                case SAMPLE_CHANNEL -> small[value] = new float[kept.get(value) ? samples * padded : 0];
                case PIXEL, TENSOR -> small[value] = new float[0];
            }
            if (instruction.operation() == Operation.CONSTANT) {
                Arrays.fill(small[value], (float) instruction.argument());
            }
        }
    }

    /** The array of a channel vector or a constant [C], padded. */
    float[] vector(int value) {
        return small[value];
    }

    /** Runs the forward schedule. */
    void forward(PassTensors tensors, BatchMeans means) {
        if (forward.length == 0) {
            forward = bind(plan.forward());
        }
        run(forward, tensors, means);
    }

    /** Runs the backward schedule, after the forward one. */
    void backward(PassTensors tensors, BatchMeans means) {
        if (backward.length == 0) {
            backward = bind(plan.backward());
        }
        run(backward, tensors, means);
    }

    private void run(BoundStage[] stages, PassTensors tensors, BatchMeans means) {
        for (BoundStage stage : stages) {
            for (SmallStep step : stage.channelSteps) {
                step.run(0);
            }
            boolean registersShared = stage.passes > 1;
            if (!registersShared) {
                for (BoundLevel level : stage.levels) {
                    level.broadcast(false, 0);
                }
            }
            for (int sample = 0; sample < samples; sample++) {
                for (BoundLevel level : stage.levels) {
                    level.run(sample, registersShared, tensors);
                }
            }
            if (stage.batchMeans.length > 0) {
                takeBatchMeans(stage.batchMeans, means);
            }
        }
    }

    private void takeBatchMeans(int[] values, BatchMeans means) {
        for (int value : values) {
            Sums.overSamples(means.partial(value), small[program.at(value).input(0)], padded, samples);
        }
        means.meet();
        for (int value : values) {
            means.total(value, batch, small[value], shape.channels());
        }
    }

    // ---- binding

    private BoundStage[] bind(Schedule schedule) {
        for (int i = 0; i < scratchValues.length; i++) {
            small[scratchValues[i]] = scratch.sampleChannelArray(i);
        }
        return schedule.stages().stream().map(BoundStage::new).toArray(BoundStage[]::new);
    }

    private final class BoundStage {
        private final SmallStep[] channelSteps;
        private final BoundLevel[] levels;
        private final int[] batchMeans;
        private final int passes;

        BoundStage(Schedule.Stage stage) {
            this.channelSteps = smallSteps(stage.channelSteps());
            this.levels = stage.levels().stream().map(BoundLevel::new).toArray(BoundLevel[]::new);
            this.batchMeans =
                    stage.batchMeans().stream().mapToInt(Integer::intValue).toArray();
            this.passes = (int) stage.levels().stream()
                    .filter(level -> level.pass().isPresent())
                    .count();
        }
    }

    private final class BoundLevel {
        private final SmallStep[] sampleChannelSteps;
        private final Optional<BoundPass> pass;
        private final TileShape passShape;
        private final TilePass.Broadcast[] broadcasts;
        private final TilePass.Reduction[] reductions;

        BoundLevel(Schedule.Level level) {
            this.sampleChannelSteps = smallSteps(level.sampleChannelSteps());
            this.pass = level.pass().map(own -> backend.bind(own, shape));
            this.passShape = level.pass().map(shape::forPass).orElse(shape);
            this.broadcasts = level.pass().stream()
                    .flatMap(own -> own.broadcasts().stream())
                    .toArray(TilePass.Broadcast[]::new);
            this.reductions = level.pass().stream()
                    .flatMap(own -> own.reductions().stream())
                    .toArray(TilePass.Reduction[]::new);
        }

        /**
         * Copies small values to the registers of the pass: channel vectors, or the sample-channel values of one
         * sample.
         */
        void broadcast(boolean perSample, int from) {
            for (int i = 0; i < broadcasts.length; i++) {
                if (broadcasts[i].perSample() == perSample) {
                    pass.orElseThrow().broadcast(i, small[broadcasts[i].value()], from);
                }
            }
        }

        void run(int sample, boolean registersShared, PassTensors tensors) {
            for (SmallStep step : sampleChannelSteps) {
                step.run(sample);
            }
            if (pass.isEmpty()) {
                return;
            }
            if (registersShared) {
                broadcast(false, 0);
            }
            broadcast(true, sample * padded);
            pass.get().run((firstSample + sample) * shape.area() * shape.channels(), tensors);
            for (int i = 0; i < reductions.length; i++) {
                finish(reductions[i], passShape, scratch.accumulator(i), sample * padded);
            }
        }
    }

    private void finish(TilePass.Reduction reduction, TileShape passShape, Scratch.Accumulator sums, int offset) {
        float share = 1f / shape.area();
        OptionalInt meanOf = reduction.mean();
        if (reduction.variance().isEmpty()) {
            Sums.fold(sums.sums(), passShape, small[meanOf.getAsInt()], offset, share);
            return;
        }
        float[] variance = small[reduction.variance().getAsInt()];
        float[] mean = meanOf.isPresent() ? small[meanOf.getAsInt()] : scratch.channelArray();
        int meanOffset = meanOf.isPresent() ? offset : 0;
        Sums.fold(sums.sums(), passShape, mean, meanOffset, share);
        Sums.fold(sums.squares(), passShape, variance, offset, share);
        Sums.unshift(variance, offset, mean, meanOffset, sums.shift(), shape.channels());
    }

    private SmallStep[] smallSteps(List<Integer> values) {
        return values.stream().map(this::smallStep).toArray(SmallStep[]::new);
    }

    private SmallStep smallStep(int value) {
        Instruction instruction = program.at(value);
        SmallStep.Operand out = operand(value);
        SmallStep.Operand a = operand(instruction.input(0));
        int channels = shape.channels();
        return switch (instruction.operation()) {
            case MEAN_C -> new SmallStep.GroupMean(out, a, channels, channels);
            case MEAN_G ->
                new SmallStep.GroupMean(out, a, channels, instruction.groups().size(channels));
            default ->
                new SmallStep.Elementwise(
                        Kernel.of(TileOperation.of(instruction.operation())),
                        out,
                        a,
                        instruction.inputs().size() > 1 ? operand(instruction.input(1)) : a,
                        instruction.inputs().size() > 2 ? operand(instruction.input(2)) : a,
                        padded);
        };
    }

    private SmallStep.Operand operand(int value) {
        return new SmallStep.Operand(small[value], program.at(value).extent() == Extent.SAMPLE_CHANNEL ? padded : 0);
    }
}
