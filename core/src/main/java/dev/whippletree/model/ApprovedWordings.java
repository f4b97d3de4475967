package dev.whippletree.model;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Wordings of questions that a person approved as equal. Immutable.
 *
 * <p>Text format: one wording per line, wordings of one question in consecutive lines, an empty line between questions.
 * A line that begins with {@code #} is a comment. Case and the amount of white space don't matter.
 */
public final class ApprovedWordings {

    /** No wordings. */
    public static final ApprovedWordings NONE = new ApprovedWordings(List.of());

    private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

    private final List<List<String>> questions;
    private final Map<String, Integer> places = new LinkedHashMap<>();

    private ApprovedWordings(List<List<String>> questions) {
        this.questions = questions;
        for (int i = 0; i < questions.size(); i++) {
            for (String wording : questions.get(i)) {
                places.put(normal(wording), i);
            }
        }
    }

    /**
     * Returns the wordings in a list.
     *
     * @param questions the wordings of each question, two or more; questions with a common wording are merged
     * @throws IllegalArgumentException if a question has fewer than two wordings, or a wording is blank or has several
     *     lines; says which
     */
    public static ApprovedWordings of(List<List<String>> questions) {
        ApprovedWordings all = NONE;
        for (List<String> wordings : questions) {
            all = all.with(wordings);
        }
        return all;
    }

    /**
     * Reads the text format; ignores a byte order mark.
     *
     * @throws IllegalArgumentException if a question has a single wording; says in which line
     */
    public static ApprovedWordings parse(String text) {
        List<List<String>> questions = new ArrayList<>();
        List<String> question = new ArrayList<>();
        List<String> lines =
                new ArrayList<>(text.replaceFirst("^\uFEFF", "").lines().toList());
        lines.add("");
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                question.add(line);
            } else if (line.isEmpty() && !question.isEmpty()) {
                if (question.size() == 1) {
                    throw new IllegalArgumentException("line " + i + ": '" + question.get(0)
                            + "' stands alone; write its other wordings below it, without an empty line between");
                }
                questions.add(question);
                question = new ArrayList<>();
            }
        }
        return of(questions);
    }

    /**
     * Returns these wordings with one more question. It is merged with a question that has one of its wordings.
     *
     * @throws IllegalArgumentException as {@link #of} does
     */
    public ApprovedWordings with(List<String> wordings) {
        Set<String> all = new LinkedHashSet<>();
        wordings.forEach(wording -> all.add(checked(wording)));
        List<List<String>> others = new ArrayList<>();
        Set<String> together = new LinkedHashSet<>();
        Set<String> added =
                new LinkedHashSet<>(all.stream().map(ApprovedWordings::normal).toList());
        for (List<String> question : questions) {
            if (question.stream().map(ApprovedWordings::normal).anyMatch(added::contains)) {
                together.addAll(question);
            } else {
                others.add(question);
            }
        }
        together.addAll(all);
        List<String> distinct = distinct(together);
        if (distinct.size() < 2) {
            throw new IllegalArgumentException("'" + String.join("', '", wordings) + "': give two wordings or more");
        }
        others.add(distinct);
        return new ApprovedWordings(List.copyOf(others));
    }

    private static List<String> distinct(Set<String> wordings) {
        Map<String, String> byNormal = new LinkedHashMap<>();
        wordings.forEach(wording -> byNormal.putIfAbsent(normal(wording), wording));
        return List.copyOf(byNormal.values());
    }

    private static String checked(String wording) {
        String plain = Objects.requireNonNull(wording, "wording").strip();
        if (plain.isEmpty()) {
            throw new IllegalArgumentException("a wording can't be blank");
        }
        if (plain.lines().count() > 1 || plain.startsWith("#")) {
            throw new IllegalArgumentException("a wording must be one line that doesn't begin with #: '" + plain + "'");
        }
        return plain;
    }

    /**
     * Returns the first wording of the question that a text is a wording of; empty if there is none.
     *
     * @param text the question as it was asked
     */
    public Optional<String> questionOf(String text) {
        return Optional.ofNullable(places.get(normal(text)))
                .map(place -> questions.get(place).get(0));
    }

    /** Returns the wordings of each question. */
    public List<List<String>> questions() {
        return questions;
    }

    /** Returns whether there are none. */
    public boolean isEmpty() {
        return questions.isEmpty();
    }

    /** Returns the text format, as {@link #parse} reads it. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (List<String> question : questions) {
            text.append(text.isEmpty() ? "" : "\n");
            question.forEach(wording -> text.append(wording).append('\n'));
        }
        return text.toString();
    }

    private static String normal(String text) {
        String composed = Normalizer.normalize(text, Normalizer.Form.NFC).strip();
        return WHITE_SPACE.matcher(composed).replaceAll(" ").toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ApprovedWordings wordings && wordings.questions.equals(questions);
    }

    @Override
    public int hashCode() {
        return questions.hashCode();
    }

    /** Returns the number of questions. */
    @Override
    public String toString() {
        return questions.size() + " questions of " + places.size() + " wordings";
    }
}
