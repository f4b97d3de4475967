package dev.whippletree.embedder.minilm;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;

/**
 * The words of a text as the model was taught them: without case or accents, each punctuation mark and each Chinese
 * character a word of its own. Confined. After the normalizer and pre-tokenizer of BERT (Devlin and others, <i>BERT:
 * Pre-training of Deep Bidirectional Transformers for Language Understanding</i>, 2019) as the library
 * {@code tokenizers} has them.
 */
final class BertWords {

    private static final int REPLACEMENT = 0xFFFD;

    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();

    private BertWords() {}

    static List<String> of(String text) {
        BertWords words = new BertWords();
        // Apart, so that a letter counts as the letter and its accent as what is left out.
        Normalizer.normalize(text, Normalizer.Form.NFD).codePoints().forEach(words::take);
        words.end();
        return words.words;
    }

    private void take(int character) {
        if (isBlank(character)) {
            end();
        } else if (isLeftOut(character)) {
            return;
        } else if (isPunctuation(character) || isChinese(character)) {
            end();
            word.appendCodePoint(character);
            end();
        } else {
            word.appendCodePoint(Character.toLowerCase(character));
        }
    }

    private void end() {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }

    private static boolean isBlank(int character) {
        return character == '\t' || character == '\n' || character == '\r' || Character.isSpaceChar(character);
    }

    private static boolean isLeftOut(int character) {
        if (character == REPLACEMENT) {
            return true;
        }
        return switch (Character.getType(character)) {
            case Character.NON_SPACING_MARK,
                    Character.CONTROL,
                    Character.FORMAT,
                    Character.PRIVATE_USE,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }

    private static boolean isPunctuation(int character) {
        if (character < 128) {
            return character > ' ' && !Character.isLetterOrDigit(character);
        }
        return switch (Character.getType(character)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }

    /** The blocks that BERT names: ideographs, not the syllables of Japanese or Korean. */
    private static boolean isChinese(int character) {
        return within(character, 0x4E00, 0x9FFF)
                || within(character, 0x3400, 0x4DBF)
                || within(character, 0x20000, 0x2A6DF)
                || within(character, 0x2A700, 0x2B73F)
                || within(character, 0x2B740, 0x2B81F)
                || within(character, 0x2B820, 0x2CEAF)
                || within(character, 0xF900, 0xFAFF)
                || within(character, 0x2F800, 0x2FA1F);
    }

    private static boolean within(int character, int first, int last) {
        return character >= first && character <= last;
    }
}
