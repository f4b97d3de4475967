package dev.whippletree.provider.openai.call;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.provider.openai.dialect.Dialect;
import dev.whippletree.provider.openai.dialect.EchoedToken;
import dev.whippletree.provider.openai.dialect.EmbeddingApi;
import dev.whippletree.provider.openai.dialect.FailureTable;
import dev.whippletree.provider.openai.dialect.JsonFields;
import dev.whippletree.provider.openai.dialect.Redactor;
import dev.whippletree.provider.openai.dialect.ServiceError;
import dev.whippletree.provider.openai.dialect.Verdict;
import dev.whippletree.provider.openai.read.NoAnswerException;
import dev.whippletree.provider.openai.read.ResponseReader;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * One call, from writing the request to reporting its one end. {@link #run} blocks; the other methods are thread-safe.
 */
final class ChatCall implements Runnable, Cancellable {

    private final Optional<EmbeddingApi> embedding;
    private final Endpoint endpoint;
    private final Prompt prompt;
    private final String model;
    private final AttemptSink sink;
    private final boolean streaming;
    private Progress progress;
    private Optional<String> token = Optional.empty();
    private volatile @Nullable Call call;
    private volatile boolean stopped;
    private volatile boolean over;

    ChatCall(Endpoint account, Prompt prompt, String model, AttemptSink sink) {
        this.embedding = prompt.operation() == Prompt.Operation.EMBEDDING
                ? account.dialect().embeddings()
                : Optional.empty();
        this.endpoint =
                embedding.map(api -> account.at(HttpUrl.get(api.url(model)))).orElse(account);
        this.prompt = prompt;
        this.model = model;
        this.sink = sink;
        this.streaming = sink.streaming() && embedding.isEmpty();
        this.progress = new Progress(sink);
    }

    /** Cancels the call silently. */
    @Override
    public void cancel() {
        over = true;
        stop();
    }

    /** Cancels the call; the sink receives a failure. */
    void stop() {
        stopped = true;
        Call started = call;
        if (started != null) {
            started.cancel();
        }
    }

    /** Makes the call, on a thread that may block. Every error goes to the sink. */
    @Override
    public void run() {
        try {
            token = endpoint.revealToken();
            make();
        } catch (UnusableTokenException e) {
            fail(FailureKind.UNAUTHORIZED, e.getMessage() + "; set a valid one");
        } catch (IOException e) {
            // A stream's pieces are told; of an answer in one piece, nobody else knows that it began.
            boolean begun = !streaming && !stopped && progress.bodyCame();
            Optional<String> code = begun || BreakWords.isDamaged(e, endpoint, progress)
                    ? Optional.of(Failure.DAMAGED)
                    : Optional.empty();
            fail(FailureKind.UNAVAILABLE, stopped ? "the account is closed" : inWords(e), code);
        } catch (RuntimeException | Error e) {
            // Errors too, such as those of a stack that some answer overflows: a sink that hears nothing waits for its
            // timeout. OkHttp may have lost sight of the connection.
            stop();
            fail(FailureKind.UNAVAILABLE, "the call failed unexpectedly; see the log");
            log(e);
        } finally {
            endpoint.connections().meter().end();
        }
    }

    private String inWords(IOException fault) {
        return progress.isConnected()
                ? BreakWords.of(fault, endpoint, progress)
                : "no answer from " + endpoint.where() + ": "
                        + ConnectWords.of(fault, endpoint.connections().connectTimeout());
    }

    /** The exception's message may contain the token. */
    private void log(Throwable fault) {
        Throwable shown = new IllegalStateException(Redactor.clean(fault.toString(), token));
        shown.setStackTrace(fault.getStackTrace());
        endpoint.log().error("Account {}: a call failed unexpectedly", endpoint.account(), shown);
    }

    /**
     * Sends the request, and once more if it went to a kept connection that ended before a response began. A service
     * that closes an idle connection doesn't read what is on its way there. It may instead have read the request and
     * broken off without a word, which nobody can tell from that (RFC 9110, section 9.2.2). But the engine would send
     * that prompt again too, and the second connection is a new one, whose end is a failure; so this adds one call to
     * an attempt at most, and only if the limits have room for it. A kept connection that has brought something before
     * is given no request: a new one is.
     */
    private void make() throws IOException {
        try {
            make(endpoint.connections().http());
        } catch (IOException e) {
            if (stopped || !progress.reusesConnection() || !BreakWords.isStale(e, endpoint, progress)) {
                throw e;
            }
            OkHttpClient fresh = endpoint.connections().fresh();
            if (!sink.staleConnection(progress.hasBegun())) {
                throw e;
            }
            progress = new Progress(sink);
            make(fresh);
        }
    }

    private void make(OkHttpClient http) throws IOException {
        Call started = http.newCall(request());
        call = started;
        if (stopped) {
            started.cancel();
        }
        try (Response response = started.execute()) {
            ResponseReader reader = new ResponseReader(
                    endpoint.dialect(),
                    endpoint.clock(),
                    endpoint.connections().patience(),
                    model,
                    sink,
                    error -> sink.refused(failure(error)));
            AnswerEnd end = withoutToken(reader.read(response, prompt, embedding));
            endpoint.answered().set(true);
            end(() -> sink.done(end));
        } catch (NoAnswerException e) {
            fail(e.error());
        }
    }

    /** Hides the token in the model's name and the answer's id, which are printed and measured. */
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
                .tag(Progress.class, progress)
                .header("Accept", streaming ? "text/event-stream" : "application/json")
                .header("User-Agent", "whippletree");
        // Compressors hold back what should arrive piece by piece. Said for whole answers too: OkHttp would unpack them
        // itself.
        request.header("Accept-Encoding", streaming ? "identity" : "gzip");
        endpoint.dialect().headers().forEach(request::header);
        token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        byte[] body = embedding
                .map(api -> JsonFields.write(api.body(prompt, model)))
                .orElseGet(() -> PromptWriter.body(prompt, model, streaming, endpoint.dialect()));
        return request.post(new OneShotBody(body)).build();
    }

    /** For an error response, reports the limits in its headers together with those in its body. */
    private List<RateLimitReport> limits(ServiceError error) {
        Dialect dialect = endpoint.dialect();
        List<RateLimitReport> reports =
                new ArrayList<>(error.head().successful() ? List.of() : dialect.limits(error.head()));
        reports.addAll(dialect.limits(error));
        return reports;
    }

    private void fail(ServiceError error) {
        List<RateLimitReport> limits = limits(error);
        if (!over && !limits.isEmpty()) {
            sink.limits(limits);
        }
        fail(failure(error));
    }

    private void fail(Failure failure) {
        end(() -> sink.failed(failure));
    }

    /** Tells the sink one end, unless the call is cancelled. */
    private void end(Runnable told) {
        if (!over) {
            over = true;
            told.run();
        }
    }

    private Failure failure(ServiceError error) {
        Verdict verdict = endpoint.dialect().judge(error);
        return new Failure(
                verdict.kind(),
                Redactor.clean(endpoint.inWords(error, verdict, embedding.isPresent()), token),
                OptionalInt.of(error.status()),
                Redactor.cleanCode(FailureTable.code(error), token),
                Redactor.cleanCode(error.param(), token),
                verdict.retryAfter(),
                verdict.reach());
    }

    void fail(FailureKind kind, String message) {
        fail(kind, message, Optional.empty());
    }

    private void fail(FailureKind kind, String message, Optional<String> code) {
        fail(new Failure(
                kind, Redactor.clean(message, token), OptionalInt.empty(), code, Optional.empty(), Reach.ACCOUNT));
    }
}
