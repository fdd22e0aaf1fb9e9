package org.evonorm.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocationTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "seed:1",
                "10:30/run",
                "runs/seed:1",
                "runs/seed[1]",
                "{a,b}*?",
                "50% #1",
                "a%20b",
                "x/${user.name}/y",
                "/tmp/a:b",
                "plain"
            })
    void localPathsAreLiteral(String location) throws Exception {
        org.apache.hadoop.fs.Path path = Location.path(location);
        assertEquals(
                Path.of(location).toAbsolutePath().toString(),
                path.getFileSystem(new Configuration())
                        .makeQualified(path)
                        .toUri()
                        .getPath());
        assertEquals(path, new org.apache.hadoop.fs.Path(path.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hdfs://host:8020/runs/a", "s3a://bucket/run", "file:/tmp/run"})
    void addressesStayAsTheyAre(String location) {
        assertEquals(location, Location.path(location).toString());
    }
}
