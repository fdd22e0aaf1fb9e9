package org.evonorm.search.spark;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.evonorm.search.Search;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.settings.Settings;
import org.evonorm.settings.SettingsException;
import org.evonorm.store.LocalSpark;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnginePreflightTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "dl4j"})
    void gpusThatSparkCannotGiveEndASearchBeforeItBegins(String engine) {
        Path run = folder.resolve("run");
        Settings settings = Settings.load(
                Optional.empty(),
                List.of(
                        "search.run=" + run,
                        "search.baselines=[]",
                        "engine.name=" + engine,
                        "engine.gpu.amount-per-training=1"));
        String message = assertThrows(
                        SettingsException.class,
                        () -> Search.run(LocalSpark.session(2), settings, SearchObserver.SILENT))
                .getMessage();
        assertTrue(message.startsWith("Spark refuses GPUs for trainings alone"), message);
        assertFalse(message.contains("\n"), message);
        assertFalse(Files.exists(run));
    }
}
