package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.model.LimitHit;
import dev.whippletree.emulator.model.LimitState;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Builds the limit reports that a provider would read from headers and 429 messages. Stateless. */
final class LimitReports {

    private LimitReports() {}

    /**
     * Hugging Face sends no headers; Groq speaks of the day's requests and the minute's tokens; others of the first of
     * each.
     */
    static List<RateLimitReport> ofHeaders(ServiceKind kind, List<LimitState> limits) {
        List<RateLimitReport> reports = new ArrayList<>();
        for (Limit.Unit unit : Limit.Unit.values()) {
            limits.stream()
                    .filter(state -> state.limit().limit().unit() == unit)
                    .filter(state -> kind.reports(state.limit().limit()))
                    .findFirst()
                    .ifPresent(state -> reports.add(report(kind, state)));
        }
        return reports;
    }

    /** Groq's prose tells all of the limit that was hit. */
    static Optional<RateLimitReport> ofHit(ServiceKind kind, LimitHit hit) {
        return kind == ServiceKind.GROQ ? Optional.of(report(kind, hit.state())) : Optional.empty();
    }

    /** Only Groq is known to mean each model. */
    static Reach reach(ServiceKind kind) {
        return kind == ServiceKind.GROQ ? Reach.MODEL : Reach.UNKNOWN;
    }

    private static RateLimitReport report(ServiceKind kind, LimitState state) {
        Limit limit = state.limit().limit();
        return new RateLimitReport(
                reach(kind),
                limit.unit(),
                OptionalLong.of(limit.amount()),
                OptionalLong.of(state.remaining()),
                kind == ServiceKind.GROQ ? Optional.of(limit.window()) : Optional.empty(),
                refill(kind),
                Optional.of(Duration.ofNanos(state.resetNanos())));
    }

    /** Groq is known to count in buckets and Hugging Face in fixed windows; the headers of others don't say. */
    private static RateLimitReport.Refill refill(ServiceKind kind) {
        return switch (kind) {
            case GROQ -> RateLimitReport.Refill.CONTINUOUS;
            case HUGGING_FACE -> RateLimitReport.Refill.AT_ONCE;
            case OPENAI -> RateLimitReport.Refill.UNSAID;
        };
    }
}
