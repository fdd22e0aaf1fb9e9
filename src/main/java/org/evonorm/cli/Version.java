package org.evonorm.cli;

import java.util.Map;
import org.evonorm.settings.Versions;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return Versions.all().entrySet().stream()
                .map((Map.Entry<String, String> version) -> version.getKey() + " " + version.getValue())
                .toArray(String[]::new);
    }
}
