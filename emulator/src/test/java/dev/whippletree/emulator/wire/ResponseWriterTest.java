package dev.whippletree.emulator.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.ChatMessage;
import dev.whippletree.emulator.model.ChatRequest;
import dev.whippletree.emulator.model.EmulatedOrganization;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.Outcome;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceSettingsBuilder;
import dev.whippletree.emulator.model.Tokens;
import dev.whippletree.emulator.script.AnswerScript;
import dev.whippletree.model.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

class ResponseWriterTest {

    private static final Path KEPT = Path.of(System.getProperty("basedir", "."), "src/test/resources/responses.txt");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final ChatRequest REQUEST = ChatRequest.of("m", "Hello").withMaxTokens(12);
    private static final long PROMPT_TOKENS = Tokens.of(REQUEST.messages());
    private static final List<String> FAULTS = List.of(
            "400",
            "401",
            "402",
            "403",
            "413",
            "429",
            "429=7s",
            "429-silent",
            "498",
            "500",
            "502",
            "503",
            "filter",
            "reset",
            "hang",
            "cut",
            "stall",
            "malformed",
            "no-done");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();
    private static final String SCRIPT = """
            [{"when": "Hello", "answers": [{
              "reasoning": "Hm.",
              "refusal": "No.",
              "annotations": [{"type": "url_citation"}],
              "tool_calls": [
                {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\\"city\\":\\"Bern\\"}"}},
                {"id": "2", "type": "custom", "custom": {"name": "c", "input": "more than one piece of text"}}
              ]
            }]}]
            """;

    private final List<String> lines = new ArrayList<>();

    /** Refusals by Groq and Hugging Face have the words and the arithmetic of real ones. */
    @Test
    void everyResponse_isAsRecorded() throws IOException {
        for (ServiceKind kind : ServiceKind.values()) {
            answers(kind);
            refusals(kind);
            limits(kind);
        }
        if (Boolean.getBoolean("record")) {
            Files.write(KEPT, lines);
        }
        assertThat(lines)
                .as("%s isn't as written; if that is meant, run this test with -Drecord=true", KEPT)
                .isEqualTo(Files.readAllLines(KEPT));
    }

    private void answers(ServiceKind kind) {
        send(kind, "answer", same -> same, REQUEST);
        send(kind, "stream", same -> same, REQUEST.streamed());
        ChatRequest calls = REQUEST.with(
                "tools",
                List.of(
                        tool("function", Map.of("name", "f", "parameters", Map.of("const", "a long text of letters"))),
                        tool("custom", Map.of("name", "c"))));
        send(kind, "tool call", same -> same, calls.withMaxTokens(100));
        send(kind, "tool call, streamed", same -> same, calls.withMaxTokens(100).streamed());
        UnaryOperator<ServiceSettingsBuilder> scripted = settings -> settings.script(AnswerScript.read(SCRIPT));
        send(kind, "script", scripted, calls);
        send(kind, "script, streamed", scripted, calls.streamed());
        ChatRequest cached = ChatRequest.of("m", "a".repeat(1_000)).withMaxTokens(5);
        send(kind, "cached", settings -> settings.promptCache(Duration.ofHours(1)), cached, cached);
        ChatRequest vectors = ChatRequest.embedding("m", inputs("same", "other", "same"), Map.of("dimensions", 2));
        send(kind, "vectors", same -> same, vectors);
        send(kind, "vectors in base 64", same -> same, vectors.with("encoding_format", "base64"));
    }

    private static List<ChatMessage> inputs(String... texts) {
        return List.of(texts).stream().map(ChatMessage::input).toList();
    }

    private static Map<String, ?> tool(String type, Map<String, ?> tool) {
        return Map.of("type", type, type, tool);
    }

    private void refusals(ServiceKind kind) {
        for (String fault : FAULTS) {
            UnaryOperator<ServiceSettingsBuilder> faulty =
                    settings -> settings.faults(FaultScript.of(FaultRule.parse(fault)));
            send(kind, fault, faulty, REQUEST.with("service_tier", "flex"));
            if (List.of("cut", "stall", "malformed", "no-done").contains(fault)) {
                send(kind, fault + ", streamed", faulty, REQUEST.streamed());
            }
        }
        UnaryOperator<ServiceSettingsBuilder> models =
                settings -> settings.models("known", "dormant").unservedModels("dormant");
        send(kind, "unknown model", models, REQUEST);
        send(kind, "unserved model", models, ChatRequest.of("dormant", "Hello"));
        send(kind, "parameter", same -> same, REQUEST.with("logprobs", true).withMaxTokens(1));
        send(
                kind,
                "no message",
                same -> same,
                new ChatRequest("m", List.of(), REQUEST.maxTokens(), false, false, Map.of()));
        send(kind, "context", settings -> settings.contextTokens(50), REQUEST.withMaxTokens(100));
        ServiceSettings settings = settings(kind).build();
        EmulatedService service = new EmulatedService(settings, 0);
        show(kind + " no token", settings, Optional.of(REQUEST), service.receive(Optional.empty(), REQUEST, 0));
        show(
                kind + " unreadable",
                settings,
                Optional.empty(),
                service.receiveUnreadable(Optional.of("token"), "why", 0));
    }

    private void limits(ServiceKind kind) {
        String free = "3 requests / 1m, 14400 requests / 1d, 6000 tokens / 1m, 200000 tokens / 1d";
        ChatRequest few = REQUEST.withMaxTokens(37 - PROMPT_TOKENS);
        limited(kind, "limits", free, few);
        limited(kind, "requests a minute", free, few, few, few, few);
        limited(kind, "requests a day", "2 requests / 1d", few, few, few);
        limited(
                kind,
                "tokens a minute",
                "6000 tokens / 1m",
                REQUEST.withMaxTokens(5_034 - PROMPT_TOKENS),
                REQUEST.withMaxTokens(1_443 - PROMPT_TOKENS));
        limited(kind, "tokens a day", "40 tokens / 1d", few, few);
        limited(kind, "larger", "8000 tokens / 1m", REQUEST.withMaxTokens(10_013 - PROMPT_TOKENS));
        limited(kind, "input", "10 input-tokens / 1m, 90 output-tokens / 1h", few, few);
        limited(kind, "output", "20 output-tokens / 1d", REQUEST, REQUEST);
        limited(kind, "tokens in two hours", "25 tokens / 2h", REQUEST, REQUEST);
    }

    /** Groq's buckets refill evenly; other windows have begun 2.5 s ago. */
    private void limited(ServiceKind kind, String name, String limits, ChatRequest... requests) {
        ServiceLimit[] all = Stream.of(limits.split(", "))
                .map(Limit::parse)
                .map(limit -> kind == ServiceKind.GROQ ? ServiceLimit.bucket(limit) : ServiceLimit.fixed(limit))
                .toArray(ServiceLimit[]::new);
        send(kind, name, settings(kind, all).build(), requests);
    }

    private static ServiceSettingsBuilder settings(ServiceKind kind, ServiceLimit... limits) {
        return ServiceSettings.builder(kind)
                .organization(EmulatedOrganization.of("acme", limits))
                .member("a", "token", "acme")
                .latency(Latency.constant(Duration.ofSeconds(1)))
                .refusalLatency(Duration.ofMillis(20));
    }

    private void send(
            ServiceKind kind, String name, UnaryOperator<ServiceSettingsBuilder> with, ChatRequest... requests) {
        send(kind, name, with.apply(settings(kind)).build(), requests);
    }

    /** Shows the response to the last request. */
    private void send(ServiceKind kind, String name, ServiceSettings settings, ChatRequest... requests) {
        EmulatedService service = new EmulatedService(settings, -2_500_300_000L);
        Outcome last = null;
        for (ChatRequest request : requests) {
            last = service.receive(Optional.of("token"), request, 0);
        }
        show(kind + " " + name, settings, Optional.of(requests[requests.length - 1]), last);
    }

    private void show(String name, ServiceSettings settings, Optional<ChatRequest> request, Outcome outcome) {
        WireResponse response = new ResponseWriter(settings).write(request, outcome, NOW);
        lines.add("# " + name);
        response.head()
                .ifPresent(head ->
                        lines.add(head.status() + " " + head.contentLength() + " " + new TreeMap<>(head.headers())));
        for (WireResponse.Piece piece : response.pieces()) {
            lines.add(piece.atNanos() / 1_000_000.0 + " ms: " + sorted(piece.text()));
        }
        lines.add(response.ending() + " at " + response.endNanos() / 1_000_000.0 + " ms");
    }

    /** The order of fields is no part of JSON. */
    private static String sorted(String text) {
        int start = Math.max(0, text.indexOf('{'));
        try {
            Map<?, ?> fields = JSON.readValue(text.substring(start), TreeMap.class);
            return text.substring(0, start) + JSON.writeValueAsString(fields);
        } catch (JacksonException none) {
            return text.replace("\n", "\\n");
        }
    }
}
