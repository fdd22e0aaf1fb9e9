"""Tries exported PyTorch modules as people use them, beyond the values that verify_exports.py compares.

FOLDER is what org.evonorm.export.ExportRecorder wrote. Every trial runs on every module that it applies to. Written for
torch 1.13.1 and 2.x; a trial of what a version lacks is named as left out.
"""

import copy
import io
import os
import sys
import tempfile
from pathlib import Path

import torch
import torch.fx
from torch import nn
from torch.optim import swa_utils

from export_trials import LeftOut, raises, run, takes
from verify_exports import layer_class as class_in
from verify_exports import load

CHANNELS = 8


def layer_class(path):
    return class_in(load(path))


def maps(*shape, scale=1.0, seed=0):
    return scale * torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def statistics(layer):
    return {name: buffer.clone() for name, buffer in layer.named_buffers()
            if name.startswith("running")}


def with_statistics(cls, **arguments):
    if not statistics(cls(CHANNELS)):
        raise LeftOut
    return cls(CHANNELS, **arguments)


def same(found, expected, **tolerances):
    torch.testing.assert_close(found, expected, equal_nan=True, **tolerances)


# ---- trials: each takes the class of a layer

def first_batch_replaces_statistics(cls):
    for momentum in 0.1, 0.001, 1.0, None:
        layer = with_statistics(cls, momentum=momentum)
        layer(torch.zeros(4, CHANNELS, 5, 5))
        assert all(torch.isfinite(value).all() for value in statistics(layer).values())
        y = layer.eval()(torch.zeros(4, CHANNELS, 5, 5))
        same(y, cls(CHANNELS)(torch.zeros(4, CHANNELS, 5, 5)))


def momentum_none_is_the_cumulative_average(cls):
    layer = with_statistics(cls, momentum=None)
    batches = [maps(4, CHANNELS, 5, 5, seed=seed) for seed in range(5)]
    for x in batches:
        layer(x)
    alone = []
    for x in batches:
        one = cls(CHANNELS)
        one(x)
        alone.append(statistics(one))
    if len(statistics(layer)) == 1:  # later statistics may depend on earlier ones in training mode alone
        for name, value in statistics(layer).items():
            same(value, torch.stack([each[name] for each in alone]).mean(0))


def state_without_count_is_of_a_long_training(cls):
    source = with_statistics(cls)
    source(maps(4, CHANNELS, 5, 5))
    state = {name: value for name, value in source.state_dict().items() if not name.startswith("counter")}
    layer = cls(CHANNELS)
    layer.load_state_dict(state, strict=False)
    before = statistics(layer)
    x = maps(4, CHANNELS, 5, 5, scale=2.0, seed=1)
    layer(x)
    fresh = cls(CHANNELS)
    fresh.load_state_dict({name: value for name, value in state.items() if not name.startswith("running")}, strict=False)
    fresh(x)
    for name, value in statistics(layer).items():
        same(value, 0.9 * before[name] + 0.1 * statistics(fresh)[name])


def empty_batches_change_nothing(cls):
    layer = cls(CHANNELS)
    layer(maps(4, CHANNELS, 5, 5))
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    for shape in (0, CHANNELS, 5, 5), (2, CHANNELS, 0, 5):
        y = layer(torch.zeros(shape))
        assert y.shape == shape
        same(dict(layer.state_dict()), before)


def half_keeps_statistics_wide(cls):
    for dtype, momentum in (torch.float16, 0.1), (torch.bfloat16, 0.001):
        layer = with_statistics(cls, momentum=momentum).to(dtype)
        assert all(buffer.dtype == torch.float32 for buffer in layer.buffers())
        for seed in range(3):
            y = layer(maps(4, CHANNELS, 5, 5, scale=1000.0 if dtype == torch.float16 else 1.0, seed=seed).to(dtype))
        assert y.dtype == dtype
        assert all(torch.isfinite(value).all() for value in statistics(layer).values()), statistics(layer)
        assert layer.double().state_dict()["counter.num_batches_tracked"].dtype == torch.float64


def training_goes_on_after_an_evaluation(cls):
    layer = cls(CHANNELS)
    x = maps(4, CHANNELS, 5, 5).requires_grad_()
    layer(x)
    y = layer.eval()(x)
    layer.train()(x)
    y.sum().backward()


def other_types_are_refused(cls):
    for dtype in torch.int32, torch.int64, torch.uint8, torch.bool, torch.complex64:
        raises(ValueError, lambda: cls(CHANNELS)(torch.zeros(4, CHANNELS, 5, 5).to(dtype)))


def fx_traces(cls):
    for training in False, True:
        layer = cls(CHANNELS).train(training)
        layer(maps(4, CHANNELS, 5, 5, seed=3))
        traced = torch.fx.symbolic_trace(copy.deepcopy(layer))
        traced.graph.eliminate_dead_code()
        traced.recompile()
        x = maps(4, CHANNELS, 5, 5)
        same(traced(x), layer(x))
        # A traced evaluation has no use for the count of batches.
        same(dict(traced.state_dict()), {name: layer.state_dict()[name] for name in traced.state_dict()})


def fx_traces_for_quantization(cls):
    try:
        from torch.ao.quantization import get_default_qconfig_mapping
        from torch.ao.quantization.quantize_fx import prepare_fx
    except ImportError:
        raise LeftOut("torch.ao.quantization is missing") from None
    layer = nn.Sequential(nn.Conv2d(3, CHANNELS, 3), cls(CHANNELS)).eval()
    prepared = prepare_fx(layer, get_default_qconfig_mapping(), example_inputs=(maps(1, 3, 6, 6),))
    same(prepared(maps(1, 3, 6, 6)), layer(maps(1, 3, 6, 6)))


def scripts(cls):
    layer = cls(CHANNELS)
    scripted = torch.jit.script(copy.deepcopy(layer))
    for shape in (4, CHANNELS, 5, 5), (4, CHANNELS, 7), (2, CHANNELS, 2, 3, 4):
        same(scripted(maps(*shape)), layer(maps(*shape)))
    file = io.BytesIO()
    torch.jit.save(scripted.eval(), file)
    file.seek(0)
    same(torch.jit.load(file)(maps(4, CHANNELS, 5, 5)), layer.eval()(maps(4, CHANNELS, 5, 5)))
    raises(Exception, lambda: scripted(torch.zeros(4, CHANNELS + 1, 5, 5)))


def bad_arguments_are_refused(cls):
    import inspect
    parameters = inspect.signature(cls).parameters
    bad = {"channels": (0, -1), "channel_dim": (0, 2)}
    bad |= {"groups": (0, -1, 3)} if "groups" in parameters else {}
    bad |= {"eps": (0, -1.0, float("nan"))} if "eps" in parameters else {}
    bad |= {"momentum": (0, 1.5, -0.1, float("nan"))} if "momentum" in parameters else {}
    for name, values in bad.items():
        for value in values:
            raises(ValueError, lambda: cls(**{"channels": CHANNELS, name: value}))


def update_bn_updates(cls):
    layer = with_statistics(cls)
    for name, value in statistics(layer).items():
        getattr(layer, name).fill_(float("nan"))
    batches = [maps(4, CHANNELS, 5, 5, seed=seed) for seed in range(4)]
    expected = cls(CHANNELS, momentum=None)
    for x in batches:
        expected(x)
    swa_utils.update_bn(batches, nn.Sequential(layer))
    same(statistics(layer), statistics(expected))
    assert layer.momentum == 0.1


def averaged_models_average_everything(cls):
    layer = with_statistics(cls)
    averaged = swa_utils.AveragedModel(layer, use_buffers=True)
    states = []
    for seed in range(2):
        layer(maps(4, CHANNELS, 5, 5, seed=seed))
        averaged.update_parameters(layer)
        states.append({name: value.clone() for name, value in layer.state_dict().items()})
    for name, value in averaged.module.state_dict().items():
        same(value, (states[0][name] + states[1][name]) / 2)


def meta_layers_are_reset(cls):
    layer = cls(CHANNELS).to("meta").to_empty(device="cpu")
    layer.reset_parameters()
    same(dict(layer.state_dict()), dict(cls(CHANNELS).state_dict()))


def copies_are_whole(cls):
    layer = cls(CHANNELS)
    layer(maps(4, CHANNELS, 5, 5))
    twin = copy.deepcopy(layer)
    twin(maps(4, CHANNELS, 5, 5, seed=1))
    layer(maps(4, CHANNELS, 5, 5, seed=1))
    same(dict(twin.state_dict()), dict(layer.state_dict()))


def other_shapes_are_taken(cls):
    x = maps(4, CHANNELS, 6, 5)
    expected = cls(CHANNELS)(x)
    same(cls(CHANNELS)(x.flatten(2)).view_as(x), expected)
    same(cls(CHANNELS)(x.unflatten(2, (2, 3))).view_as(x), expected)
    same(cls(CHANNELS, channel_dim=-1)(x.movedim(1, -1)).movedim(-1, 1), expected)
    tokens = x.flatten(2).movedim(1, -1)
    same(cls(CHANNELS, channel_dim=-1)(tokens).movedim(-1, 1).reshape(x.shape), expected)
    deep = x.unflatten(2, (2, 3)).contiguous(memory_format=torch.channels_last_3d)
    assert cls(CHANNELS)(deep).is_contiguous(memory_format=torch.channels_last_3d)


def places_without_activation_are_affine(cls):
    takes(cls, "apply_act")
    layer = cls(CHANNELS, apply_act=False)
    assert set(layer.state_dict()) == {"gamma", "beta"}
    with torch.no_grad():
        layer.gamma.copy_(torch.arange(CHANNELS))
        layer.beta.fill_(2)
    x = maps(4, CHANNELS, 5, 5)
    same(layer(x), x * torch.arange(CHANNELS).view(1, -1, 1, 1) + 2)
    same(torch.jit.script(layer)(x), layer(x))
    assert not cls(CHANNELS, init_zero=True)(x).any()


def paper_layer(name, x, v, gamma, beta, eps=1e-5):
    """The paper's code of a layer in training mode, for x [N, C, H, W], with 32 groups lowered until they divide C."""
    groups = 32
    while x.size(1) % groups:
        groups -= 1
    grouped = x.view(x.size(0), groups, -1)
    of_group = lambda moment: moment.view(x.size(0), groups, 1).expand(
        -1, -1, x.size(1) // groups).reshape(x.size(0), x.size(1), 1, 1)
    batch = (x.var((0, 2, 3), unbiased=False, keepdim=True) + eps).sqrt()
    instance = (x.var((2, 3), unbiased=False, keepdim=True) + eps).sqrt()
    rms = (x.square().mean((2, 3), keepdim=True) + eps).sqrt()
    std_of_group = (of_group(grouped.var(2, unbiased=False)) + eps).sqrt()
    rms_of_group = (of_group(grouped.square().mean(2)) + eps).sqrt()
    y = {"evonorm_b0": lambda: x / torch.maximum(batch, v * x + instance),
         "evonorm_b1": lambda: x / torch.maximum(batch, (x + 1) * rms),
         "evonorm_b2": lambda: x / torch.maximum(batch, rms - x),
         "evonorm_s0": lambda: x * torch.sigmoid(v * x) / std_of_group,
         "evonorm_s1": lambda: x * torch.sigmoid(x) / std_of_group,
         "evonorm_s2": lambda: x * torch.sigmoid(x) / rms_of_group}[name]()
    return gamma * y + beta


def the_papers_convention_is_the_papers_code(cls):
    """To rounding, in float64, with 24 channels (24 groups) and 64 (32 groups); from timm's state."""
    name = Path(sys.modules[cls.__module__].__file__).parent.name.removeprefix("paper_")
    for channels in 24, 64:
        vectors = [1 + 0.3 * maps(channels, seed=seed).double() for seed in range(3)]
        state = {"weight": vectors[0], "bias": vectors[1]}
        state |= {"v": vectors[2]} if name[-2:] in ("b0", "s0") else {}
        state |= {"running_var": torch.ones(channels)} if name[-2] == "b" else {}
        layer = cls.from_timm(state).double()
        with torch.no_grad():
            for own, value in ("gamma", vectors[0]), ("beta", vectors[1]), ("v1", vectors[2]):
                if hasattr(layer, own):
                    getattr(layer, own).copy_(value)
        x = maps(4, channels, 6, 6).double()
        gamma, beta, v = (vector.view(1, -1, 1, 1) for vector in vectors)
        same(layer(x), paper_layer(name, x, v, gamma, beta), rtol=1e-12, atol=1e-12)
        affine = cls.from_timm(state, apply_act=False)
        same(affine(x.float()), (gamma * x + beta).float(), rtol=1e-5, atol=1e-5)
    raises(ValueError, lambda: cls.from_timm({"0.weight": vectors[0]}))


def gradients(value, leaves, **arguments):
    if not value.requires_grad:
        return [torch.zeros_like(leaf) for leaf in leaves]
    found = torch.autograd.grad(value, leaves, allow_unused=True, **arguments)
    return [torch.zeros_like(leaf) if d is None else d for d, leaf in zip(found, leaves)]


def fused_and_plain_agree(cls):
    """Values, gradients, gradients of the gradients and running statistics."""
    takes(cls, "fused")
    for shape in (4, CHANNELS, 5, 3), (2, CHANNELS, 2, 3, 4):
        found = []
        for fused in True, False:
            layer = cls(CHANNELS, fused=fused).double()
            with torch.no_grad():
                for seed, parameter in enumerate(layer.parameters(), 10):
                    parameter.add_(0.3 * maps(len(parameter), seed=seed))
            x = maps(*shape).double().requires_grad_()
            leaves = [x, *layer.parameters()]
            values = layer(x)
            first = gradients(values.square().sum(), leaves, retain_graph=True)
            linked = gradients(values.square().sum(), leaves, create_graph=True)
            second = gradients(sum(d.square().sum() for d in linked), leaves)
            found.append([values, *first, *linked, *second, *statistics(layer).values()])
        for a, b in zip(*found):
            same(a, b, rtol=1e-9, atol=1e-9 * (1 + b.detach().abs().max().item()))


def statistics_do_not_cancel(cls):
    """Values far from zero in float32 have the running statistics and outputs of float64, in both memory orders."""
    x = 1000 + maps(4, CHANNELS, 5, 5)
    exact = cls(CHANNELS).double()
    expected = exact(x.double())
    for layout in torch.contiguous_format, torch.channels_last:
        layer = cls(CHANNELS)
        y = layer(x.contiguous(memory_format=layout).requires_grad_())
        same(y, expected.float(), rtol=1e-3, atol=1e-3)
        same(statistics(layer), {name: value.float() for name, value in statistics(exact).items()}, rtol=1e-4, atol=0)


def fused_keeps_little(cls):
    takes(cls, "fused")
    for dtype in torch.float32, torch.float16:
        layer = cls(64)
        x = maps(4, 64, 24, 24).to(dtype).requires_grad_()
        kept = {}
        def keep(tensor):
            storage = tensor.storage()
            kept[storage.data_ptr()] = storage.nbytes()
            return tensor
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            y = layer(x)
        total = sum(kept.values()) / (x.numel() * x.element_size())
        # Statistics within a pixel are float32: two of them are 6% of 64 channels in half precision.
        most = 1.10 if "[N, 1, H, W]" in Path(sys.modules[cls.__module__].__file__).read_text() else 1.05
        assert total <= most, f"{total:.3f} times the input in {dtype}"


def processes_share_their_batches(cls):
    """Two processes with half a batch each have the values, gradients and statistics of one with the whole."""
    import torch.multiprocessing as multiprocessing
    import torch.distributed as distributed
    if not distributed.is_available():
        raise LeftOut("torch.distributed is missing")
    with_statistics(cls)
    with tempfile.TemporaryDirectory() as folder:
        path = sys.modules[cls.__module__].__file__
        multiprocessing.spawn(run_process, args=(folder, path), nprocs=2)
        found = [torch.load(os.path.join(folder, f"{rank}.pt")) for rank in range(2)]
    layer = cls(CHANNELS).double()
    x = maps(8, CHANNELS, 5, 5).double().requires_grad_()
    y = layer(x)
    y.square().sum().backward()
    for converted in False, True:
        same(torch.cat([each[converted]["y"] for each in found]), y.detach())
        same(torch.cat([each[converted]["dx"] for each in found]), x.grad)
        for each in found:
            same(each[converted]["state"], {name: value for name, value in layer.state_dict().items()})
    same(found[0]["parallel"], found[1]["parallel"], rtol=0, atol=0)


def run_process(rank, folder, path):
    import torch.distributed as distributed
    distributed.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=2)
    cls = layer_class(Path(path))
    results = {}
    for converted in False, True:
        if converted:
            model = nn.SyncBatchNorm.convert_sync_batchnorm(nn.Sequential(cls(CHANNELS)))
            layer = model[0].double()
            assert type(layer).__name__ == cls.__name__
        else:
            layer = cls(CHANNELS, process_group="world").double()
        # Halves of different sizes.
        x = maps(8, CHANNELS, 5, 5).double()[slice(0, 3) if rank == 0 else slice(3, 8)].requires_grad_()
        y = layer(x)
        y.square().sum().backward()
        results[converted] = {"y": y.detach(), "dx": x.grad, "state": dict(layer.state_dict())}
    # Inside DistributedDataParallel, which copies buffers from the first process, every step counts once: 1, then 0.9 + 1.
    parallel = nn.parallel.DistributedDataParallel(cls(CHANNELS, process_group="world"))
    for seed in range(2):
        parallel(maps(4, CHANNELS, 5, 5, seed=2 * seed + rank)).square().sum().backward()
    torch.testing.assert_close(parallel.module.counter.num_batches_tracked.item(), 1.9, rtol=1e-6, atol=0)
    results["parallel"] = statistics(parallel.module)
    torch.save(results, os.path.join(folder, f"{rank}.pt"))
    distributed.destroy_process_group()


TRIALS = [first_batch_replaces_statistics, momentum_none_is_the_cumulative_average,
          state_without_count_is_of_a_long_training, empty_batches_change_nothing, half_keeps_statistics_wide,
          training_goes_on_after_an_evaluation, other_types_are_refused, fx_traces, fx_traces_for_quantization, scripts,
          bad_arguments_are_refused, update_bn_updates, averaged_models_average_everything, meta_layers_are_reset,
          copies_are_whole, other_shapes_are_taken, places_without_activation_are_affine, fused_and_plain_agree,
          fused_keeps_little]
# Starting processes takes seconds, so two modules stand for all.
TRIALS_OF_SOME = {"evonorm_b0": [processes_share_their_batches, statistics_do_not_cancel],
                  "bn_relu": [statistics_do_not_cancel], "all_parts": [processes_share_their_batches]}
TRIALS_OF_SOME |= {f"paper_evonorm_{kind}": [the_papers_convention_is_the_papers_code]
                   for kind in ("b0", "b1", "b2", "s0", "s1", "s2")}


if __name__ == "__main__":
    run(__doc__, "pytorch", layer_class, TRIALS, TRIALS_OF_SOME)
