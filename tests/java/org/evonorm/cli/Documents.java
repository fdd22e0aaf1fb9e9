package org.evonorm.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The project's documents: README, docs/ and the other Markdown files, with their links and shell commands. */
record Documents(List<Page> pages) {

    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern FENCED = Pattern.compile("(?s)```.*?```");
    private static final Pattern SHELL = Pattern.compile("(?s)((?:<!--[^>]*-->\\n)*)```sh\\n(.*?)```");
    private static final Pattern MARK = Pattern.compile("<!-- (not run|needs): (.*?) -->");

    /** A Markdown file and its text. */
    record Page(Path file, String text) {

        /** The targets of links, as written. */
        List<String> links() {
            Matcher matcher = LINK.matcher(prose());
            return matcher.results().map(found -> found.group(1)).toList();
        }

        /** The anchors of the headings, as forges make them. */
        Set<String> anchors() {
            return HEADING.matcher(prose()).results().map(Page::anchor).collect(Collectors.toSet());
        }

        private static String anchor(MatchResult heading) {
            return heading.group(1)
                    .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\w\\- ]", "")
                    .replace(' ', '-');
        }

        private String prose() {
            return FENCED.matcher(text).replaceAll("");
        }

        /** The blocks of shell commands. */
        List<ShellBlock> shellBlocks() {
            List<ShellBlock> blocks = new ArrayList<>();
            Matcher matcher = SHELL.matcher(text);
            while (matcher.find()) {
                Optional<Matcher> mark =
                        Optional.of(MARK.matcher(matcher.group(1))).filter(Matcher::find);
                blocks.add(new ShellBlock(
                        file,
                        mark.map(found -> found.group(1)).orElse(""),
                        mark.map(found -> found.group(2)).orElse(""),
                        matcher.group(2)));
            }
            return blocks;
        }
    }

    /**
     * A fenced block of shell commands.
     *
     * @param mark   {@code not run}, {@code needs} or nothing
     * @param reason the words after the mark
     */
    record ShellBlock(Path file, String mark, String reason, String script) {

        boolean isRun() {
            return !mark.equals("not run");
        }

        /** The commands, one per line: continued lines joined, comments and variables before the command left out. */
        List<String> commands() {
            return script.replaceAll("\\\\\\n", " ")
                    .lines()
                    .map(line -> line.replaceAll("(^|\\s)#.*", "").strip())
                    .map(line -> line.replaceAll("^(\\w+=(\"[^\"]*\"|\\S*)\\s+)+", ""))
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }

    /** All Markdown files of the project. */
    static Documents read() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String folder : List.of("docs", "notebooks", "python", "tests/bench")) {
            try (Stream<Path> found = Files.walk(Path.of(folder))) {
                found.filter(file -> file.toString().endsWith(".md")).forEach(files::add);
            }
        }
        try (Stream<Path> top = Files.list(Path.of("."))) {
            top.map(Path::normalize)
                    .filter(file -> file.toString().endsWith(".md"))
                    .forEach(files::add);
        }
        return new Documents(files.stream().sorted().map(Documents::page).toList());
    }

    private static Page page(Path file) {
        try {
            return new Page(file, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The blocks of shell commands of all pages. */
    List<ShellBlock> shellBlocks() {
        return pages.stream().flatMap(page -> page.shellBlocks().stream()).toList();
    }
}
