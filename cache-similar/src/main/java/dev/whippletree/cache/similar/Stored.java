package dev.whippletree.cache.similar;

import dev.whippletree.model.Completion;
import dev.whippletree.model.ToolCall;
import dev.whippletree.spi.CacheEntry;

/**
 * A question that was answered. Immutable.
 *
 * @param id unlike that of any other question of its scope
 * @param wording its words, as guards see them
 * @param entry the answer
 * @param answer which of the scope's answers it is: questions whose answers were found to agree have the same number
 */
record Stored(long id, Wording wording, CacheEntry entry, int answer) {

    /** What a question takes besides its words, its vector and its answer's text. */
    static final int FIXED_BYTES = 900;

    /** What a word takes besides its letters, with its places in lists. */
    private static final int WORD_BYTES = 72;

    private static final int TOOL_CALL_BYTES = 200;

    /** What the size of extras counts, in bytes. */
    private static final int CHARACTER_BYTES = 4;

    /** Returns how much memory it takes, about, without its vector. */
    long bytes() {
        return bytes(entry) + bytes(wording);
    }

    /** Returns how much memory the words of a question take, about. */
    static long bytes(Wording wording) {
        return wording.words().stream()
                .mapToLong(word -> WORD_BYTES + textBytes(word))
                .sum();
    }

    /** Returns how much memory an answer takes, about, with what is kept of any question beside it. */
    static long bytes(CacheEntry entry) {
        Completion completion = entry.completion();
        long bytes = FIXED_BYTES + textBytes(completion.text());
        bytes += completion.reasoning().map(Stored::textBytes).orElse(0L);
        bytes += completion.refusal().map(Stored::textBytes).orElse(0L);
        bytes += CHARACTER_BYTES * completion.extras().size();
        for (ToolCall call : completion.toolCalls()) {
            bytes += TOOL_CALL_BYTES + textBytes(call.name()) + textBytes(call.arguments());
        }
        return bytes;
    }

    /** The JVM needs one byte for each character if all are Latin, else two. */
    static long textBytes(String text) {
        return text.chars().allMatch(character -> character < 256) ? text.length() : 2L * text.length();
    }
}
