package dev.whippletree.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.CoordinationStatus;
import dev.whippletree.spi.ScopeClosing;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ShownTextTest {

    /** Clears a terminal by C0 and by C1, begins a line in three ways, and reverses what follows. */
    private static final String HOSTILE = "a\u001b[2Jb\u009b2Jc\r\nd\u2028e\u0085f\u202eg\u2066h\u007fi";

    private static final String HARMLESS = "a [2Jb 2Jc d e f g h i";

    @Test
    void line_hasNeitherLineBreaksNorControlCharactersNorMarksOfDirection() {
        assertThat(ShownText.line(HOSTILE)).isEqualTo(HARMLESS);
        assertThat(ShownText.line("\u200e\u200f\u061c\u2029")).isEqualTo(" ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two  blanks ", "Größe 大 👩‍👩‍👧 عربى", "\u00a0"})
    void ordinaryText_stays(String text) {
        assertThat(ShownText.line(text)).isEqualTo(text);
        assertThat(ShownText.lines(text)).isEqualTo(text);
        assertThat(ShownText.json(text)).isEqualTo(text);
    }

    @Test
    void lines_keepsNewlinesTabsAndMarksThatReorderNothing() {
        assertThat(ShownText.lines("a\r\n\tb\u200fc")).isEqualTo("a\n\tb\u200fc");
        assertThat(ShownText.lines("\u001b[2J\u009b2J\u202e\u2069\u0000"))
                .isEqualTo("\ufffd[2J\ufffd2J\ufffd\ufffd\ufffd");
    }

    /** The last is an instruction in tags, as models read and people don't. */
    @ParameterizedTest
    @ValueSource(strings = {"\u061c", "\u200b", "\u2060", "\ufeff", "\udb40\udc69"})
    void hiddenCharacters_areSeen(String hidden) {
        assertThat(ShownText.line("a" + hidden + hidden + "b")).isEqualTo("a b");
        assertThat(ShownText.lines("a" + hidden + "b")).isEqualTo("a\ufffdb");
    }

    @Test
    void json_saysTheSameWithNothingRawThatCommandsATerminal() {
        assertThat(ShownText.json("{\n\"a\":\"$1\u009b\u202e\u2028\u007f\"}"))
                .isEqualTo("{\n\"a\":\"$1\\u009B\\u202E\\u2028\\u007F\"}");
    }

    @Test
    void valuesThatHoldAServicesWords_areSafeToShow() {
        AnswerEnd end = new AnswerEnd(FinishReason.STOP, Optional.empty(), HOSTILE, Optional.of(HOSTILE));
        assertThat(List.of(
                        Failure.of(FailureKind.UNAVAILABLE, HOSTILE).message(),
                        new Origin(Origin.Source.CALL, "hf-1", HOSTILE, 1, Duration.ZERO, Optional.empty()).model(),
                        end.model(),
                        end.withId(Optional.of(HOSTILE)).id().orElseThrow(),
                        new StatusSnapshot.Tenant(
                                        Optional.of(HOSTILE), Optional.empty(), 0, Optional.empty(), 0, List.of())
                                .name()
                                .orElseThrow(),
                        end.id().orElseThrow(),
                        new ScopeClosing(Scope.of("acme"), Duration.ofSeconds(1), true, HOSTILE).reason(),
                        new CoordinationStatus(false, 0, 0, Optional.of(HOSTILE))
                                .problem()
                                .orElseThrow(),
                        new StatusSnapshot.CacheTier("ehcache", 0, 0, 0, List.of(HOSTILE))
                                .remarks()
                                .get(0)))
                .containsOnly(HARMLESS);
    }
}
