package org.evonorm.export.python;

/** The Python texts of PyTorch modules that are the same for all layers. */
final class PyTorchText {

    /**
     * The larger of two tensors. torch.compile makes scalar code of isnan and keeps the comparison for the gradient, which
     * takes five times as long as torch.maximum.
     */
    static final String LARGER = """
            is_compiling = getattr(getattr(torch, "compiler", None), "is_compiling", lambda: False)


            def larger(a, b):
                \"""The larger of the two, NaN if one is; where they are equal the gradient goes to a alone.

                In torch.compile each gets half of the gradient then.
                \"""
                if not torch.jit.is_scripting():
                    if is_compiling():
                        return torch.maximum(a, b)
                return torch.where(torch.isnan(b) | (a < b), b, a)
            """;

    /** How inputs of all shapes become maps [N, C, H, W] and back. */
    static final String SHAPES = """
            def require_maps(x, channels: int, channel_dim: int):
                \"""Refuses what the layer cannot take.\"""
                if not x.is_floating_point():
                    raise ValueError(f"expected floating-point values, not {x.dtype}")
                if x.dim() < 3 or x.dim() > 5 or x.size(channel_dim) != channels:
                    raise ValueError(
                        f"expected {channels} channels in dimension {channel_dim} of 3 to 5, not {list(x.shape)}")


            def as_maps(x, channel_dim: int):
                \"""x as [N, C, H, W], in float32 or float64.\"""
                x = x.movedim(channel_dim, 1)
                if x.dim() == 3:
                    x = x.unsqueeze(3)
                if x.dim() == 5:
                    x = x.flatten(2, 3)
                return x if x.dtype == torch.float64 else x.float()


            def as_input(y, x, channel_dim: int):
                \"""y [N, C, H, W] in the shape and type of x.\"""
                shape = x.movedim(channel_dim, 1).shape
                return y.reshape(shape).movedim(1, channel_dim).to(x.dtype)
            """;

    /** What the function of training mode needs beside the operations of PyTorch. */
    static final String FUNCTION = """
            def as_channels(vector, maps):
                \"""A vector [C] or [1] as [1, C, 1, 1].\"""
                return vector.type_as(maps).view(1, -1, 1, 1).expand(1, maps.size(1), 1, 1)


            def gate(a, c):
                \"""c where a > 0, else 0; an operation of ReLU's derivative, since torch.where takes ten times as long.\"""
                return torch.ops.aten.threshold_backward(c, a, 0.0)


            def gate_from(a, c):
                \"""c where a >= 0, else 0.\"""
                return torch.ops.aten.threshold_backward(c, a, -1e-45)


            def plain_gradients(layer, dy, *inputs):
                \"""The gradients of the layer by operations that have derivatives themselves.\"""
                with torch.enable_grad():
                    wanted = [i for i, tensor in enumerate(inputs) if tensor.requires_grad]
                    y = layer.plain(inputs[0], @NO_SHARE@*inputs[1:])
                    found = torch.autograd.grad(y, [inputs[i] for i in wanted], dy, create_graph=True, allow_unused=True)
                found = dict(zip(wanted, found))
                return [found.get(i) for i in range(len(inputs))]


            def keeps_little(layer, *tensors):
                \"""Whether the layer may run as a function that keeps x alone: in training, and nowhere else than in eager mode.

                Compilers keep little themselves; transformations (fx, jit, torch.func, forward mode) need plain operations.
                \"""
                if not (layer.fused and layer.training and torch.is_grad_enabled()) or torch.jit.is_tracing():
                    return False
                if any(type(tensor) not in (torch.Tensor, nn.Parameter) for tensor in tensors) or not tensors[0].numel():
                    return False
                is_compiling = getattr(getattr(torch, "compiler", None), "is_compiling", lambda: False)
                is_transformed = getattr(getattr(torch._C, "_functorch", None), "is_functorch_wrapped_tensor", lambda _: False)
                in_forward_mode = torch.autograd.forward_ad._current_level >= 0
                return not (is_compiling() or in_forward_mode or any(map(is_transformed, tensors)))
            """;

    /** Means over groups of channels. */
    static final String MEAN_OF_GROUPS = """
            def mean_of_groups(a, groups):
                \"""The mean of [N, C, 1, 1] over the channels of a group, repeated at each of them.\"""
                grouped = a.reshape(a.size(0), groups, -1)
                return grouped.mean(2, keepdim=True).expand_as(grouped).reshape(a.shape)
            """;

    /** Running statistics and the count of their batches. */
    static final String STATISTICS = """
            def count(batches, size, momentum: Optional[float]):
                \"""Counts a batch of this size, earlier ones for less, and gives its share in running statistics.

                The first batch has the share 1, which corrects the bias; an empty one is not counted and has the share 0.
                \"""
                with torch.no_grad():
                    decay = 1.0 if momentum is None else 1.0 - momentum
                    filled = size > 0
                    batches.copy_(torch.where(filled, decay * batches + 1, batches))
                    share = torch.where(filled, 1 / batches, torch.zeros_like(batches))
                return share


            def follow(average, batch, share):
                \"""Moves a running statistic towards a batch's value by a share of the way, and gives that value.\"""
                with torch.no_grad():
                    value = batch.flatten().to(average.dtype)
                    share = share.to(average.dtype)
                    moved = torch.where(share < 1, torch.lerp(average, value, share), value)
                    average.copy_(torch.where(share > 0, moved, average))
                return batch


            class SumOver(torch.autograd.Function):
                \"""The sum of the processes' totals, whose derivative is the sum of their gradients.\"""

                @staticmethod
                def forward(ctx, total, processes):
                    ctx.processes = processes
                    total = total.clone(memory_format=torch.contiguous_format)
                    torch.distributed.all_reduce(total, group=None if processes == "world" else processes)
                    return total

                @staticmethod
                def backward(ctx, gradient):
                    return SumOver.apply(gradient, ctx.processes), None


            @torch.jit.unused
            def sum_over(processes, total):
                \"""The sum of the processes' totals, with its derivative.\"""
                return SumOver.apply(total, processes)
            """;

    /** The count of the batches in running statistics. */
    static final String COUNTER = """
            class BatchCounter(nn.modules.batchnorm._BatchNorm):
                \"""Counts the batches of running statistics.

                It is a batch normalization by type, since swa_utils.update_bn and SyncBatchNorm.convert_sync_batchnorm
                look for that: the one sets its momentum and resets it, the other replaces it, which the layer notices.
                \"""

                def __init__(self, channels, momentum, process_group):
                    super().__init__(channels, momentum=momentum, affine=False)
                    self.register_buffer("running_mean", torch.zeros(0), persistent=False)
                    self.register_buffer("running_var", torch.zeros(0), persistent=False)
                    self.register_buffer("num_batches_tracked", torch.zeros((), dtype=torch.float32))
                    self.process_group = process_group

                def reset_running_stats(self):
                    \"""Forgets all batches: the next one replaces the statistics.\"""
                    self.num_batches_tracked.zero_()

                def forward(self, x):
                    \"""The share of this batch in running statistics, after counting it in training mode.\"""
                    if not self.training:
                        return self.num_batches_tracked
                    size = x.new_full((), x.numel(), dtype=torch.float32)
                    if self.process_group is not None:
                        size = sum_over(self.process_group, size)
                    return count(self.num_batches_tracked, size, self.momentum)
            """;

    /** The mean over the batch, of one process or several. */
    static final String OVER_BATCH = """
            def over_batch(self, a):
                \"""The mean of a over batch, height and width, of all processes of the group.\"""
                if self.counter.process_group is None:
                    return torch.mean(a, dim=(0, 2, 3), keepdim=True)
                total = a.sum(dim=(0, 2, 3))
                total = torch.cat([total, total.new_full((1,), a.numel() / total.numel())])
                total = sum_over(self.counter.process_group, total)
                return (total[:-1] / total[-1]).view(1, -1, 1, 1)
            """;

    /** The variance over the batch; torch.var keeps a alone for its derivative. */
    static final String VARIANCE = """
            def variance(self, a):
                \"""The variance of a over batch, height and width, of all processes of the group.\"""
                if self.counter.process_group is None:
                    return torch.var(a, dim=(0, 2, 3), correction=0, keepdim=True)
                return self.over_batch(torch.square(a - self.over_batch(a)))
            """;

    /** Methods by which PyTorch treats the layer as a batch normalization. */
    static final String HOOKS = """
            @property
            def momentum(self):
                return self.counter.momentum

            @momentum.setter
            def momentum(self, momentum):
                self.counter.momentum = momentum

            def add_module(self, name, module):
                \"""Takes the process group of the SyncBatchNorm that convert_sync_batchnorm makes of the counter.\"""
                if isinstance(module, nn.SyncBatchNorm):
                    self.counter.process_group = module.process_group or "world"
                else:
                    super().add_module(name, module)

            def _apply(self, fn, *arguments, **options):
                \"""Keeps running statistics in float32 or float64, through half() too.\"""
                kept = [(m, name, buffer) for m in self.modules() for name, buffer in m._buffers.items()]
                super()._apply(fn, *arguments, **options)
                for module, name, buffer in kept:
                    moved = module._buffers[name]
                    if moved.dtype not in (torch.float32, torch.float64):
                        module._buffers[name] = buffer.to(moved.device)
                return self

            def _load_from_state_dict(self, state, prefix, *arguments):
                \"""Counts the batches of statistics that come without a count, and widens rounded ones.\"""
                key = prefix + "counter.num_batches_tracked"
                for name in [prefix + name for name in self._buffers] + [key]:
                    if name in state and state[name].dtype in (torch.float16, torch.bfloat16):
                        state[name] = state[name].float()
                if key not in state and any(prefix + name in state for name in self._buffers):
                    steps = float(state.pop(prefix + "steps", float("inf")))
                    if self.momentum is None:
                        batches = 1.0 if steps == float("inf") else steps
                    else:
                        batches = (1 - (1 - self.momentum) ** steps) / self.momentum
                    state[key] = torch.tensor(batches)
                super()._load_from_state_dict(state, prefix, *arguments)
            """;

    /** The constructor from timm's state, for the layers that timm has. */
    static final String FROM_TIMM = """
            @classmethod
            def from_timm(cls, state, **arguments):
                \"""A layer with the parameters and statistics of timm's EvoNorm2d of this kind.

                Args:
                    state: its state_dict()
                    arguments: those of the constructor. timm counts groups and eps otherwise, and adds eps in roots alone:
                        only the paper's convention, with timm's groups and eps, gives timm's values.
                \"""
                names = {"weight": "gamma", "bias": "beta", "v": "v1", "running_var": "running_var"}
                if "weight" not in state or not set(state) <= set(names):
                    raise ValueError(f"expected the state of one EvoNorm2d of timm, not {sorted(state)}")
                @ACTIVATION@layer = cls(len(state["weight"]), **arguments)
                kept = set(layer.state_dict()) | {"running_var"} if layer.apply_act else {"gamma", "beta"}
                layer.load_state_dict({names[name]: value for name, value in state.items() if names[name] in kept})
                return layer
            """;

    /** The comparison with a check file. */
    static final String VERIFY = """
            def verify(path):
                \"""Compares values and gradients, in float64, with those of evonorm's CPU engine in a check file.

                Raises AssertionError where they differ by more than rounding explains.
                \"""
                check = json.loads(Path(path).read_text())

                def tensor(values, device):
                    values = torch.tensor(values, dtype=torch.float64, device=device)
                    return values.view(check["shape"]).permute(0, 3, 1, 2)

                def compare(what, found, expected):
                    if found.dim() == 4:
                        found = found.permute(0, 2, 3, 1)
                    torch.testing.assert_close(
                        found.detach().flatten().cpu(), torch.tensor(expected["values"], dtype=torch.float64),
                        rtol=check["rtol"], atol=expected["atol"],
                        msg=lambda text: f"{what} differs: {text}")

                def trained(case, device, layout, form):
                    layer = @CLASS@(@CHECK_ARGUMENTS@, **form).double().to(device)
                    with torch.no_grad():
                        for name, values in case["parameters"].items():
                            getattr(layer, name).copy_(torch.tensor(values))
                    x = tensor(case["x"], device).contiguous(memory_format=layout).requires_grad_()
                    y = layer(x)
                    compare("the output in training mode", y, case["y"])
                    names = list(case["gradients"])
                    leaves = [x] + [getattr(layer, name) for name in names]
                    found = torch.autograd.grad(y, leaves, tensor(case["dy"], device), allow_unused=True)
                    found = [torch.zeros_like(leaf) if d is None else d for d, leaf in zip(found, leaves)]
                    compare("the gradient of x", found[0], case["dx"])
                    for name, gradient in zip(names, found[1:]):
                        compare(f"the gradient of {name}", gradient, case["gradients"][name])
                    return layer

                evaluation = check["evaluation"]
                devices = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]
                layouts = torch.contiguous_format, torch.channels_last
                for device, layout, form in itertools.product(devices, layouts, [@FORMS@]):
                    for case in check["training_at_edges"]:
                        trained(case, device, layout, form)
                    layer = trained(check["training"], device, layout, form)
                    for values in check["further_inputs"]:
                        layer(tensor(values, device).contiguous(memory_format=layout))
                    layer.eval()
                    x = tensor(evaluation["x"], device)
                    y = layer(x.contiguous(memory_format=layout))
                    compare("the output in evaluation mode", y, evaluation["y"])
                    y = layer(torch.cat([torch.full_like(x[:1], float("nan")), x[1:]]))
                    found = y.permute(0, 2, 3, 1).flatten().isnan().nonzero().flatten().tolist()
                    if found != evaluation["nan_where_x_is_nan"]:
                        raise AssertionError("NaN in x gives NaN in other places")
            """;

    private PyTorchText() {}
}
