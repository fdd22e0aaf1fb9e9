package org.evonorm.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.evonorm.graph.NearestName;
import org.evonorm.settings.DocumentedSetting;
import org.evonorm.settings.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code evonorm settings}: prints the settings with their documentation, values and origins. */
@Command(
        name = "settings",
        header = {"Prints every setting with its documentation, its value and where the value comes from.", ""},
        description = {
            "",
            "A file and overrides change the settings as they do for search, and values that a search would refuse are "
                    + "refused at the end. The output is itself a settings file.",
            ""
        })
final class SettingsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "KEY",
            description = "Keys or sections to print, as in search or training.steps. Default: all.")
    private List<String> keys = List.of();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings in HOCON; others have their defaults. conf/ holds presets.")
    private Optional<Path> config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides a setting, as in --set search.generations=3. May be repeated.")
    private List<String> overrides = List.of();

    @Override
    public Integer call() {
        List<DocumentedSetting> all = DocumentedSetting.all(config, overrides);
        keys.forEach(key -> requireKnown(key, all));
        PrintWriter out = spec.commandLine().getOut();
        all.stream().filter(this::isWanted).forEach(setting -> print(setting, out));
        out.flush();
        // Values that a search would refuse are shown before they are refused.
        Settings.load(config, overrides);
        return 0;
    }

    private static void requireKnown(String key, List<DocumentedSetting> all) {
        List<String> known = all.stream().map(DocumentedSetting::key).toList();
        if (!known.contains(key)) {
            throw new IllegalArgumentException("there is no setting or section " + key
                    + NearestName.question(key, known) + "; evonorm settings prints them all");
        }
    }

    private boolean isWanted(DocumentedSetting setting) {
        return keys.isEmpty()
                || keys.stream()
                        .anyMatch(key -> setting.key().equals(key)
                                || setting.key().startsWith(key + ".")
                                // The sections around a key explain it.
                                || (setting.value().isEmpty() && key.startsWith(setting.key() + ".")));
    }

    private static void print(DocumentedSetting setting, PrintWriter out) {
        if (setting.value().isEmpty() && setting.documentation().isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>();
        if (setting.value().isEmpty()) {
            lines.add("# Section " + setting.key());
        }
        setting.documentation().forEach(line -> lines.add(("# " + line).stripTrailing()));
        setting.value().ifPresent(value -> lines.add(setting.key() + " = " + value.text() + "  # " + value.origin()));
        lines.forEach(out::println);
        out.println();
    }
}
