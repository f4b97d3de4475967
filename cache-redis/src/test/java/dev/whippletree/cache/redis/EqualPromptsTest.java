package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.contact.Contact;
import dev.whippletree.cache.redis.contact.FaultyCommands;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.stress.interviews.StressSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A thousand processes ask equal prompts at once, in virtual time: one call, whose answer all get. Who waits sends
 * heartbeats, and looks at the claim when the lease that it was told of is over.
 */
@Tag("slow")
class EqualPromptsTest {

    private static final int PROCESSES = Boolean.getBoolean("thorough") ? 1_000 : 300;
    private static final Duration CALL = Duration.ofMinutes(1);

    /** A run goes on for another call's time. */
    private static final long BEATS = 2 * CALL.dividedBy(Contact.INTERVAL) + 2;

    /** A lease of ten seconds is renewed every third of it, so who looks is told of two thirds at least. */
    private static final long RENEWALS = CALL.toSeconds() * 3 / 10;

    private static final long LOOKS = RENEWALS / 2;

    private static EnginesOverRedis engines(int distinct) {
        Interviews interviews = Interviews.STANDARD
                .withInterviews(PROCESSES)
                .withQuestions(1)
                .withRepeat(1 - (double) distinct / PROCESSES);
        StressSettings settings = StressSettings.STANDARD
                .withInterviews(interviews)
                .withAccounts(1)
                .withLatency(Latency.constant(CALL));
        return new EnginesOverRedis(
                1, new EnginesOverRedis.Size(PROCESSES, settings, Duration.ZERO, FaultyCommands.TIMEOUT));
    }

    /** Lets all ask and get their answers; returns how many commands of each kind that takes. */
    private static Map<String, Long> ask(EnginesOverRedis engines, int calls) {
        Map<String, Long> before = engines.redis().commands();
        assertThat(engines.run().service().calls()).isEqualTo(calls);
        Map<String, Long> sent = new HashMap<>(engines.redis().commands());
        before.forEach((kind, count) -> sent.merge(kind, -count, Long::sum));
        return sent;
    }

    @Test
    void equalPrompts_areOneCall_andWhoWaitsSendsBeatsAndLooksOnlyAtLeases() {
        assertOneCallOfEach(1);
    }

    @Test
    @Tag("thorough")
    void equalPromptsOfSeveralQuestions_areOneCallOfEach() {
        assertOneCallOfEach(20);
    }

    private static void assertOneCallOfEach(int distinct) {
        Map<String, Long> sent = ask(engines(distinct), distinct);

        assertThat(sent.get("claim")).isEqualTo(PROCESSES);
        assertThat(sent.get("get")).as("before, and if it waited after").isEqualTo(2 * PROCESSES - distinct);
        assertThat(sent.get("set")).isEqualTo(distinct);
        assertThat(sent.get("unclaim")).isEqualTo(distinct);
        assertThat(sent.get("message")).as("each end is told to all").isEqualTo((long) distinct * PROCESSES);
        assertThat(sent.get("claimedFor")).isBetween(1L, LOOKS * PROCESSES);
        assertThat(sent.get("renew")).isBetween(1L, RENEWALS * distinct);
        assertThat(sent.get("beat")).isBetween(1L, BEATS * PROCESSES);
        assertThat(sent.get("trade")).as("of who calls, with each beat").isBetween(1L, BEATS * distinct);
        assertThat(sent.keySet())
                .containsExactlyInAnyOrder(
                        "claim",
                        "get",
                        "set",
                        "unclaim",
                        "message",
                        "claimedFor",
                        "renew",
                        "beat",
                        "trade",
                        "survey",
                        "hmget",
                        "closings");
    }

    /** Two processes begin while Redis stands still: each calls for what has room then, and for nothing else. */
    @Test
    void nobodyWasAnswered_whatWaitsInLine_isOneCallAllTheSame() {
        long distinct = 150;
        EnginesOverRedis engines = new EnginesOverRedis(
                1,
                EnginesOverRedis.Size.of(
                        2,
                        1,
                        Interviews.STANDARD
                                .withInterviews((int) (2 * distinct))
                                .withQuestions(1)
                                .withRepeat(0.5),
                        FaultyCommands.TIMEOUT));
        engines.everywhere(network -> network.freeze(Duration.ofSeconds(2)));

        assertThat(engines.run().service().calls()).isBetween(distinct, distinct + EnginesOverRedis.AMOUNT);
    }

    /** Who is cut off answers its own prompt, by the call that it has begun. */
    @Test
    void holderIsGone_oneOtherTakesOver() {
        EnginesOverRedis engines = engines(1);
        engines.after(
                Duration.ofSeconds(5), () -> engines.network(engines.calling()).setDown(true));

        Map<String, Long> sent = ask(engines, 2);

        assertThat(sent.get("set")).isEqualTo(1);
        assertThat(sent.get("claim")).as("most find the new claim at once").isBetween(PROCESSES + 1L, 2L * PROCESSES);
    }
}
