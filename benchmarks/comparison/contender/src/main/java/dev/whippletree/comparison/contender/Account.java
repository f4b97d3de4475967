package dev.whippletree.comparison.contender;

import java.util.List;

/**
 * An account of an emulated service. Immutable.
 *
 * @param id its name
 * @param provider the kind of service: {@code openai}, {@code huggingface} or {@code groq}
 * @param url where its API is, up to and including {@code /v1}
 * @param token its key
 * @param limits what its user knows of its limits, such as {@code 200 requests / 10s}; empty: nothing
 */
public record Account(String id, String provider, String url, String token, List<String> limits) {

    public Account {
        limits = List.copyOf(limits);
    }
}
