package dev.whippletree.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.spi.AnswerEnd;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MicrometerListenerTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Pool pool = new Pool();

    private PrometheusMeterRegistry prometheus() {
        return new PrometheusMeterRegistry(
                PrometheusConfig.DEFAULT, new PrometheusRegistry(), new TimelineClock(pool.timeline));
    }

    private SimpleMeterRegistry simple() {
        return new SimpleMeterRegistry(SimpleConfig.DEFAULT, new TimelineClock(pool.timeline));
    }

    @Test
    void scrape_isThis() throws IOException {
        PrometheusMeterRegistry registry = prometheus();
        pool.open(new MicrometerListener(registry));
        pool.service.then((model, sink) -> {
            sink.staleConnection(false);
            pool.service.answers(Duration.ofMillis(250), "llama-served").run(model, sink);
        });
        pool.ask("question");
        pool.ask("question");
        pool.advance(SECOND);
        pool.ask("question");
        pool.service.then(pool.service.fails(Duration.ofMillis(100), status(400, FailureKind.REJECTED)));
        pool.ask("wrong");
        pool.advance(SECOND);
        assertThat(rows(registry).filter(row -> !row.contains("_bucket{")).collect(Collectors.joining("\n")))
                .isEqualTo(resource("scrape.txt"));
        assertThat(bounds(registry, "gen_ai_client_operation_duration_seconds_bucket"))
                .containsExactly(
                        0.01,
                        0.02,
                        0.04,
                        0.08,
                        0.16,
                        0.32,
                        0.64,
                        1.28,
                        2.56,
                        5.12,
                        10.24,
                        20.48,
                        40.96,
                        81.92,
                        Double.POSITIVE_INFINITY);
        assertThat(bounds(registry, "gen_ai_client_token_usage_bucket"))
                .startsWith(1.0, 4.0, 16.0)
                .endsWith(67108864.0, Double.POSITIVE_INFINITY)
                .hasSize(15);
    }

    @Test
    void streamedCall_hasATimeToTheFirstChunk() {
        PrometheusMeterRegistry registry = prometheus();
        pool.open(new MicrometerListener(registry));
        pool.service.then((model, sink) -> {
            pool.service.after(Duration.ofMillis(40), () -> sink.delta(new Delta.Text("one")));
            pool.service.after(Duration.ofMillis(90), () -> {
                sink.delta(new Delta.Text("two"));
                sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
            });
        });
        pool.stream(Prompt.of("question"));
        pool.advance(SECOND);
        pool.ask("not streamed");
        pool.advance(SECOND);
        assertThat(rows(registry)
                        .filter(row -> row.startsWith("gen_ai_client_operation_time_to_first_chunk"))
                        .filter(row -> row.contains("_sum{") || row.contains("_count{")))
                .containsExactly(
                        "gen_ai_client_operation_time_to_first_chunk_seconds_count{gen_ai_operation_name=\"chat\","
                                + "gen_ai_provider_name=\"scripted\",gen_ai_request_model=\"llama\","
                                + "gen_ai_response_model=\"llama\"} 1",
                        "gen_ai_client_operation_time_to_first_chunk_seconds_sum{gen_ai_operation_name=\"chat\","
                                + "gen_ai_provider_name=\"scripted\",gen_ai_request_model=\"llama\","
                                + "gen_ai_response_model=\"llama\"} 0.04");
        assertThat(rows(registry).filter(row -> row.startsWith("gen_ai_client_token_usage_count")))
                .as("only where the service counts")
                .hasSize(2)
                .allMatch(row -> row.endsWith(" 1"));
    }

    @ParameterizedTest
    @CsvSource({"RATE_LIMITED, 429, 429", "UNAVAILABLE, 502, 502", "TIMEOUT, , timeout", "UNAVAILABLE, , unavailable"})
    void callFails_itsErrorTypeIsAWord(FailureKind kind, @Nullable Integer status, String type) {
        SimpleMeterRegistry registry = simple();
        pool.open(new MicrometerListener(registry));
        pool.service.then(pool.service.fails(
                SECOND,
                new Failure(
                        kind,
                        "the prompt 'secret' is no good",
                        status == null ? OptionalInt.empty() : OptionalInt.of(status),
                        Optional.empty(),
                        Optional.empty(),
                        Reach.ACCOUNT)));
        pool.ask("question");
        pool.advance(SECOND.multipliedBy(10));
        assertThat(registry.get("gen_ai.client.operation.duration")
                        .tag("error.type", type)
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void callerGivesUp_isCounted_andTheCallToo() {
        SimpleMeterRegistry registry = simple();
        pool.open(new MicrometerListener(registry));
        CompletableFuture<Completion> answer = pool.ask("question");
        pool.advance(Duration.ofMillis(100));
        answer.cancel(true);
        pool.advance(SECOND);
        assertThat(registry.get("whippletree.prompts")
                        .tag("outcome", "cancelled")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("gen_ai.client.operation.duration")
                        .tag("error.type", "cancelled")
                        .timer()
                        .totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(100);
    }

    @Test
    void statusIsRead_onceASecondAtMost() {
        SimpleMeterRegistry registry = simple();
        AtomicInteger readings = new AtomicInteger();
        MicrometerListener listener = new MicrometerListener(registry);
        pool.open();
        listener.started(() -> {
            readings.incrementAndGet();
            return pool.whippletree().status();
        });
        for (int index = 0; index < 30; index++) {
            registry.getMeters().forEach(meter -> meter.measure().forEach(Measurement::getValue));
            pool.advance(Duration.ofMillis(100));
        }
        assertThat(readings).hasValue(3);
        listener.ended();
        pool.advance(SECOND);
        assertThat(readings).hasValue(3);
    }

    @Test
    void reloadChangesAccounts_rowsComeAndGo() {
        SimpleMeterRegistry registry = simple();
        pool.open(List.of(Pool.account("a", "100 / 1h"), Pool.account("b")), new MicrometerListener(registry));
        assertThat(accounts(registry)).containsExactly("a", "b");
        pool.reload(List.of(Pool.account("b"), Pool.account("c", "5 / 1m")));
        pool.advance(SECOND);
        assertThat(registry.get("whippletree.uptime").gauge().value()).isEqualTo(1);
        assertThat(accounts(registry)).containsExactly("b", "c");
        assertThat(registry.get("whippletree.limit.amount").gauges())
                .singleElement()
                .satisfies(limit -> assertThat(limit.getId().getTag("window")).isEqualTo("60s"))
                .satisfies(limit -> assertThat(limit.value()).isEqualTo(5));
    }

    @Test
    void limitIsLearned_appearsWithTheCallThatShowsIt() {
        SimpleMeterRegistry registry = simple();
        pool.open(List.of(Pool.account("a")), new MicrometerListener(registry));
        assertThat(registry.find("whippletree.limit.amount").gauges()).isEmpty();
        pool.advance(SECOND);
        pool.service.then((model, sink) -> {
            sink.limits(List.of(new RateLimitReport(
                    Reach.ORGANIZATION,
                    Limit.Unit.TOKENS,
                    OptionalLong.of(8_000),
                    OptionalLong.of(7_000),
                    Optional.of(Duration.ofMinutes(1)),
                    RateLimitReport.Refill.CONTINUOUS,
                    Optional.of(Duration.ofMillis(7_500)))));
            pool.service.answers(Duration.ofMillis(10), model).run(model, sink);
        });
        pool.ask("question");
        pool.advance(SECOND);
        assertThat(registry.get("whippletree.limit.amount")
                        .tags("source", "reported", "unit", "tokens")
                        .gauge()
                        .value())
                .isEqualTo(8_000);
    }

    @Test
    void engineEnds_nothingIsLeft() {
        SimpleMeterRegistry registry = simple();
        registry.counter("of.somebody.else").increment();
        pool.open(new MicrometerListener(registry));
        pool.ask("question");
        pool.advance(SECOND);
        assertThat(registry.getMeters()).hasSizeGreaterThan(20);
        CompletableFuture<Completion> cutOff = pool.ask("another");
        pool.whippletree().close(Duration.ZERO);
        pool.advance(SECOND);
        assertThat(cutOff).isDone();
        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getName())
                .containsExactly("of.somebody.else");
    }

    @Test
    void twoEngines_areToldApartByName_andShareTheConventions() {
        SimpleMeterRegistry registry = simple();
        Pool other = new Pool(pool.timeline);
        pool.open(new MicrometerListener(registry, "chat"));
        other.open(new MicrometerListener(registry, "batch"));
        pool.ask("question");
        other.service.then(other.service.answers(Duration.ofMillis(1), "llama-of-batch"));
        other.ask("question");
        other.ask("another");
        pool.advance(SECOND);
        assertThat(answered(registry, "chat")).isEqualTo(1);
        assertThat(answered(registry, "batch")).isEqualTo(2);
        assertThat(calls(registry)).isEqualTo(3);
        other.whippletree().close(Duration.ZERO);
        pool.advance(SECOND);
        assertThat(registry.find("whippletree.prompts").tag("engine", "batch").counters())
                .isEmpty();
        assertThat(answered(registry, "chat")).isEqualTo(1);
        assertThat(calls(registry)).isEqualTo(3);
        pool.whippletree().close(Duration.ZERO);
        pool.advance(SECOND);
        assertThat(registry.getMeters())
                .as("also of what only the first to end has called")
                .isEmpty();
    }

    @Test
    void engineAfterAnother_isMeasuredByTheSameListener() {
        SimpleMeterRegistry registry = simple();
        MicrometerListener listener = new MicrometerListener(registry);
        pool.open(listener);
        pool.ask("question");
        pool.advance(SECOND);
        pool.whippletree().close(Duration.ZERO);
        pool.advance(SECOND);
        Pool next = new Pool(pool.timeline);
        next.open(listener);
        next.ask("question");
        pool.advance(SECOND);
        assertThat(answered(registry, "default")).isEqualTo(1);
    }

    @Test
    void eventAfterTheEnd_takesNothingFromTheNextEngine() {
        MeterRegistry registry = simple();
        Map<String, String> labels = Map.of("engine", "default", "outcome", "failed", "reason", "");
        EventMeters ended = new EventMeters(registry);
        ended.record(EventInstrument.PROMPTS, labels, 1);
        ended.end();
        EventMeters next = new EventMeters(registry);
        next.record(EventInstrument.PROMPTS, labels, 1);

        ended.record(EventInstrument.PROMPTS, labels, 1);
        assertThat(registry.get("whippletree.prompts").counter().count()).isEqualTo(1);
    }

    @Test
    void twoEnginesOfOneName_theSecondIsNotMeasured_andAnswersAllTheSame() {
        SimpleMeterRegistry registry = simple();
        Pool other = new Pool(pool.timeline);
        pool.open(new MicrometerListener(registry));
        other.open(new MicrometerListener(registry));
        pool.ask("question");
        CompletableFuture<Completion> answer = other.ask("question");
        pool.advance(SECOND);
        other.whippletree().close(Duration.ZERO);
        pool.advance(SECOND);
        assertThat(answer).isCompleted();
        assertThat(answered(registry, "default")).isEqualTo(1);
    }

    @Test
    void registryRefuses_promptsAreAnswered() {
        SimpleMeterRegistry registry = simple();
        registry.config().onMeterAdded(meter -> {
            if (registry.getMeters().size() > 3) {
                throw new IllegalStateException("full");
            }
        });
        pool.open(new MicrometerListener(registry));
        CompletableFuture<Completion> answer = pool.ask("question");
        pool.advance(SECOND);
        assertThat(answer).isCompleted();
        assertThat(registry.find("whippletree.uptime").meters()).isEmpty();
    }

    @Test
    void whatCallersSay_isNoTag() {
        SimpleMeterRegistry registry = simple();
        pool.open(new MicrometerListener(registry));
        pool.whippletree()
                .complete(Prompt.builder()
                        .user("content-of-mine")
                        .tenant("tenant-of-mine")
                        .session("session-of-mine")
                        .build());
        pool.advance(SECOND);
        assertThat(registry.getMeters().stream()
                        .flatMap(meter -> meter.getId().getTags().stream())
                        .map(Tag::getValue)
                        .filter(value -> value.contains("-of-mine") || value.contains(Pool.TOKEN)))
                .isEmpty();
    }

    @Test
    void serviceNamesEveryAnswersModelAnew_rowsAreBounded() {
        SimpleMeterRegistry registry = simple();
        pool.open(List.of(Pool.account("a", "10000 / 1h")), new MicrometerListener(registry));
        for (int index = 0; index < 3 * ModelTagValues.MOST; index++) {
            pool.service.then(pool.service.answers(Duration.ofMillis(1), "model-" + index));
            pool.ask("question " + index);
            pool.advance(SECOND);
        }
        assertThat(registry.get("gen_ai.client.operation.duration").timers()).hasSize(ModelTagValues.MOST + 1);
        assertThat(registry.get("gen_ai.client.operation.duration")
                        .tag("gen_ai.response.model", "_OTHER")
                        .timer()
                        .count())
                .isEqualTo(2 * ModelTagValues.MOST);
    }

    private static List<String> accounts(MeterRegistry registry) {
        return registry.get("whippletree.account.in_flight").gauges().stream()
                .map(gauge -> gauge.getId().getTag("account"))
                .sorted()
                .toList();
    }

    private static double answered(MeterRegistry registry, String engine) {
        return registry.get("whippletree.prompts")
                .tags("engine", engine, "outcome", "service")
                .counter()
                .count();
    }

    private static long calls(MeterRegistry registry) {
        return registry.get("gen_ai.client.operation.duration").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    private static Stream<String> rows(PrometheusMeterRegistry registry) {
        return registry.scrape().lines().sorted();
    }

    private static List<Double> bounds(PrometheusMeterRegistry registry, String name) {
        return rows(registry)
                .filter(row -> row.startsWith(name))
                .map(row -> row.replaceAll(".*le=\"([^\"]*)\".*", "$1"))
                .map(bound -> bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound))
                .distinct()
                .sorted()
                .toList();
    }

    private static Failure status(int status, FailureKind kind) {
        return new Failure(kind, "no", OptionalInt.of(status), Optional.empty(), Optional.empty(), Reach.ACCOUNT);
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream =
                Objects.requireNonNull(MicrometerListenerTest.class.getResourceAsStream("/" + name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .sorted()
                    .collect(Collectors.joining("\n"));
        }
    }
}
