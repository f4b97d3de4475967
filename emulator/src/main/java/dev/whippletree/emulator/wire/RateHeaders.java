package dev.whippletree.emulator.wire;

import dev.whippletree.emulator.model.LimitState;
import java.util.Map;

/** The three headers {@code x-ratelimit-{limit,remaining,reset}-{requests,tokens}}. Stateless. */
final class RateHeaders {

    private RateHeaders() {}

    static void add(Map<String, String> headers, LimitState state, long resetNanos) {
        String unit = state.limit().limit().unit().wireName();
        headers.put(
                "x-ratelimit-limit-" + unit,
                String.valueOf(state.limit().limit().amount()));
        headers.put("x-ratelimit-remaining-" + unit, String.valueOf(state.remaining()));
        headers.put("x-ratelimit-reset-" + unit, GoDuration.format(resetNanos));
    }
}
