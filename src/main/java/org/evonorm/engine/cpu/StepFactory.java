package org.evonorm.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.evonorm.engine.Parameter;
import org.evonorm.engine.cpu.direct.DirectConvolution;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.onednn.ConvolutionShape;
import org.evonorm.engine.cpu.step.AddStep;
import org.evonorm.engine.cpu.step.AttentionStep;
import org.evonorm.engine.cpu.step.ClassTokenStep;
import org.evonorm.engine.cpu.step.ConcatenationStep;
import org.evonorm.engine.cpu.step.ConvolutionStep;
import org.evonorm.engine.cpu.step.Derivative;
import org.evonorm.engine.cpu.step.DirectConvolutionStep;
import org.evonorm.engine.cpu.step.FirstTokenStep;
import org.evonorm.engine.cpu.step.GlobalAveragePoolStep;
import org.evonorm.engine.cpu.step.LayerStep;
import org.evonorm.engine.cpu.step.PassThroughStep;
import org.evonorm.engine.cpu.step.PositionsStep;
import org.evonorm.engine.cpu.step.ScaleStep;
import org.evonorm.engine.cpu.step.Step;
import org.evonorm.engine.cpu.step.TensorMath;
import org.evonorm.engine.cpu.step.WindowPoolStep;
import org.evonorm.engine.cpu.tile.AreaMath;
import org.evonorm.engine.cpu.tile.PassBackend;
import org.evonorm.engine.cpu.tile.TileLayer;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.network.Operator;
import org.evonorm.network.Shape;
import org.evonorm.network.Window;

/**
 * Makes the step of every operator of a plan, with its tensors. Steps are made from the last operator to the first,
 * since the first term of a derivative comes from its last reader ({@link DerivativePlan}).
 */
final class StepFactory {

    private final NetworkPlan.Model model;
    private final Slices slices;
    private final PlanTensors tensors;
    /** The tensors of the plan whose activations decide on the branches; absent without frozen branches. */
    private final Optional<PlanTensors> frozen;

    /** Absent in evaluation, in which steps have no backward pass. */
    private final Optional<DerivativePlan> derivatives;

    private final TensorMath[] math;
    private final PassBackend[] backends;

    /**
     * @param math     by worker
     * @param backends by worker
     */
    StepFactory(
            NetworkPlan.Model model,
            Slices slices,
            PlanTensors tensors,
            Optional<PlanTensors> frozen,
            Optional<DerivativePlan> derivatives,
            TensorMath[] math,
            PassBackend[] backends) {
        this.model = model;
        this.slices = slices;
        this.tensors = tensors;
        this.frozen = frozen;
        this.derivatives = derivatives;
        this.math = math;
        this.backends = backends;
    }

    /** The step of an operator. */
    Step step(int index) {
        Operator operator = operator(index);
        Optional<CanonicalLayer> layer = model.layers().at(operator);
        if (tensors.isPassedThrough(index)) {
            return passThrough(index, operator.inputs());
        } else if (layer.isPresent()) {
            return layer(index, layer.get());
        } else if (operator instanceof Operator.Convolution convolution) {
            return convolution(index, convolution.window(), convolution.groups(), convolution.hasBias());
        } else if (operator instanceof Operator.Dense) {
            return convolution(index, Window.centered(1, 1), 1, true);
        } else if (operator instanceof Operator.WindowPool pool) {
            return windowPool(index, pool);
        } else if (operator instanceof Operator.GlobalAveragePool pool) {
            return globalAveragePool(index, pool);
        } else if (operator instanceof Operator.Scale scale) {
            return scale(index, scale);
        } else if (operator instanceof Operator.Positions positions) {
            return positions(index, positions);
        } else if (operator instanceof Operator.ClassToken token) {
            return classToken(index, token);
        } else if (operator instanceof Operator.FirstToken token) {
            return new FirstTokenStep(
                    slices,
                    tensors.of(token.input()),
                    tensors.of(index),
                    outputDerivative(index),
                    target(token.input()),
                    math);
        } else if (operator instanceof Operator.Attention attention) {
            return attention(index, attention);
        } else if (operator instanceof Operator.Concatenation concatenation) {
            return concatenation(index, concatenation);
        } else if (operator instanceof Operator.Add add) {
            return add(index, add);
        }
        throw new AssertionError(operator);
    }

    private Operator operator(int index) {
        return model.network().operators().get(index);
    }

    // ---- derivatives

    private Optional<Tensor> outputDerivative(int index) {
        return derivatives.flatMap(plan -> plan.of(index));
    }

    /** The destination of a step's term of the derivative with respect to an input; the step can add to it. */
    private Optional<Derivative> target(int input) {
        return target(input, false);
    }

    /**
     * The destination of a step's term of the derivative with respect to an input.
     *
     * @param overwrites whether the step cannot add to the contents of a tensor
     */
    private Optional<Derivative> target(int input, boolean overwrites) {
        return derivatives.flatMap(plan -> plan.target(input, tensors.of(input).shape(), overwrites));
    }

    /** Passes the derivative of an operator on to inputs that have as many values; see {@link DerivativePlan#passOn}. */
    private List<Derivative> passedOn(int index, List<Integer> inputs) {
        List<Derivative> shared = new ArrayList<>();
        derivatives.ifPresent(plan -> inputs.forEach(
                input -> plan.passOn(index, input, tensors.of(input).shape()).ifPresent(shared::add)));
        return shared;
    }

    // ---- steps

    private Step passThrough(int index, List<Integer> inputs) {
        return new PassThroughStep(slices, outputDerivative(index), passedOn(index, inputs), math);
    }

    private Step layer(int index, CanonicalLayer layer) {
        int source = operator(index).inputs().get(0);
        Tensor input = tensors.of(source);
        LayerPlan plan = frozen.isPresent()
                ? model.layerPlans().frozen(layer)
                : model.layerPlans().of(layer, derivatives.isPresent());
        TileLayer tiles =
                new TileLayer(plan, slices, input.shape().area(), input.shape().channels(), model.workers(), backends);
        return new LayerStep(
                tiles,
                slices,
                input,
                frozen.map(other -> other.of(source)).orElse(input),
                tensors.of(index),
                outputDerivative(index),
                target(source),
                math);
    }

    private Step convolution(int index, Window window, int groups, boolean hasBias) {
        int source = operator(index).inputs().get(0);
        Tensor input = tensors.of(source);
        Tensor output = tensors.of(index);
        ConvolutionShape shape = new ConvolutionShape(input.shape(), output.shape(), window, groups, hasBias);
        OptionalInt residual = tensors.residuals().addedBy(index);
        boolean direct = DirectConvolution.isBetter(shape);
        ConvolutionStep.Tensors bound = new ConvolutionStep.Tensors(
                input,
                residual.isPresent() ? Optional.of(tensors.of(residual.getAsInt())) : Optional.empty(),
                output,
                outputDerivative(index),
                target(source, !direct));
        ParameterMemory parameters = model.parameters();
        ConvolutionStep.Addresses values =
                parameters.addresses(parameters.values(), model.layout().of(index));
        ConvolutionStep.Addresses gradient =
                parameters.addresses(parameters.gradient(), model.layout().of(index));
        return direct
                ? new DirectConvolutionStep(shape, slices, bound, values, gradient, math, index)
                : new ConvolutionStep(shape, slices, bound, values, gradient, math, index);
    }

    private Step windowPool(int index, Operator.WindowPool pool) {
        boolean branches = pool instanceof Operator.MaxPool;
        return new WindowPoolStep(
                pool,
                slices,
                new WindowPoolStep.Tensors(
                        tensors.of(pool.input()),
                        frozen.filter(other -> branches).map(other -> other.of(pool.input())),
                        tensors.of(index),
                        outputDerivative(index),
                        target(pool.input(), true)),
                math);
    }

    private Step globalAveragePool(int index, Operator.GlobalAveragePool pool) {
        Tensor input = tensors.of(pool.input());
        return new GlobalAveragePoolStep(
                slices,
                input,
                tensors.of(index),
                outputDerivative(index),
                target(pool.input()),
                math,
                AreaMath.of(input, slices, backends));
    }

    private Step scale(int index, Operator.Scale scale) {
        Tensor input = tensors.of(scale.input());
        return new ScaleStep(
                slices,
                input,
                tensors.of(scale.gate()),
                tensors.of(index),
                outputDerivative(index),
                target(scale.input()),
                target(scale.gate()),
                math,
                AreaMath.of(input, slices, backends));
    }

    private Step positions(int index, Operator.Positions positions) {
        ParameterMemory parameters = model.parameters();
        int offset = model.layout().of(index).get(0).offset();
        return new PositionsStep(
                new Shape(
                        positions.height(),
                        positions.width(),
                        tensors.of(index).shape().channels()),
                slices,
                new PositionsStep.Tensors(
                        tensors.of(positions.input()),
                        tensors.of(index),
                        outputDerivative(index),
                        passedOn(index, positions.inputs())),
                parameters.values().at(offset),
                parameters.gradient().at(offset),
                math,
                index);
    }

    private Step classToken(int index, Operator.ClassToken token) {
        ParameterMemory parameters = model.parameters();
        List<Integer> offsets =
                model.layout().of(index).stream().map(Parameter::offset).toList();
        return new ClassTokenStep(
                slices,
                new ClassTokenStep.Tensors(
                        tensors.of(token.input()), tensors.of(index), outputDerivative(index), target(token.input())),
                offsets.stream().map(parameters.values()::at).toList(),
                offsets.stream().map(parameters.gradient()::at).toList(),
                math,
                index);
    }

    private Step attention(int index, Operator.Attention attention) {
        return new AttentionStep(
                attention.heads(),
                slices,
                tensors.of(attention.input()),
                tensors.of(index),
                outputDerivative(index),
                target(attention.input(), true),
                math);
    }

    private Step concatenation(int index, Operator.Concatenation concatenation) {
        return new ConcatenationStep(
                slices,
                concatenation.inputs().stream().map(tensors::of).toList(),
                tensors.of(index),
                outputDerivative(index),
                concatenation.inputs().stream().map(this::target).toList(),
                math);
    }

    private Step add(int index, Operator.Add add) {
        if (tensors.residuals().convolutionOf(index).isPresent()) {
            return passThrough(index, add.inputs());
        }
        return new AddStep(
                slices,
                tensors.of(add.left()),
                tensors.of(add.right()),
                tensors.of(index),
                outputDerivative(index),
                passedOn(index, add.inputs()),
                math);
    }
}
