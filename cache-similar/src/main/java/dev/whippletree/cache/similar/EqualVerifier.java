package dev.whippletree.cache.similar;

import dev.whippletree.model.Completion;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The verifier {@code equal}: two answers agree if their text is the same except for case, white space and punctuation,
 * and they call the same tools. For answers of a few words, such as classes and decisions; free text is almost never
 * equal, so nothing is ever served.
 */
public final class EqualVerifier implements Verifier {

    private static final Pattern BETWEEN_WORDS = Pattern.compile("[\\p{P}\\p{Z}\\p{Cc}\\p{Cf}`&&[^%/*-]]+");

    /** Creates it. */
    public EqualVerifier() {}

    /** Returns {@code equal}. */
    @Override
    public String name() {
        return "equal";
    }

    @Override
    public boolean agree(String question, Completion stored, Completion fresh) {
        return normal(stored.words()).equals(normal(fresh.words()))
                && calls(stored).equals(calls(fresh));
    }

    private static String normal(String text) {
        String composed = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        return BETWEEN_WORDS.matcher(composed).replaceAll(" ").strip();
    }

    /** Names and arguments: the ids of calls differ each time. */
    private static List<List<String>> calls(Completion completion) {
        return completion.toolCalls().stream()
                .map(call -> List.of(call.name(), call.arguments()))
                .toList();
    }
}
