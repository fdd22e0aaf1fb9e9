package org.evonorm.export.python;

/** Sections of the Keras module that are the same for every layer, as they stand in the file. */
final class KerasText {

    static final String VERIFY = """
            def gradients(layer, x, dy):
                \"""The gradients of sum(dy * layer(x)) by x and the layer's trainable variables, after a training step.\"""
                variables = layer.trainable_variables
                if keras.backend.backend() == "torch":
                    import torch
                    x = ops.convert_to_tensor(x).requires_grad_()
                    y = layer(x, training=True)
                    return y, torch.autograd.grad(
                        y, [x] + [variable.value for variable in variables], dy, materialize_grads=True)
                if keras.backend.backend() == "tensorflow":
                    import tensorflow as tf
                    with tf.GradientTape() as tape:
                        tape.watch(x)
                        y = layer(x, training=True)
                    return y, tape.gradient(
                        y, [x] + [variable.value for variable in variables], dy,
                        unconnected_gradients=tf.UnconnectedGradients.ZERO)
                import jax

                def call(x, values):
                    return layer.stateless_call(
                        values, [v.value for v in layer.non_trainable_variables], x, training=True)

                y, pullback, state = jax.vjp(call, x, [v.value for v in variables], has_aux=True)
                for variable, value in zip(layer.non_trainable_variables, state):
                    variable.assign(value)
                by_x, by_variables = pullback(dy)
                return y, [by_x, *by_variables]


            def verify(path):
                \"""Compares values and gradients, in float64, with those of evonorm's CPU engine in a check file.

                Raises AssertionError where they differ by more than rounding explains.
                \"""
                if keras.backend.backend() == "jax":
                    import jax
                    jax.config.update("jax_enable_x64", True)
                check = json.loads(Path(path).read_text())
                verify_layout(check, "channels_last")
                verify_layout(check, "channels_first")


            def verify_layout(check, data_format):
                def tensor(values):
                    nhwc = np.asarray(values, "float64").reshape(check["shape"])
                    return ops.convert_to_tensor(
                        nhwc if data_format == "channels_last" else nhwc.transpose(0, 3, 1, 2), dtype="float64")

                def compare(what, found, expected):
                    found = ops.convert_to_numpy(ops.stop_gradient(found))
                    if found.ndim == 4 and data_format == "channels_first":
                        found = found.transpose(0, 2, 3, 1)
                    np.testing.assert_allclose(
                        found.ravel(), expected["values"], rtol=check["rtol"], atol=expected["atol"],
                        err_msg=f"{what} differs")

                def trained(case):
                    layer = @CLASS@(
                        @CHECK_ARGUMENTS@, data_format=data_format, dtype="float64")
                    layer.build(tensor(case["x"]).shape)
                    for name, values in case["parameters"].items():
                        getattr(layer, name).assign(values)
                    y, found = gradients(layer, tensor(case["x"]), tensor(case["dy"]))
                    compare("the output in training mode", y, case["y"])
                    compare("the gradient of x", found[0], case["dx"])
                    for variable, gradient in zip(layer.trainable_variables, found[1:]):
                        compare(f"the gradient of {variable.name}", gradient, case["gradients"][variable.name])
                    return layer

                evaluation = check["evaluation"]
                for case in check["training_at_edges"]:
                    trained(case)
                layer = trained(check["training"])
                for values in check["further_inputs"]:
                    layer(tensor(values), training=True)
                y = layer(tensor(evaluation["x"]), training=False)
                compare("the output in evaluation mode", y, evaluation["y"])
                sample = len(evaluation["x"]) // check["shape"][0]
                y = layer(tensor([float("nan")] * sample + evaluation["x"][sample:]), training=False)
                y = ops.convert_to_numpy(ops.stop_gradient(y))
                y = y if data_format == "channels_last" else y.transpose(0, 2, 3, 1)
                if np.flatnonzero(np.isnan(y)).tolist() != evaluation["nan_where_x_is_nan"]:
                    raise AssertionError("NaN in x gives NaN in other places")
            """;

    static final String MEAN = """
            def mean(a, axis):
                \"""The mean over axes, which stay with size 1; ops.mean takes float64 in float32 on PyTorch and JAX.\"""
                if keras.backend.standardize_dtype(a.dtype) != "float64":
                    return ops.mean(a, axis=axis, keepdims=True)
                return ops.sum(a, axis=axis, keepdims=True) / ops.sum(ops.ones_like(a), axis=axis, keepdims=True)
            """;

    static final String VARIANCE = """
            def variance(a, axis):
                \"""The variance over axes, which stay with size 1; ops.var takes float64 in float32 on PyTorch and JAX.\"""
                if keras.backend.standardize_dtype(a.dtype) != "float64":
                    return ops.var(a, axis=axis, keepdims=True)
                return mean(ops.square(a - mean(a, axis)), axis)
            """;

    static final String AS_MAPS = """
            def as_maps(self, x):
                \"""x in four dimensions.\"""
                height, width = self.spatial_axes
                if len(x.shape) == 3:
                    return ops.expand_dims(x, width)
                if len(x.shape) == 5:
                    shape = ops.shape(x)
                    return ops.reshape(x, shape[:height] + (shape[height] * shape[width],) + shape[width + 1:])
                return x
            """;

    static final String STATISTICS = """
            def count(self, x):
                \"""Counts a batch, earlier ones for less, and gives its share in running statistics.

                The first batch has the share 1, which corrects the bias; an empty one is not counted and has the share 0.
                \"""
                decay = 1.0 if self.momentum is None else self.momentum
                filled = ops.size(x) > 0
                before = ops.convert_to_tensor(self.steps)
                steps = ops.where(filled, decay * before + 1, before)
                self.steps.assign(steps)
                return ops.where(filled, 1 / steps, ops.zeros_like(steps))

            def follow(self, average, batch, share):
                \"""Moves a running statistic towards a batch's value by a share of the way.\"""
                before = ops.convert_to_tensor(average)
                batch = ops.cast(ops.reshape(ops.stop_gradient(batch), (-1,)), before.dtype)
                share = ops.cast(share, before.dtype)
                moved = ops.where(share < 1, (1 - share) * before + share * batch, batch)
                average.assign(ops.where(share > 0, moved, before))
            """;

    private KerasText() {}
}
