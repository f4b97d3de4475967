package dev.whippletree.langchain4j;

import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.batch.BatchError;
import dev.langchain4j.model.batch.BatchItemResult;
import dev.langchain4j.model.batch.BatchPage;
import dev.langchain4j.model.batch.BatchPagination;
import dev.langchain4j.model.batch.BatchRequest;
import dev.langchain4j.model.batch.BatchResponse;
import dev.langchain4j.model.batch.BatchState;
import dev.langchain4j.model.chat.BatchChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.whippletree.batch.Batch;
import dev.whippletree.batch.BatchItem;
import dev.whippletree.batch.BatchProgress;
import dev.whippletree.batch.BatchResult;
import dev.whippletree.model.Prompt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A LangChain4j batch model whose requests are asked with batch priority, by the module {@code whippletree-batch}.
 * Thread-safe. Its batches are in memory: they end with the process, and of those that have ended, the latest 30 are
 * kept. For batches that outlast the process, use {@code dev.whippletree.batch.file}.
 *
 * <pre>{@code
 * BatchChatModel batches = new WhippletreeBatchChatModel(model);
 * String id = batches.submit(new BatchRequest<>(requests)).batchId();
 * BatchResponse<ChatResponse> batch = batches.retrieve(id);
 * }</pre>
 */
public final class WhippletreeBatchChatModel implements BatchChatModel {

    static final int MOST_KEPT = 30;

    private static final int USUAL_PAGE = 20;
    private static final BatchItemResult<ChatResponse> NOT_ASKED =
            failure(0, "the batch ended before this request", BatchResult.Failed.NOT_ASKED);

    private final WhippletreeModelBuilder.Setup setup;

    // Both guarded by this.
    private final Map<String, SubmittedBatch> batches = new LinkedHashMap<>();
    private int submitted;

    /**
     * Creates a model.
     *
     * @param model whose Whippletree is asked, with its parameters; its listeners are told nothing
     */
    public WhippletreeBatchChatModel(WhippletreeChatModel model) {
        this.setup = model.setup;
    }

    /** A batch, and its results in the order of its requests. */
    private record SubmittedBatch(
            String id, List<BatchItemResult<ChatResponse>> results, CompletableFuture<BatchProgress> end) {

        /** Requests without an answer are no failure of their batch, unless it gave up. */
        BatchState state() {
            if (!end.isDone()) {
                return BatchState.RUNNING;
            }
            if (end.isCancelled()) {
                return BatchState.CANCELLED;
            }
            return end.isCompletedExceptionally() || end.join().stopped().isPresent()
                    ? BatchState.FAILED
                    : BatchState.SUCCEEDED;
        }

        BatchResponse<ChatResponse> response() {
            BatchState state = state();
            return BatchResponse.<ChatResponse>builder()
                    .batchId(id)
                    .state(state)
                    .results(state.isTerminal() ? List.copyOf(results) : List.of())
                    .build();
        }
    }

    /**
     * Begins to ask requests. Doesn't wait for answers.
     *
     * @throws LangChain4jException if one can't be passed on; none is asked then
     */
    @Override
    public BatchResponse<ChatResponse> submit(BatchRequest<ChatRequest> request) {
        List<BatchItem> items = new ArrayList<>();
        try {
            for (ChatRequest each : request.requests()) {
                items.add(new BatchItem(String.valueOf(items.size()), prompt(each)));
            }
        } catch (RuntimeException e) {
            throw ExceptionTranslator.translated(e);
        }
        List<BatchItemResult<ChatResponse>> results =
                Collections.synchronizedList(new ArrayList<>(Collections.nCopies(items.size(), NOT_ASKED)));
        CompletableFuture<BatchProgress> end = Batch.over(setup.whippletree())
                .total(items.size())
                .run(items, result -> results.set(Integer.parseInt(result.id()), translated(result)));
        synchronized (this) {
            SubmittedBatch begun = new SubmittedBatch("batch-" + ++submitted, results, end);
            kept().put(begun.id(), begun);
            return begun.response();
        }
    }

    /** A batch outlasts an outage. */
    private Prompt prompt(ChatRequest request) {
        ChatRequest whole = ChatRequest.builder()
                .messages(request.messages())
                .parameters(setup.defaults().overrideWith(request.parameters()))
                .build();
        return setup.requests().prompt(whole).toBuilder().endWhenStalled(false).build();
    }

    private BatchItemResult<ChatResponse> translated(BatchResult result) {
        if (result instanceof BatchResult.Failed failed) {
            return failure(failed.status().orElse(0), failed.message(), failed.kind());
        }
        try {
            return BatchItemResult.success(setup.responses()
                    .to(result.item().prompt(), setup.whippletree())
                    .response(((BatchResult.Answered) result).completion()));
        } catch (LangChain4jException e) {
            return failure(0, String.valueOf(e.getMessage()), "filtered");
        }
    }

    private static BatchItemResult<ChatResponse> failure(int status, String message, String kind) {
        return BatchItemResult.failure(new BatchError(status, message, List.of(Map.of("kind", kind))));
    }

    /**
     * Returns how a batch stands and, once it has ended, its results. The error of a request has the status of its last
     * call, 0 if there was none, and its {@code kind}.
     *
     * @throws LangChain4jException if there is no such batch
     */
    @Override
    public BatchResponse<ChatResponse> retrieve(String batchId) {
        return find(batchId).response();
    }

    /**
     * Cancels a batch, and gives up its calls under way. One that has ended stays as it is.
     *
     * @throws LangChain4jException if there is no such batch
     */
    @Override
    public void cancel(String batchId) {
        find(batchId).end().cancel(false);
    }

    /** Those under way drive out none that has ended. */
    private synchronized Map<String, SubmittedBatch> kept() {
        List<String> ended = batches.values().stream()
                .filter(batch -> batch.end().isDone())
                .map(SubmittedBatch::id)
                .toList();
        batches.keySet().removeAll(ended.subList(0, Math.max(0, ended.size() - MOST_KEPT)));
        return batches;
    }

    private synchronized SubmittedBatch find(String batchId) {
        SubmittedBatch found = kept().get(batchId);
        if (found == null) {
            throw ExceptionTranslator.translated(new IllegalArgumentException(
                    "there is no batch '" + batchId + "' of this model; it keeps the latest " + MOST_KEPT
                            + " that have ended, for as long as it lives"));
        }
        return found;
    }

    /** Returns what completes when a batch has ended. */
    CompletableFuture<BatchProgress> end(String batchId) {
        return find(batchId).end();
    }

    /**
     * Returns the batches, oldest first.
     *
     * @throws LangChain4jException if the batch that a page begins with isn't there, or no longer
     */
    @Override
    public synchronized BatchPage<ChatResponse> list(@Nullable BatchPagination pagination) {
        Integer size = pagination == null ? null : pagination.pageSize();
        String from = pagination == null ? null : pagination.pageToken();
        int most = size == null ? USUAL_PAGE : Math.max(1, size);
        String first = from == null ? null : find(from).id();
        List<BatchResponse<ChatResponse>> rest = kept().values().stream()
                .dropWhile(batch -> first != null && !batch.id().equals(first))
                .map(SubmittedBatch::response)
                .toList();
        return new BatchPage<>(
                rest.stream().limit(most).toList(),
                rest.size() > most ? rest.get(most).batchId() : null);
    }
}
