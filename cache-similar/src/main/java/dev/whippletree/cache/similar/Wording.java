package dev.whippletree.cache.similar;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A question as the guards see it: its words and what among them must not differ. Immutable.
 *
 * @param words all words, lower case, in order
 * @param content those that carry meaning, in order
 * @param links those that tie them together, such as "to" and "from", sorted
 * @param numbers numbers in digits or in words, each as digits, sorted
 * @param negations how many words deny
 * @param names words with a capital letter where no sentence begins, lower case, sorted
 * @param code what is written like code: identifiers, calls, what stands between backticks; sorted
 * @param quotes what stands between quotation marks, sorted
 * @param languages languages that people speak or write programs in, sorted
 */
record Wording(
        List<String> words,
        List<String> content,
        List<String> links,
        List<String> numbers,
        int negations,
        List<String> names,
        List<String> code,
        List<String> quotes,
        List<String> languages) {

    private static final Pattern QUOTED =
            Pattern.compile("\"([^\"]+)\"|“([^”]+)”|«([^»]+)»|(?<![\\w])'([^']+)'(?![\\w])");
    private static final Pattern BACKTICKS = Pattern.compile("`([^`]+)`");

    /**
     * Joined by a capital, an underscore or a dot, or with a call's parentheses, or with an operator's characters in
     * it; also a number's minus sign, and what two numbers are reckoned by. A dash within a range is neither.
     */
    private static final Pattern CODE = Pattern.compile("[A-Za-z]\\w*(?:[a-z][A-Z]|_)\\w+(?:\\(\\))?"
            + "|[A-Za-z]\\w+\\.[a-z]\\w+(?:\\(\\))?|\\w+\\(\\)|[A-Za-z]+(?:\\+\\+|#)"
            + "|[-+*/%<>=&|^~][-+*/%<>=!&|^~]+|[<>=&|^~{}\\[\\]]"
            + "|(?<![\\p{L}\\p{N}])[-−](?=\\p{N})|(?<=\\p{N} )[-−](?= \\p{N})|(?<=\\p{N} ?)[+*/×÷](?= ?\\p{N})");

    /** Denials that deny nothing of what is asked: they are left out of the count. */
    private static final Pattern HEDGE = Pattern.compile(
            "\\b(?:not sure|(?:do|did|does)(?:n['’]t| not) (?:know|understand)|(?:or|why|if) not)\\b",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern WORD =
            Pattern.compile("\\p{L}[\\p{L}\\p{M}\\p{N}]*(?:['’]\\p{L}+)?|\\p{N}+(?:[.,]\\p{N}+)*");
    private static final Pattern SENTENCE_START = Pattern.compile("(?:^|[.!?:]\\s*|[\"“«]\\s*)$");

    static Wording of(String text) {
        List<MatchResult> found = WORD.matcher(text).results().toList();
        List<String> words = found.stream().map(Wording::plain).toList();
        return new Wording(
                words,
                words.stream()
                        .filter(word -> !Lexicon.FILLERS.contains(word) && !Lexicon.LINKS.contains(word))
                        .toList(),
                sorted(words.stream().filter(Lexicon.LINKS::contains).toList()),
                NumberWords.in(words),
                negations(text),
                names(text, found),
                sorted(matches(CODE, text), matches(BACKTICKS, text)),
                sorted(matches(QUOTED, text.replace('‘', '\'').replace('’', '\''))),
                sorted(words.stream().filter(Lexicon.LANGUAGES::contains).toList()));
    }

    boolean has(String word) {
        return words.contains(word);
    }

    private static int negations(String text) {
        String plain = HEDGE.matcher(text).replaceAll(" ");
        return (int) WORD.matcher(plain)
                .results()
                .map(Wording::plain)
                .filter(Wording::denies)
                .count();
    }

    private static String plain(MatchResult word) {
        return lower(word.group()).replace('’', '\'');
    }

    private static boolean denies(String word) {
        return Lexicon.NEGATIONS.contains(word) || word.endsWith("n't");
    }

    private static List<String> names(String text, List<MatchResult> words) {
        List<String> names = new ArrayList<>();
        for (MatchResult word : words) {
            boolean capital = Character.isUpperCase(word.group().codePointAt(0))
                    && !word.group().startsWith("I'")
                    && !word.group().equals("I");
            if (capital
                    && !SENTENCE_START.matcher(text.substring(0, word.start())).find()) {
                names.add(lower(word.group()));
            }
        }
        return sorted(names);
    }

    private static List<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(Wording::innermost).toList();
    }

    /** Returns what stands in the group that matched, or all of it if there is none. */
    private static String innermost(MatchResult match) {
        for (int group = 1; group <= match.groupCount(); group++) {
            if (match.group(group) != null) {
                return match.group(group).strip();
            }
        }
        return match.group();
    }

    @SafeVarargs
    private static List<String> sorted(List<String>... lists) {
        List<String> all = new ArrayList<>();
        for (List<String> list : lists) {
            all.addAll(list);
        }
        return all.stream().sorted().toList();
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
