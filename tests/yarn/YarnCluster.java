import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/**
 * A YARN cluster with two node managers, and HDFS with two data nodes, in this JVM; containers are processes of their
 * own. Writes the folder for HADOOP_CONF_DIR, prints the address of HDFS, and runs until standard input ends.
 */
final class YarnCluster {

    private static final int NODES = 2;

    private YarnCluster() {}

    /**
     * Runs the cluster.
     *
     * @param arguments the folder of all files of the cluster, and the memory that each node offers, in MiB
     */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]).toAbsolutePath();
        YarnConfiguration settings = new YarnConfiguration();
        settings.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
        settings.setInt(YarnConfiguration.NM_PMEM_MB, Integer.parseInt(arguments[1]));
        settings.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 256);
        // Containers that take more memory than they asked for are killed, as on real clusters; address space is free.
        settings.setBoolean(YarnConfiguration.NM_PMEM_CHECK_ENABLED, true);
        settings.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
        // A disk of which more than nine tenths are full would otherwise make the nodes unhealthy.
        settings.setFloat(YarnConfiguration.NM_MAX_PER_DISK_UTILIZATION_PERCENTAGE, 100);
        settings.set("yarn.scheduler.capacity.root.queues", "default");
        settings.set("yarn.scheduler.capacity.root.default.capacity", "100");
        settings.set("yarn.scheduler.capacity.maximum-am-resource-percent", "0.5");

        MiniDFSCluster hdfs = new MiniDFSCluster.Builder(settings).numDataNodes(NODES).build();
        hdfs.waitActive();
        String address = hdfs.getURI().toString();
        settings.set("fs.defaultFS", address);
        MiniYARNCluster yarn = new MiniYARNCluster("evonorm", 1, NODES, 1, 1);
        yarn.init(settings);
        yarn.start();
        if (!yarn.waitForNodeManagersToConnect(60_000)) {
            throw new IllegalStateException("the node managers did not connect within a minute");
        }
        write(yarn.getConfig(), Files.createDirectories(folder.resolve("conf")));
        System.out.println("HDFS " + address);
        while (System.in.read() >= 0) {}
        yarn.stop();
        hdfs.shutdown();
        System.exit(0);
    }

    /** Writes the settings for clients, all of them in every file. */
    private static void write(Configuration cluster, Path folder) throws IOException {
        Configuration settings = new Configuration(cluster);
        // HDFS for tests has a class of its own here, which clients do not have.
        settings.unset("net.topology.node.switch.mapping.impl");
        for (String file : new String[] {"core-site.xml", "yarn-site.xml"}) {
            try (OutputStream out = Files.newOutputStream(folder.resolve(file))) {
                settings.writeXml(out);
            }
        }
    }
}
