package org.evonorm.export.python;

/** Sections of the JAX module that are the same for every layer, as they stand in the file. */
final class JaxText {

    static final String VERIFY = """
            def verify(path):
                \"""Compares values and gradients, in float64, with those of evonorm's CPU engine in a check file.

                Raises AssertionError where they differ by more than rounding explains.
                \"""
                check = json.loads(Path(path).read_text())
                before = jax.config.jax_enable_x64
                jax.config.update("jax_enable_x64", True)
                try:
                    verify_layout(check, "NHWC")
                    verify_layout(check, "NCHW")
                finally:
                    jax.config.update("jax_enable_x64", before)


            def verify_layout(check, data_format):
                def tensor(values):
                    nhwc = jnp.asarray(values, jnp.float64).reshape(check["shape"])
                    return nhwc if data_format == "NHWC" else nhwc.transpose(0, 3, 1, 2)

                def compare(what, found, expected):
                    if found.ndim == 4 and data_format == "NCHW":
                        found = found.transpose(0, 2, 3, 1)
                    values = jnp.asarray(expected["values"], jnp.float64)
                    error = jnp.abs(found.ravel() - values) - check["rtol"] * jnp.abs(values)
                    if not error.max() <= expected["atol"]:
                        raise AssertionError(f"{what} differs by up to {error.max()}")

                def trained(case):
                    _, state = layer.init()
                    params = {name: jnp.asarray(v, jnp.float64) for name, v in case["parameters"].items()}
                    y, pullback, state = jax.vjp(
                        lambda params, x: apply(params, state, x, training=True), params, tensor(case["x"]),
                        has_aux=True)
                    compare("the output in training mode", y, case["y"])
                    by_params, by_x = pullback(tensor(case["dy"]))
                    compare("the gradient of x", by_x, case["dx"])
                    for name, expected in case["gradients"].items():
                        compare(f"the gradient of {name}", by_params[name], expected)
                    return params, state

                evaluation = check["evaluation"]
                layer = @CLASS@(
                    @CHECK_ARGUMENTS@, data_format=data_format)
                apply = jax.jit(layer, static_argnames="training")
                for case in check["training_at_edges"]:
                    trained(case)
                params, state = trained(check["training"])
                for values in check["further_inputs"]:
                    _, state = apply(params, state, tensor(values), training=True)
                y, _ = apply(params, state, tensor(evaluation["x"]), training=False)
                compare("the output in evaluation mode", y, evaluation["y"])
                y, _ = apply(params, state, tensor(evaluation["x"]).at[0].set(jnp.nan), training=False)
                y = y if data_format == "NHWC" else y.transpose(0, 2, 3, 1)
                if jnp.flatnonzero(jnp.isnan(y).ravel()).tolist() != evaluation["nan_where_x_is_nan"]:
                    raise AssertionError("NaN in x gives NaN in other places")
            """;

    static final String AS_MAPS = """
            def as_maps(self, x):
                \"""x in four dimensions, in float32 or float64.\"""
                if not jnp.issubdtype(x.dtype, jnp.floating):
                    raise ValueError(f"expected floating-point values, not {x.dtype}")
                last = self.channel_axis == 3
                if not 3 <= x.ndim <= 5 or x.shape[-1 if last else 1] != self.channels:
                    where = "the last dimension" if last else "dimension 1"
                    raise ValueError(f"expected {self.channels} channels in {where} of 3 to 5, not {x.shape}")
                space = x.shape[1:-1] if last else x.shape[2:]
                space = (math.prod(space[:-1]), space[-1])
                shape = (x.shape[0], *space, self.channels) if last else (x.shape[0], self.channels, *space)
                return x.reshape(shape).astype(jnp.promote_types(x.dtype, jnp.float32))
            """;

    static final String STATISTICS = """
            def over_batch(self, a):
                \"""The mean of a over batch, height and width, of all devices of the axis.\"""
                mean = jnp.mean(a, axis=(0,) + self.spatial_axes, keepdims=True)
                return mean if self.axis_name is None else jax.lax.pmean(mean, self.axis_name)

            def count(self, state, x):
                \"""Counts a batch in state, earlier ones for less, and gives its share in running statistics.

                The first batch has the share 1, which corrects the bias; an empty one is not counted and has none.
                \"""
                if x.size == 0:
                    return None
                decay = 1.0 if self.momentum is None else self.momentum
                steps = state.get("steps", 1.0 if self.momentum is None else 1 / (1 - decay))
                steps = jnp.asarray(steps)
                steps = steps.astype(jnp.promote_types(steps.dtype, jnp.float32))
                state["steps"] = decay * steps + 1
                return 1 / state["steps"]

            def follow(self, average, batch, share):
                \"""A running statistic after a step towards a batch's value by a share of the way, in float32 at least.\"""
                batch = jax.lax.stop_gradient(batch).ravel()
                moved = jnp.where(share < 1, (1 - share) * average + share * batch, batch)
                return moved.astype(jnp.promote_types(average.dtype, jnp.float32))
            """;

    private JaxText() {}
}
