package dev.whippletree.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whippletree.model.Prompt;
import org.junit.jupiter.api.Test;

final class DistinctPromptsTest {

    private final DistinctPrompts plain = new DistinctPrompts(false);
    private final DistinctPrompts conversations = new DistinctPrompts(true);

    private static Prompt of(String session, String text) {
        return Prompt.builder().user(text).session(session).build();
    }

    private static long key(Prompt prompt) {
        return DistinctPrompts.key(DistinctPrompts.START, prompt);
    }

    private void add(DistinctPrompts prompts, String... texts) {
        for (String text : texts) {
            prompts.add(of(text.substring(0, 1), text.substring(1)));
        }
    }

    @Test
    void promptsOfAnySession_areAlike_ifTheirTextIs() {
        add(plain, "1A", "2A", "1B", "2B");

        assertThat(plain.left()).isEqualTo(2);
    }

    @Test
    void ofMoreConversationsThanItKeeps_nothingIsKnown() {
        for (int session = 0; session < 1 << 16; session++) {
            conversations.add(of("s" + session, "A"));
        }
        assertThat(conversations.isKnown()).isTrue();
        assertThat(conversations.left()).isEqualTo(1);
        conversations.add(of("one more", "A"));
        assertThat(conversations.isKnown()).isFalse();
    }

    @Test
    void inConversations_thoseBeforeCountToo() {
        add(conversations, "1A", "1B", "2A", "2B", "3C", "3B");

        assertThat(conversations.left()).isEqualTo(4);
    }

    @Test
    void keys_areThoseOfAlikePrompts_andZeroOfFreshOnes() {
        long first = conversations.add(of("1", "A"));

        assertThat(conversations.add(of("2", "A"))).isEqualTo(first).isNotZero();
        assertThat(conversations.add(of("2", "A"))).isNotEqualTo(first).isNotZero();
        assertThat(conversations.add(Prompt.builder().user("A").noCache().build()))
                .isZero();
    }

    @Test
    void asked_isNewOnce() {
        add(plain, "1A", "1A", "1B");

        assertThat(plain.asked(key(Prompt.of("A")))).isEqualTo(DistinctPrompts.Kind.NEW);
        assertThat(plain.asked(key(Prompt.of("A")))).isEqualTo(DistinctPrompts.Kind.REPEAT);
        assertThat(plain.left()).isEqualTo(1);
    }

    @Test
    void lengthsOfThoseLeft_includeWhatWasSaidBefore_andInstructionsOnce() {
        for (String text : new String[] {"12", "1234", "123456"}) {
            conversations.add(
                    Prompt.builder().system("Be brief").user(text).session("s").build());
        }

        assertThat(conversations.length()).contains(new DistinctPrompts.Length((10 + 14 + 20) / 3.0, 1));

        conversations.asked(
                key(Prompt.builder().system("Be brief").user("12").session("s").build()));
        assertThat(conversations.length()).contains(new DistinctPrompts.Length((14 + 20) / 2.0, 1.5));
    }

    @Test
    void promptsThatWantAFreshAnswer_areLikeNoOther() {
        Prompt fresh = Prompt.builder().user("A").noCache().build();
        plain.add(fresh);
        plain.add(fresh);

        assertThat(plain.left()).isEqualTo(2);
        assertThat(plain.asked(key(fresh))).isEqualTo(DistinctPrompts.Kind.NEW);
        assertThat(plain.asked(key(fresh))).isEqualTo(DistinctPrompts.Kind.NEW);
        assertThat(plain.left()).isZero();
    }

    @Test
    void manyPrompts_areCountedByASample() {
        int many = 200_000;
        for (int number = 0; number < many; number++) {
            plain.add(Prompt.of("Question " + number));
            plain.add(Prompt.of("Question " + number / 2));
        }
        assertThat((double) plain.left()).isCloseTo(many, within(0.02 * many));

        int inSample = 0;
        for (int number = 0; number < many / 2; number++) {
            DistinctPrompts.Kind kind = plain.asked(key(Prompt.of("Question " + number)));
            assertThat(kind).isNotEqualTo(DistinctPrompts.Kind.REPEAT);
            inSample += kind == DistinctPrompts.Kind.NEW ? 1 : 0;
        }
        assertThat(inSample).isBetween(15_000, 35_000);
        assertThat((double) plain.left()).isCloseTo(many / 2.0, within(0.02 * many));
    }
}
