package dev.whippletree.emulator.model;

import java.time.Duration;
import java.util.Optional;

/**
 * A service's refusal of a request. Immutable.
 *
 * @param kind the reason
 * @param status the HTTP status
 * @param model the requested model; empty if none could be read
 * @param detail a detail, as the kind's description says; else empty
 * @param organization the organization whose limits would have applied; empty if the token is unknown
 * @param retryAfter the wait that the service states, if any
 * @param hit the limit that was hit, if one was
 */
public record Refusal(
        RefusalKind kind,
        int status,
        String model,
        String detail,
        String organization,
        Optional<Duration> retryAfter,
        Optional<LimitHit> hit) {

    /** Returns the detail, or other words where there is none. */
    public String detailOr(String otherwise) {
        return detail.isEmpty() ? otherwise : detail;
    }

    /** Returns a refusal that says nothing but why. */
    static Refusal of(RefusalKind kind, ServiceKind service) {
        return new Refusal(kind, kind.status(service), "", "", "", Optional.empty(), Optional.empty());
    }

    Refusal about(String model, String organization) {
        return new Refusal(kind, status, model, detail, organization, retryAfter, hit);
    }

    Refusal withDetail(String detail) {
        return new Refusal(kind, status, model, detail, organization, retryAfter, hit);
    }

    Refusal withRetryAfter(Duration wait) {
        return new Refusal(kind, status, model, detail, organization, Optional.of(wait), hit);
    }

    Refusal withHit(LimitHit hit) {
        return new Refusal(kind, status, model, detail, organization, retryAfter, Optional.of(hit));
    }
}
