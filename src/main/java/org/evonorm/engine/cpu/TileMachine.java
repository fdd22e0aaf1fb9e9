package org.evonorm.engine.cpu;

import java.util.Arrays;
import java.util.List;
import org.evonorm.graph.LayerGraph;
import org.evonorm.program.Extent;
import org.evonorm.program.Instruction;
import org.evonorm.program.Operation;
import org.evonorm.program.Programme;

/**
 * Computes a layer's programme on one worker's samples of one tensor shape. Small values are kept from the forward to the
 * backward run, each in an array of its own: channel vectors [C] and planes [samples, C], rows padded to the vector width.
 */
final class TileMachine {

    /** The tensors that passes read and write; those that a schedule does not touch may be any. */
    record Tensors(Floats input, Floats output, Floats outputDerivative, Floats inputDerivative,
                   boolean accumulate) {}

    private final LayerPlan plan;
    private final Programme programme;
    private final TileShape shape;
    private final int firstSample;
    private final int samples;
    private final int batch;
    private final int padded;
    private final int groupSize;
    private final float[][] small;
    private final Scratch scratch;

    /**
     * @param firstSample index in the batch of the worker's first sample
     * @param samples     the worker's number of samples
     * @param batch       number of samples of all workers
     */
    TileMachine(LayerPlan plan, int area, int channels, int firstSample, int samples, int batch, Scratch scratch) {
        this.plan = plan;
        this.programme = plan.programme();
        this.shape = TileShape.of(area, channels);
        this.firstSample = firstSample;
        this.samples = samples;
        this.batch = batch;
        this.padded = shape.paddedChannels();
        this.groupSize = LayerGraph.groupSize(channels);
        this.scratch = scratch;
        this.small = new float[programme.instructions().size()][];
        allocate();
        scratch.reserve(plan, shape);
    }

    private void allocate() {
        for (int value = 0; value < small.length; value++) {
            Instruction instruction = programme.at(value);
            switch (instruction.extent()) {
                case CONSTANT, CHANNEL -> small[value] = new float[padded];
                case PLANE -> small[value] = new float[samples * padded];
                case TENSOR -> small[value] = new float[0];
            }
            if (instruction.operation() == Operation.CONSTANT) {
                Arrays.fill(small[value], (float) instruction.argument());
            }
        }
    }

    /** The array of a channel vector or a constant: [C], padded. */
    float[] vector(int value) {
        return small[value];
    }

    /** Runs the forward schedule. */
    void forward(Tensors tensors, BatchMeans means) {
        run(plan.forward(), tensors, means);
    }

    /** Runs the backward schedule, after the forward one. */
    void backward(Tensors tensors, BatchMeans means) {
        run(plan.backward(), tensors, means);
    }

    private void run(Schedule schedule, Tensors tensors, BatchMeans means) {
        for (Schedule.Stage stage : schedule.stages()) {
            stage.channelSteps().forEach(step -> computeSmall(step, 0));
            List<TilePass> passes = stage.levels().stream().flatMap(level -> level.pass().stream()).toList();
            if (passes.size() == 1) {
                broadcastVectors(passes.get(0));
            }
            for (int sample = 0; sample < samples; sample++) {
                for (Schedule.Level level : stage.levels()) {
                    runLevel(level, passes.size() > 1, sample, tensors);
                }
            }
            if (!stage.batchMeans().isEmpty()) {
                takeBatchMeans(stage.batchMeans(), means);
            }
        }
    }

    private void runLevel(Schedule.Level level, boolean registersShared, int sample, Tensors tensors) {
        for (int step : level.planeSteps()) {
            computeSmall(step, sample);
        }
        if (level.pass().isPresent()) {
            if (registersShared) {
                broadcastVectors(level.pass().get());
            }
            runPass(level.pass().get(), sample, tensors);
        }
    }

    // ---- small values

    private void computeSmall(int value, int sample) {
        Instruction instruction = programme.at(value);
        float[] out = small[value];
        int o = offset(value, sample);
        int a = instruction.input(0);
        switch (instruction.operation()) {
            case MEAN_C -> meanOfGroups(out, o, small[a], offset(a, sample), shape.channels());
            case MEAN_G -> meanOfGroups(out, o, small[a], offset(a, sample), groupSize);
            default -> {
                int b = instruction.inputs().size() > 1 ? instruction.input(1) : a;
                int c = instruction.inputs().size() > 2 ? instruction.input(2) : a;
                Kernel.of(instruction.operation()).run(out, o, small[a], offset(a, sample),
                        small[b], offset(b, sample), small[c], offset(c, sample), padded);
            }
        }
    }

    private int offset(int value, int sample) {
        return programme.at(value).extent() == Extent.PLANE ? sample * padded : 0;
    }

    private void meanOfGroups(float[] out, int o, float[] a, int ai, int size) {
        for (int group = 0; group < shape.channels(); group += size) {
            double sum = 0;
            for (int c = group; c < group + size; c++) {
                sum += a[ai + c];
            }
            Arrays.fill(out, o + group, o + group + size, (float) (sum / size));
        }
    }

    private void takeBatchMeans(List<Integer> values, BatchMeans means) {
        for (int value : values) {
            double[] sums = means.partial(value);
            Arrays.fill(sums, 0);
            float[] planes = small[programme.at(value).input(0)];
            for (int sample = 0; sample < samples; sample++) {
                for (int c = 0; c < shape.channels(); c++) {
                    sums[c] += planes[sample * padded + c];
                }
            }
        }
        means.meet();
        for (int value : values) {
            means.total(value, batch, small[value], shape.channels());
        }
    }

    // ---- passes

    private void broadcastVectors(TilePass pass) {
        for (TilePass.Broadcast broadcast : pass.broadcasts()) {
            if (!broadcast.perSample()) {
                shape.repeat(small[broadcast.value()], 0, scratch.file(), scratch.register(broadcast.register()));
            }
        }
    }

    private void runPass(TilePass pass, int sample, Tensors tensors) {
        for (TilePass.Broadcast broadcast : pass.broadcasts()) {
            if (broadcast.perSample()) {
                shape.repeat(small[broadcast.value()], sample * padded, scratch.file(),
                        scratch.register(broadcast.register()));
            }
        }
        int channels = shape.channels();
        int start = (firstSample + sample) * shape.area() * channels;
        int total = shape.area() * channels;
        int tile = shape.pixels() * channels;
        for (int at = 0; at < total; at += tile) {
            int count = Math.min(tile, total - at);
            runTile(pass, start + at, count, at == 0, tensors);
        }
        List<TilePass.Reduction> reductions = pass.reductions();
        for (int i = 0; i < reductions.size(); i++) {
            finish(reductions.get(i), scratch.accumulator(i), sample * padded);
        }
    }

    private void runTile(TilePass pass, int at, int count, boolean first, Tensors tensors) {
        float[] file = scratch.file();
        for (TilePass.Load load : pass.loads()) {
            Floats tensor = load.tensor() == Operation.X ? tensors.input() : tensors.outputDerivative();
            tensor.buffer().get(at, file, scratch.register(load.register()), count);
        }
        int padding = TileShape.padded(count);
        for (TilePass.Step step : pass.steps()) {
            step.kernel().run(file, scratch.register(step.out()), file, scratch.register(step.a()),
                    file, scratch.register(step.b()), file, scratch.register(step.c()), padding);
        }
        List<TilePass.Reduction> reductions = pass.reductions();
        for (int i = 0; i < reductions.size(); i++) {
            reduce(reductions.get(i), scratch.accumulator(i), count, first);
        }
        for (TilePass.Store store : pass.stores()) {
            store(store, at, count, tensors);
        }
    }

    private void reduce(TilePass.Reduction reduction, Scratch.Accumulator sums, int count, boolean first) {
        float[] file = scratch.file();
        int a = scratch.register(reduction.a());
        if (first) {
            sums.clear(shape.row());
            if (reduction.variance().isPresent()) {
                shiftByMeanOfTile(sums, a, count);
            }
        }
        if (reduction.variance().isPresent()) {
            Sums.addShifted(sums.sums(), sums.squares(), sums.shift(), file, a, count, shape.row());
        } else if (reduction.b().isPresent()) {
            int b = scratch.register(reduction.b().getAsInt());
            Sums.addProducts(sums.sums(), file, a, file, b, count, shape.row());
        } else {
            Sums.add(sums.sums(), file, a, count, shape.row());
        }
    }

    /** Distances from the first tile's mean are small, so that their squares lose nothing. */
    private void shiftByMeanOfTile(Scratch.Accumulator sums, int tile, int count) {
        int channels = shape.channels();
        Sums.add(sums.sums(), scratch.file(), tile, count, shape.row());
        float[] shift = sums.shift();
        Sums.fold(sums.sums(), shape, shift, 0, (float) channels / count);
        for (int c = channels; c < shape.row(); c += channels) {
            System.arraycopy(shift, 0, shift, c, channels);
        }
        Arrays.fill(sums.sums(), 0, shape.row(), 0f);
    }

    private void finish(TilePass.Reduction reduction, Scratch.Accumulator sums, int offset) {
        float share = 1f / shape.area();
        if (reduction.variance().isEmpty()) {
            Sums.fold(sums.sums(), shape, small[reduction.mean().getAsInt()], offset, share);
            return;
        }
        float[] variance = small[reduction.variance().getAsInt()];
        float[] mean = reduction.mean().isPresent() ? small[reduction.mean().getAsInt()] : scratch.plane();
        int meanOffset = reduction.mean().isPresent() ? offset : 0;
        Sums.fold(sums.sums(), shape, mean, meanOffset, share);
        Sums.fold(sums.squares(), shape, variance, offset, share);
        float[] shift = sums.shift();
        for (int c = 0; c < shape.channels(); c++) {
            float distance = mean[meanOffset + c];
            variance[offset + c] = Math.max(variance[offset + c] - distance * distance, 0f);
            mean[meanOffset + c] = shift[c] + distance;
        }
    }

    private void store(TilePass.Store store, int at, int count, Tensors tensors) {
        float[] file = scratch.file();
        int register = scratch.register(store.register());
        if (store.target() == TilePass.Target.OUTPUT) {
            tensors.output().buffer().put(at, file, register, count);
            return;
        }
        if (tensors.accumulate()) {
            int sum = scratch.accumulation();
            tensors.inputDerivative().buffer().get(at, file, sum, count);
            Kernel.ADD.run(file, sum, file, sum, file, register, file, register, TileShape.padded(count));
            register = sum;
        }
        tensors.inputDerivative().buffer().put(at, file, register, count);
    }
}
