package dev.whippletree.emulator.model;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The beginnings of prompts that a service has worked on lately, in whole blocks of 128 tokens. Confined to its
 * service's lock.
 *
 * <p>Only what prompts have in common from their first byte on is found, as real prompt caches do.
 */
final class PromptCache {

    static final int BLOCK_TOKENS = 128;
    private static final int BLOCK_BYTES = BLOCK_TOKENS * Tokens.BYTES_PER_TOKEN;

    /** Of the 64-bit hash by Fowler, Noll and Vo (FNV-1a). */
    private static final long HASH_START = 0xcbf29ce484222325L;

    private static final long HASH_FACTOR = 0x100000001b3L;

    private final long keptNanos;

    /** When each beginning was last seen, the longest ago first. */
    private final Map<Beginning, Long> seen = new LinkedHashMap<>(16, 0.75f, true);

    private record Beginning(String organization, String model, long hash) {}

    /** Creates an empty one, which keeps a beginning for a time after it was last seen. */
    PromptCache(Duration kept) {
        this.keptNanos = kept.toNanos();
    }

    /** Returns how many tokens of a prompt are there already, and keeps all of it from now on. */
    long tokensOf(String organization, String model, List<ChatMessage> messages, long nowNanos) {
        forget(nowNanos);
        long found = 0;
        boolean allFound = true;
        for (long hash : beginnings(messages)) {
            allFound &= seen.put(new Beginning(organization, model, hash), nowNanos) != null;
            found += allFound ? BLOCK_TOKENS : 0;
        }
        return found;
    }

    private void forget(long nowNanos) {
        Iterator<Long> moments = seen.values().iterator();
        while (moments.hasNext() && nowNanos - moments.next() > keptNanos) {
            moments.remove();
        }
    }

    private static List<Long> beginnings(List<ChatMessage> messages) {
        StringBuilder text = new StringBuilder();
        messages.forEach(message ->
                text.append(message.role()).append('\n').append(message.text()).append('\n'));
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        List<Long> hashes = new ArrayList<>();
        long hash = HASH_START;
        for (int at = 0; at < bytes.length; at++) {
            hash = (hash ^ bytes[at]) * HASH_FACTOR;
            if ((at + 1) % BLOCK_BYTES == 0) {
                hashes.add(hash);
            }
        }
        return hashes;
    }
}
