package dev.whippletree.tests.published;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Prints how many tests this build has run, which it has left out, and why. A program, run at the end of the build.
 */
public final class LeftOut {

    private static final Pattern TAG = Pattern.compile("@Tag\\(\"(\\w+)\"\\)");
    /** What surefire and JUnit put in front of a reason, and how reasons begin that this system is to blame for. */
    private static final Pattern REASON =
            Pattern.compile("(?:.* ==> )?(?:[\\w.]+Exception: )?(?:Assumption failed: )?(skipped: )?(.*)");

    private static final Pattern CONDITION = Pattern.compile("@(?:En|Dis)abledIf\\(.*");
    /** Reactive Streams' kit has a reason for each of its rules. */
    private static final Pattern RULE =
            Pattern.compile("(?:Not verified|Skipped because tested publisher|Unable to run this test).*");

    private final Map<String, TreeSet<String>> reasons = new TreeMap<>();
    private final TreeSet<String> missing = new TreeSet<>();
    private int ran;

    private LeftOut() {}

    /**
     * Prints a line for each reason.
     *
     * @param arguments the folder of the whole build, when it began, and which tags it leaves out, by comma
     * @throws IllegalStateException if all that tests need is required to be there, and isn't
     */
    public static void main(String[] arguments) throws IOException, XMLStreamException {
        LeftOut leftOut = of(Path.of(arguments[0]), Instant.parse(arguments[1]), List.of(arguments[2].split(",")));
        leftOut.lines().forEach(System.out::println);
        if (Boolean.parseBoolean(System.getenv("WHIPPLETREE_REQUIRE_CLIENTS"))
                && !leftOut.missing().isEmpty()) {
            throw new IllegalStateException("WHIPPLETREE_REQUIRE_CLIENTS=true, but " + leftOut.missing());
        }
    }

    static LeftOut of(Path project, Instant began, List<String> tags) throws IOException, XMLStreamException {
        LeftOut leftOut = new LeftOut();
        for (Path module : modules(project)) {
            leftOut.read(module.resolve("target/surefire-reports"), began);
            leftOut.tagged(module.resolve("src/test/java"), tags);
        }
        return leftOut;
    }

    /** Returns the reasons that another system wouldn't have. */
    Set<String> missing() {
        return missing;
    }

    /** Returns the lines to print. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(ran + " tests ran. " + (reasons.isEmpty() ? "None was left out." : "Left out:"));
        reasons.forEach((reason, tests) -> lines.add("  " + reason + ": " + String.join(" ", tests)));
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
    private void read(Path reports, Instant began) throws IOException, XMLStreamException {
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
                read(report);
            }
        }
    }

    private void read(Path report) throws IOException, XMLStreamException {
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
                    ran++;
                } else if (reader.getLocalName().equals("skipped")) {
                    ran--;
                    String message = reader.getAttributeValue(null, "message");
                    skipped(message == null ? reader.getElementText() : message, test);
                }
            }
        }
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private void skipped(String message, String test) {
        Matcher first = REASON.matcher(message.strip().lines().findFirst().orElse("no reason was given"));
        if (!first.matches()) {
            throw new IllegalStateException(message);
        }
        String reason = CONDITION.matcher(first.group(2)).replaceFirst("a contract's condition");
        reason = RULE.matcher(reason).replaceFirst("an optional rule, or one that can't be verified");
        if (first.group(1) != null) {
            missing.add(reason);
        }
        add(reason, test);
    }

    private void tagged(Path sources, List<String> tags) throws IOException {
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
            counts.forEach((tag, count) ->
                    add("tagged " + tag + ", so run by mvn -Pthorough verify", name + (count > 1 ? "*" + count : "")));
        }
    }

    private void add(String reason, String test) {
        reasons.computeIfAbsent(reason, words -> new TreeSet<>()).add(test);
    }
}
