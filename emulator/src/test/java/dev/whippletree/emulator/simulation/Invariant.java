package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.StatusSnapshot;

/** Something that must hold throughout a run. Is told what happens, and says to {@link Facts} when it doesn't hold. */
interface Invariant {

    /** Somebody is about to ask. */
    default void asking(Asked asked) {}

    /** A call is about to be made, and isn't among the facts yet. */
    default void sending(Call call) {}

    /** A call has failed, and that is among the facts. */
    default void failed(Call call, Failure failure) {}

    /** A caller got an answer. */
    default void answered(Asked asked, Completion completion) {}

    /** A caller got none. */
    default void refused(Asked asked, PromptException failure) {}

    /** Everything that happens at one instant has happened. */
    default void step(StatusSnapshot status) {}

    /** Nothing more will happen. */
    default void end(StatusSnapshot status) {}
}
