package dev.whippletree.emulator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.Answers;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceSettingsBuilder;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.EmbeddingBounds;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Settings;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatedProviderTest {

    private static final Duration LATENCY = Duration.ofSeconds(1);
    private static final Link LINK = Link.of(Duration.ofMillis(50));

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final Prompt prompt = Prompt.of("Why do you want to work here?");

    @Test
    void answer_comesWhole_afterBothTransitsAndTheLatency() {
        RecordingSink sink = new RecordingSink(false);
        client(service(ServiceKind.HUGGING_FACE)).send(prompt, "m", sink);
        timeline.runAll();

        assertThat(Answers.matches(prompt.messages(), sink.text.toString())).isTrue();
        assertThat(sink.events).containsExactly("0 sent", "1100 firstByte", "1100 delta", "1100 done");
    }

    @Test
    void stream_startsWithTheFirstToken_andEndsWithTheLatency() {
        RecordingSink sink = new RecordingSink(true);
        client(service(ServiceKind.HUGGING_FACE)).send(prompt, "m", sink);
        timeline.runAll();

        assertThat(Answers.matches(prompt.messages(), sink.text.toString())).isTrue();
        assertThat(sink.events).contains("400 firstByte").endsWith("1100 delta", "1100 done");
        assertThat(sink.events).hasSizeGreaterThan(6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void toolsCall_isTold(boolean streaming) {
        RecordingSink sink = new RecordingSink(streaming);
        Map<String, ?> tool = Map.of("type", "function", "function", Map.of("name", "weather"));
        Prompt asked =
                Prompt.builder().user("Why us?").extra("tools", List.of(tool)).build();
        client(service(ServiceKind.HUGGING_FACE)).send(asked, "m", sink);
        timeline.runAll();

        assertThat(sink.text.toString()).isEqualTo("weather{}");
        assertThat(sink.events).endsWith("1100 delta", "1100 done");
    }

    @ParameterizedTest
    @CsvSource({
        "401, UNAUTHORIZED, ACCOUNT",
        "402, QUOTA_EXHAUSTED, ORGANIZATION",
        "403, UNAUTHORIZED, ACCOUNT",
        "400, REJECTED, ACCOUNT",
        "413, TOO_LARGE, ACCOUNT",
        "filter, FILTERED, ACCOUNT",
        "429, RATE_LIMITED, UNKNOWN",
        "429-silent, RATE_LIMITED, UNKNOWN",
        "500, UNAVAILABLE, ACCOUNT",
        "502, UNAVAILABLE, ACCOUNT",
        "503, OVERLOADED, ACCOUNT",
        "reset, UNAVAILABLE, ACCOUNT",
        "cut, UNAVAILABLE, ACCOUNT",
        "malformed, UNAVAILABLE, ACCOUNT"
    })
    void fault_isTheFailureAProviderWouldTell(String fault, FailureKind kind, Reach reach) {
        for (boolean streaming : new boolean[] {false, true}) {
            RecordingSink sink = new RecordingSink(streaming);
            client(faulty(fault)).send(prompt, "m", sink);
            timeline.runAll();

            assertThat(sink.failure).isNotNull();
            assertThat(sink.failure.kind()).isEqualTo(kind);
            assertThat(sink.failure.reach()).isEqualTo(reach);
            assertThat(sink.failure.retryAfter().isPresent()).isEqualTo(fault.equals("429"));
        }
    }

    @ParameterizedTest
    @CsvSource({"hang", "stall"})
    void silence_hasNoEnd(String fault) {
        RecordingSink sink = new RecordingSink(true);
        client(faulty(fault)).send(prompt, "m", sink);
        timeline.runAll();

        assertThat(sink.ended).isFalse();
    }

    @Test
    void missingDone_isWhole() {
        RecordingSink sink = new RecordingSink(true);
        client(faulty("no-done")).send(prompt, "m", sink);
        timeline.runAll();

        assertThat(sink.events).endsWith("1100 done");
    }

    @Test
    void groq_reportsItsBuckets_alsoThoseOnlyTheProseTells() {
        EmulatedService service = service(
                ServiceKind.GROQ,
                ServiceLimit.bucket(Limit.requests(1, Duration.ofMinutes(1))),
                ServiceLimit.bucket(Limit.requests(1000, Duration.ofDays(1))));
        RecordingSink first = new RecordingSink(false);
        RecordingSink second = new RecordingSink(false);
        client(service).send(prompt, "m", first);
        client(service).send(prompt, "m", second);
        timeline.runAll();

        assertThat(first.reports).singleElement().satisfies(report -> {
            assertThat(report.amount()).hasValue(1000);
            assertThat(report.remaining()).hasValue(999);
            assertThat(report.refill()).isEqualTo(RateLimitReport.Refill.CONTINUOUS);
            assertThat(report.reset()).contains(Duration.ofMillis(86_400));
        });
        assertThat(second.reports).hasSize(2);
        assertThat(second.reports.get(1).window()).contains(Duration.ofMinutes(1));
        assertThat(second.failure).isNotNull();
        assertThat(second.failure.retryAfter()).contains(Duration.ofMinutes(1));
    }

    @Test
    void openAi_reportsAReset_andNotHowTheLimitRefills() {
        RecordingSink sink = new RecordingSink(true);
        client(service(ServiceKind.OPENAI, ServiceLimit.fixed(Limit.requests(350, Duration.ofSeconds(10)))))
                .send(prompt, "m", sink);
        timeline.runAll();

        assertThat(sink.reports).singleElement().satisfies(report -> {
            assertThat(report.remaining()).hasValue(349);
            assertThat(report.window()).isEmpty();
            assertThat(report.refill()).isEqualTo(RateLimitReport.Refill.UNSAID);
            assertThat(report.reset()).contains(Duration.ofMillis(9950));
        });
        assertThat(sink.events).startsWith("0 sent", "400 firstByte", "400 limits");
    }

    @Test
    void cancelledCall_tellsNothingMore_butWasCounted() {
        EmulatedService service = service(ServiceKind.HUGGING_FACE);
        RecordingSink sink = new RecordingSink(false);
        Cancellable call = client(service).send(prompt, "m", sink);
        timeline.advance(Duration.ofMillis(500));
        call.cancel();
        timeline.runAll();

        assertThat(sink.events).containsExactly("0 sent");
        assertThat(service.stats().calls()).isEqualTo(1);
    }

    @Test
    void callCancelledOnItsWay_arrivesNevertheless() {
        EmulatedService service = service(ServiceKind.HUGGING_FACE);
        client(service).send(prompt, "m", new RecordingSink(false)).cancel();
        timeline.runAll();

        assertThat(service.stats().calls()).isEqualTo(1);
    }

    @Test
    void lostResponse_isABrokenConnection_andWasCounted() {
        EmulatedService service = service(ServiceKind.HUGGING_FACE);
        RecordingSink sink = new RecordingSink(false);
        provider(service, new Link(Duration.ZERO, Duration.ofMillis(50), 1))
                .connect(account())
                .send(prompt, "m", sink);
        timeline.runAll();

        assertThat(sink.failure).isNotNull();
        assertThat(sink.failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(service.stats().answered()).isEqualTo(1);
    }

    @Test
    void everyCall_drawsTransitsOfItsOwn() {
        ProviderClient client = provider(
                        service(ServiceKind.HUGGING_FACE), new Link(Duration.ZERO, Duration.ofMillis(500), 0))
                .connect(account());
        Set<String> ends = new HashSet<>();
        for (int call = 0; call < 5; call++) {
            RecordingSink sink = new RecordingSink(false);
            client.send(prompt, "m", sink);
            timeline.runAll();
            ends.add(sink.events.get(sink.events.size() - 1));
        }

        assertThat(ends).hasSizeGreaterThan(1);
    }

    @Test
    void silentLink_countsTheRequest_andTellsNothing() {
        EmulatedService service = service(ServiceKind.HUGGING_FACE);
        RecordingSink sink = new RecordingSink(false);
        provider(service, new Link(Duration.ZERO, Duration.ofMillis(50), 0, 1, 0))
                .connect(account())
                .send(prompt, "m", sink);
        timeline.runAll();

        assertThat(sink.events).containsExactly("0 sent");
        assertThat(service.stats().answered()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void staleConnection_isReplacedIfThatIsAllowed(boolean allowed) {
        Duration transit = Duration.ofMillis(50);
        RecordingSink sink = new RecordingSink(false);
        sink.sendsAgain = allowed;
        provider(service(ServiceKind.HUGGING_FACE), new Link(transit, transit, 0, 0, 1))
                .connect(account())
                .send(prompt, "m", sink);
        timeline.runAll();

        assertThat(sink.events).startsWith("0 sent", "100 stale", allowed ? "100 sent" : "100 failed");
        assertThat(sink.failure == null).isEqualTo(allowed);
    }

    /** Nobody reads what is sent to a connection that was closed before; a service may also read it and break off. */
    @Test
    void requestOnAStaleConnection_mayHaveBeenRead() {
        EmulatedService service = service(ServiceKind.HUGGING_FACE);
        ProviderClient client = provider(service, new Link(Duration.ZERO, Duration.ZERO, 0, 0, 1))
                .connect(account());
        for (int call = 0; call < 20; call++) {
            RecordingSink sink = new RecordingSink(false);
            sink.sendsAgain = false;
            client.send(prompt, "m", sink);
            timeline.runAll();
        }

        assertThat(service.stats().calls()).isBetween(5L, 15L);
    }

    @ParameterizedTest
    @CsvSource({"0, 10", "3, 13", "-3, 7", "-60, 0"})
    void wrongClock_shiftsTheDateUntilWhichToWait(long clockAheadSeconds, long toldSeconds) {
        EmulatedService service = new EmulatedService(
                settings(ServiceKind.HUGGING_FACE, ServiceLimit.sliding(Limit.requests(1, Duration.ofSeconds(10))))
                        .clockAhead(Duration.ofSeconds(clockAheadSeconds))
                        .build(),
                timeline.nanoTime());
        ProviderClient direct = provider(service, Link.DIRECT).connect(account());
        RecordingSink sink = new RecordingSink(false);
        direct.send(prompt, "m", new RecordingSink(false));
        direct.send(prompt, "m", sink);
        timeline.runAll();

        assertThat(sink.failure).isNotNull();
        assertThat(sink.failure.retryAfter()).contains(Duration.ofSeconds(toldSeconds));
    }

    @Test
    void admission_isNeverBelowWhatTheServiceCounts() {
        ProviderClient groq = client(service(ServiceKind.GROQ));

        assertThat(groq.admission(prompt, "m"))
                .isEqualTo(Admission.onEntry(18, OptionalInt.empty()).withoutCached());
        assertThat(client(service(ServiceKind.OPENAI)).admission(prompt, "m"))
                .isEqualTo(Admission.asMade(18, OptionalInt.empty()));
    }

    @Test
    void embeddings_haveBoundsAndTokens_butNotOnGroq() {
        ProviderClient openAi = client(service(ServiceKind.OPENAI));
        Prompt texts = Prompt.builder()
                .operation(Prompt.Operation.EMBEDDING)
                .user("a".repeat(30))
                .message(Message.tokens(List.of(1, 2, 3, 4, 5)))
                .build();

        assertThat(client(service(ServiceKind.GROQ)).embeddings()).isEmpty();
        assertThat(openAi.embeddings()).contains(new EmbeddingBounds(16, 300_000));
        assertThat(openAi.admission(texts, "m")).isEqualTo(Admission.asMade(11 + 5, 0));
    }

    private EmulatedService service(ServiceKind kind, ServiceLimit... limits) {
        return new EmulatedService(settings(kind, limits).build(), timeline.nanoTime());
    }

    private EmulatedService faulty(String fault) {
        return new EmulatedService(
                settings(ServiceKind.HUGGING_FACE)
                        .faults(FaultScript.of(FaultRule.parse(fault)))
                        .build(),
                timeline.nanoTime());
    }

    private static ServiceSettingsBuilder settings(ServiceKind kind, ServiceLimit... limits) {
        return ServiceSettings.builder(kind).account("a", "token", limits).latency(Latency.constant(LATENCY));
    }

    private ProviderClient client(EmulatedService service) {
        return provider(service, LINK).connect(account());
    }

    private SimulatedProvider provider(EmulatedService service, Link link) {
        return new SimulatedProvider("simulated", service, timeline, link);
    }

    private static AccountSettings account() {
        return AccountSettings.of("a", "simulated", Optional.of(Secret.of("token")), Settings.none("account a"));
    }

    /** Writes down what it is told, with the milliseconds at which it was. */
    private final class RecordingSink implements AttemptSink {

        private final boolean streaming;
        private final long startNanos = timeline.nanoTime();
        private final List<String> events = new ArrayList<>();
        private final List<RateLimitReport> reports = new ArrayList<>();
        private final StringBuilder text = new StringBuilder();
        private @Nullable Failure failure;
        private boolean ended;
        private boolean sendsAgain = true;

        RecordingSink(boolean streaming) {
            this.streaming = streaming;
        }

        @Override
        public boolean streaming() {
            return streaming;
        }

        @Override
        public void sent() {
            note("sent");
        }

        @Override
        public boolean staleConnection(boolean begun) {
            note("stale");
            return sendsAgain;
        }

        @Override
        public void firstByte() {
            note("firstByte");
        }

        @Override
        public void limits(List<RateLimitReport> told) {
            if (!told.isEmpty()) {
                note("limits");
            }
            reports.addAll(told);
        }

        @Override
        public void delta(Delta.Piece delta) {
            note("delta");
            text.append(
                    delta instanceof Delta.ToolCallPart call
                            ? call.name().orElseThrow() + call.arguments()
                            : ((Delta.Text) delta).text());
        }

        @Override
        public void done(AnswerEnd end) {
            note("done");
            ended = true;
        }

        @Override
        public void failed(Failure failure) {
            note("failed");
            ended = true;
            this.failure = failure;
        }

        private void note(String event) {
            assertThat(ended).as("nothing is told after the end").isFalse();
            events.add(Duration.ofNanos(timeline.nanoTime() - startNanos).toMillis() + " " + event);
        }
    }
}
