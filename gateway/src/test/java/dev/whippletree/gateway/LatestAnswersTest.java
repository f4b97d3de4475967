package dev.whippletree.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Prompt;
import org.junit.jupiter.api.Test;

final class LatestAnswersTest {

    private static final Prompt PROMPT =
            Prompt.builder().user("q").question("q").tenant("t").build();

    private final LatestAnswers answers = new LatestAnswers();

    private void add(String id, int size) {
        answers.add(id, new LatestAnswers.Answer(PROMPT, size, true));
    }

    @Test
    void tenThousandAreKept_andWhatWasUsedLeastRecentlyGoesFirst() {
        for (int n = 0; n < LatestAnswers.MOST; n++) {
            add("a" + n, 1);
        }
        assertThat(answers.find("t", "a0")).isPresent();
        add("one more", 1);
        assertThat(answers.find("t", "a0")).isPresent();
        assertThat(answers.find("t", "a1")).isEmpty();
        assertThat(answers.find("t", "a2")).isPresent();
    }

    @Test
    void largeRequests_leaveRoomForFewer() {
        for (int n = 0; n < 10; n++) {
            add("a" + n, 16 << 20);
        }
        assertThat(answers.find("t", "a5")).isEmpty();
        assertThat(answers.find("t", "a6")).isPresent();
        assertThat(answers.find("t", "a9")).isPresent();
    }

    @Test
    void otherTenants_findNothing() {
        add("a", 1);
        assertThat(answers.find("", "a")).isEmpty();
    }
}
