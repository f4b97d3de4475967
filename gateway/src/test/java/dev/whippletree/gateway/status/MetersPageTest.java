package dev.whippletree.gateway.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import dev.whippletree.gateway.batches.GatewayBatches;
import dev.whippletree.gateway.http.Connections;
import dev.whippletree.gateway.http.MemoryBudget;
import dev.whippletree.gateway.http.RequestNotes;
import dev.whippletree.gateway.http.RequestNotes.EndedRequest;
import dev.whippletree.gateway.http.UnderWay;
import dev.whippletree.gateway.http.UnreadAnswers;
import dev.whippletree.gateway.trace.Trace;
import dev.whippletree.metrics.MicrometerListener;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.ServiceCall;
import dev.whippletree.terminal.board.Snapshots;
import dev.whippletree.testkit.record.RecordedFile;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/reference/meters.md is what the meters say of themselves; {@code -Drecord=true} writes it. */
final class MetersPageTest {

    private static final Path PAGE = Path.of("../docs/reference/meters.md");

    private static final String BEGINNING = """
            # Meters

            Every metric, written by a test from what the meters say of themselves. [Metrics and traces](metrics.md)
            explains their tags.

            | name | type | tags | meaning |
            |---|---|---|---|
            """;

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void page_hasEachMeter() throws IOException {
        MicrometerListener engine = new MicrometerListener(registry);
        engine.started(Snapshots::crowded);
        engine.called(streamedCall());
        engine.answered(new Origin(Origin.Source.CALL, "one", "small", 1, SECOND, Optional.empty()), SECOND);
        EndedRequest request = new EndedRequest("/v1/messages", "fast", "acme", 200, RequestNotes.NONE, 1, 2);
        new RequestMeters(registry).accept(request);
        GatewayGauges gauges = gauges();

        RecordedFile.check(PAGE, BEGINNING + rows());
        gauges.close();
        assertThat(rows()).doesNotContain("`whippletree.gateway.memory.used`", "`whippletree.gateway.connections`");
        engine.ended();
    }

    private static ServiceCall streamedCall() {
        return new ServiceCall(
                "one",
                "openai",
                "small",
                Prompt.of("Hello"),
                true,
                Instant.EPOCH,
                SECOND,
                Optional.of(SECOND),
                new ServiceCall.Answered(
                        "small", FinishReason.STOP, Optional.of(TokenUsage.of(1, 2)), Optional.empty()));
    }

    private GatewayGauges gauges() {
        MemoryBudget memory = new MemoryBudget(1_000);
        GatewayGauges gauges = new GatewayGauges(registry);
        gauges.watch(new UnderWay(exchange -> {}));
        gauges.watch(mock(Connections.class));
        gauges.watch(memory, new UnreadAnswers(memory));
        gauges.watch(mock(GatewayBatches.class));
        gauges.watch(mock(Trace.class));
        return gauges;
    }

    /** Without the meters of the JVM, which are Micrometer's, and those that the registry adds for buckets. */
    private String rows() {
        Map<String, Meter.Id> meters = new TreeMap<>();
        registry.getMeters().forEach(meter -> meters.put(meter.getId().getName(), meter.getId()));
        return meters.values().stream()
                .filter(meter -> meter.getName().matches("(whippletree|gen_ai)\\..*(?<!\\.histogram)"))
                .map(MetersPageTest::row)
                .collect(Collectors.joining());
    }

    private static String row(Meter.Id meter) {
        String type = switch (meter.getType()) {
            case TIMER, DISTRIBUTION_SUMMARY -> "histogram";
            default -> meter.getType().name().toLowerCase(Locale.ROOT);
        };
        String unit = meter.getBaseUnit() == null ? "" : ", " + meter.getBaseUnit();
        String tags =
                meter.getTags().stream().map(tag -> "`" + tag.getKey() + "`").collect(Collectors.joining(", "));
        return "| `" + meter.getName() + "` | " + type + unit + " | " + tags + " | " + meter.getDescription() + " |\n";
    }
}
