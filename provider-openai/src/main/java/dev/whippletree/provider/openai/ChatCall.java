package dev.whippletree.provider.openai;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.Cancellable;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** One call, from writing the request to telling its one end. {@link #run} blocks; the other methods are thread-safe. */
final class ChatCall implements Runnable, Cancellable {

    private final Endpoint endpoint;
    private final Prompt prompt;
    private final String model;
    private final OneEndSink sink;
    private final boolean streaming;
    private Optional<String> token = Optional.empty();
    private volatile @Nullable Call call;
    private volatile boolean stopped;

    ChatCall(Endpoint endpoint, Prompt prompt, String model, OneEndSink sink) {
        this.endpoint = endpoint;
        this.prompt = prompt;
        this.model = model;
        this.sink = sink;
        this.streaming = sink.streaming();
    }

    /** Breaks the call off without a word. */
    @Override
    public void cancel() {
        sink.silence();
        stop();
    }

    /** Breaks the call off; the sink is told that it failed. */
    void stop() {
        stopped = true;
        Call started = call;
        if (started != null) {
            started.cancel();
        }
    }

    /** Makes the call, on a thread that may block. Whatever goes wrong is told to the sink. */
    @Override
    public void run() {
        try {
            token = endpoint.revealToken();
            make();
        } catch (UnusableTokenException e) {
            fail(FailureKind.UNAUTHORIZED, e.getMessage() + "; give it a valid one");
        } catch (IOException e) {
            fail(FailureKind.UNAVAILABLE, stopped ? "the account is closed" : noAnswer(e));
        } catch (RuntimeException | Error e) {
            // Errors too, such as those of a stack that some answer overflows: a sink that hears nothing waits for its
            // timeout.
            fail(FailureKind.UNAVAILABLE, noAnswer(e));
        }
    }

    private void make() throws IOException {
        Call started = endpoint.connections().http().newCall(request());
        call = started;
        if (stopped) {
            started.cancel();
        }
        try (Response response = started.execute()) {
            sink.done(withoutToken(answer(response)));
        } catch (NoAnswerException e) {
            fail(e.error());
        }
    }

    /** A service that repeats its caller's token as a model's name or an answer's id has it printed and measured. */
    private AnswerEnd withoutToken(AnswerEnd end) {
        return token.filter(secret -> !secret.isEmpty())
                .map(EchoedToken::new)
                .map(echoed -> new AnswerEnd(
                                end.finishReason(), end.usage(), echoed.hideIn(end.model(), Redactor.STARS))
                        .withId(end.id().map(id -> echoed.hideIn(id, Redactor.STARS))))
                .orElse(end);
    }

    private Request request() {
        Request.Builder request = new Request.Builder()
                .url(endpoint.url())
                .tag(OneEndSink.class, sink)
                .header("Accept", streaming ? "text/event-stream" : "application/json")
                .header("User-Agent", "whippletree");
        // Compressors hold back what should arrive piece by piece. Said for whole answers too: OkHttp would unpack them
        // itself.
        request.header("Accept-Encoding", streaming ? "identity" : "gzip");
        endpoint.dialect().headers().forEach(request::header);
        token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        return request.post(new OneShotBody(ChatRequest.body(prompt, model, streaming, endpoint.dialect())))
                .build();
    }

    private AnswerEnd answer(Response response) throws IOException, NoAnswerException {
        Dialect dialect = endpoint.dialect();
        ResponseHead head = head(response);
        dialect.answered(head);
        ContentCoding coding = ContentCoding.of(response.headers());
        if (!head.successful()) {
            byte[] body = coding.isReadable()
                    ? BodyReader.error(
                            coding.unpacked(response.body().source()),
                            endpoint.connections().errorPatience())
                    : new byte[0];
            throw new NoAnswerException(ErrorReader.ofBody(head, body, endpoint.clock()));
        }
        sink.limits(dialect.limits(head));
        if (!coding.isReadable()) {
            throw new NoAnswerException(ServiceError.found(
                    head,
                    "the service packed its answer in a way that nobody asked for (" + coding.inWords() + ", "
                            + head.status() + ")"));
        }
        BufferedSource body = coding.unpacked(response.body().source());
        if (isStream(response.body().contentType())) {
            return new StreamedAnswer(head, dialect, endpoint.clock(), model, sink::delta).read(new EventStream(body));
        }
        return new WholeAnswer(head, dialect, endpoint.clock()).read(BodyReader.answer(body), model, sink::delta);
    }

    private static ResponseHead head(Response response) {
        Map<String, String> headers = new HashMap<>();
        response.headers().forEach(header -> headers.put(header.getFirst(), header.getSecond()));
        return new ResponseHead(response.code(), headers);
    }

    /** The content type says which it is; where it names neither, the service is taken to send what was asked for. */
    private boolean isStream(@Nullable MediaType type) {
        if (type == null
                || !(type.subtype().equals("event-stream") || type.subtype().contains("json"))) {
            return streaming;
        }
        return type.subtype().equals("event-stream");
    }

    /** Those in the headers of a response that is no answer are told with those in its body. */
    private List<RateLimitReport> limits(ServiceError error) {
        Dialect dialect = endpoint.dialect();
        List<RateLimitReport> reports =
                new ArrayList<>(error.head().successful() ? List.of() : dialect.limits(error.head()));
        reports.addAll(dialect.limits(error));
        return reports;
    }

    private void fail(ServiceError error) {
        sink.limits(limits(error));
        Verdict verdict = endpoint.dialect().judge(error);
        sink.failed(new Failure(
                verdict.kind(),
                Redactor.clean(error.message(), token),
                OptionalInt.of(error.status()),
                Redactor.cleanCode(FailureTable.code(error), token),
                verdict.retryAfter(),
                verdict.reach()));
    }

    private void fail(FailureKind kind, String message) {
        sink.failed(new Failure(
                kind,
                Redactor.clean(message, token),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Reach.ACCOUNT));
    }

    private String noAnswer(Throwable e) {
        return "no answer from " + endpoint.url().host() + ": " + reason(e);
    }

    /** What the JDK says of a host that it can't find is often its name and nothing else. */
    static String reason(Throwable e) {
        if (e instanceof UnknownHostException) {
            return "this host isn't known here; check its name and the network";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
