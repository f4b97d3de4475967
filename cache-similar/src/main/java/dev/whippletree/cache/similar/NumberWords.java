package dev.whippletree.cache.similar;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads numbers among words: {@code 3}, {@code three}, {@code twenty five}, {@code third}, {@code mp3}. */
final class NumberWords {

    private static final Map<String, Integer> TIMES =
            Map.of("hundred", 100, "thousand", 1_000, "million", 1_000_000, "billion", 1_000_000_000);

    private static final Pattern NUMERAL = Pattern.compile("\\p{N}+(?:[.,]\\p{N}+)*");

    private NumberWords() {}

    /**
     * Returns the numbers, each in digits, sorted as text.
     *
     * @param words lower case, in order
     */
    static List<String> in(List<String> words) {
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            NUMERAL.matcher(word).results().map(found -> digits(found.group())).forEach(numbers::add);
            if (isNumber(word) && !isPronoun(words, i)) {
                int end = i;
                while (end + 1 < words.size() && isNumber(words.get(end + 1))) {
                    end++;
                }
                numbers.add(Long.toString(value(words.subList(i, end + 1))));
                i = end;
            }
        }
        return numbers.stream().sorted().toList();
    }

    /** "One" alone is nearly always a pronoun: "which one", "one of them". */
    private static boolean isPronoun(List<String> words, int at) {
        return words.get(at).equals("one") && (at + 1 == words.size() || !isNumber(words.get(at + 1)));
    }

    private static boolean isNumber(String word) {
        return Lexicon.NUMBERS.containsKey(word) || TIMES.containsKey(word);
    }

    private static long value(List<String> words) {
        long whole = 0;
        long part = 0;
        for (String word : words) {
            if (TIMES.containsKey(word)) {
                long times = TIMES.get(word);
                part = Math.max(1, part) * times;
                if (times >= 1_000) {
                    whole += part;
                    part = 0;
                }
            } else {
                part += Lexicon.NUMBERS.getOrDefault(word, 0);
            }
        }
        return whole + part;
    }

    /** 1,000 and 1000 are one number, and 2.50 and 2.5; a word of digits that is none stays as it is. */
    private static String digits(String word) {
        String plain = word.matches("\\d{1,3}(,\\d{3})+(\\.\\d+)?") ? word.replace(",", "") : word.replace(',', '.');
        return plain.matches("\\d+(\\.\\d+)?")
                ? new BigDecimal(plain).stripTrailingZeros().toPlainString()
                : plain;
    }
}
