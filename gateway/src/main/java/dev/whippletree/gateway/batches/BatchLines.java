package dev.whippletree.gateway.batches;

import dev.whippletree.batch.BatchResult;
import dev.whippletree.batch.file.LineReader;
import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.clients.Access;
import dev.whippletree.gateway.clients.Client;
import dev.whippletree.gateway.clients.Disclosure;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.PromptRequest;
import dev.whippletree.gateway.protocol.Protocol;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the lines of a batch as the gateway reads requests: with the rights of the client by now. Thread-safe. */
final class BatchLines implements LineReader {

    /** In these, the journal writes answers itself. */
    private static final Set<String> OF_THE_JOURNAL = Set.of("/v1/chat/completions", "/v1/embeddings");

    private static final Pattern OF_THE_PROMPT = Pattern.compile("rejected|filtered|too_large|not_asked|batch_expired");

    private final String tenant;
    private final String endpoint;
    private final Protocol protocol;
    private final Supplier<Access> access;
    private final Set<String> models = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    /** Creates one for the lines of a batch. */
    BatchLines(BatchPlace batch, Protocol protocol, Supplier<Access> access) {
        this.tenant = batch.tenant();
        this.endpoint = batch.text("endpoint");
        this.protocol = protocol;
        this.access = access;
    }

    /** Returns the client, with its rights by now; empty if there is none any more. */
    Optional<Client> client() {
        return access.get().clients().named(tenant);
    }

    /** Returns the model that all lines name; null if there are several, or none was read. */
    @Nullable String model() {
        return models.size() == 1 ? models.iterator().next() : null;
    }

    /** Returns whether answers are written in another form than the journal's. */
    boolean writesAnswers() {
        return !OF_THE_JOURNAL.contains(endpoint);
    }

    /** Reads no further line: whoever tries gets a {@link CancellationException}. */
    void stop() {
        stopped = true;
    }

    @Override
    public Prompt read(String url, Map<String, Object> body, Optional<String> session) {
        if (stopped) {
            throw new CancellationException("no more lines are read");
        }
        if (!url.equals(endpoint)) {
            throw new Refusal(
                    "url_mismatch",
                    "this batch is for " + endpoint + ", and this line for " + url + "; put it into another batch");
        }
        Access now = access.get();
        Client client = now.clients()
                .named(tenant)
                .orElseThrow(() -> new Refusal("forbidden", "the gateway has no such client any more"));
        try {
            PromptRequest request = protocol.read(new Fields("body", body));
            if (request.operation() == Prompt.Operation.EMBEDDING && "base64".equals(body.get("encoding_format"))) {
                throw new Refusal(
                        "invalid_value",
                        "'body.encoding_format' must be float, because the output has vectors as numbers");
            }
            Prompt.Builder prompt = Prompt.builder()
                    .tenant(tenant)
                    .operation(request.operation())
                    .priority(Priority.BATCH)
                    .messages(request.body().messages());
            String route =
                    now.rights(client).models().choose(prompt, request.body().model());
            session.ifPresent(prompt::session);
            Prompt read = prompt.parameters(request.body().parameters()).build();
            if (models.size() < 2) {
                models.add(request.body().model().orElse(route));
            }
            return read;
        } catch (RequestException e) {
            throw new Refusal(e.error().code(), e.error().message());
        }
    }

    /** Names no accounts where the client may see none: it reads what is written. */
    @Override
    public BatchResult written(BatchResult result) {
        Disclosure disclosure = access.get().disclosure();
        if (disclosure.accountsShown()) {
            return result;
        }
        if (result instanceof BatchResult.Answered answered) {
            Completion completion = answered.completion();
            Origin all = completion.origin();
            Origin shown = new Origin(all.source(), "", all.model(), all.attempts(), all.waited(), all.cache());
            return new BatchResult.Answered(answered.item(), completion.withOrigin(shown), answered.key());
        }
        BatchResult.Failed failed = (BatchResult.Failed) result;
        // What a service says of a limit or a credit may name its organization; what it says of a prompt is the
        // client's.
        String words = OF_THE_PROMPT.matcher(failed.kind()).lookingAt()
                ? disclosure.shown(failed.message())
                : "no answer: " + failed.kind();
        return new BatchResult.Failed(failed.item(), failed.kind(), words, failed.status());
    }

    @Override
    public Optional<Map<String, Object>> answer(
            Map<String, Object> body, Completion answer, String id, Instant created) {
        PromptRequest request = protocol.read(new Fields("body", body));
        AnswerInfo info = new AnswerInfo(
                id.replaceFirst("^batch_req_", ""),
                InstantSource.fixed(created),
                request.body().model().orElse(""),
                access.get().disclosure());
        Map<String, Object> json = new LinkedHashMap<>(request.writer(info).whole(answer));
        json.remove("whippletree"); // Beside the response, the line has it.
        return Optional.of(json);
    }
}
