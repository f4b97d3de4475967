package dev.whippletree.model;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The vectors of a prompt's texts, all by one model. Immutable.
 *
 * @param all one for each text, in the order of the texts
 * @param usage the tokens of the calls that were made for this prompt, as the services counted them; texts from a cache
 *     or from another prompt's call cost none
 * @param calls how many calls were made for this prompt, failed ones included
 */
public record Embeddings(List<Embedding> all, TokenUsage usage, int calls) {

    /** Rejects null, and copies the list. */
    public Embeddings {
        all = List.copyOf(all);
        Objects.requireNonNull(usage, "usage");
        if (all.isEmpty()) {
            throw new IllegalArgumentException("there is no vector");
        }
    }

    /**
     * Returns where the vectors came from: a call if one was made, another prompt's if one was shared, else a cache.
     * The account and model are those of the vector of this kind that waited longest.
     */
    public Origin origin() {
        Origin costliest = all.stream()
                .map(Embedding::origin)
                .min(Comparator.comparing(Origin::source).thenComparing(Origin::waited, Comparator.reverseOrder()))
                .orElseThrow();
        return new Origin(
                costliest.source(),
                costliest.account(),
                costliest.model(),
                calls,
                costliest.waited(),
                costliest.cache());
    }

    /** Returns how many vectors came from a cache. */
    public long cached() {
        return all.stream()
                .filter(vector -> vector.origin().source() == Origin.Source.CACHE)
                .count();
    }

    /**
     * Returns the vectors of an answer that {@link #asCompletion} has made; each has the answer's origin.
     *
     * @throws IllegalArgumentException if it has none
     */
    public static Embeddings of(Completion answer) {
        return new Embeddings(
                answer.text()
                        .lines()
                        .map(base64 -> new Embedding(base64, answer.origin()))
                        .toList(),
                answer.usage().orElse(TokenUsage.NONE),
                answer.origin().attempts());
    }

    /** Returns them as one answer, whose text has a line of Base64 for each vector. */
    public Completion asCompletion() {
        return new Completion(
                String.join("\n", all.stream().map(Embedding::base64).toList()),
                Optional.empty(),
                List.of(),
                FinishReason.STOP,
                Optional.of(usage),
                origin());
    }
}
