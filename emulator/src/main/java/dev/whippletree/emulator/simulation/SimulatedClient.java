package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.model.ChatMessage;
import dev.whippletree.emulator.model.ChatRequest;
import dev.whippletree.emulator.model.Dice;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.time.Timeline;
import java.nio.charset.StandardCharsets;
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

    @Override
    public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
        ChatRequest request = new ChatRequest(
                model,
                ChatMessage.of(prompt.messages()),
                maxTokens(prompt),
                sink.streaming(),
                false,
                prompt.parameters().extras());
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
