package dev.whippletree.cache.similar;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The English words that guards know, from {@code lexicon.txt} beside this class. */
final class Lexicon {

    private static final Map<String, List<String>> SECTIONS = read();

    /** Words that deny; those that end with {@code n't} are known by that. */
    static final Set<String> NEGATIONS = Set.copyOf(words("negations"));

    /** Words that carry little meaning by themselves: order and number of the others are compared. */
    static final Set<String> FILLERS = Set.copyOf(words("fillers"));

    /** Words that say how others belong together. */
    static final Set<String> LINKS = Set.copyOf(words("links"));

    /** Languages, of people and of programs. */
    static final Set<String> LANGUAGES = Set.copyOf(words("languages"));

    /** Words that are numbers; not those that multiply what stands before them. */
    static final Map<String, Integer> NUMBERS = numbers();

    private static final Map<String, Set<String>> OPPOSITES = opposites();

    private Lexicon() {}

    /** Returns the words that mean the opposite of one; empty if none is known. */
    static Set<String> opposites(String word) {
        return OPPOSITES.getOrDefault(word, Set.of());
    }

    private static List<String> words(String section) {
        return Objects.requireNonNull(SECTIONS.get(section), section);
    }

    private static Map<String, Integer> numbers() {
        Map<String, Integer> numbers = new HashMap<>();
        List<String> words = words("numbers");
        for (int i = 0; i < words.size(); i += 2) {
            numbers.put(words.get(i), Integer.valueOf(words.get(i + 1)));
        }
        return Map.copyOf(numbers);
    }

    private static Map<String, Set<String>> opposites() {
        Map<String, Set<String>> opposites = new HashMap<>();
        List<String> words = words("opposites");
        for (int i = 0; i < words.size(); i += 2) {
            opposites.computeIfAbsent(words.get(i), word -> new HashSet<>()).add(words.get(i + 1));
            opposites.computeIfAbsent(words.get(i + 1), word -> new HashSet<>()).add(words.get(i));
        }
        return opposites;
    }

    private static Map<String, List<String>> read() {
        Map<String, List<String>> sections = new HashMap<>();
        List<String> section = new ArrayList<>();
        try (InputStream file = Lexicon.class.getResourceAsStream("lexicon.txt")) {
            for (String line : new String(
                            Objects.requireNonNull(file, "lexicon.txt").readAllBytes(), UTF_8)
                    .lines()
                    .toList()) {
                if (line.startsWith("[")) {
                    section = sections.computeIfAbsent(line.substring(1, line.length() - 1), name -> new ArrayList<>());
                } else if (!line.isEmpty() && !line.startsWith("#")) {
                    section.addAll(List.of(line.split(" ")));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sections;
    }
}
