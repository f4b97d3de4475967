package dev.whippletree.cache.redis;

import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.LimitUse;
import java.util.List;
import java.util.Optional;

/** A grant that this process hasn't done with. Guarded by its ledger. */
final class HeldGrant {

    /** What has become of a grant. */
    enum State {
        /** Not ended yet. */
        IN_FLIGHT,
        /** Used. */
        SETTLED,
        /** Nothing was sent. */
        RELEASED
    }

    private final String id;
    private final List<LimitUse> uses;
    private final long reservedAtNanos;

    /** Whether it may be there although nobody said so: a command about it was sent. */
    private boolean sent;

    private State state = State.IN_FLIGHT;
    private boolean entered;
    private boolean counted;
    private boolean ending;
    private long arrivedAtNanos;
    private Optional<TokenCount> tokens = Optional.empty();

    HeldGrant(String id, List<LimitUse> uses, long reservedAtNanos, boolean sent) {
        this.id = id;
        this.uses = uses;
        this.reservedAtNanos = reservedAtNanos;
        this.sent = sent;
    }

    String id() {
        return id;
    }

    List<LimitUse> uses() {
        return uses;
    }

    long reservedAtNanos() {
        return reservedAtNanos;
    }

    boolean isSent() {
        return sent;
    }

    void setSent() {
        sent = true;
    }

    State state() {
        return state;
    }

    long arrivedAtNanos() {
        return arrivedAtNanos;
    }

    void settle(Optional<TokenCount> used, long atNanos) {
        state = State.SETTLED;
        tokens = used;
        arrivedAtNanos = atNanos;
    }

    void release() {
        state = State.RELEASED;
    }

    /** Returns what it comes to, of one of its limits. */
    long used(LimitUse use) {
        return switch (state) {
            case IN_FLIGHT -> use.amount();
            case RELEASED -> 0;
            case SETTLED -> use.counted(tokens);
        };
    }

    /** Returns whether it is known to be there, in the present epoch. */
    boolean isEntered() {
        return entered;
    }

    void setEntered(boolean there) {
        entered = there;
    }

    /** Returns whether it is in what the others had left when last asked. */
    boolean isCounted() {
        return counted;
    }

    void setCounted() {
        counted = true;
    }

    /** Returns whether its end has been sent and not been answered. */
    boolean isEnding() {
        return ending;
    }

    void setEnding(boolean underWay) {
        ending = underWay;
    }
}
