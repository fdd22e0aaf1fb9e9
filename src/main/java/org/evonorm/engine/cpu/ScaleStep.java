package org.evonorm.engine.cpu;

import java.util.Optional;

/** Every channel times its gate. */
record ScaleStep(Slices slices, Tensor input, Tensor gate, Tensor output, Optional<Tensor> outputDerivative,
                 Optional<Derivative> inputDerivative, Optional<Derivative> gateDerivative, TensorMath[] math)
        implements Step {

    @Override
    public void forward(int worker) {
        math[worker].scale(output, input, gate, false, slices, worker);
    }

    @Override
    public void backward(int worker) {
        Tensor derivative = outputDerivative.orElseThrow();
        Derivative ofInput = inputDerivative.orElseThrow();
        Derivative ofGate = gateDerivative.orElseThrow();
        ofInput.begin(slices, worker, math[worker]);
        math[worker].scale(ofInput.tensor(), derivative, gate, ofInput.accumulate(), slices, worker);
        ofGate.begin(slices, worker, math[worker]);
        math[worker].sumOfProducts(ofGate.tensor(), derivative, input, ofGate.accumulate(), slices, worker);
    }
}
