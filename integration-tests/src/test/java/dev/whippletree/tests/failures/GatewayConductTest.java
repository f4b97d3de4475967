package dev.whippletree.tests.failures;

import static dev.whippletree.tests.failures.StageSettings.MODEL;
import static dev.whippletree.tests.failures.StageSettings.OTHER_MODEL;
import static dev.whippletree.tests.failures.StageSettings.first;
import static dev.whippletree.tests.failures.StageSettings.second;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.ServiceKind;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How clients of the gateway fare that stream, when the service of their first choice does something wrong: by what they get, and by
 * what both services see.
 */
@Tag("slow")
final class GatewayConductTest {

    /** Of one prompt on one account: never more, whatever happens. */
    private static final long MOST_CALLS = 2;

    /** What the first choice does, and which of the two answers then; for all requests of that account. */
    private enum Wrong {
        RATE_LIMITED("429=60s:first", true),
        RATE_LIMITED_SILENTLY("429-silent:first", true),
        FAILS_FOR_GOOD("500:first", true),
        OVERLOADED("503:first", true),
        OUT_OF_CREDIT("402:first", true),
        TOKEN_REFUSED("401:first", true),
        RESETS("reset:first", true),
        SILENT("hang:first", true),
        SLOW_FIRST_TOKEN("slow=60s:first", true),
        CONTEXT_TOO_LONG("413:first", true),
        FAILS_ONCE("500#1:first", false),
        WITHOUT_DONE("no-done:first", false);

        private final String script;
        private final boolean elsewhere;

        Wrong(String script, boolean elsewhere) {
            this.script = script;
            this.elsewhere = elsewhere;
        }
    }

    private static StageSettings stage(ServiceKind kind) {
        return new StageSettings(kind)
                .shortPauses()
                .shortTimeout(true)
                .tier(first(MODEL))
                .tier(second(OTHER_MODEL));
    }

    static Stream<Arguments> wrongs() {
        return Arrays.stream(ServiceKind.values())
                .flatMap(kind -> Arrays.stream(Wrong.values()).map(wrong -> Arguments.of(kind, wrong)));
    }

    @ParameterizedTest
    @MethodSource("wrongs")
    void whereARescueExists_theClientGetsAWholeAnswer_andNobodyIsHammered(ServiceKind kind, Wrong wrong) {
        try (Stage stage = stage(kind).fault(wrong.script).open()) {
            StreamedReply reply = stage.stream("Why us?");

            assertThat(reply.isWhole()).as("%s", reply).isTrue();
            assertThat(reply.finishReason()).contains("stop");
            assertThat(reply.model()).isEqualTo(wrong.elsewhere ? OTHER_MODEL : MODEL);
            assertThat(reply.tokens())
                    .hasValueSatisfying(tokens -> assertThat(tokens).isPositive());
            assertThat(stage.counted("first").calls()).isBetween(1L, MOST_CALLS);
            assertThat(stage.counted("second").calls()).isEqualTo(wrong.elsewhere ? 1 : 0);
            assertThat(stage.status().inFlight()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(ServiceKind.class)
    void answerThatBreaksOff_isContinuedByItsOwnAnswerOrSaidToBeBroken_neverShortened(ServiceKind kind) {
        for (String fault : new String[] {"cut#1:first", "stall#1:first", "malformed#1:first"}) {
            try (Stage stage = stage(kind).fault(fault).open()) {
                StreamedReply reply = stage.stream("Why us?");

                assertThat(reply.isWhole() || reply.error().isPresent())
                        .as("%s: %s", fault, reply)
                        .isTrue();
                assertThat(reply.isWhole() && reply.error().isPresent()).isFalse();
                assertThat(stage.counted("first").calls()
                                + stage.counted("second").calls())
                        .isLessThanOrEqualTo(1 + MOST_CALLS);
                assertThat(stage.stream("Why you?").isWhole()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ServiceKind.class)
    void contentFilterAndMistakes_areTheServicesLastWord_andNobodyElseIsAsked(ServiceKind kind) {
        try (Stage stage =
                stage(kind).fault("filter#1:first").fault("400#2:first").open()) {
            StreamedReply filtered = stage.stream("Why us?");
            assertThat(filtered.status()).isEqualTo(400);
            assertThat(filtered.error()).contains("content_filter");

            StreamedReply mistaken = stage.stream("Why you?");
            assertThat(mistaken.status()).isEqualTo(400);
            assertThat(stage.counted("first").calls()).isEqualTo(2);
            assertThat(stage.counted("second").calls()).isZero();
            assertThat(stage.stream("Why not?").isWhole()).isTrue();
        }
    }

    @Test
    void everythingIsDown_theClientIsToldSo_andAllIsWellAfterwards() {
        try (Stage stage = stage(ServiceKind.GROQ)
                .fault("500#1-2:first")
                .fault("500#1-2:second")
                .open()) {
            StreamedReply down = stage.stream("Why us?");
            assertThat(down.status()).isEqualTo(502);
            assertThat(down.error()).contains("upstream_failed");
            assertThat(stage.counted().calls()).isLessThanOrEqualTo(2 * MOST_CALLS);

            assertThat(stage.stream("Why you?").isWhole()).isTrue();
        }
    }
}
