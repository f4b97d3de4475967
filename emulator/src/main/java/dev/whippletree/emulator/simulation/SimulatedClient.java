package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.model.ChatMessage;
import dev.whippletree.emulator.model.ChatRequest;
import dev.whippletree.emulator.model.Dice;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.Tokens;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.EmbeddingBounds;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.time.Timeline;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** One account of an emulated service. Thread-safe. */
final class SimulatedClient implements ProviderClient {

    private static final int BYTES_PER_TOKEN = 3;
    private static final int PER_MESSAGE = 8;
    private static final EmbeddingBounds BOUNDS = new EmbeddingBounds(16, 300_000);

    private final AccountSettings account;
    private final EmulatedService service;
    private final Timeline timeline;
    private final Link link;
    private final Set<SimulatedCall> underWay = ConcurrentHashMap.newKeySet();
    private final AtomicLong sent = new AtomicLong();

    SimulatedClient(AccountSettings account, EmulatedService service, Timeline timeline, Link link) {
        this.account = account;
        this.service = service;
        this.timeline = timeline;
        this.link = link;
    }

    /** Estimates with fewer bytes to a token than the service counts, and says how the service counts answers. */
    @Override
    public Admission admission(Prompt prompt, String model) {
        if (prompt.operation() == Prompt.Operation.EMBEDDING) {
            long tokens = inputs(prompt).stream()
                    .mapToLong(input -> Math.max(
                            Tokens.of(List.of(input)),
                            input.text().getBytes(StandardCharsets.UTF_8).length / BYTES_PER_TOKEN + 1))
                    .sum();
            return Admission.asMade(tokens, 0);
        }
        long promptTokens = 0;
        for (Message message : prompt.messages()) {
            int bytes = ChatMessage.of(message).text().getBytes(StandardCharsets.UTF_8).length;
            promptTokens += (bytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN + PER_MESSAGE;
        }
        OptionalInt most = prompt.parameters().maxTokens();
        return service.settings().kind() == ServiceKind.GROQ
                ? Admission.onEntry(promptTokens, most).withoutCached()
                : Admission.asMade(promptTokens, most);
    }

    /** Few, so that a test of some dozen texts makes several calls. Groq embeds nothing. */
    @Override
    public Optional<EmbeddingBounds> embeddings() {
        return service.settings().kind() == ServiceKind.GROQ ? Optional.empty() : Optional.of(BOUNDS);
    }

    private static List<ChatMessage> inputs(Prompt prompt) {
        return prompt.messages().stream()
                .map(message -> ChatMessage.input(
                        message.tokens().<Object>map(ids -> ids).orElse(message.text())))
                .toList();
    }

    private static ChatRequest request(Prompt prompt, String model, boolean streaming) {
        Map<String, Object> extras = prompt.parameters().extras();
        return prompt.operation() == Prompt.Operation.EMBEDDING
                ? ChatRequest.embedding(model, inputs(prompt), extras)
                : new ChatRequest(
                        model, ChatMessage.of(prompt.messages()), maxTokens(prompt), streaming, false, extras);
    }

    @Override
    public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
        ChatRequest request = request(prompt, model, sink.streaming());
        Dice dice = new Dice(account.id().hashCode() + service.settings().seed() + sent.incrementAndGet());
        SimulatedCall call = new SimulatedCall(timeline, link, dice, new Reply(service.settings(), sink));
        underWay.add(call);
        Optional<String> token = account.token().map(Secret::reveal);
        call.start(() -> service.receive(token, request, timeline.nanoTime()), () -> underWay.remove(call));
        return call;
    }

    @Override
    public void close() {
        underWay.forEach(SimulatedCall::cancel);
    }

    private static OptionalLong maxTokens(Prompt prompt) {
        return prompt.parameters().maxTokens().stream().asLongStream().findFirst();
    }
}
