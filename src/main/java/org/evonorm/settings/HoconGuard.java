package org.evonorm.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.evonorm.text.Quotation;
import org.evonorm.text.Utf8;

/**
 * The guard before the parser of HOCON, which reads by recursion and copies a value for every reference to it: settings
 * may nest, refer and grow as far as settings have to, and no further.
 */
final class HoconGuard {

    /** The largest number of opening brackets and braces of a text, and so of levels. */
    static final int MOST_BRACKETS = 500;
    /** The largest number of references to other settings, each of which may double the text. */
    static final int MOST_REFERENCES = 20;
    /** The largest number of characters of a text. */
    static final int MOST_CHARACTERS = 1 << 20;

    private HoconGuard() {}

    /** The settings in a text. */
    static Config parse(String text, String name, ConfigParseOptions options) {
        require(text, name);
        return unlessTooDeep(name, () -> ConfigFactory.parseString(text, options));
    }

    /** Resolves the references of settings to other settings. */
    static Config resolve(Config settings, ConfigResolveOptions options) {
        return unlessTooDeep("the settings", () -> settings.resolve(options));
    }

    /**
     * Checks a file before it is parsed.
     *
     * @throws SettingsException if the file is not UTF-8, cannot be read, or is larger or deeper than settings are
     */
    static void require(Path file) {
        try {
            require(Utf8.read(file), Quotation.shown(file.toString()));
        } catch (IOException e) {
            throw new SettingsException(
                    "there is no settings file " + Quotation.shown(file.toString()) + " that can be read", e);
        } catch (SettingsException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new SettingsException(e.getMessage(), e);
        }
    }

    /**
     * Checks a text before it is parsed.
     *
     * @throws SettingsException if the text has halves of characters, or is larger or deeper than settings are
     */
    static void require(String text, String name) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new SettingsException(name + " holds half of a character; write it in UTF-8");
        }
        require(name, "characters", text.length(), MOST_CHARACTERS);
        long brackets = text.chars().filter(sign -> sign == '{' || sign == '[').count();
        require(name, "opening brackets", brackets, MOST_BRACKETS);
        require(name, "references ${…}", (text.length() - text.replace("${", "").length()) / 2, MOST_REFERENCES);
    }

    private static void require(String name, String things, long found, int most) {
        if (found > most) {
            throw new SettingsException(
                    name + " has " + found + " " + things + ", and settings may have " + most + "; make it smaller");
        }
    }

    /** The library's message on one line; it repeats texts as they are. */
    static String problem(ConfigException e) {
        return Quotation.message(String.valueOf(e.getMessage())).replace('\n', ' ');
    }

    /** Runs a step of the library, which works by recursion: a key of ten thousand parts exhausts the stack too. */
    static <T> T unlessTooDeep(String name, Supplier<T> step) {
        try {
            return step.get();
        } catch (StackOverflowError e) {
            throw new SettingsException(
                    name + " nests sections or refers to settings too deeply to be read; make it simpler", e);
        }
    }
}
