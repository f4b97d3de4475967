package dev.whippletree.springai;

import dev.whippletree.model.Limit;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.metadata.RateLimit;

/**
 * The limits of the account that answered, as they are when first looked at. Of several limits of a kind, the one with least left
 * counts; what is unknown is zero, as in {@link org.springframework.ai.chat.metadata.EmptyRateLimit}. Thread-safe.
 */
final class AccountRateLimit implements RateLimit {

    private final String account;
    private @Nullable Supplier<StatusSnapshot> status;
    private Optional<LimitStatus> requests = Optional.empty();
    private Optional<LimitStatus> tokens = Optional.empty();

    AccountRateLimit(String account, Supplier<StatusSnapshot> status) {
        this.account = account;
        this.status = status;
    }

    @Override
    public Long getRequestsLimit() {
        return known(this::requests, LimitStatus::amount);
    }

    @Override
    public Long getRequestsRemaining() {
        return known(this::requests, LimitStatus::left);
    }

    @Override
    public Duration getRequestsReset() {
        return reset(requests());
    }

    @Override
    public Long getTokensLimit() {
        return known(this::tokens, LimitStatus::amount);
    }

    @Override
    public Long getTokensRemaining() {
        return known(this::tokens, LimitStatus::left);
    }

    @Override
    public Duration getTokensReset() {
        return reset(tokens());
    }

    private static long known(Supplier<Optional<LimitStatus>> limit, Function<LimitStatus, Long> value) {
        return limit.get().map(value).orElse(0L);
    }

    /** A limit that is used bit by bit is whole again at most a window later. */
    private static Duration reset(Optional<LimitStatus> limit) {
        return limit.filter(known -> known.left() < known.amount())
                .flatMap(LimitStatus::window)
                .orElse(Duration.ZERO);
    }

    private synchronized Optional<LimitStatus> requests() {
        look();
        return requests;
    }

    private synchronized Optional<LimitStatus> tokens() {
        look();
        return tokens;
    }

    private void look() {
        if (status != null) {
            StatusSnapshot now = status.get();
            status = null; // An answer that is kept must not keep a Whippletree.
            requests = tightest(now, Limit.Unit.REQUESTS);
            tokens = tightest(now, Limit.Unit.TOKENS);
        }
    }

    private Optional<LimitStatus> tightest(StatusSnapshot now, Limit.Unit unit) {
        return now.accounts().stream()
                .filter(row -> row.id().equals(account))
                .flatMap(row -> row.limits().stream())
                .filter(limit -> limit.unit() == unit)
                .min(Comparator.comparingLong(LimitStatus::left));
    }

    @Override
    public synchronized String toString() {
        return "limits of account " + account;
    }
}
