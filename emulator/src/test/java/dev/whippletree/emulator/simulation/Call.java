package dev.whippletree.emulator.simulation;

import dev.whippletree.spi.Admission;
import java.util.ArrayList;
import java.util.List;

/** What has become of a call so far. Confined to one run. */
final class Call {

    final SimulatedAccount account;
    final String connection;
    final String model;
    final Asked asked;
    final long sentNanos;
    final Admission admission;
    final List<Books.Use> uses = new ArrayList<>();
    boolean arrived;
    /** Whether a piece of its answer has come, or all of it. */
    boolean admitted;

    boolean ended;

    Call(SimulatedAccount account, String connection, String model, Asked asked, Admission admission, long sentNanos) {
        this.account = account;
        this.connection = connection;
        this.model = model;
        this.asked = asked;
        this.admission = admission;
        this.sentNanos = sentNanos;
    }

    /** Returns the most tokens that may be counted for it. */
    long tokens() {
        return admission.promptTokens() + admission.completionBound().orElse(0);
    }

    /**
     * Returns the fewest tokens that may be reserved for it: it may be known that prompts are overestimated, by four
     * times at most.
     */
    long leastReserved() {
        return admission.promptTokens() / 4;
    }

    /**
     * Returns the most tokens that may be reserved for it: it may be known that prompts are underestimated, by twice at
     * most here.
     */
    long mostReserved() {
        return 2 * admission.promptTokens() + admission.completionBound().orElse(0);
    }

    String target() {
        return connection + "/" + model;
    }

    @Override
    public String toString() {
        return "call of #" + asked.ask.id() + " on " + target();
    }
}
