package dev.whippletree.gateway.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.CacheKey;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LatestAnswersTest {

    private static final CacheKey KEY = new CacheKey(
            "0".repeat(64), "t", Optional.of(new CacheKey.Question("what was asked", "what it belongs to")));

    private final LatestAnswers answers = new LatestAnswers();

    @Test
    void tenThousandAreKept_andWhatWasUsedLeastRecentlyGoesFirst() {
        for (int n = 0; n < 10_000; n++) {
            answers.add("t", "a" + n, Optional.of(KEY));
        }
        assertThat(answers.find("t", "a0")).isPresent();
        answers.add("t", "one more", Optional.of(KEY));
        assertThat(answers.has("t", "a0")).isTrue();
        assertThat(answers.has("t", "a1")).isFalse();
        assertThat(answers.has("t", "a2")).isTrue();
    }

    @Test
    void otherTenants_findNothing() {
        answers.add("t", "a", Optional.of(KEY));
        assertThat(answers.find("", "a")).isEmpty();
        assertThat(answers.has("", "a")).isFalse();
    }

    @Test
    void whatWasAsked_isntKept() {
        answers.add("t", "a", Optional.of(KEY));
        assertThat(answers.find("t", "a")).contains(KEY);
        assertThat(answers.find("t", "a").orElseThrow().question()).isEmpty();
    }

    @Test
    void answerThatNobodyWantsConfirmed_isKnownByItsIdAlone() {
        answers.add("t", "a", Optional.empty());
        assertThat(answers.has("t", "a")).isTrue();
        assertThat(answers.find("t", "a")).isEmpty();
    }
}
