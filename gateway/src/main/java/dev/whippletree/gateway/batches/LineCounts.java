package dev.whippletree.gateway.batches;

import dev.whippletree.batch.BatchResult;
import dev.whippletree.batch.file.BatchFile;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.model.TokenCount;
import dev.whippletree.model.TokenUsage;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How many lines a batch has, how many of them have a result, and which tokens those have used. Thread-safe. */
final class LineCounts {

    private final long total;
    private final Consumer<BatchResult> told;

    // All guarded by this.
    private long completed;
    private long failed;
    private TokenUsage used;

    /** Begins with what there was when a file was opened. */
    LineCounts(BatchFile file, Consumer<BatchResult> told) {
        this.total = file.total();
        this.told = told;
        this.completed = file.done() - file.failed();
        this.failed = file.failed();
        this.used = file.used();
    }

    synchronized void add(BatchResult result) {
        if (result instanceof BatchResult.Answered answered) {
            completed++;
            used = used.plus(answered.completion().usage().orElse(TokenUsage.NONE));
        } else {
            failed++;
        }
        told.accept(result);
    }

    synchronized boolean areAll() {
        return left() <= 0;
    }

    synchronized long left() {
        return total - completed - failed;
    }

    /** Returns the tokens that a line has used, in the mean of those that were answered; none before any was. */
    synchronized TokenCount tokensEach() {
        long answered = Math.max(1, completed);
        return new TokenCount(used.promptTokens() / answered, used.completionTokens() / answered);
    }

    /** Returns the fields of a batch that say it: a new object, to which more may be added. */
    synchronized Map<String, @Nullable Object> json() {
        return GatewayJson.of("request_counts", json(total, completed, failed), "usage", AnswerInfo.usage(used));
    }

    static Map<String, Object> json(long total, long completed, long failed) {
        return GatewayJson.of("total", total, "completed", completed, "failed", failed);
    }
}
