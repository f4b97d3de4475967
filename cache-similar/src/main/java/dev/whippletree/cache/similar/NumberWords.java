package dev.whippletree.cache.similar;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads numbers among words: {@code 3}, {@code three}, {@code twenty five}, {@code third}. */
final class NumberWords {

    private static final Map<String, Integer> SMALL = Map.ofEntries(
            Map.entry("zero", 0),
            Map.entry("one", 1),
            Map.entry("two", 2),
            Map.entry("three", 3),
            Map.entry("four", 4),
            Map.entry("five", 5),
            Map.entry("six", 6),
            Map.entry("seven", 7),
            Map.entry("eight", 8),
            Map.entry("nine", 9),
            Map.entry("ten", 10),
            Map.entry("eleven", 11),
            Map.entry("twelve", 12),
            Map.entry("thirteen", 13),
            Map.entry("fourteen", 14),
            Map.entry("fifteen", 15),
            Map.entry("sixteen", 16),
            Map.entry("seventeen", 17),
            Map.entry("eighteen", 18),
            Map.entry("nineteen", 19),
            Map.entry("first", 1),
            Map.entry("second", 2),
            Map.entry("third", 3),
            Map.entry("fourth", 4),
            Map.entry("fifth", 5),
            Map.entry("once", 1),
            Map.entry("twice", 2),
            Map.entry("half", -2),
            Map.entry("double", 2),
            Map.entry("dozen", 12));

    private static final Map<String, Integer> TENS = Map.of(
            "twenty", 20, "thirty", 30, "forty", 40, "fifty", 50, "sixty", 60, "seventy", 70, "eighty", 80, "ninety",
            90);

    private static final Map<String, Integer> TIMES =
            Map.of("hundred", 100, "thousand", 1_000, "million", 1_000_000, "billion", 1_000_000_000);

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
            if (Character.isDigit(word.codePointAt(0))) {
                numbers.add(digits(word));
            } else if (isNumber(word) && !isPronoun(words, i)) {
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
        return SMALL.containsKey(word) || TENS.containsKey(word) || TIMES.containsKey(word);
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
                part += SMALL.getOrDefault(word, TENS.getOrDefault(word, 0));
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
