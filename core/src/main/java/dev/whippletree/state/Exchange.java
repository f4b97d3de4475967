package dev.whippletree.state;

import java.nio.file.attribute.FileTime;
import java.util.Objects;

/** The outcome of an attempt to save. */
public sealed interface Exchange {

    /**
     * It is saved.
     *
     * @param state all that is saved now, by this process and by others
     */
    record Done(SavedState state) implements Exchange {

        public Done {
            Objects.requireNonNull(state, "state");
        }
    }

    /**
     * Another process, or another engine of this one, is saving just now.
     *
     * @param lastSaved when the file was last replaced; while that changes, the other process doesn't hang
     */
    record Busy(FileTime lastSaved) implements Exchange {}

    /**
     * It can't be saved.
     *
     * @param problem why, and what to do: a sentence
     */
    record SaveFailed(String problem) implements Exchange {

        public SaveFailed {
            Objects.requireNonNull(problem, "problem");
        }
    }
}
