"""PyTorch reference of evonorm: training rules, and single layers for comparison with the engines.

It shares no code with the Java engines and exists to check their values, accuracies and speed. Layers and networks are in
modules of their own. Tensors are [B, C, H, W]; `evaluate_layer` takes and gives [B, H, W, C], as the engines do. Run as a
program it checks the networks' numbers of parameters and multiply-accumulates.
"""

import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from reference_layers import BatchMoments, MovingAverages, Place, bn_relu, layer_from_graph, run_layer, training_function
from reference_networks import build_network, multiply_accumulates, parameter_count

MEMORY_FORMATS = {"nchw": torch.contiguous_format, "channels-last": torch.channels_last}

# ---------------------------------------------------------------------------------------------------------------------
# Training


def make_optimizer(network):
    """SGD with Nesterov momentum; weight decay on convolution and dense weights alone."""
    decayed = [m.weight for m in network.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    decayed_ids = {id(p) for p in decayed}
    others = [p for p in network.parameters() if id(p) not in decayed_ids]
    groups = [{"params": decayed, "weight_decay": 1e-4}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.SGD(groups, lr=0.1, momentum=0.9, nesterov=True)


def learning_rate(step, peak=0.1, warmup_steps=50, cosine_steps=None):
    """The rate of a step, from 0 on: a linear rise, then `peak`, or a cosine over `cosine_steps` steps where they are given."""
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    return peak if cosine_steps is None else peak * 0.5 * (1 + math.cos(math.pi * step / cosine_steps))


def training_step(network, optimizer, images, labels, rate):
    """One update; returns the loss before it."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad(set_to_none=True)
    loss = F.cross_entropy(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


def read_cifar10(path):
    """Images [N, 3, 32, 32] and labels [N] of a file in CIFAR-10's binary layout, both uint8."""
    records = np.fromfile(path, np.uint8).reshape(-1, 3073)
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0]


class Cifar10:
    """Training and test images, standardized per channel with the training images' mean and deviation."""

    def __init__(self, folder):
        parts = [read_cifar10(path) for path in sorted(Path(folder).glob("data_batch_*.bin"))]
        self.images = np.concatenate([images for images, _ in parts])
        self.labels = np.concatenate([labels for _, labels in parts]).astype(np.int64)
        test_images, test_labels = read_cifar10(Path(folder) / "test_batch.bin")
        self.mean = self.images.mean((0, 2, 3), dtype=np.float64)[:, None, None]
        self.deviation = self.images.std((0, 2, 3), dtype=np.float64)[:, None, None]
        self.test_images = test_images
        self.test_labels = test_labels.astype(np.int64)

    def tensors(self, images, labels):
        """Standardized float32 images and labels as tensors."""
        standardized = ((images - self.mean) / self.deviation).astype(np.float32)
        return torch.from_numpy(standardized), torch.from_numpy(labels)

    def training_batches(self, seed, batch=128, crop=24):
        """Endless batches of random crops with horizontal flips; every epoch is shuffled, its rest dropped."""
        random = np.random.default_rng(seed)
        positions = np.arange(crop)
        while True:
            order = random.permutation(len(self.images))
            for start in range(0, len(order) - batch + 1, batch):
                chosen = order[start:start + batch]
                rows, columns = random.integers(0, 32 - crop + 1, (2, batch, 1)) + positions
                flipped = random.random(batch) < 0.5
                columns[flipped] = columns[flipped, ::-1]
                crops = self.images[chosen[:, None, None], :, rows[:, :, None], columns[:, None, :]]
                yield self.tensors(crops.transpose(0, 3, 1, 2), self.labels[chosen])

    def test_batches(self, batch=500):
        """Whole test images in order."""
        for start in range(0, len(self.test_images), batch):
            yield self.tensors(self.test_images[start:start + batch], self.test_labels[start:start + batch])


@torch.no_grad()
def score(network, data, memory_format):
    """Accuracy and mean cross-entropy on the test images, in evaluation mode."""
    network.eval()
    right, loss, count = 0, 0.0, 0
    for images, labels in data.test_batches():
        logits = network(images.to(memory_format=memory_format))
        right += (logits.argmax(1) == labels).sum().item()
        loss += F.cross_entropy(logits, labels, reduction="sum").item()
        count += len(labels)
    return right / count, loss / count


# ---------------------------------------------------------------------------------------------------------------------
# Checks against the engines


def evaluate_layer(json_graph, x, v0, v1, gamma, beta, dy, training=True, dtype=torch.float64, earlier=()):
    """Output and gradients of one layer, as a dictionary of arrays y, dx, dv0, dv1, dgamma, dbeta.

    x and dy, the gradient of the output, are [B, H, W, C]; the vectors are [C]. In evaluation mode the running statistics
    have seen the batches `earlier`, or x once if there are none. Gradients of what the layer does not use are zero.
    """
    layer = layer_from_graph(json_graph)

    def images(values):
        return torch.tensor(np.asarray(values), dtype=dtype).permute(0, 3, 1, 2).contiguous()

    def vector(values):
        return torch.tensor(np.asarray(values), dtype=dtype).reshape(1, -1, 1, 1).requires_grad_()

    inputs = {"x": images(x).requires_grad_(), "v0": vector(v0), "v1": vector(v1), "gamma": vector(gamma),
              "beta": vector(beta)}
    x, *vectors = inputs.values()
    moments = BatchMoments()
    if not training:
        averages = MovingAverages()
        with torch.no_grad():
            for batch in [images(values) for values in earlier] or [x]:
                averages.update(training_function(layer)(batch, *vectors)[1])
        moments = BatchMoments(averages.corrected())
    y = run_layer(layer, *inputs.values(), moments)
    gradients = torch.autograd.grad(y, list(inputs.values()), images(dy), allow_unused=True, materialize_grads=True)
    result = {"y": y.detach().permute(0, 2, 3, 1).numpy()}
    for name, gradient in zip(inputs, gradients):
        result["d" + name] = gradient.permute(0, 2, 3, 1).numpy() if name == "x" else gradient.flatten().numpy()
    return result


def check_networks():
    """Asserts the networks' sizes of DESIGN section 3, with batch normalization in the places."""
    expected = {
        "resnet50": (25_549_352, 1_484_186, 40.29, 49),
        "mobilenetv2": (3_504_872, 700_490, 15.74, 35),
        "efficientnetb0": (5_288_548, 1_077_932, 20.19, 33),
        "convnext": (28_589_128, 1_813_930, 54.97, 23),
        "vit": (5_717_032, 1_351_402, 50.93, 25),
    }
    for name, (full_parameters, cifar_parameters, cifar_mmac, places) in expected.items():
        cifar = build_network(name, "BN-ReLU")
        counts = (
            parameter_count(build_network(name, "BN-ReLU", full_size=True)),
            parameter_count(cifar),
            round(multiply_accumulates(cifar, 24) / 1e6, 2),
            sum(isinstance(m, Place) and m.layer.function is bn_relu for m in cifar.modules()),
        )
        assert counts == (full_parameters, cifar_parameters, cifar_mmac, places), (name, counts)
        print(f"{name}: {counts[0]:,} parameters in full size; CIFAR: {counts[1]:,} parameters, {counts[2]} MMAC at 24×24,"
              f" {counts[3]} places")


if __name__ == "__main__":
    check_networks()
