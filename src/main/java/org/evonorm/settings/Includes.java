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

/**
 * The includes of HOCON that settings may have. By default HOCON reads any URL that a file includes, and skips missing
 * files. Here a settings file may include other local files, which must exist; all other settings include nothing.
 */
final class Includes implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {

    private final boolean files;

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
        ConfigParseable file = context.relativeTo(name);
        if (!files || file == null || name.matches("[A-Za-z][A-Za-z0-9+.-]+:.*")) {
            throw refusal(name);
        }
        return file.parse(context.parseOptions().setAllowMissing(false));
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File file) {
        if (!files) {
            throw refusal(file.toString());
        }
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

    private ConfigException refusal(String included) {
        return new ConfigException.Generic("it includes " + included + ", but "
                + (files ? "settings may include files on this machine alone" : "nothing may be included here"));
    }
}
