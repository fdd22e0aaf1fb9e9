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
 * What settings may include. Left to itself, HOCON reads whatever address a file names, and passes over files that are
 * missing. A settings file may include other files, which must exist; settings of any other origin include nothing.
 */
final class Includes implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {

    private final boolean files;

    private Includes(boolean files) {
        this.files = files;
    }

    /** Other files on this machine alone. */
    static ConfigParseOptions ofFiles() {
        return ConfigParseOptions.defaults().setIncluder(new Includes(true));
    }

    /** Nothing: for text that somebody else may have written, as a run's. */
    static ConfigParseOptions none() {
        return ConfigParseOptions.defaults().setIncluder(new Includes(false));
    }

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
        return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
        ConfigParseable file = context.relativeTo(what);
        if (!files || file == null || what.matches("[A-Za-z][A-Za-z0-9+.-]+:.*")) {
            throw refusal(what);
        }
        return file.parse(context.parseOptions().setAllowMissing(false));
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File what) {
        if (!files) {
            throw refusal(what.toString());
        }
        return ConfigFactory.parseFileAnySyntax(what, context.parseOptions().setAllowMissing(false))
                .root();
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
        throw refusal(what.toString());
    }

    @Override
    public ConfigObject includeResources(ConfigIncludeContext context, String what) {
        throw refusal(what);
    }

    private ConfigException refusal(String what) {
        return new ConfigException.Generic("it includes " + what + ", but "
                + (files ? "settings may include files on this machine alone" : "nothing may be included here"));
    }
}
