package dev.whippletree.provider.openai.read;

import dev.whippletree.model.Prompt;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.provider.openai.dialect.Dialect;
import dev.whippletree.provider.openai.dialect.EmbeddingApi;
import dev.whippletree.provider.openai.dialect.ErrorReader;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import dev.whippletree.provider.openai.dialect.ServiceError;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import okhttp3.MediaType;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads the response to a call: an error, a whole answer or a streamed one. Immutable.
 *
 * @param patience how long the body of an error may take to arrive, and the end of a stream after its finish reason;
 *     more than zero
 * @param model what the model is called where the answer doesn't say
 * @param refused is told of an error by its head alone, before its body is awaited
 */
public record ResponseReader(
        Dialect dialect,
        InstantSource clock,
        Duration patience,
        String model,
        AttemptSink sink,
        Consumer<ServiceError> refused) {

    private static final String LOWER_INPUTS = "; lower the account's embedding-inputs";

    /**
     * Reads to the end.
     *
     * @param vectors how the service embeds, if the prompt asks for vectors
     */
    public AnswerEnd read(Response response, Prompt prompt, Optional<EmbeddingApi> vectors)
            throws IOException, NoAnswerException {
        ResponseHead head = head(response);
        ContentCoding coding = ContentCoding.of(response.headers());
        dialect.answered(head);
        if (!head.successful()) {
            refused.accept(ErrorReader.ofBody(head, new byte[0], clock));
            byte[] error = coding.isReadable()
                    ? BodyReader.error(coding.unpacked(response.body().source()), patience)
                    : new byte[0];
            throw new NoAnswerException(ErrorReader.ofBody(head, error, clock));
        }
        List<RateLimitReport> limits = dialect.limits(head);
        if (!limits.isEmpty()) {
            sink.limits(limits);
        }
        if (!coding.isReadable()) {
            throw NoAnswerException.unreadable(
                    head,
                    "the service compressed its answer with an encoding that wasn't requested (" + coding.inWords()
                            + ", " + head.status() + ")");
        }
        BufferedSource body = coding.unpacked(response.body().source());
        if (vectors.isPresent()) {
            return new EmbeddingAnswer(head, dialect, vectors.get(), clock)
                    .read(BodyReader.answer(body, LOWER_INPUTS), prompt, model, sink::delta);
        }
        return isStream(response.body().contentType())
                ? new ChunkReader(head, dialect, clock, patience, model, sink::delta).read(new EventStream(body))
                : new WholeAnswer(head, dialect, clock).read(BodyReader.answer(body, ""), model, sink::delta);
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
            return sink.streaming();
        }
        return type.subtype().equals("event-stream");
    }
}
