"""Tries exported PyTorch modules inside of what training has around a layer.

That is torch.compile, torch.export, torch.onnx, torch.func, autocast, in-place changes of outputs, hooks, checkpoints,
replicas, saved state and timm. FOLDER is what org.evonorm.export.ExportRecorder wrote. Written
for torch 2.13.0 with timm 1.0.29; a trial of what is missing is named as left out.
"""

import copy
import io
import os
import pickle
import sys
import tempfile
import warnings
from pathlib import Path

import torch
from torch import nn

from export_behaviour import CHANNELS, gradients, layer_class, maps, same, statistics
from export_trials import LeftOut, raises, run, takes
from verify_exports import load


def folder_of(cls):
    return Path(sys.modules[cls.__module__].__file__).parent.name


def step(layer, x, call=None):
    """The output, gradients and statistics of a training step."""
    x = x.detach().clone().requires_grad_()
    y = (layer if call is None else call)(x)
    found = gradients(y.float().square().sum(), [x, *layer.parameters()])
    return [y.detach(), *found, *statistics(layer).values()]


def outputs_may_be_changed_in_place(cls):
    """As residual networks do: y += shortcut."""
    for arguments in {}, {"channel_dim": -1}:
        x = maps(4, CHANNELS, 5, CHANNELS).requires_grad_()
        layer = cls(CHANNELS, **arguments)
        y = layer(x)
        y = y.clone() if y.data_ptr() == x.data_ptr() else y  # the identity
        y += 2 * x
        found = gradients(y.sum(), [x])
        z = cls(CHANNELS, **arguments)(x) + 2 * x
        same([y, *found], [z, *gradients(z.sum(), [x])])
        y = cls(CHANNELS, **arguments)(x) * 1
        torch.relu_(y).sum().backward() if y.requires_grad else None


def parts_may_be_frozen(cls):
    x = maps(4, CHANNELS, 5, 5)
    expected = step(cls(CHANNELS), x)
    layer = cls(CHANNELS)
    for parameter in layer.parameters():
        parameter.requires_grad_(False)
    same(gradients(layer(y := x.clone().requires_grad_()).square().sum(), [y]), expected[1:2])
    layer = cls(CHANNELS)
    names = [parameter for parameter in layer.parameters()]
    same(gradients(layer(x).square().sum(), names), expected[2:2 + len(names)])
    with torch.no_grad():
        same(cls(CHANNELS)(x), expected[0])
    with torch.inference_mode():
        layer = cls(CHANNELS)
        layer(x)
    same(cls(CHANNELS)(x), expected[0])


def layouts_in_memory_do_not_matter(cls):
    x = maps(4, CHANNELS, 6, 10)
    expected = step(cls(CHANNELS), x[:, :, ::2, 1::2].contiguous())
    for view in (x[:, :, ::2, 1::2], x.transpose(2, 3).contiguous().transpose(2, 3)[:, :, ::2, 1::2]):
        layer = cls(CHANNELS)
        found = []
        v = view.detach().requires_grad_()
        y = layer(v)
        found = [y.detach(), *gradients(y.square().sum(), [v, *layer.parameters()]), *statistics(layer).values()]
        same(found, expected, rtol=1e-4, atol=1e-5 * (1 + max(value.abs().max().item() for value in expected)))
    same(cls(CHANNELS)(x[:1].expand(4, -1, -1, -1)), cls(CHANNELS)(x[:1].repeat(4, 1, 1, 1)), rtol=1e-4, atol=1e-4)


def hooks_see_gradients(cls):
    x = maps(4, CHANNELS, 5, 5)
    layer = cls(CHANNELS)
    seen = []
    layer.register_full_backward_hook(lambda module, dx, dy: seen.append(dx[0].clone()))
    y = layer(v := x.clone().requires_grad_())
    if not y.requires_grad:
        raise LeftOut
    y.square().sum().backward()
    same(seen, [v.grad])
    same(v.grad, step(cls(CHANNELS), x)[1])


def checkpoints_compute_again(cls):
    from torch.utils.checkpoint import checkpoint
    x = maps(4, CHANNELS, 5, 5)
    layer = cls(CHANNELS)
    found = step(layer, x, lambda v: checkpoint(layer, v, use_reentrant=False))
    expected = step(cls(CHANNELS), x)
    same(found[:2], expected[:2])


def autocast_changes_nothing_but_the_type(cls):
    torch.manual_seed(0)
    layer = nn.Sequential(nn.Conv2d(3, CHANNELS, 3), cls(CHANNELS), nn.Conv2d(CHANNELS, 2, 3))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y = layer(maps(4, 3, 8, 8))
        half = layer[0](maps(4, 3, 8, 8))
        assert layer[1](half).dtype == half.dtype == torch.bfloat16
    y.float().square().sum().backward()
    assert all(p.grad is None or p.grad.dtype == p.dtype for p in layer.parameters())
    assert all(torch.isfinite(p.grad).all() for p in layer.parameters() if p.grad is not None)
    assert all(value.dtype == torch.float32 for value in statistics(layer[1]).values())
    x = maps(4, CHANNELS, 5, 5)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = step(cls(CHANNELS), x)
    same(found, step(cls(CHANNELS), x))


def compiles(cls):
    torch._dynamo.reset()
    x = maps(4, CHANNELS, 5, 5)
    for layer in cls(CHANNELS), cls(CHANNELS, channel_dim=-1):
        v = x if layer.channel_dim == 1 else x.movedim(1, -1)
        twin = copy.deepcopy(layer)
        compiled = torch.compile(twin, fullgraph=True, backend="aot_eager")
        for _ in range(2):
            found, expected = step(twin, v, compiled), step(layer, v)
            for a, b in zip(found, expected):
                same(a, b, rtol=1e-4, atol=1e-4 * (1 + b.abs().max().item()))
        same(compiled(v[:2]), layer(v[:2]), rtol=1e-4, atol=1e-4)
        layer.eval(), twin.eval()
        same(compiled(v), layer(v), rtol=1e-4, atol=1e-4)
    raises(Exception, lambda: compiled(v[..., 1:]))


def exports_programs(cls):
    from torch.export import Dim, export
    x = maps(4, CHANNELS, 5, 5)
    for training in False, True:
        layer = cls(CHANNELS).train(training)
        layer.train()(maps(4, CHANNELS, 5, 5, seed=1))
        layer.train(training)
        # A batch of 0 is one that training may count or not, which a program decides when it is run.
        program = export(copy.deepcopy(layer), (x,), dynamic_shapes=({0: Dim("batch", min=1)},))
        exported = program.module()
        for batch in x, x[:3]:
            same(exported(batch), layer(batch), rtol=1e-4, atol=1e-4)
        state = exported.state_dict()
        for name, value in statistics(layer).items():
            same(state[name], value, rtol=1e-4, atol=1e-4)
        file = io.BytesIO()
        torch.export.save(program, file)
        file.seek(0)
        layer.eval()


def exports_to_onnx(cls):
    try:
        import onnxruntime
        import onnxscript  # noqa: F401
    except ImportError as missing:
        raise LeftOut(str(missing)) from None
    layer = cls(CHANNELS)
    layer(maps(4, CHANNELS, 5, 5, seed=1))
    layer.eval()
    x = maps(4, CHANNELS, 5, 5)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = os.path.join(folder, "layer.onnx")
        torch.onnx.export(layer, (x,), path, dynamo=True, verbose=False,
                          dynamic_shapes=({0: torch.export.Dim("batch", min=1)},))
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        for batch in x, x[:3]:
            found = session.run(None, {session.get_inputs()[0].name: batch.numpy()})[0]
            same(torch.from_numpy(found), layer(batch).detach(), rtol=1e-4, atol=1e-4)


def functional_transforms_agree(cls):
    from torch.func import functional_call, grad, jvp, stack_module_state, vmap
    x = maps(4, CHANNELS, 5, 5)
    layer = cls(CHANNELS)
    if statistics(layer):  # these change in place in training, which torch.func refuses of BatchNorm2d too
        layer(maps(4, CHANNELS, 5, 5, seed=1))
        layer.eval()
    expected = step(layer, x)
    loss = lambda parameters, v: functional_call(layer, parameters, (v,)).square().sum()
    parameters = {name: value.detach() for name, value in layer.named_parameters()}
    by_parameters, dx = grad(loss, argnums=(0, 1))(parameters, x)
    same([dx, *by_parameters.values()], expected[1:2 + len(parameters)], rtol=1e-4, atol=1e-3)
    _, slope = jvp(lambda v: loss(parameters, v), (x,), (x,))
    same(slope, (dx * x).sum(), rtol=1e-3, atol=1e-3 * (1 + (dx * x).abs().sum().item()))
    layers = [cls(CHANNELS), cls(CHANNELS)]
    for seed, each in enumerate(layers):
        each(maps(4, CHANNELS, 5, 5, seed=seed))
        each.eval()
    stacked = stack_module_state(layers)
    if not any(stacked):  # vmap has nothing to map over
        return
    found = vmap(lambda p, b, v: functional_call(layers[0], (p, b), (v,)), (0, 0, None))(*stacked, x)
    same(found, torch.stack([each(x) for each in layers]), rtol=1e-4, atol=1e-4)


def replicas_train(cls):
    """What DataParallel makes of a layer on each device: parameters are plain tensors, buffers shared."""
    layer = cls(CHANNELS)
    replica = layer._replicate_for_data_parallel()
    replica._parameters = {}
    for name, parameter in layer.named_parameters():
        setattr(replica, name, parameter * 1)
    for name, module in layer.named_children():
        replica._modules[name] = module._replicate_for_data_parallel()
    x = maps(4, CHANNELS, 5, 5)
    y = replica(x)
    expected = cls(CHANNELS)
    same(y, expected(x))
    same(gradients(y.square().sum(), list(layer.parameters())),
         gradients(expected(x).square().sum(), list(expected.parameters())))


def state_is_whole(cls):
    source = cls(CHANNELS)
    for seed in range(3):
        source(maps(4, CHANNELS, 5, 5, seed=seed))
    x = maps(4, CHANNELS, 5, 5, seed=9)
    file = io.BytesIO()
    torch.save(source.state_dict(), file)
    file.seek(0)
    state = torch.load(file, weights_only=True)
    layer = cls(CHANNELS)
    assert not any(layer.load_state_dict(state))
    same(step(layer, x), step(copy.deepcopy(source), x))
    for name in set(state) - {"counter.num_batches_tracked"}:
        raises(RuntimeError, lambda: cls(CHANNELS).load_state_dict({k: v for k, v in state.items() if k != name}))
    raises(RuntimeError, lambda: cls(CHANNELS).load_state_dict({**state, "other": torch.zeros(1)}))
    if state:
        raises(RuntimeError, lambda: cls(2 * CHANNELS).load_state_dict(
            {name: torch.cat([value] * 3) if value.dim() else value for name, value in state.items()}))
    same(step(pickle.loads(pickle.dumps(source)), x), step(copy.deepcopy(source), x))
    with torch.device("meta"):
        empty = cls(CHANNELS)
    empty.load_state_dict(copy.deepcopy(state), assign=True)
    if not list(empty.buffers()):
        same(step(empty, x), step(copy.deepcopy(source), x))
    if statistics(cls(CHANNELS)):
        rounded = {name: value.half() for name, value in state.items()}
        layer = cls(CHANNELS)
        layer.load_state_dict(rounded, assign=True)
        assert all(buffer.dtype == torch.float32 for buffer in layer.buffers())


def without_memory_of_meta(cls):
    """Layers that were made on the meta device and then loaded."""
    with torch.device("meta"):
        layer = cls(CHANNELS)
    layer = layer.half().to_empty(device="cpu")
    layer.reset_parameters()
    same(dict(layer.float().state_dict()), dict(cls(CHANNELS).state_dict()))
    network = nn.Sequential(cls(CHANNELS)).to("meta").to_empty(device="cpu")
    network[0].reset_parameters()
    same(step(network[0], maps(4, CHANNELS, 5, 5)), step(cls(CHANNELS), maps(4, CHANNELS, 5, 5)))


def timm_layer(name, channels, **arguments):
    try:
        import timm.layers as layers
    except (ImportError, RuntimeError) as missing:  # timm imports torchvision, which fails where its operators are missing
        raise LeftOut(f"timm: {missing}") from None
    return getattr(layers, name)(channels, **arguments)


def timms_layers_are_loaded(cls):
    """With the paper's convention, timm's eps and groups the values are timm's, in training and in evaluation."""
    kind = folder_of(cls).removeprefix("paper_evonorm_")
    channels = 64
    for name in f"EvoNorm2d{kind.upper()}", *([f"EvoNorm2d{kind.upper()}a"] if kind[0] == "s" else []):
        theirs = timm_layer(name, channels).double()
        with torch.no_grad():
            for seed, parameter in enumerate(theirs.parameters(), 10):
                parameter.add_(0.3 * maps(*parameter.shape, seed=seed))
        for seed in range(30):
            theirs(maps(4, channels, 6, 6, seed=seed).double())
        arguments = {"eps": theirs.eps} if hasattr(theirs, "eps") else {}
        arguments |= {"groups": theirs.groups} if hasattr(theirs, "groups") else {}
        ours = cls.from_timm(theirs.state_dict(), **arguments).double()
        x = maps(4, channels, 6, 6, seed=99).double()
        # timm takes its moments in float32.
        same(ours.eval()(x), theirs.eval()(x), rtol=1e-4, atol=1e-5)
        same(ours.train()(x), theirs.train()(x), rtol=1e-4, atol=1e-5)
        if kind in ("s1", "s2") or name.endswith("a"):  # without activation these of timm still divide
            continue
        alone = timm_layer(name, channels, apply_act=False).double()
        same(cls.from_timm(alone.state_dict(), apply_act=False).double()(x), alone(x), rtol=1e-12, atol=1e-12)


TRIALS = [outputs_may_be_changed_in_place, parts_may_be_frozen, layouts_in_memory_do_not_matter, hooks_see_gradients,
          checkpoints_compute_again, autocast_changes_nothing_but_the_type, functional_transforms_agree, replicas_train,
          state_is_whole, without_memory_of_meta]
# Compilers and processes take seconds, so few modules stand for all.
COMPILED = [compiles, exports_programs, exports_to_onnx]
TRIALS_OF_SOME = {name: COMPILED for name in (
    "bn_relu", "evonorm_b0", "evonorm_s0", "gn_swish", "frn_tlu", "derf", "all_parts", "edges", "primitive_log",
    "primitive_sqrt", "primitive_div")}
TRIALS_OF_SOME |= {f"paper_evonorm_{kind}": [timms_layers_are_loaded] for kind in ("b0", "b1", "b2", "s0", "s1", "s2")}

if __name__ == "__main__":
    run(__doc__, "pytorch", layer_class, TRIALS, TRIALS_OF_SOME)
