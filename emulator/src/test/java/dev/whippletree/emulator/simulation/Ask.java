package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A prompt of a scenario, and when it is asked. Immutable.
 *
 * @param id unique in its scenario
 * @param after the prompt whose end it follows, as in an interview; absent: none
 * @param delay how long after that end, or after the start, it is asked
 * @param prompt what is asked; it states its maximum of tokens
 * @param patience how long its caller waits before giving up; absent: as long as it takes
 * @param streaming whether its caller watches the answer
 */
record Ask(int id, OptionalInt after, Duration delay, Prompt prompt, Optional<Duration> patience, boolean streaming) {

    Ask {
        Objects.requireNonNull(after, "after");
        Objects.requireNonNull(delay, "delay");
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(patience, "patience");
    }

    /** Returns what is the same for prompts that may share an answer, and for no others. */
    String key() {
        return keyOf(prompt);
    }

    /** Returns what is the same for prompts that may share an answer, and for no others. */
    static String keyOf(Prompt prompt) {
        return prompt.tenant() + "|" + prompt.account().orElse("") + "|"
                + prompt.messages().get(0).text();
    }

    /** Whether it may share an answer at all. */
    boolean shares() {
        return prompt.cache().read();
    }

    @Override
    public String toString() {
        String text = prompt.messages().get(0).text();
        return "#" + id + " " + (after.isPresent() ? "after #" + after.getAsInt() + " " : "at ") + delay + " '"
                + text.substring(0, Math.min(text.length(), 30)) + "' (" + text.length() + ") "
                + prompt.session().orElse("") + " " + prompt.priority()
                + prompt.deadline().map(d -> " by " + d).orElse("")
                + patience.map(p -> " until " + p).orElse("") + (shares() ? "" : " no-cache")
                + (prompt.cache().store() ? "" : " no-store") + (streaming ? " streaming" : "")
                + (prompt.tenant().isEmpty() ? "" : " tenant " + prompt.tenant());
    }
}
