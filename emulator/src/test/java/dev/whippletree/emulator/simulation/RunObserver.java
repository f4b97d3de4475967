package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.AnswerEnd;
import org.jspecify.annotations.Nullable;

/** Is told what happens in a run. Confined to that run. */
interface RunObserver {

    /** Somebody is about to ask. */
    default void asking(Asked asked) {}

    /** A call is about to be made, and isn't among the facts yet. */
    default void sending(Call call) {}

    /** A call has failed, and that is among the facts. */
    default void failed(Call call, Failure failure) {}

    /** A call was answered, and that is among the facts. */
    default void answered(Call call, AnswerEnd end) {}

    /** The engine broke off a call, and that is among the facts. */
    default void cancelled(Call call) {}

    /** A caller who watches an answer come got a part of it. */
    default void told(Asked asked, Delta delta) {}

    /** A caller got an answer. */
    default void answered(Asked asked, Completion completion) {}

    /** A caller got none. */
    default void refused(Asked asked, PromptException failure) {}

    /** A caller gave up, or was told what no caller should be. */
    default void gone(Asked asked, @Nullable Throwable cause) {}

    /** The engine is about to go on with other accounts and another route. */
    default void reloading(Reload reload) {}

    /** The engine is about to be closed. */
    default void closing(Scenario.Closing closing) {}

    /** Everything that happens at one instant has happened. */
    default void step(StatusSnapshot status) {}

    /** Nothing more will happen. */
    default void end(StatusSnapshot status) {}
}
