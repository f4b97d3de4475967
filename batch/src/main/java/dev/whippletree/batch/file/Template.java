package dev.whippletree.batch.file;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text with placeholders for the values of a row: {@code Summarise: {{text}}}. Immutable. */
final class Template {

    private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*([^{}]*?)\\s*\\}\\}");

    private final List<String> texts = new ArrayList<>();
    private final List<String> columns = new ArrayList<>();

    private Template(String text) {
        Matcher place = PLACE.matcher(text);
        int from = 0;
        while (place.find()) {
            texts.add(text.substring(from, place.start()));
            columns.add(place.group(1));
            from = place.end();
        }
        texts.add(text.substring(from));
    }

    /**
     * Reads a template.
     *
     * @param same whether all lines may ask the same, and single braces may stand
     * @param known the columns that there are, one or more
     * @throws BadInputException if it names no column although lines should differ, or one in single braces
     */
    static Template read(String text, boolean same, List<String> known) {
        Template template = new Template(text);
        Optional<String> meant = known.stream()
                .filter(column -> template.texts.stream().anyMatch(part -> part.contains("{" + column + "}")))
                .findFirst()
                .map(column -> "for {" + column + "} write {{" + column + "}}");
        if (!same && (template.columns.isEmpty() || meant.isPresent())) {
            String wrong = template.columns.isEmpty()
                    ? "names no column, so all prompts would be the same"
                    : "has a column in single braces, which would be sent as it stands";
            throw new BadInputException("--template " + wrong + ": "
                    + meant.orElse("name one, such as {{" + known.get(0) + "}}")
                    + ", or add --same if that is meant");
        }
        return template;
    }

    /** Returns the columns that it names. */
    Set<String> columns() {
        return new LinkedHashSet<>(columns);
    }

    /** Returns the text with a value at each place; values aren't looked into for places. */
    String fill(Function<String, String> value) {
        StringBuilder filled = new StringBuilder(texts.get(0));
        for (int i = 0; i < columns.size(); i++) {
            filled.append(value.apply(columns.get(i))).append(texts.get(i + 1));
        }
        return filled.toString();
    }
}
