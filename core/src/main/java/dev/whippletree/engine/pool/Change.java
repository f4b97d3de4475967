package dev.whippletree.engine.pool;

import dev.whippletree.engine.scope.ScopeState;
import org.jspecify.annotations.Nullable;

/**
 * The changes since the waiting line was last checked, so that only prompts that may have become ready are checked
 * again. Immutable.
 *
 * @param everything whether any target may have become ready
 * @param organization whose targets may have become ready; null if none in particular
 */
public record Change(boolean everything, @Nullable ScopeState organization) {

    /** Anything, such as that time has passed. */
    public static final Change ANYTHING = new Change(true, null);

    /** Flights have entered the line or left it, and that is all. */
    public static final Change OF_THE_LINE = new Change(false, null);

    /** An attempt on a target ended, or its service said something of its limits: all of that is its organization's. */
    public static Change of(Target target) {
        return new Change(false, target.organization());
    }

    /** Returns whether a target may have become ready. */
    public boolean concerns(Target target) {
        return everything || target.organization() == organization;
    }
}
