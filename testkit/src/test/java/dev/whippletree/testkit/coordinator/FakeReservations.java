package dev.whippletree.testkit.coordinator;

import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.Services;
import dev.whippletree.testkit.coordinator.CountedLimits.Counted;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * What one process uses of limits. It counts that beside the meeting point's count: by its own it goes on alone, and it
 * tells it again when it comes back. What is said of a grant is always all that it uses, so it does no harm to say it
 * twice. Thread-safe: guarded by itself.
 */
final class FakeReservations {

    private final FakeMeetingPoint point;
    private final FakeQuestions questions;
    private final Services services;
    private final Duration longestCall;
    private final ToLongFunction<LimitUse> part;
    private final CountedLimits own = new CountedLimits();
    private final Map<String, List<LimitUse>> underWay = new HashMap<>();
    private long alone;

    /**
     * Creates what uses nothing.
     *
     * @param longestCall after which a reservation that wasn't ended counts as used
     * @param part how much of a use's limit this process may use if it can't ask the others
     */
    FakeReservations(
            FakeMeetingPoint point,
            FakeQuestions questions,
            Services services,
            Duration longestCall,
            ToLongFunction<LimitUse> part) {
        this.point = point;
        this.questions = questions;
        this.services = services;
        this.longestCall = longestCall;
        this.part = part;
    }

    CompletionStage<Grant> reserve(String id, List<LimitUse> uses) {
        Grant granted = new Grant.Granted(id);
        // If it is never ended, it counts as used when its call has taken as long as it may.
        List<Counted> counted = counted(id, uses, Optional.empty(), services.nanoTime() + longestCall.toNanos());
        return questions.ask(new FakeQuestions.Question<>(
                () -> point.reserve(uses, counted, services.nanoTime()).orElse(granted),
                () -> reserveAlone(uses, counted).orElse(granted),
                answer -> hold(answer, uses, counted),
                late -> giveUp(late, uses)));
    }

    /** Tells the meeting point, which may be out of reach, or have refused it too late to be heard. */
    private synchronized Optional<Grant> reserveAlone(List<LimitUse> uses, List<Counted> counted) {
        Optional<Grant> refusal = own.refusal(uses, part, services.nanoTime());
        if (refusal.isEmpty()) {
            alone++;
            tell(counted);
        }
        return refusal;
    }

    private synchronized void hold(Grant answer, List<LimitUse> uses, List<Counted> counted) {
        if (answer instanceof Grant.Granted granted) {
            underWay.put(granted.id(), uses);
            own.count(counted);
        }
    }

    /** What was granted too late isn't needed, unless this process has granted it to itself meanwhile. */
    private void giveUp(Grant late, List<LimitUse> uses) {
        if (late instanceof Grant.Granted granted && !questions.isClosed() && !isCounted(granted.id())) {
            tell(nothing(granted.id(), uses));
        }
    }

    private boolean isCounted(String grant) {
        return all().stream().anyMatch(counted -> counted.grant().equals(grant));
    }

    void settle(String grant, Optional<TokenCount> tokens, Duration sinceArrival) {
        end(grant, uses -> counted(grant, uses, tokens, services.nanoTime() - sinceArrival.toNanos()));
    }

    void release(String grant) {
        end(grant, uses -> nothing(grant, uses));
    }

    private void end(String grant, Function<List<LimitUse>, List<Counted>> use) {
        List<Counted> counted;
        synchronized (this) {
            List<LimitUse> uses = underWay.remove(grant);
            if (uses == null || questions.isClosed()) {
                return;
            }
            counted = use.apply(uses);
            own.count(counted);
        }
        tell(counted);
    }

    private void tell(List<Counted> counted) {
        questions.send(() -> point.count(counted));
    }

    /** Returns all that counts by now. */
    synchronized List<Counted> all() {
        return own.all(services.nanoTime());
    }

    /** Returns how many reservations were granted without asking. */
    synchronized long alone() {
        return alone;
    }

    private static List<Counted> counted(String grant, List<LimitUse> uses, Optional<TokenCount> tokens, long date) {
        return uses.stream()
                .map(use -> Counted.of(use, grant, use.counted(tokens), date))
                .toList();
    }

    private static List<Counted> nothing(String grant, List<LimitUse> uses) {
        return uses.stream().map(use -> Counted.of(use, grant, 0, 0)).toList();
    }
}
