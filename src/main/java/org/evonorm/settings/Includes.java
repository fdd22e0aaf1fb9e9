package org.evonorm.settings;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigParseable;
import java.io.File;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import org.evonorm.text.Quotation;

/**
 * The includes of HOCON that settings may have. By default HOCON reads any URL that a file includes, and skips missing
 * files. Here a settings file may include other local files, which must exist; all other settings include nothing.
 */
final class Includes implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {

    /** The largest number of files that settings include. */
    private static final int MOST_INCLUDES = 20;

    private final boolean files;
    private int included;

    private Includes(boolean files) {
        this.files = files;
    }

    /** Parse options for settings files: includes of local files alone. */
    static ConfigParseOptions ofFiles() {
        return ConfigParseOptions.defaults().setIncluder(new Includes(true));
    }

    /** Parse options without includes, for text from other sources, as a {@code run.conf}. */
    static ConfigParseOptions none() {
        return ConfigParseOptions.defaults().setIncluder(new Includes(false));
    }

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
        return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String name) {
        if (!files || name.matches("[A-Za-z][A-Za-z0-9+.-]+:.*")) {
            throw refusal(name);
        }
        ConfigParseable file = context.relativeTo(name);
        if (file == null) {
            // The library knows no folder of a file that is named without one.
            return includeFile(context, new File(name));
        }
        require(file.origin().filename());
        return file.parse(context.parseOptions().setAllowMissing(false));
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File file) {
        if (!files) {
            throw refusal(file.toString());
        }
        require(file.toString());
        return ConfigFactory.parseFileAnySyntax(file, context.parseOptions().setAllowMissing(false))
                .root();
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL url) {
        throw refusal(url.toString());
    }

    @Override
    public ConfigObject includeResources(ConfigIncludeContext context, String name) {
        throw refusal(name);
    }

    /** Checks an included file as the file that includes it; a file that includes itself ends here too. */
    private void require(String path) {
        if (++included > MOST_INCLUDES) {
            throw new ConfigException.Generic("it includes more than " + MOST_INCLUDES + " files, or itself");
        }
        if (path != null && Files.isRegularFile(Path.of(path))) {
            HoconGuard.require(Path.of(path));
        }
    }

    private ConfigException refusal(String name) {
        return new ConfigException.Generic("it includes " + Quotation.shown(name) + ", but "
                + (files ? "settings may include files on this machine alone" : "nothing may be included here"));
    }
}
