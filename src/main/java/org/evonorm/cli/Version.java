package org.evonorm.cli;

import java.util.Map;
import org.evonorm.settings.Versions;
import picocli.CommandLine.IVersionProvider;

/** The text of {@code --version}. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return Versions.all().entrySet().stream()
                .map((Map.Entry<String, String> version) -> version.getKey() + " " + version.getValue())
                .toArray(String[]::new);
    }
}
