package dev.whippletree.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ApprovedWordingsTest {

    private static final String TEXT = """
            # Interviews
            Tell me about yourself
            Who are you?
            # so candidates say it too
            Introduce yourself

              What is a whippletree?\s
            What's a whippletree?
            """;

    @Test
    void text_isReadQuestionByQuestion_withoutRemarks() {
        assertThat(ApprovedWordings.parse(TEXT).questions())
                .containsExactly(
                        List.of("Tell me about yourself", "Who are you?", "Introduce yourself"),
                        List.of("What is a whippletree?", "What's a whippletree?"));
    }

    @Test
    void writtenText_readsAsTheSame() {
        ApprovedWordings wordings = ApprovedWordings.parse(TEXT);
        assertThat(ApprovedWordings.parse(wordings.text())).isEqualTo(wordings);
        assertThat(ApprovedWordings.parse("")).isEqualTo(ApprovedWordings.NONE);
        assertThat(ApprovedWordings.NONE.text()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"who are you?", "  Who   are\tyou? ", "WHO ARE YOU?", "Introduce yourself"})
    void caseAndWhiteSpace_dontCount(String asked) {
        assertThat(ApprovedWordings.parse(TEXT).questionOf(asked)).contains("Tell me about yourself");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Who are you", "Who are they?", ""})
    void otherTexts_areNoWording(String asked) {
        assertThat(ApprovedWordings.parse(TEXT).questionOf(asked)).isEmpty();
    }

    @Test
    void composedAndDecomposedCharacters_areTheSame() {
        assertThat(ApprovedWordings.of(List.of(List.of("Caf\u00e9?", "Coffee?")))
                        .questionOf("Cafe\u0301?"))
                .contains("Caf\u00e9?");
    }

    @Test
    void sharedWording_makesTwoQuestionsOne() {
        ApprovedWordings wordings =
                ApprovedWordings.of(List.of(List.of("a", "b"), List.of("c", "d"), List.of("B", "C")));
        assertThat(wordings.questions()).containsExactly(List.of("a", "b", "c", "d"));
        assertThat(wordings.questionOf("d")).contains("a");
    }

    @Test
    void knownQuestion_takesOneWordingMore_andKeepsItsFirst() {
        ApprovedWordings wordings = ApprovedWordings.parse(TEXT).with(List.of("Present yourself", "Who are you?"));
        assertThat(wordings.questionOf("Present yourself")).contains("Tell me about yourself");
        assertThat(wordings.questions()).hasSize(2);
    }

    @Test
    void lineEndsOfAnySystem_andAByteOrderMark_areRead() {
        for (String end : List.of("\n", "\r\n", "\r")) {
            assertThat(ApprovedWordings.parse(
                                    "\uFEFF # a remark" + end + "a" + end + "b" + end + " \t" + end + "c" + end + "d")
                            .questions())
                    .containsExactly(List.of("a", "b"), List.of("c", "d"));
        }
    }

    @Test
    void mistakes_sayWhere() {
        assertThatThrownBy(() -> ApprovedWordings.parse("a\nb\n\n# alone\nc\n\nd\ne\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 5: 'c' stands alone");
        assertThatThrownBy(() -> ApprovedWordings.of(List.of(List.of("a", " A "))))
                .hasMessageContaining("two wordings or more");
        for (String wording : List.of("", "  ", "two\nlines", "# a remark")) {
            assertThatThrownBy(() -> ApprovedWordings.of(List.of(List.of("a", wording))))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
