package dev.whippletree.embedder.minilm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts are cut as the library cuts them that the model was made with. */
final class WordPiecesTest {

    private static final int WHOLE = 100_000;
    private static final long SEED = 20_261_126;

    private static final int[][] BLOCKS = {
        {0x01, 0x80},
        {0x80, 0x500},
        {0x1E00, 0x2C00},
        {0x3000, 0x3100},
        {0x4E00, 0x4F00},
        {0xAC00, 0xAD00},
        {0x1F300, 0x1F600}
    };

    private static final WordPieces PIECES = WordPieces.read(vocabulary());
    private static HuggingFaceTokenizer reference;

    @BeforeAll
    static void open() throws IOException {
        reference = HuggingFaceTokenizer.newInstance(vocabulary(), Map.of("padding", "false", "truncation", "false"));
    }

    @AfterAll
    static void close() {
        reference.close();
    }

    private static InputStream vocabulary() {
        return Objects.requireNonNull(WordPiecesTest.class.getResourceAsStream("/all-minilm-l6-v2-q-tokenizer.json"));
    }

    private static void isCutAsByTheReference(String text) {
        assertThat(PIECES.of(text, WHOLE))
                .as("pieces of: %s", text)
                .isEqualTo(reference.encode(text).getIds());
    }

    @ParameterizedTest
    @EnumSource
    void questions(Streams stream) {
        assertThat(stream.questions()).hasSizeGreaterThan(4_000).allSatisfy(WordPiecesTest::isCutAsByTheReference);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " \t\r\n ",
                "HELLO, World!don't",
                "Zürich: naïve café, Ångström, İstanbul, ΣΊΣΥΦΟΣ, Straße",
                "e\u0301te\u0301",
                "unaffable supercalifragilisticexpialidocious",
                "我的卡在哪里?",
                "東京タワーはどこ",
                "대한민국",
                "как дела",
                "शुभ प्रभात",
                "a\u0000b\u0007c\u000bd\u0085e\u00adf\u200bg\u200dh\ufeffi\ufffdj",
                "a\u00a0b\u2003c\u2028d\u3000e\u202ff",
                "“quotes” – dash… ¿qué? $5 + 3 = 8 €; x_y^z`~|<>",
                "\uf900\ud87e\udc00 \ud840\udc00",
                "🙂 smile👩‍👩‍👧 \ud83e\udee8",
                "\ue000 \u0378 \udb80\udc00"
            })
    void oddTexts(String text) {
        isCutAsByTheReference(text);
    }

    @Test
    void wordOfAHundredCharacters_isCut_ofMore_isUnknown() {
        isCutAsByTheReference("a".repeat(100));
        isCutAsByTheReference("a".repeat(101));
        isCutAsByTheReference("\ud840\udc00".repeat(3) + "\ud83d\ude42".repeat(100));
        assertThat(PIECES.unknown(PIECES.of("x " + "a".repeat(101), WHOLE))).isEqualTo(1);
    }

    /**
     * Of blocks in which no version of Unicode has said otherwise what is punctuation, since the reference knows an old
     * one.
     */
    @Test
    void textsOfRandomCharacters() {
        Random random = new Random(SEED);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(8); j >= 0; j--) {
                int[] block = BLOCKS[random.nextInt(BLOCKS.length)];
                random.ints(1 + random.nextInt(6), block[0], block[1])
                        .filter(character -> character != '[')
                        .forEach(text::appendCodePoint);
            }
            isCutAsByTheReference(text.toString());
        }
    }

    @Test
    void whatIsWrittenLikeAMarkOfTheModels_isText() {
        assertThat(PIECES.of("[SEP]", WHOLE))
                .isEqualTo(PIECES.of("[ sep ]", WHOLE))
                .hasSize(5);
    }

    @Test
    void longText_isCutNoFurtherThanAsked() {
        assertThat(PIECES.of("card ".repeat(100), 10)).hasSize(11);
        assertThat(PIECES.of("card ".repeat(8), 10)).hasSize(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"model\":{\"vocab\":{\"[CLS]\":1}}}", "{"})
    void anotherFile_isRefused(String json) {
        assertThatIllegalStateException()
                .isThrownBy(() -> WordPieces.read(new ByteArrayInputStream(json.getBytes(UTF_8))))
                .withMessageContaining("the vocabulary");
    }
}
