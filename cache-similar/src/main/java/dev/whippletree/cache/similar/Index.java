package dev.whippletree.cache.similar;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Stored questions of one scope, by their vectors. Confined. */
interface Index {

    /** Adds a question. If there is no room, the one that was used least recently makes some. */
    void add(Stored stored, float[] vector);

    /** Puts a question in the place of the one that has its id; does nothing if none has. */
    void replace(Stored stored);

    /** Returns the question with an id, if it is still there. */
    Optional<Stored> find(long id);

    /**
     * Returns what lies nearest to a vector; the nearest counts as used. What has expired is removed.
     *
     * @param admitted which questions may be the nearest; the few that are nearest are asked, one after another
     * @return empty if none of those is admitted
     */
    Optional<Neighbours> nearest(float[] vector, Instant now, Predicate<Stored> admitted);

    /** Returns the nearest question of each of some answers, the nearest answer first. What has expired is removed. */
    List<Stored> nearestAnswers(float[] vector, Instant now, int most);

    /** Removes the question with an id, if it is still there. */
    void remove(long id);

    /** Removes the question that was used least recently, if there is one. */
    void removeOldest();

    /** Removes all, and returns how many those were. */
    int clear();

    /** Returns how many questions it holds. */
    int size();

    /** Returns how much memory they take, about. */
    long bytes();
}
