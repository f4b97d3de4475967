package dev.whippletree.embedder.minilm;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Cuts texts into the pieces that the model knows, by their numbers: of each word the longest known beginning, then the
 * longest known continuation, and so on (WordPiece; Schuster and Nakajima, <i>Japanese and Korean voice search</i>,
 * 2012). Immutable.
 */
final class WordPieces {

    /** A word of more characters is unknown as a whole. */
    static final int LONGEST_WORD = 100;

    private static final String CONTINUATION = "##";

    private final Map<String, Integer> numbers;
    private final int longest;
    private final int start;
    private final int end;
    private final int unknown;

    private WordPieces(Map<String, Integer> numbers) {
        this.numbers = numbers;
        this.longest = numbers.keySet().stream().mapToInt(String::length).max().orElse(0);
        this.start = number(numbers, "[CLS]");
        this.end = number(numbers, "[SEP]");
        this.unknown = number(numbers, "[UNK]");
    }

    /**
     * Reads the vocabulary of a {@code tokenizer.json}, and nothing else of it.
     *
     * @throws IllegalStateException if it isn't one
     */
    static WordPieces read(InputStream json) {
        Map<String, Integer> numbers = new HashMap<>();
        try {
            for (Map.Entry<String, JsonNode> piece :
                    new JsonMapper().readTree(json).path("model").path("vocab").properties()) {
                numbers.put(piece.getKey(), piece.getValue().asInt());
            }
        } catch (JacksonException e) {
            throw new IllegalStateException("the vocabulary can't be read: " + e.getOriginalMessage(), e);
        }
        return new WordPieces(numbers);
    }

    private static int number(Map<String, Integer> numbers, String piece) {
        Integer number = numbers.get(piece);
        if (number == null) {
            throw new IllegalStateException("the vocabulary has no " + piece);
        }
        return number;
    }

    /**
     * Returns the numbers of a text's pieces, between those of its start and its end.
     *
     * @param most cut no further once there are more than so many
     */
    long[] of(String text, int most) {
        List<Integer> pieces = new ArrayList<>();
        pieces.add(start);
        for (String word : BertWords.of(text)) {
            cut(word, pieces);
            if (pieces.size() >= most) {
                break;
            }
        }
        pieces.add(end);
        return pieces.stream().mapToLong(Integer::longValue).toArray();
    }

    private void cut(String word, List<Integer> into) {
        if (word.codePointCount(0, word.length()) > LONGEST_WORD) {
            into.add(unknown);
            return;
        }
        int before = into.size();
        int from = 0;
        while (from < word.length()) {
            int to = endOfPiece(word, from);
            if (to == from) {
                into.subList(before, into.size()).clear();
                into.add(unknown);
                return;
            }
            into.add(numbers.getOrDefault(piece(word, from, to), unknown));
            from = to;
        }
    }

    /** Returns where the longest known piece ends that begins there; where it begins: there is none. */
    private int endOfPiece(String word, int from) {
        int to = Math.min(word.length(), from + longest);
        while (to > from && !numbers.containsKey(piece(word, from, to))) {
            to--;
        }
        return to;
    }

    private static String piece(String word, int from, int to) {
        String piece = word.substring(from, to);
        return from == 0 ? piece : CONTINUATION + piece;
    }

    /** Returns how many of those pieces are unknown. */
    long unknown(long[] pieces) {
        return LongStream.of(pieces).filter(piece -> piece == unknown).count();
    }
}
