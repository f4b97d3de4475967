package dev.whippletree.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.AnswerEnd;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OpenTelemetryListenerTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Pool pool = new Pool();
    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final InMemoryMetricReader metrics = InMemoryMetricReader.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .setMeterProvider(
                    SdkMeterProvider.builder().registerMetricReader(metrics).build())
            .build();

    @AfterEach
    void close() {
        sdk.close();
    }

    private void open() {
        pool.open(new OpenTelemetryListener(sdk));
    }

    @Test
    void call_isASpanOfWhatWasCurrentWhereThePromptWasSubmitted() {
        open();
        Instant start = pool.timeline.now();
        pool.service.then(pool.service.answers(Duration.ofMillis(250), "llama-served"));
        Span interview = sdk.getTracer("test").spanBuilder("interview").startSpan();
        try (Scope current = interview.makeCurrent()) {
            assertThat(current).isNotNull();
            pool.whippletree()
                    .complete(Prompt.builder()
                            .user("a question nobody may log")
                            .temperature(0.5)
                            .topP(0.9)
                            .maxTokens(100)
                            .seed(7)
                            .stop(List.of("END"))
                            .extra("presence_penalty", 0.25)
                            .extra("n", 1)
                            .build());
        }
        pool.advance(SECOND);
        SpanData span = onlySpan();
        assertThat(span.getName()).isEqualTo("chat llama");
        assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(span.getParentSpanContext()).isEqualTo(interview.getSpanContext());
        assertThat(span.getStartEpochNanos()).isEqualTo(nanos(start));
        assertThat(span.getEndEpochNanos()).isEqualTo(nanos(start.plusMillis(250)));
        assertThat(span.getStatus()).isEqualTo(StatusData.unset());
        assertThat(words(span.getAttributes()))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("gen_ai.operation.name", "chat"),
                        Map.entry("gen_ai.provider.name", "scripted"),
                        Map.entry("gen_ai.request.model", "llama"),
                        Map.entry("gen_ai.request.stream", "false"),
                        Map.entry("gen_ai.request.temperature", "0.5"),
                        Map.entry("gen_ai.request.top_p", "0.9"),
                        Map.entry("gen_ai.request.max_tokens", "100"),
                        Map.entry("gen_ai.request.seed", "7"),
                        Map.entry("gen_ai.request.stop_sequences", "[END]"),
                        Map.entry("gen_ai.request.presence_penalty", "0.25"),
                        Map.entry("gen_ai.request.choice.count", "1"),
                        Map.entry("gen_ai.response.model", "llama-served"),
                        Map.entry("gen_ai.response.id", "chatcmpl-1"),
                        Map.entry("gen_ai.response.finish_reasons", "[stop]"),
                        Map.entry("gen_ai.usage.input_tokens", "20"),
                        Map.entry("gen_ai.usage.output_tokens", "30"),
                        Map.entry("gen_ai.usage.cache_read.input_tokens", "8"),
                        Map.entry("gen_ai.usage.reasoning.output_tokens", "5")));
    }

    @Test
    void streamedPrompt_hasTheParentOfTheThreadThatSubscribed_andATimeToTheFirstChunk() {
        open();
        pool.service.then((model, sink) -> {
            pool.service.after(Duration.ofMillis(40), () -> sink.delta(new Delta.Text("one")));
            pool.service.after(
                    Duration.ofMillis(90), () -> sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model)));
        });
        Span interview = sdk.getTracer("test").spanBuilder("interview").startSpan();
        try (Scope current = interview.makeCurrent()) {
            assertThat(current).isNotNull();
            pool.stream(Prompt.of("question"));
        }
        pool.advance(SECOND);
        assertThat(onlySpan().getParentSpanContext()).isEqualTo(interview.getSpanContext());
        assertThat(words(onlySpan().getAttributes()))
                .containsEntry("gen_ai.request.stream", "true")
                .containsEntry("gen_ai.response.time_to_first_chunk", "0.04")
                .doesNotContainKey("gen_ai.usage.input_tokens");
        assertThat(histogram("gen_ai.client.operation.time_to_first_chunk"))
                .singleElement()
                .satisfies(point -> assertThat(point.getSum()).isEqualTo(0.04));
    }

    @Test
    void callFailsAndIsMadeAgain_eachIsASpanOfTheSameParent() {
        open();
        pool.service.then(pool.service.fails(
                Duration.ofMillis(100), Failure.of(FailureKind.UNAVAILABLE, "words of the service")));
        Span interview = sdk.getTracer("test").spanBuilder("interview").startSpan();
        try (Scope current = interview.makeCurrent()) {
            assertThat(current).isNotNull();
            pool.ask("question");
            pool.ask("question");
        }
        pool.advance(SECOND.multipliedBy(5));
        List<SpanData> calls = spans.getFinishedSpanItems();
        assertThat(calls)
                .hasSize(2)
                .allSatisfy(span -> assertThat(span.getParentSpanContext()).isEqualTo(interview.getSpanContext()));
        assertThat(calls.get(0).getStatus()).isEqualTo(StatusData.error());
        assertThat(words(calls.get(0).getAttributes())).containsEntry("error.type", "unavailable");
        assertThat(words(calls.get(1).getAttributes())).doesNotContainKey("error.type");
        assertThat(histogram("gen_ai.client.operation.duration"))
                .extracting(point -> point.getAttributes().get(AttributeKey.stringKey("error.type")))
                .containsExactlyInAnyOrder("unavailable", null);
    }

    @Test
    void nothingIsCurrent_theSpanIsARoot() {
        open();
        pool.ask("question");
        pool.advance(SECOND);
        assertThat(onlySpan().getParentSpanContext().isValid()).isFalse();
    }

    @Test
    void nothingThatIsSaid_isInASpanOrAMetric() {
        open();
        pool.service.then(pool.service.fails(
                SECOND, Failure.of(FailureKind.REJECTED, "what you said is wrong: content-of-mine")));
        pool.whippletree()
                .complete(Prompt.builder()
                        .system("content-of-mine")
                        .user("content-of-mine")
                        .tenant("tenant-of-mine")
                        .session("session-of-mine")
                        .build());
        pool.advance(SECOND);
        assertThat(spans.getFinishedSpanItems().toString())
                .contains("chat llama")
                .doesNotContain("-of-mine");
        assertThat(metrics.collectAllMetrics().toString())
                .contains("whippletree.prompts")
                .doesNotContain("-of-mine")
                .doesNotContain(Pool.TOKEN);
    }

    @Test
    void metrics_haveTheUnitsAndBucketsOfTheConventions() {
        open();
        pool.ask("question");
        pool.advance(SECOND);
        assertThat(metric("gen_ai.client.operation.duration").getUnit()).isEqualTo("s");
        assertThat(histogram("gen_ai.client.operation.duration").get(0).getBoundaries())
                .containsExactly(
                        0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);
        assertThat(metric("gen_ai.client.token.usage").getUnit()).isEqualTo("{token}");
        assertThat(histogram("gen_ai.client.token.usage"))
                .extracting(point -> words(point.getAttributes()).get("gen_ai.token.type") + " " + point.getSum())
                .containsExactlyInAnyOrder("input 20.0", "output 30.0");
        assertThat(histogram("gen_ai.client.token.usage").get(0).getBoundaries())
                .hasSize(14)
                .startsWith(1.0, 4.0)
                .endsWith(67108864.0);
    }

    @Test
    void status_isObservedUntilTheEngineEnds() {
        open();
        CompletableFuture<Completion> answer = pool.ask("question");
        assertThat(value("whippletree.in_flight")).isEqualTo(1);
        pool.advance(SECOND);
        assertThat(answer).isCompleted();
        assertThat(value("whippletree.in_flight")).isZero();
        assertThat(value("whippletree.limit.left")).isEqualTo(99);
        pool.whippletree().close(Duration.ZERO);
        pool.advance(SECOND);
        assertThat(metrics.collectAllMetrics())
                .extracting(MetricData::getName)
                .contains("whippletree.prompts")
                .doesNotContain("whippletree.in_flight");
    }

    @Test
    void everyNumberOfAStatus_isObserved() {
        OpenTelemetryListener listener = new OpenTelemetryListener(sdk);
        listener.started(ReadingsTest::status);
        assertThatIllegalStateException().isThrownBy(() -> listener.started(ReadingsTest::status));
        Collection<MetricData> all = metrics.collectAllMetrics();
        assertThat(all)
                .extracting(metric -> metric.getName() + " " + metric.getUnit())
                .containsExactlyInAnyOrderElementsOf(Stream.of(Instrument.values())
                        .map(one -> one.fullName() + " " + one.unit())
                        .toList());
        assertThat(all.stream()
                        .mapToInt(metric -> metric.getData().getPoints().size())
                        .sum())
                .isEqualTo(Readings.of(ReadingsTest.status()).size());
    }

    @Test
    void promptsEnd_areCountedByHow() {
        open();
        pool.ask("question");
        pool.ask("question");
        pool.advance(SECOND);
        pool.ask("question");
        pool.ask("given up").cancel(true);
        pool.service.then(pool.service.fails(SECOND, Failure.of(FailureKind.FILTERED, "no")));
        pool.ask("filtered");
        pool.advance(SECOND.multipliedBy(2));
        assertThat(points("whippletree.prompts").map(point -> words(point.getAttributes())))
                .containsExactlyInAnyOrder(
                        Map.of("engine", "default", "outcome", "service"),
                        Map.of("engine", "default", "outcome", "joined"),
                        Map.of("engine", "default", "outcome", "cache"),
                        Map.of("engine", "default", "outcome", "cancelled"),
                        Map.of("engine", "default", "outcome", "failed", "reason", "filtered"));
        assertThat(histogram("whippletree.prompt.duration"))
                .extracting(point -> words(point.getAttributes()) + " " + point.getSum())
                .containsExactlyInAnyOrder(
                        "{engine=default, outcome=service} 0.25",
                        "{engine=default, outcome=joined} 0.25",
                        "{engine=default, outcome=cache} 0.0",
                        "{engine=default, outcome=cancelled} 0.0",
                        "{engine=default, outcome=failed} 1.0");
        assertThat(histogram("whippletree.prompt.waited"))
                .extracting(point -> words(point.getAttributes()) + " " + point.getCount() + " " + point.getSum())
                .containsExactly("{engine=default} 2 0.0");
    }

    @Test
    void twoEngines_areToldApartByName() {
        Pool other = new Pool(pool.timeline);
        pool.open(new OpenTelemetryListener(sdk, "chat"));
        other.open(new OpenTelemetryListener(sdk, "batch"));
        assertThat(points("whippletree.waiting").map(point -> words(point.getAttributes())))
                .containsExactlyInAnyOrder(Map.of("engine", "chat"), Map.of("engine", "batch"));
    }

    @Test
    void withoutAnSdk_nothingHappens() {
        pool.open(new OpenTelemetryListener(OpenTelemetry.noop()));
        CompletableFuture<Completion> answer = pool.ask("question");
        pool.advance(SECOND);
        assertThat(answer).isCompleted();
    }

    private SpanData onlySpan() {
        assertThat(spans.getFinishedSpanItems()).hasSize(1);
        return spans.getFinishedSpanItems().get(0);
    }

    private MetricData metric(String name) {
        Collection<MetricData> all = metrics.collectAllMetrics();
        return all.stream()
                .filter(metric -> metric.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + all));
    }

    private Stream<? extends PointData> points(String name) {
        return metric(name).getData().getPoints().stream();
    }

    private double value(String name) {
        return metric(name).getDoubleGaugeData().getPoints().iterator().next().getValue();
    }

    private List<HistogramPointData> histogram(String name) {
        return points(name).map(HistogramPointData.class::cast).toList();
    }

    private static long nanos(Instant instant) {
        return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
    }

    private static Map<String, String> words(Attributes attributes) {
        return attributes.asMap().entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> entry.getKey().getKey(),
                        entry -> String.valueOf(entry.getValue()),
                        (one, other) -> one,
                        TreeMap::new));
    }

    @Test
    void callForVectors_isAnOperationOfItsOwn() {
        open();
        pool.service.then(pool.service.answers(Duration.ofMillis(250), "bge"));
        pool.whippletree().embed(List.of("a text nobody may log"));
        pool.advance(SECOND);
        assertThat(onlySpan().getName()).isEqualTo("embeddings llama");
        assertThat(words(onlySpan().getAttributes())).containsEntry("gen_ai.operation.name", "embeddings");
    }
}
