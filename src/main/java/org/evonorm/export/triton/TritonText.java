package org.evonorm.export.triton;

import java.util.Map;
import java.util.TreeMap;

/** The Python texts of kernels that are the same for all layers. */
final class TritonText {

    /** The import, without which a module has no kernels. */
    static final String IMPORT = """
            try:
                import triton
                import triton.language as tl
            except ImportError:
                triton = None
            """;

    /** Functions of kernels, by name. */
    static final Map<String, String> HELPERS = new TreeMap<>(
            Map.of("add_to_moments", """
            @triton.jit
            def add_to_moments(mean, squares, a, inside, start, P, BLOCK_P: tl.constexpr):
                \"""The mean and the sum of squared deviations of the positions before start, with those of a tile added.\"""
                end = tl.minimum(start + BLOCK_P, P).to(mean.dtype)
                share = (end - start) / end
                mean_of_tile = tl.sum(tl.where(inside, a, 0.0), 1, keep_dims=True) / (end - start)
                deviation = tl.where(inside, a - mean_of_tile, 0.0)
                shift = mean_of_tile - mean
                squares += tl.sum(deviation * deviation, 1, keep_dims=True) + shift * shift * (start * share)
                return mean + shift * share, squares
            """, "maximum", """
            @triton.jit
            def maximum(a, b):
                \"""The larger of the two, NaN if one is.\"""
                return tl.maximum(a, b, tl.PropagateNan.ALL)
            """, "nonzero_divisor", """
            @triton.jit
            def nonzero_divisor(b, EPS: tl.constexpr):
                \"""The divisor b, moved away from zero by eps.\"""
                return tl.where(b < 0, b - EPS, b + EPS)
            """, "sign", """
            @triton.jit
            def sign(a):
                \"""-1, 0 or 1.\"""
                return tl.where(a > 0, 1.0, tl.where(a < 0, -1.0, 0.0))
            """, "tanh", """
            @triton.jit
            def tanh(a):
                \"""tanh(a); near zero, where the quotient of exponentials would lose digits, by Lambert's fraction.\"""
                decay = tl.exp(-2.0 * tl.abs(a))
                far = (1.0 - decay) / (1.0 + decay)
                q = a * a
                near = a * (10395.0 + q * (1260.0 + 21.0 * q)) / (10395.0 + q * (4725.0 + q * (210.0 + q)))
                return tl.where(tl.abs(a) < 0.5, near, tl.where(a < 0, -far, far))
            """));

    /** What starts the kernels. */
    static final String LAUNCHER = """
            TILE = 1024  # values that a program of a kernel holds at once


            def runs_kernels(x):
                \"""Whether the layer trains by Triton's kernels: on GPUs, and in Triton's interpreter (TRITON_INTERPRET=1).\"""
                if triton is None:
                    return False
                if not isinstance(@FIRST@, triton.JITFunction):
                    return True
                return x.is_cuda and torch.cuda.get_device_capability(x.device) >= (7, 0)


            class Launcher:
                \"""Starts kernels over x as maps [N, C, P] and over small values, [N, C] and [C].

                A kernel knows maps by their strides: contiguous and channels_last ones are not copied.
                \"""

                def __init__(self, layer, x):
                    self.layer = layer
                    maps = x.movedim(layer.channel_dim, 1).flatten(2)
                    has_gaps = torch.empty_like(maps, device="meta").stride() != maps.stride()
                    self.maps = maps.contiguous() if has_gaps else maps
                    self.shape = self.maps.shape
                    dtype, name = (torch.float64, tl.float64) if x.dtype == torch.float64 else (torch.float32, tl.float32)
                    self.options = {"dtype": dtype, "device": x.device}
                    self.constants = {"EPS": @EPS@, "DTYPE": name}

                def per_sample(self, count):
                    \"""New values [N, C].\"""
                    return [torch.empty(self.shape[:2], **self.options) for _ in range(count)]

                def per_channel(self, count):
                    \"""New values [C].\"""
                    return [torch.empty(self.shape[1:2], **self.options) for _ in range(count)]

                def vector(self, values):
                    \"""A vector [C] or [1] as [C].\"""
                    return values.expand(self.shape[1]).contiguous()

                def like_maps(self, y):
                    \"""y as maps in the memory order of x.\"""
                    maps = y.movedim(self.layer.channel_dim, 1).flatten(2)
                    return maps if maps.stride() == self.maps.stride() else torch.empty_like(self.maps).copy_(maps)

                def over_positions(self, kernel, *tensors):
                    \"""A program takes a sample and some channels, the wider the closer in memory.\"""
                    samples, channels, positions = self.shape
                    tile = [triton.next_power_of_2(channels), triton.next_power_of_2(positions)]
                    if self.maps.stride(1) == 1 and channels > 1:
                        tile[0] = min(tile[0], 32)
                        tile[1] = min(tile[1], max(TILE // tile[0], 1))
                    else:
                        tile[1] = min(tile[1], TILE)
                        tile[0] = min(tile[0], max(TILE // tile[1], 1))
                    self.start(
                        kernel, (samples, triton.cdiv(channels, tile[0])), *tensors, channels, positions, *self.maps.stride(),
                        BLOCK_C=tile[0], BLOCK_P=tile[1])

                def over_batch(self, kernel, *tensors):
                    \"""A program takes some channels.\"""
                    samples, channels, _ = self.shape
                    self.start(
                        kernel, (triton.cdiv(channels, 16),), *tensors, samples, channels,
                        BLOCK_N=min(triton.next_power_of_2(samples), max(TILE // 16, 1)), BLOCK_C=16)

                def over_channels(self, kernel, groups, *tensors, samples=None):
                    \"""A program takes a sample and a group.\"""
                    size = self.shape[1] // groups
                    self.start(
                        kernel, (samples or self.shape[0], groups), *tensors, self.shape[1], size,
                        BLOCK_C=min(triton.next_power_of_2(size), TILE))

                def start(self, kernel, programs, *arguments, **blocks):
                    with torch.cuda.device_of(self.maps):
                        kernel[programs](*arguments, **self.constants, **blocks)
            """;

    private TritonText() {}
}
