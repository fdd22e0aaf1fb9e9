package org.evonorm.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.evonorm.graph.NearestName;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.NetworkRecipe;
import org.evonorm.network.onnx.OnnxNetwork;
import org.evonorm.network.onnx.Places;
import org.evonorm.network.onnx.graph.OnnxException;
import org.evonorm.text.Quotation;

/**
 * The networks from ONNX files among the settings: subsections of {@code networks} and {@code rerank.networks} that a
 * user names. The file's checksum becomes a setting, so that a run cannot go on with another network of the same name.
 */
final class NetworkFiles {

    /** The section of a search's networks, whose files other sections know too. */
    static final String SEARCH = "networks";

    private static final List<List<String>> SECTIONS = List.of(List.of(SEARCH), List.of("rerank", SEARCH));
    private static final String FILE = "file";
    private static final String PLACES = "places";
    private static final String SHA256 = "sha256";
    /** The origin of a value that nobody set. */
    private static final String DEFAULT = "default";

    private static final List<String> KEYS = List.of(FILE, PLACES, SHA256);
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]*");
    /** Words that search.selection has for something else. */
    private static final List<String> TAKEN = List.of("pareto", "average");

    private NetworkFiles() {}

    /** Whether a value is the subsection of a network from a file, with no keys but those of such a network. */
    static boolean isOne(List<String> path, ConfigValue value) {
        return isNamed(path)
                && value instanceof ConfigObject section
                && !section.isEmpty()
                && KEYS.containsAll(section.keySet());
    }

    /** Whether a key is a text of a network from a file. */
    static boolean isText(String key) {
        List<String> path = ConfigUtil.splitPath(key);
        int last = path.size() - 1;
        return last > 1 && KEYS.contains(path.get(last)) && isNamed(path.subList(0, last));
    }

    /** Whether a key is the place of a file, which may change where its content does not. */
    static boolean isLocation(String key) {
        return isText(key) && key.endsWith("." + FILE);
    }

    /** Why a key that does not exist is no setting of a network from a file; empty if it has nothing of one. */
    static Optional<String> mend(List<String> path, ConfigValue value) {
        int last = path.size() - 1;
        if (isNamed(path) && value instanceof ConfigObject) {
            String section = ConfigUtil.joinPath(path.subList(0, last));
            return Optional.of("; a network from a file has the settings " + String.join(", ", KEYS) + " alone"
                    + NearestName.of(path.get(last), AnchorNetworks.names())
                            .map(known -> "; did you mean " + section + "." + known + "?")
                            .orElse(""));
        }
        return last > 1
                        && SECTIONS.contains(path.subList(0, last - 1))
                        && AnchorNetworks.names().contains(path.get(last - 1))
                        && KEYS.contains(path.get(last))
                ? Optional.of("; " + path.get(last - 1) + " is built in, and a network from a file needs another name")
                : Optional.empty();
    }

    private static boolean isNamed(List<String> path) {
        int last = path.size() - 1;
        return last > 0
                && SECTIONS.contains(path.subList(0, last))
                && !AnchorNetworks.names().contains(path.get(last));
    }

    /** The names of the networks from files in a section, in alphabetic order. */
    static List<String> names(Config settings, String section) {
        return settings.getObject(section).keySet().stream()
                .filter(name -> !AnchorNetworks.names().contains(name))
                .sorted()
                .toList();
    }

    /** The keys of all networks from files. */
    static List<String> keys(Config settings) {
        List<String> keys = new ArrayList<>();
        for (String section : sections()) {
            for (String name : names(settings, section)) {
                KEYS.forEach(key -> keys.add(key(section, name, key)));
            }
        }
        return keys;
    }

    /** The settings with whole paths of all files, which hold in whatever folder a later command is started. */
    static Config located(Config settings) {
        Config located = settings;
        for (String key : keys(settings)) {
            if (isLocation(key) && settings.hasPath(key)) {
                String whole = Path.of(settings.getString(key))
                        .toAbsolutePath()
                        .normalize()
                        .toString();
                located = located.withValue(key, ConfigValueFactory.fromAnyRef(whole));
            }
        }
        return located;
    }

    private static List<String> sections() {
        return SECTIONS.stream().map(ConfigUtil::joinPath).toList();
    }

    private static String key(String section, String name, String key) {
        return section + "." + ConfigUtil.joinPath(name, key);
    }

    /**
     * The settings with all keys of every network from a file.
     *
     * @throws SettingsException if a network has no file, a file cannot be read, or it has another checksum than a
     *     setting says
     */
    static Config filled(Config settings) {
        Config filled = settings;
        for (String section : sections()) {
            for (String name : names(settings, section)) {
                requireEffect(settings, section, name);
                filled = filled(filled, section, name);
            }
        }
        return filled;
    }

    /** Refuses a rerank's file for a network that no search can have, as by a name that is misspelt. */
    private static void requireEffect(Config settings, String section, String name) {
        if (!names(settings, SEARCH).contains(name)) {
            String network = section + "." + Quotation.shown(name);
            throw new SettingsException(network + place(settings, section, name)
                    + " has no effect, since the section networks has no network of this name; correct the name, or give"
                    + " the search a network " + SEARCH + "." + Quotation.shown(name));
        }
    }

    private static Config filled(Config settings, String section, String name) {
        String file = key(section, name, FILE);
        String places = key(section, name, PLACES);
        String sha256 = key(section, name, SHA256);
        String network = section + "." + Quotation.shown(name);
        if (!NAME.matcher(name).matches() || TAKEN.contains(name)) {
            throw new SettingsException(network
                    + place(settings, section, name)
                    + " cannot be the name of a network; take lower-case letters, digits, - and _, a letter first, but"
                    + " neither of " + String.join(" and ", TAKEN));
        }
        if (!settings.hasPath(file)) {
            throw new SettingsException(network + " has no file"
                    + place(settings, section, name) + "; set " + network
                    + ".file to the ONNX file of the network");
        }
        SettingsReader reader = new SettingsReader(settings);
        String found = checksum(file, reader);
        if (settings.hasPath(sha256) && !reader.text(sha256).equalsIgnoreCase(found)) {
            throw new SettingsException(file + reader.where(file) + ": " + Quotation.shown(reader.text(file))
                    + " is another file than " + sha256 + reader.where(sha256) + " says (sha256 " + found
                    + "); put that file back, or leave the checksum out");
        }
        Config filled = settings.withValue(sha256, value(found, "the file's"));
        return filled.hasPath(places) ? filled : filled.withValue(places, value("activated", DEFAULT));
    }

    /** The place of a key of the network; a merged section has none of its own. */
    private static String place(Config settings, String section, String name) {
        return SettingsSource.place(settings.getObject(section + "." + ConfigUtil.joinPath(name)).values().stream()
                .findFirst()
                .orElseThrow()
                .origin());
    }

    private static ConfigValue value(String text, String origin) {
        return ConfigValueFactory.fromAnyRef(text).withOrigin(ConfigOriginFactory.newSimple(origin));
    }

    private static String checksum(String key, SettingsReader reader) {
        String file = reader.text(key);
        try (InputStream bytes = regular(file);
                DigestInputStream digested = new DigestInputStream(bytes, MessageDigest.getInstance("SHA-256"))) {
            digested.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digested.getMessageDigest().digest());
        } catch (IOException | InvalidPathException e) {
            throw new SettingsException(
                    key + reader.where(key) + ": there is no file " + Quotation.shown(file)
                            + " that can be read; set it to where the file lies",
                    e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** The bytes of a regular file; a device or pipe might never end. */
    private static InputStream regular(String file) throws IOException {
        Path path = Path.of(file);
        if (!Files.isRegularFile(path)) {
            throw new NoSuchFileException(file);
        }
        return Files.newInputStream(path);
    }

    /**
     * The recipe of a network from a file.
     *
     * @throws SettingsException if the file is no network that can be used; the message names key and reason
     */
    static NetworkRecipe recipe(SettingsReader reader, String section, String name) {
        String file = key(section, name, FILE);
        String places = reader.text(key(section, name, PLACES));
        try {
            OnnxNetwork read = OnnxNetwork.read(Path.of(reader.text(file)), Places.of(places));
            return new NetworkRecipe.FromFile(read.network(name), reader.text(key(section, name, SHA256)), places);
        } catch (OnnxException e) {
            String chosen = key(section, name, PLACES);
            boolean byDefault = reader.where(chosen).equals(" (" + DEFAULT + ")");
            throw new SettingsException(
                    file + reader.where(file) + (byDefault ? "" : " and " + chosen + reader.where(chosen)) + ": "
                            + e.getMessage(),
                    e);
        }
    }
}
