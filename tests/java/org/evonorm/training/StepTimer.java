package org.evonorm.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.evonorm.data.Batch;
import org.evonorm.engine.Model;
import org.evonorm.engine.cpu.CpuEngine;
import org.evonorm.graph.LayerName;
import org.evonorm.network.onnx.OnnxNetwork;
import org.evonorm.network.onnx.Places;

/**
 * Takes a training step in a network from an ONNX file whenever a line comes in, and prints its milliseconds of processor
 * time; {@code tests/bench/file_speed.py} takes turns with it in PyTorch. The first line printed are the places.
 */
public final class StepTimer {

    private static final int CLASSES = 10;
    private static final int CHANNELS = 3;
    private static final NesterovSgd RULE = new NesterovSgd(1e-3f, 0.9f, 1e-4f);

    private StepTimer() {}

    /** Arguments: the ONNX file, its places, a layer, images per step, their side. */
    public static void main(String[] arguments) throws IOException {
        OnnxNetwork read = OnnxNetwork.read(Path.of(arguments[0]), Places.of(arguments[1]));
        Batch batch = batch(Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
        System.out.println(new ObjectMapper().writeValueAsString(read.places()));
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Model model =
                new CpuEngine().build(read.network("file").withClasses(CLASSES), LayerName.parse(arguments[2]), 1, 1)) {
            while (lines.readLine() != null) {
                long start = threads.getCurrentThreadCpuTime();
                model.lossAndGradient(batch);
                model.update(RULE);
                System.out.println((threads.getCurrentThreadCpuTime() - start) * 1e-6);
            }
        }
    }

    private static Batch batch(int count, int side) {
        SplittableRandom random = new SplittableRandom(1);
        float[] pixels = new float[count * side * side * CHANNELS];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian();
        }
        return new Batch(
                count, side, side, pixels, random.ints(count, 0, CLASSES).toArray());
    }
}
