package dev.whippletree.tests.published;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Prints which tests this build has left out, and why. A program, run at the end of the build. */
public final class LeftOut {

    private static final Pattern TAG = Pattern.compile("@Tag\\(\"(\\w+)\"\\)");

    private LeftOut() {}

    /**
     * Prints a line for each reason.
     *
     * @param arguments the folder of the whole build, when it began, and which tags it leaves out, by comma
     */
    public static void main(String[] arguments) throws IOException, XMLStreamException {
        lines(Path.of(arguments[0]), Instant.parse(arguments[1]), List.of(arguments[2].split(",")))
                .forEach(System.out::println);
    }

    /** Returns the lines to print. */
    static List<String> lines(Path project, Instant began, List<String> tags) throws IOException, XMLStreamException {
        Map<String, TreeSet<String>> reasons = new TreeMap<>();
        for (Path module : modules(project)) {
            skipped(module.resolve("target/surefire-reports"), began, reasons);
            tagged(module.resolve("src/test/java"), tags, reasons);
        }
        if (reasons.isEmpty()) {
            return List.of("No test was left out.");
        }
        List<String> lines = new ArrayList<>(List.of("Tests that were left out, and why:"));
        reasons.forEach((reason, tests) -> {
            lines.add("  " + reason);
            lines.add("    " + String.join(" ", tests));
        });
        return lines;
    }

    private static List<Path> modules(Path project) throws IOException {
        try (Stream<Path> folders = Files.list(project)) {
            return folders.filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .sorted()
                    .toList();
        }
    }

    /** Reports of an earlier build say nothing of this one. */
    private static void skipped(Path reports, Instant began, Map<String, TreeSet<String>> reasons)
            throws IOException, XMLStreamException {
        if (!Files.isDirectory(reports)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> files = Files.list(reports)) {
            all = files.filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
                    .sorted()
                    .toList();
        }
        for (Path report : all) {
            if (!Files.getLastModifiedTime(report).toInstant().isBefore(began)) {
                read(report, reasons);
            }
        }
    }

    private static void read(Path report, Map<String, TreeSet<String>> reasons) throws IOException, XMLStreamException {
        try (InputStream in = Files.newInputStream(report)) {
            XMLInputFactory factory = XMLInputFactory.newInstance();
            factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
            XMLStreamReader reader = factory.createXMLStreamReader(in);
            String test = "";
            while (reader.hasNext()) {
                if (reader.next() != XMLStreamReader.START_ELEMENT) {
                    continue;
                }
                if (reader.getLocalName().equals("testcase")) {
                    test = simple(reader.getAttributeValue(null, "classname"));
                } else if (reader.getLocalName().equals("skipped")) {
                    add(reasons, reason(reader.getAttributeValue(null, "message")), test);
                }
            }
        }
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static String reason(String message) {
        String words = message == null
                ? ""
                : message.replaceFirst("^(Environment variable .* ==> )?skipped: ", "")
                        .strip();
        return words.isEmpty()
                ? "no reason was given"
                : words.lines().findFirst().orElseThrow();
    }

    private static void tagged(Path sources, List<String> tags, Map<String, TreeSet<String>> reasons)
            throws IOException {
        if (!Files.isDirectory(sources)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> files = Files.walk(sources)) {
            all = files.filter(file -> file.toString().endsWith(".java")).toList();
        }
        for (Path source : all) {
            Map<String, Long> counts = TAG.matcher(Files.readString(source))
                    .results()
                    .map(found -> found.group(1))
                    .filter(tags::contains)
                    .collect(Collectors.groupingBy(tag -> tag, TreeMap::new, Collectors.counting()));
            String name = source.getFileName().toString().replaceFirst("\\.java$", "");
            counts.forEach((tag, count) -> add(
                    reasons,
                    "tagged " + tag + ", so run by mvn -Pthorough verify",
                    name + (count > 1 ? "*" + count : "")));
        }
    }

    private static void add(Map<String, TreeSet<String>> reasons, String reason, String test) {
        reasons.computeIfAbsent(reason, words -> new TreeSet<>()).add(test);
    }
}
