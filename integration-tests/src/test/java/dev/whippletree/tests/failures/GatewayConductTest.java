package dev.whippletree.tests.failures;

import static dev.whippletree.tests.failures.StageSettings.MODEL;
import static dev.whippletree.tests.failures.StageSettings.OTHER_MODEL;
import static dev.whippletree.tests.failures.StageSettings.first;
import static dev.whippletree.tests.failures.StageSettings.second;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.ServiceKind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How clients of the gateway fare, in each protocol, who want their answer whole or while it comes, when the target of
 * their first choice does something wrong: by what they get, and by what the services see. Answers differ from call to
 * call, as those of models do, unless a test says otherwise.
 */
@Tag("slow")
final class GatewayConductTest {

    /** Of one prompt on one target: never more, whatever happens. */
    private static final long MOST_CALLS = 2;

    /** Where else a prompt may be answered than by the first choice. */
    private enum Fallback {
        /** Another model on another account. */
        OTHER_ACCOUNT,
        /** Another model on the same account. */
        SAME_ACCOUNT,
        /** Nowhere. */
        NONE
    }

    /** What the first choice does, and which of the two answers then; for all requests to it. */
    private enum Wrong {
        RATE_LIMITED("429=60s", true, "rate_limit_exceeded"),
        RATE_LIMITED_SILENTLY("429-silent", true, "rate_limit_exceeded"),
        FAILS_FOR_GOOD("500", true, "upstream_failed"),
        OVERLOADED("503", true, "rate_limit_exceeded"),
        OUT_OF_CREDIT("402", true, "no_account"),
        TOKEN_REFUSED("401", true, "no_account"),
        RESETS("reset", true, "upstream_failed"),
        SILENT("hang", true, "upstream_failed"),
        SLOW_FIRST_TOKEN("slow=60s", true, "upstream_failed"),
        CONTEXT_TOO_LONG("413", true, "context_length_exceeded"),
        FAILS_ONCE("500#1", false, ""),
        WITHOUT_DONE("no-done", false, "");

        /** Faults of the account, from which another model of it is no rescue. */
        private static final Set<Wrong> OF_ACCOUNT = EnumSet.of(OUT_OF_CREDIT, TOKEN_REFUSED);

        private final String script;
        private final boolean elsewhere;

        /** What a client is told that has no fallback, and half a second where it would wait. */
        private final String code;

        Wrong(String script, boolean elsewhere, String code) {
            this.script = script;
            this.elsewhere = elsewhere;
            this.code = code;
        }
    }

    private static StageSettings stage(ServiceKind kind, Fallback fallback) {
        StageSettings settings = new StageSettings(kind)
                .shortPauses()
                .shortTimeout(true)
                .answersDiffer(true)
                .tier(first(MODEL));
        return switch (fallback) {
            case OTHER_ACCOUNT -> settings.tier(second(OTHER_MODEL));
            case SAME_ACCOUNT -> settings.tier(first(OTHER_MODEL));
            case NONE -> settings;
        };
    }

    private static String ofFirstChoice(String script) {
        return script + ":first/" + MODEL;
    }

    /** A client's protocol, and the service that answers it. */
    private record Between(ClientProtocol protocol, ServiceKind kind) {}

    /** Every protocol and every service, but not each with each: a request's protocol ends at the gateway's edge. */
    static Stream<Between> pairs() {
        return Stream.concat(
                Arrays.stream(ServiceKind.values()).map(kind -> new Between(ClientProtocol.CHAT, kind)),
                Arrays.stream(ClientProtocol.values())
                        .filter(protocol -> protocol != ClientProtocol.CHAT)
                        .map(protocol -> new Between(protocol, ServiceKind.OPENAI)));
    }

    static Stream<Arguments> rescues() {
        return pairs().flatMap(pair -> Stream.of(Fallback.OTHER_ACCOUNT, Fallback.SAME_ACCOUNT)
                .flatMap(fallback -> Arrays.stream(Wrong.values())
                        .filter(wrong -> fallback == Fallback.OTHER_ACCOUNT || !Wrong.OF_ACCOUNT.contains(wrong))
                        .flatMap(wrong ->
                                Stream.of(true, false).map(stream -> Arguments.of(pair, fallback, wrong, stream)))));
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("rescues")
    void whereARescueExists_theClientGetsAWholeAnswer_andNobodyIsHammered(
            Between pair, Fallback fallback, Wrong wrong, boolean stream) {
        try (Stage stage =
                stage(pair.kind, fallback).fault(ofFirstChoice(wrong.script)).open()) {
            GatewayReply reply = stage.askGateway(pair.protocol, "Why us?", stream);

            assertThat(reply.isWhole()).as("%s", reply).isTrue();
            assertThat(reply.finishReason()).contains("stop");
            assertThat(reply.model()).isEqualTo(wrong.elsewhere ? OTHER_MODEL : MODEL);
            assertThat(reply.tokens())
                    .hasValueSatisfying(tokens -> assertThat(tokens).isPositive());
            long rescued = wrong.elsewhere ? 1 : 0;
            long onSecond = fallback == Fallback.OTHER_ACCOUNT ? rescued : 0;
            assertThat(stage.counted("first").calls() - (rescued - onSecond)).isBetween(1L, MOST_CALLS);
            assertThat(stage.counted("second").calls()).isEqualTo(onSecond);
            assertThat(stage.status().inFlight()).isZero();
        }
    }

    static Stream<Arguments> hopeless() {
        return pairs().flatMap(pair -> Arrays.stream(Wrong.values())
                .filter(wrong -> wrong.elsewhere)
                .flatMap(wrong -> Stream.of(true, false).map(stream -> Arguments.of(pair, wrong, stream))));
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("hopeless")
    void withoutAFallback_theClientIsToldWhatIsWrong_byAStatusOfItsOwn(Between pair, Wrong wrong, boolean stream) {
        boolean endsByItself = wrong.code.equals("upstream_failed");
        StageSettings settings = stage(pair.kind, Fallback.NONE).fault(ofFirstChoice(wrong.script));
        try (Stage stage = (endsByItself ? settings : settings.shortDeadline()).open()) {
            GatewayReply reply = stage.askGateway(pair.protocol, "Why us?", stream);

            assertThat(reply.status()).as("%s", reply).isGreaterThanOrEqualTo(400);
            assertThat(reply.error()).contains(wrong.code);
            assertThat(stage.counted("first").calls()).isBetween(1L, MOST_CALLS);
        }
    }

    static Stream<Arguments> breaks() {
        return pairs().flatMap(pair -> Arrays.stream(Fallback.values())
                .flatMap(fallback ->
                        Stream.of("cut", "stall", "malformed").map(fault -> Arguments.of(pair, fallback, fault))));
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("breaks")
    void streamThatBreaksOff_andIsAnsweredOtherwiseThen_isSaidToBeBroken_neverGoneOnWith(
            Between pair, Fallback fallback, String fault) {
        try (Stage stage =
                stage(pair.kind, fallback).fault(ofFirstChoice(fault + "#1")).open()) {
            GatewayReply reply = stage.askGateway(pair.protocol, "Why us?", true);

            // What breaks off at once may do so before its client was told any of it; a stall lasts until it was told
            // all there is.
            if (fault.equals("stall") || !reply.isWhole()) {
                assertThat(reply.error()).as("%s", reply).contains("stream_interrupted");
                assertThat(reply.text()).isNotEmpty();
            }
            assertThat(stage.counted("first").calls() + stage.counted("second").calls())
                    .isLessThanOrEqualTo(1 + MOST_CALLS);
            assertThat(stage.askGateway(pair.protocol, "Why you?", true).isWhole())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("breaks")
    void answerInOnePieceThatBreaksOff_isAskedForAnew(Between pair, Fallback fallback, String fault) {
        try (Stage stage =
                stage(pair.kind, fallback).fault(ofFirstChoice(fault + "#1")).open()) {
            GatewayReply reply = stage.askGateway(pair.protocol, "Why us?", false);

            assertThat(reply.isWhole()).as("%s", reply).isTrue();
            assertThat(stage.counted("first").calls() + stage.counted("second").calls())
                    .isEqualTo(2);
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("pairs")
    void streamThatBreaksOff_andIsAnsweredTheSameThen_goesOn(Between pair) {
        try (Stage stage = stage(pair.kind, Fallback.NONE)
                .answersDiffer(false)
                .fault(ofFirstChoice("cut#1"))
                .open()) {
            GatewayReply reply = stage.askGateway(pair.protocol, "Why us?", true);

            assertThat(reply.isWhole()).as("%s", reply).isTrue();
            assertThat(stage.counted("first").calls()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("pairs")
    void contentFilterAndMistakes_areTheServicesLastWord_andNobodyElseIsAsked(Between pair) {
        try (Stage stage = stage(pair.kind, Fallback.OTHER_ACCOUNT)
                .fault("filter#1:first")
                .fault("400#2:first")
                .open()) {
            GatewayReply filtered = stage.askGateway(pair.protocol, "Why us?", true);
            assertThat(filtered.status()).isEqualTo(400);
            assertThat(filtered.error()).contains("content_filter");

            GatewayReply mistaken = stage.askGateway(pair.protocol, "Why you?", true);
            assertThat(mistaken.status()).isEqualTo(400);
            assertThat(stage.counted("first").calls()).isEqualTo(2);
            assertThat(stage.counted("second").calls()).isZero();
            assertThat(stage.askGateway(pair.protocol, "Why not?", true).isWhole())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @EnumSource(ClientProtocol.class)
    void everythingIsDown_theClientIsToldSo_andAllIsWellAfterwards(ClientProtocol protocol) {
        try (Stage stage = stage(ServiceKind.GROQ, Fallback.OTHER_ACCOUNT)
                .fault("500#1-2:first")
                .fault("500#1-2:second")
                .open()) {
            GatewayReply down = stage.askGateway(protocol, "Why us?", true);
            assertThat(down.status()).isEqualTo(502);
            assertThat(down.error()).contains("upstream_failed");
            assertThat(stage.counted().calls()).isLessThanOrEqualTo(2 * MOST_CALLS);

            assertThat(stage.askGateway(protocol, "Why you?", true).isWhole()).isTrue();
        }
    }
}
