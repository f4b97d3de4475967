package dev.whippletree.gateway.prompt;

import dev.whippletree.Whippletree;
import dev.whippletree.gateway.clients.Access;
import dev.whippletree.gateway.clients.Client;
import dev.whippletree.gateway.clients.ClientModels;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.http.ReceivedBody;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.gateway.http.RequestLabel;
import dev.whippletree.gateway.http.RequestNotes;
import dev.whippletree.gateway.http.Response;
import dev.whippletree.gateway.http.UnderWay;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.PromptRequest;
import dev.whippletree.gateway.protocol.Protocol;
import dev.whippletree.gateway.trace.Trace.TracedPrompt;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.TextTokens;
import dev.whippletree.time.Timeline;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the prompts of one protocol. Thread-safe; runs on I/O threads and never blocks. */
public final class PromptHandler implements HttpHandler {

    private static final Logger LOG = LoggerFactory.getLogger(PromptHandler.class);

    private final Protocol protocol;
    private final GatewayParts gateway;
    private final Whippletree whippletree;
    private final Timeline timeline;
    private final Deadlines deadlines;

    public PromptHandler(Protocol protocol, GatewayParts gateway) {
        this.protocol = protocol;
        this.gateway = gateway;
        this.whippletree = gateway.whippletree();
        this.timeline = gateway.timeline();
        this.deadlines = new Deadlines(
                whippletree::configuration, gateway.settings().bounds().deadline());
    }

    /** What is done with a request that has been read. */
    private interface Reaction {
        void to(HttpServerExchange exchange, Access now, Client client, ReceivedBody body);
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        receive(exchange, this::answer);
    }

    /**
     * Returns a handler that estimates the tokens of the same protocol's prompts, instead of answering them.
     *
     * @param json the response for the tokens that would be reserved
     */
    public HttpHandler counting(Function<TokenCount, Map<String, Object>> json) {
        return exchange -> receive(exchange, (received, now, client, body) -> {
            Prompt prompt = prompt(received, now.rights(client).models(), client, read(body), false);
            Response.send(received, StatusCodes.OK, json.apply(whippletree.tokensToReserve(prompt)));
        });
    }

    private void receive(HttpServerExchange exchange, Reaction reaction) {
        Access now = gateway.access().get();
        Client client = now.clients().of(exchange);
        now.rights(client).rateLimits().forEach(exchange.getResponseHeaders()::put);
        client.admit(timeline.nanoTime());
        gateway.bodies()
                .receive(exchange, client.tenant(), (received, body) -> reaction.to(received, now, client, body));
    }

    private void answer(HttpServerExchange exchange, Access now, Client client, ReceivedBody body) {
        PromptRequest request = read(body);
        body.lease().expects(request.expectedBytes());
        boolean keepAlive = OwnHeaders.keepAlive(exchange.getRequestHeaders())
                .orElse(now.rights(client).keptAlive());
        Prompt prompt = prompt(exchange, now.rights(client).models(), client, request, keepAlive);
        TokenCount tokens = client.limitsTokens() || gateway.trace().isPresent()
                ? whippletree.tokensToReserve(prompt)
                : TokenCount.NONE;
        Client.Charge charge = client.begin(tokens, timeline.nanoTime());
        UnderWay.whenOver(exchange, () -> charge.release(timeline.nanoTime()));
        // Vectors aren't traced, because plans cover completions only.
        Optional<TracedPrompt> traced = gateway.trace()
                .filter(trace -> prompt.operation() == Prompt.Operation.CHAT)
                .flatMap(trace -> whippletree.key(prompt).map(key -> trace.begin(key, prompt, tokens.prompt())));
        traced.ifPresent(begun -> UnderWay.whenOver(exchange, begun::end));
        AnswerInfo info = new AnswerInfo(
                RequestLabel.of(exchange).uniqueId(),
                timeline::now,
                request.body().model().orElse(""),
                now.disclosure());
        StreamedResponse response =
                new StreamedResponse(exchange, request.streaming(), gateway.unread(), body.lease(), timeline);
        if (keepAlive) {
            response.fillSilence();
        }
        AskedPrompt asked = new AskedPrompt(gateway, charge, traced, prompt, info, request.writer(info), response);
        if (request.streaming()) {
            stream(exchange, asked);
        } else {
            complete(exchange, asked);
        }
    }

    private PromptRequest read(ReceivedBody body) {
        try {
            return protocol.read(body.fields());
        } catch (IllegalArgumentException e) {
            throw RequestException.of(e);
        }
    }

    private Prompt prompt(
            HttpServerExchange exchange, ClientModels models, Client client, PromptRequest request, boolean keepAlive) {
        Prompt.Builder prompt = Prompt.builder().tenant(client.tenant()).operation(request.operation());
        prompt.messages(request.body().messages());
        OwnHeaders.apply(exchange.getRequestHeaders(), prompt);
        OwnHeaders.question(exchange.getRequestHeaders(), lastText(request)).ifPresent(prompt::question);
        String route = models.choose(prompt, request.body().model());
        RequestNotes.route(exchange, route);
        try {
            deadlines.apply(exchange.getRequestHeaders(), request.streaming(), route, prompt);
            // Filler restarts the library's timeout, if it arrives in time.
            Deadlines.ofLibrary(exchange.getRequestHeaders())
                    .filter(timeout -> !keepAlive || timeout.compareTo(Silence.LONGEST) <= 0)
                    .ifPresent(prompt::callerTimeout);
            return prompt.parameters(request.body().parameters()).build();
        } catch (IllegalArgumentException e) {
            throw RequestException.of(e);
        }
    }

    /** Empty for a message made of parts. */
    private static String lastText(PromptRequest request) {
        List<Message> messages = request.body().messages();
        return messages.isEmpty() ? "" : messages.get(messages.size() - 1).text();
    }

    private CompletableFuture<Completion> ask(Prompt prompt) {
        if (prompt.operation() == Prompt.Operation.CHAT) {
            return whippletree.complete(prompt);
        }
        CompletableFuture<Embeddings> vectors = whippletree.embed(prompt);
        CompletableFuture<Completion> answer = vectors.thenApply(Embeddings::asCompletion);
        answer.whenComplete((completion, failure) -> vectors.cancel(false));
        return answer;
    }

    /** Returns whether an equal prompt can take over the call when the client leaves. */
    private static boolean mayOutliveClient(Prompt prompt) {
        return prompt.cache().read() && prompt.operation() == Prompt.Operation.CHAT;
    }

    private void complete(HttpServerExchange exchange, AskedPrompt asked) {
        CompletableFuture<Completion> outcome = ask(asked.prompt());
        CompletableFuture<Completion> settled = outcome.whenComplete((completion, failure) -> {
            if (failure != null) {
                asked.failed(failure);
            } else {
                asked.answered(completion.usage(), completion.usage().isPresent() ? 0 : tokens(completion));
            }
            if (exchange.getConnection().isOpen()) {
                Response.later(exchange, () -> send(exchange, asked, completion, failure));
            }
        });
        DisconnectWatch.watch(exchange, () -> {
            // The call continues for whoever asks the same again, and the request keeps what it holds.
            if (gateway.settings().finishAbandoned() && mayOutliveClient(asked.prompt())) {
                UnderWay.keepUntil(exchange, settled);
                whippletree.withdraw(outcome);
            } else {
                asked.abandoned(0);
                outcome.cancel(false);
            }
        });
        UnderWay.lastWords(exchange, () -> {
            asked.abandoned(0);
            outcome.completeExceptionally(new RequestException(ApiError.closing()));
        });
    }

    private void send(
            HttpServerExchange exchange,
            AskedPrompt asked,
            @Nullable Completion completion,
            @Nullable Throwable failure) {
        if (!exchange.getConnection().isOpen()) {
            return;
        }
        if (failure != null) {
            asked.response().end(new StreamEnd.Failed(asked.error(failure), List.of()));
        } else if (completion != null) {
            asked.noteToConfirm(completion.origin());
            asked.info().origin(completion.origin()).forEach(asked.response()::header);
            asked.response()
                    .end(new StreamEnd.Whole(GatewayJson.write(asked.answer().whole(completion))));
        }
    }

    private void stream(HttpServerExchange exchange, AskedPrompt asked) {
        AnswerEventStream streamed = new AnswerEventStream(asked);
        UnderWay.whenExchanged(exchange, () -> {
            if (streamed.begun()) {
                asked.abandoned(streamed.tokensArrived());
            }
            streamed.leave();
        });
        DisconnectWatch.watch(exchange, () -> {
            asked.abandoned(streamed.tokensArrived());
            streamed.leave();
        });
        UnderWay.lastWords(exchange, () -> {
            asked.abandoned(streamed.tokensArrived());
            streamed.breakOff(ApiError.closing());
        });
        subscribe(exchange, asked.prompt(), streamed);
    }

    /** Any exception ends the stream, because the prompt may have subscribed already. */
    private void subscribe(HttpServerExchange exchange, Prompt prompt, AnswerEventStream streamed) {
        try {
            whippletree.stream(prompt).subscribe(streamed);
        } catch (Throwable e) {
            LOG.error("Request {} failed", RequestLabel.of(exchange).id(), e);
            streamed.onError(e);
        }
    }

    private static long tokens(Completion completion) {
        return TextTokens.whole(completion.pieces().stream()
                .mapToLong(AnswerEventStream::sixths)
                .sum());
    }
}
