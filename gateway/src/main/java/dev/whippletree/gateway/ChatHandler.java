package dev.whippletree.gateway;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.time.Timeline;
import io.undertow.io.Receiver;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.util.SameThreadExecutor;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/** Takes chat-completions requests. Thread-safe; runs on I/O threads and never blocks. */
final class ChatHandler implements HttpHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ChatHandler.class);

    private final Whippletree whippletree;
    private final Supplier<Access> access;
    private final Timeline timeline;
    private final GatewaySettings.Bounds bounds;

    ChatHandler(Whippletree whippletree, Supplier<Access> access, Timeline timeline, GatewaySettings.Bounds bounds) {
        this.whippletree = whippletree;
        this.access = access;
        this.timeline = timeline;
        this.bounds = bounds;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        Client client;
        try {
            client = access.get().clients().of(exchange);
        } catch (RequestException e) {
            Response.send(exchange, e.error());
            return;
        }
        XnioExecutor.Key slow = exchange.getIoThread()
                .executeAfter(() -> cutOff(exchange), bounds.clientTimeout().toMillis(), TimeUnit.MILLISECONDS);
        exchange.getRequestReceiver()
                .receiveFullBytes(
                        (received, body) -> {
                            slow.remove();
                            received.dispatch(SameThreadExecutor.INSTANCE, () -> answer(received, client, body));
                        },
                        (failed, problem) -> {
                            slow.remove();
                            unreadable(failed, problem);
                        });
    }

    private static void cutOff(HttpServerExchange exchange) {
        LOG.debug("A request took too long to arrive");
        IoUtils.safeClose(exchange.getConnection());
    }

    private void unreadable(HttpServerExchange exchange, Throwable problem) {
        if (problem instanceof RequestTooBigException || problem instanceof Receiver.RequestToLargeException) {
            exchange.setPersistent(false);
            Response.send(exchange, ApiError.bodyTooLarge(bounds.mostBodyBytes()));
        } else {
            IoUtils.safeClose(exchange.getConnection());
        }
    }

    private void answer(HttpServerExchange exchange, Client client, byte[] body) {
        try {
            ChatRequest request = ChatRequest.read(body);
            Prompt prompt = prompt(exchange, client, request);
            client.begin(timeline.nanoTime());
            ChatAnswer answer = new ChatAnswer(
                    newId(), timeline.now().getEpochSecond(), request.model().orElse(""));
            if (request.streaming()) {
                stream(exchange, client, prompt, answer, request.usage());
            } else {
                complete(exchange, client, prompt, answer);
            }
        } catch (RequestException e) {
            Response.send(exchange, e.error());
        } catch (RuntimeException e) {
            LOG.error("A request failed", e);
            Response.send(exchange, ApiError.internal());
        }
    }

    private String newId() {
        RandomGenerator random = timeline.random();
        return "chatcmpl-" + Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
    }

    private Prompt prompt(HttpServerExchange exchange, Client client, ChatRequest request) {
        Prompt.Builder prompt = Prompt.builder().tenant(client.tenant());
        request.messages().forEach(prompt::message);
        OwnHeaders.apply(exchange.getRequestHeaders(), prompt);
        access.get().models().choose(prompt, request.model());
        try {
            return prompt.build().withParameters(request.parameters());
        } catch (IllegalArgumentException e) {
            throw new RequestException(ApiError.wrong("", String.valueOf(e.getMessage())));
        }
    }

    private void complete(HttpServerExchange exchange, Client client, Prompt prompt, ChatAnswer answer) {
        CompletableFuture<Completion> outcome = whippletree.complete(prompt);
        Departure.watch(exchange, () -> outcome.cancel(false));
        outcome.whenComplete((completion, failure) ->
                exchange.getIoThread().execute(() -> send(exchange, client, answer, completion, failure)));
    }

    private void send(
            HttpServerExchange exchange,
            Client client,
            ChatAnswer answer,
            @Nullable Completion completion,
            @Nullable Throwable failure) {
        if (failure != null) {
            if (!exchange.getConnection().isOpen()) {
                return;
            }
            Response.send(exchange, ApiError.of(failure, timeline.now()));
        } else if (completion != null) {
            used(client, completion.usage());
            OwnHeaders.origin(completion.origin())
                    .forEach((name, value) -> OwnHeaders.put(exchange.getResponseHeaders(), name, value));
            Response.send(exchange, 200, answer.whole(completion));
        }
    }

    private void stream(
            HttpServerExchange exchange, Client client, Prompt prompt, ChatAnswer answer, boolean withUsage) {
        StreamedAnswer streamed =
                new StreamedAnswer(exchange, answer, withUsage, timeline::now, end -> used(client, end.usage()));
        Departure.watch(exchange, streamed::leave);
        whippletree.stream(prompt).subscribe(streamed);
    }

    private void used(Client client, Optional<TokenUsage> usage) {
        usage.ifPresent(counted -> client.used(counted.total(), timeline.nanoTime()));
    }
}
