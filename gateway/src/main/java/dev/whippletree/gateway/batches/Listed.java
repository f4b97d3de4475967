package dev.whippletree.gateway.batches;

import java.util.Comparator;

/** A file or a batch in a list, or the place of one that is gone. Immutable. */
interface Listed {

    Comparator<Listed> NEWEST_FIRST = Comparator.<Listed>comparingLong(item -> item.number("created_at"))
            .thenComparing(Listed::id)
            .reversed();

    String id();

    /** Returns one of its numbers, such as {@code created_at}. */
    long number(String field);
}
