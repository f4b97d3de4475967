package dev.whippletree.cli.similar;

import dev.whippletree.model.ApprovedWordings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The text of a file of approved wordings, edited as a person would: in place, and keeping comments. Immutable. */
final class ApprovedText {

    private final ApprovedWordings known;
    private final List<List<String>> paragraphs = new ArrayList<>();

    /**
     * Takes one apart.
     *
     * @param text without a byte order mark
     * @param known what it says
     */
    ApprovedText(String text, ApprovedWordings known) {
        this.known = known;
        List<String> paragraph = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (!line.isBlank()) {
                paragraph.add(line);
            } else if (!paragraph.isEmpty()) {
                paragraphs.add(paragraph);
                paragraph = new ArrayList<>();
            }
        }
        if (!paragraph.isEmpty()) {
            paragraphs.add(paragraph);
        }
    }

    /**
     * Returns the text with one question's new wordings: below those it has, or at the end if it has none. Where they make several
     * questions one, the later ones' lines are moved to the first.
     *
     * @param wording one of the question's
     * @param all what is approved now
     */
    String with(String wording, ApprovedWordings all) {
        String question = all.questionOf(wording).orElseThrow();
        List<String> lines = new ArrayList<>();
        List<List<String>> changed = new ArrayList<>();
        int place = -1;
        for (List<String> paragraph : paragraphs) {
            if (wordings(paragraph).stream()
                    .noneMatch(line -> all.questionOf(line).stream().anyMatch(question::equals))) {
                changed.add(paragraph);
                continue;
            }
            if (place < 0) {
                place = changed.size();
                changed.add(List.of());
            }
            lines.addAll(paragraph);
        }
        lines.addAll(newWordings(question, all));
        if (place < 0) {
            changed.add(List.copyOf(lines));
        } else {
            changed.set(place, List.copyOf(lines));
        }
        return changed.stream()
                .map(paragraph -> String.join("\n", paragraph) + "\n")
                .collect(Collectors.joining("\n"));
    }

    private List<String> newWordings(String question, ApprovedWordings all) {
        return all.questions().stream()
                .filter(wordings -> wordings.get(0).equals(question))
                .flatMap(List::stream)
                .filter(wording -> known.questionOf(wording).isEmpty())
                .toList();
    }

    private static List<String> wordings(List<String> paragraph) {
        return paragraph.stream()
                .map(String::strip)
                .filter(line -> !line.startsWith("#"))
                .toList();
    }
}
