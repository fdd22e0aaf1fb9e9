package org.evonorm.engine.cpu;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.evonorm.data.Batch;
import org.evonorm.engine.CentralDifference;
import org.evonorm.engine.OpenModel;
import org.evonorm.engine.Parameter;
import org.evonorm.engine.ParameterLayout;
import org.evonorm.engine.PlaceLayers;
import org.evonorm.engine.Rounding;
import org.evonorm.engine.RunningStatistic;
import org.evonorm.engine.Score;
import org.evonorm.engine.UpdateRule;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.memory.Workers;
import org.evonorm.engine.cpu.tile.TileLayer;
import org.evonorm.engine.pass.LayerPlans;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;
import org.evonorm.program.Operation;

/**
 * A model of the CPU engine. It makes a {@link NetworkPlan} at the first batch of each size and mode, and reuses it for
 * the batches that follow.
 */
final class CpuModel implements OpenModel {

    /** Share of the old value that a running statistic keeps at each step (docs/design.md, "Evaluation mode"). */
    private static final float DECAY = 0.9f;

    /** A plan with the size of its batches. */
    private record Planned(int batch, int height, int width, NetworkPlan plan) {
        /** Whether the plan can run a batch, of exactly its size or of at most its size. */
        boolean fits(Batch given, boolean exactly) {
            return height == given.height()
                    && width == given.width()
                    && (exactly ? batch == given.count() : batch >= given.count());
        }
    }

    private final NetworkPlan.Model shared;
    private final ParameterLayout layout;
    private final ParameterMemory parameters;
    private final Workers workers;
    private final float[] runningStatistics;
    private int statisticSteps;
    private Optional<Planned> training = Optional.empty();
    private Optional<Planned> evaluation = Optional.empty();
    /** The plan of {@link #scoreAsTraining}, whose batches are smaller than those of {@link #training}. */
    private Optional<Planned> batchScoring = Optional.empty();
    /** The training plan that is frozen on the branches taken in the last run of {@link #training}. */
    private Optional<NetworkPlan> frozen = Optional.empty();

    CpuModel(Network network, Layer layer, int threads, long seed) {
        this.layout = ParameterLayout.of(network, layer);
        this.parameters = new ParameterMemory(layout);
        this.workers = new Workers(threads);
        this.shared =
                new NetworkPlan.Model(network, new PlaceLayers(layer), new LayerPlans(), layout, parameters, workers);
        this.runningStatistics = new float[layout.runningStatisticCount()];
        setParameters(layout.initialValues(seed));
    }

    @Override
    public ParameterLayout layout() {
        return layout;
    }

    @Override
    public float[] parameters() {
        return contents(parameters.values());
    }

    @Override
    public void setParameters(float[] values) {
        if (values.length != layout.parameterCount()) {
            throw new IllegalArgumentException(
                    "the model has " + layout.parameterCount() + " parameters, not " + values.length);
        }
        parameters.values().buffer().put(0, values);
    }

    @Override
    public float[] momentum() {
        return parameters.momentum();
    }

    @Override
    public void setMomentum(float[] values) {
        if (values.length != layout.parameterCount()) {
            throw new IllegalArgumentException(
                    "the model has momentum for " + layout.parameterCount() + " parameters, not for " + values.length);
        }
        parameters.setMomentum(values);
    }

    @Override
    public float[] runningStatistics() {
        return runningStatistics.clone();
    }

    @Override
    public int statisticSteps() {
        return statisticSteps;
    }

    @Override
    public void setRunningStatistics(float[] values, int steps) {
        if (values.length != runningStatistics.length) {
            throw new IllegalArgumentException(
                    "the model has " + runningStatistics.length + " running statistics, not " + values.length);
        }
        System.arraycopy(values, 0, runningStatistics, 0, runningStatistics.length);
        statisticSteps = steps;
    }

    @Override
    public double lossAndGradient(Batch batch) {
        if (training.isEmpty() || !training.get().fits(batch, true)) {
            closeTraining();
            training = Optional.of(plan(batch, true));
        }
        NetworkPlan plan = training.get().plan();
        setVectors(plan, CpuModel::leaf);
        Score score = plan.run(batch);
        plan.forEachLayer(this::takeGradients);
        plan.forEachLayer(this::takeStatistics);
        statisticSteps++;
        return score.loss();
    }

    /**
     * Central differences of a gradient with frozen branches, linearised on the branch taken at the present parameters.
     * Such a gradient is smooth.
     */
    @Override
    public float[] hessianProduct(Batch batch, float[] direction) {
        Planned base = training.filter(planned -> planned.fits(batch, true))
                .orElseThrow(() -> new IllegalStateException(
                        "the product with the Hessian is taken after the loss and gradient of the same batch"));
        NetworkPlan plan = frozen.orElseGet(base.plan()::frozen);
        frozen = Optional.of(plan);
        float[] present = parameters();
        setVectors(plan, CpuModel::frozenLeaf);
        float[] product = CentralDifference.hessianProduct(present, direction, moved -> {
            setParameters(moved);
            setVectors(plan, CpuModel::leaf);
            plan.run(batch);
            plan.forEachLayer(this::takeGradients);
            return gradient();
        });
        setParameters(present);
        return product;
    }

    private Planned plan(Batch batch, boolean forTraining) {
        return new Planned(
                batch.count(),
                batch.height(),
                batch.width(),
                new NetworkPlan(shared, batch.count(), batch.height(), batch.width(), forTraining));
    }

    private void setVectors(NetworkPlan plan, Function<Parameter, Operation> leaf) {
        plan.forEachLayer((operator, tiles) -> {
            for (Parameter parameter : layout.of(operator)) {
                float[] values = new float[parameter.size()];
                parameters.values().buffer().get(parameter.offset(), values);
                tiles.set(leaf.apply(parameter), 0, values);
            }
        });
    }

    /**
     * The leaf of a parameter at the point whose branches are taken. gamma and beta decide no branch, and keep theirs.
     */
    private static Operation frozenLeaf(Parameter parameter) {
        Operation leaf = leaf(parameter);
        return leaf == Operation.V0 ? Operation.FROZEN_V0 : leaf == Operation.V1 ? Operation.FROZEN_V1 : leaf;
    }

    private static Operation leaf(Parameter parameter) {
        String name = parameter.name();
        return switch (name.substring(name.indexOf('.') + 1)) {
            case "v0" -> Operation.V0;
            case "v1" -> Operation.V1;
            case "gamma" -> Operation.GAMMA;
            case "beta" -> Operation.BETA;
            default -> throw new IllegalStateException("no layer has a parameter " + name);
        };
    }

    private void takeGradients(int operator, TileLayer tiles) {
        for (Parameter parameter : layout.of(operator)) {
            float[] values = new float[parameter.size()];
            tiles.gradient(leaf(parameter), values);
            parameters.gradient().buffer().put(parameter.offset(), values);
        }
    }

    private void takeStatistics(int operator, TileLayer tiles) {
        for (RunningStatistic running : layout.runningStatisticsOf(operator)) {
            float[] statistic = tiles.statistic(running.node());
            for (int c = 0; c < running.channels(); c++) {
                int at = running.offset() + c;
                runningStatistics[at] = DECAY * runningStatistics[at] + (1 - DECAY) * statistic[c];
            }
        }
    }

    @Override
    public float[] gradient() {
        return contents(parameters.gradient());
    }

    @Override
    public void update(UpdateRule rule) {
        parameters.update(rule, workers);
    }

    @Override
    public Score evaluate(Batch batch) {
        return evaluationPlan(batch).run(batch);
    }

    @Override
    public Score evaluate(Batch batch, Rounding rounding) {
        float[] present = parameters();
        setParameters(rounding.parameters(layout, present));
        Score score = evaluationPlan(batch).runForward(batch, rounding);
        setParameters(present);
        return score;
    }

    @Override
    public Score scoreAsTraining(Batch batch) {
        if (batchScoring.isEmpty() || !batchScoring.get().fits(batch, true)) {
            batchScoring.ifPresent(old -> old.plan().close());
            batchScoring = Optional.of(plan(batch, true));
        }
        NetworkPlan plan = batchScoring.get().plan();
        setVectors(plan, CpuModel::leaf);
        return plan.runForward(batch);
    }

    @Override
    public float[] predict(Batch batch) {
        NetworkPlan plan = evaluationPlan(batch);
        plan.run(batch);
        return plan.logits(batch.count());
    }

    private NetworkPlan evaluationPlan(Batch batch) {
        if (runningStatistics.length > 0 && statisticSteps == 0) {
            throw new IllegalStateException(
                    "a layer with batch aggregates can be evaluated only after a training step, "
                            + "which its running statistics come from");
        }
        if (evaluation.isEmpty() || !evaluation.get().fits(batch, false)) {
            evaluation.ifPresent(old -> old.plan().close());
            evaluation = Optional.of(plan(batch, false));
        }
        NetworkPlan plan = evaluation.get().plan();
        setVectors(plan, CpuModel::leaf);
        float correction = (float) (1 / (1 - Math.pow(DECAY, statisticSteps)));
        plan.forEachLayer((operator, tiles) -> {
            for (RunningStatistic running : layout.runningStatisticsOf(operator)) {
                float[] corrected = new float[running.channels()];
                for (int c = 0; c < corrected.length; c++) {
                    corrected[c] = runningStatistics[running.offset() + c] * correction;
                }
                tiles.set(Operation.RUNNING_STATISTIC, running.node(), corrected);
            }
        });
        return plan;
    }

    @Override
    public float[] output(int operator) {
        return training.orElseThrow(() -> new IllegalStateException("outputs are those of the last loss and gradient"))
                .plan()
                .output(operator);
    }

    /** Names of the implementations that oneDNN chose for the training plan. */
    List<String> implementations() {
        return training.map(planned -> planned.plan().implementations()).orElse(List.of());
    }

    private static float[] contents(NativeFloats floats) {
        float[] values = new float[floats.size()];
        floats.buffer().get(0, values);
        return values;
    }

    private void closeTraining() {
        frozen.ifPresent(NetworkPlan::close);
        frozen = Optional.empty();
        training.ifPresent(planned -> planned.plan().close());
        training = Optional.empty();
    }

    @Override
    public void close() {
        closeTraining();
        evaluation.ifPresent(planned -> planned.plan().close());
        batchScoring.ifPresent(planned -> planned.plan().close());
        parameters.close();
        workers.close();
    }
}
