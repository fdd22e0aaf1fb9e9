package org.evonorm.rejection;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.data.Dataset;
import org.evonorm.data.Datasets;
import org.evonorm.data.Split;
import org.evonorm.data.files.ImageFiles;
import org.evonorm.data.files.ImageFormat;
import org.evonorm.engine.cpu.CpuEngine;
import org.evonorm.graph.LayerName;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;

/** Prints the results of the stability filter per layer, in the proxy of each anchor network or in smaller networks. */
public final class StabilityTable {

    private static final int CROP = 24;
    private static final long SEED = 1;

    private StabilityTable() {}

    /**
     * Arguments: the folder of CIFAR-10's binary files or {@code synthetic}, depth of the networks, factor of the
     * proxies' widths, steps, step size, batch size, and layers.
     */
    public static void main(String[] arguments) {
        Dataset data = arguments[0].equals("synthetic")
                ? Datasets.synthetic(SEED, 1000, 100, 100)
                : Datasets.of(
                        ImageFiles.open(ImageFormat.CIFAR, arguments[0], OptionalInt.empty(), new Configuration()),
                        new Split(1000, 10_000, SEED));
        double depth = Double.parseDouble(arguments[1]);
        double width = Double.parseDouble(arguments[2]);
        StabilitySettings settings = new StabilitySettings(
                Integer.parseInt(arguments[3]), Double.parseDouble(arguments[4]), Integer.parseInt(arguments[5]), 1e8);
        System.out.println("| layer | network | steps | norm | seconds |");
        System.out.println("|---|---|---|---|---|");
        for (String layer : List.of(arguments).subList(6, arguments.length)) {
            for (String name : AnchorNetworks.ofPaper()) {
                NetworkScale proxy = AnchorNetworks.proxyScale(name);
                Network network = AnchorNetworks.of(
                        name, new NetworkScale(proxy.width() * width, depth, proxy.variant()), data.classes());
                long start = System.nanoTime();
                StabilityResult status = new StabilityFilter(new CpuEngine(), List.of(network), data, CROP, settings, 1)
                        .judge(LayerName.parse(layer), SEED);
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %s | %d | %.1e | %.1f |%n",
                        layer,
                        name,
                        status.test().steps(),
                        status.test().norm(),
                        (System.nanoTime() - start) * 1e-9);
            }
        }
    }
}
