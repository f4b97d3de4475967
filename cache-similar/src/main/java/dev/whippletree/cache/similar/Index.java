package dev.whippletree.cache.similar;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Stored questions of one scope, by their vectors. Confined. */
interface Index {

    /** Adds a question. If there is no room, the one that was used least recently makes some. */
    void add(Stored stored, float[] vector);

    /**
     * Returns what lies nearest to a vector, of what hasn't expired; the nearest counts as used.
     *
     * @param admitted which questions may be the nearest; the few that are nearest are asked, one after another
     * @return empty if none of those is admitted
     */
    Optional<Neighbours> nearest(float[] vector, Instant now, Predicate<Stored> admitted);

    /** Returns the nearest question of each of some answers, the nearest answer first. */
    List<Stored> nearestAnswers(float[] vector, Instant now, int most);

    /** Removes the questions that a condition holds for, and returns how many those were. */
    int remove(Predicate<Stored> condition);

    /** Returns how many questions it holds. */
    int size();
}
