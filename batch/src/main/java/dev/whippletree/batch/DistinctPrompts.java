package dev.whippletree.batch;

import dev.whippletree.model.Prompt;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which prompts of a batch are different: add those of all items in their order, then give it to
 * {@link Batch.Builder#distinct}. The forecast then knows how many calls are left and how long their prompts are,
 * whatever the order of the items. In a conversation, two prompts are alike if all before them are.
 *
 * <p>It keeps 65,536 different prompts at most, as hashes. Of more it keeps each second, fourth or eighth, and so on,
 * by their hashes: adaptive sampling (Flajolet 1990), which is right within 1 %. Of more than 65,536 conversations it
 * keeps nothing, and the forecast goes by the repeats among the latest items, as without it. Thread-safe.
 */
public final class DistinctPrompts {

    private static final int MOST = 1 << 16;

    /** Before a conversation's first prompt. */
    static final long START = 0;

    /** The key of a prompt that asks for a fresh answer, and so is like no other. */
    private static final long FRESH = 0;

    private static final long MIX = 0x9e3779b97f4a7c15L;

    private final boolean conversations;
    private final Map<String, Said> saidBySession = new HashMap<>();
    private final Map<Long, Alike> unaskedByKey = new HashMap<>();
    private Alike unaskedFresh = new Alike(0, 0, 0);
    private int halvings;
    private boolean tooManyConversations;

    /** What a conversation has so far. */
    private record Said(long key, long characters, int prompts) {

        private static final Said NOTHING = new Said(START, 0, 0);
    }

    /**
     * Prompts that are alike.
     *
     * @param items how many
     * @param characters of all of them, without the answers before them
     * @param answers how many answers are before them, in all
     */
    private record Alike(int items, long characters, long answers) {

        Alike plus(Alike more) {
            return new Alike(items + more.items, characters + more.characters, answers + more.answers);
        }

        Alike withoutOne() {
            return new Alike(items - 1, characters - characters / items, answers - answers / items);
        }
    }

    /** What a prompt is among those that were asked before. */
    enum Kind {
        NEW,
        REPEAT,
        NOT_IN_SAMPLE
    }

    /**
     * Creates one that has no prompts yet.
     *
     * @param conversations whether the prompts of a session are a conversation
     */
    public DistinctPrompts(boolean conversations) {
        this.conversations = conversations;
    }

    /**
     * Adds the prompt of the next item.
     *
     * @return the same for prompts that are alike; 0 if it is like no other, or there are too many conversations
     */
    public synchronized long add(Prompt prompt) {
        if (tooManyConversations) {
            return FRESH;
        }
        Optional<String> session = conversations ? Conversations.session(prompt) : Optional.empty();
        Said before = session.map(saidBySession::get).orElse(Said.NOTHING);
        long key = key(before.key(), prompt);
        long characters = before.characters()
                + (before.prompts() == 0 ? Prompts.characters(prompt) : Prompts.charactersAsked(prompt));
        session.ifPresent(name -> saidBySession.put(name, new Said(key, characters, before.prompts() + 1)));
        add(key, new Alike(1, characters, before.prompts()));
        if (saidBySession.size() > MOST) {
            tooManyConversations = true;
            saidBySession.clear();
            unaskedByKey.clear();
        }
        return key;
    }

    /** Returns whether it knows anything of the prompts that were added. */
    synchronized boolean isKnown() {
        return !tooManyConversations;
    }

    /** Adds a prompt that is to be asked again, with all that was said before it. */
    synchronized void addAgain(long key, long characters) {
        add(key, new Alike(1, characters, 0));
    }

    private void add(long key, Alike prompt) {
        if (key == FRESH) {
            unaskedFresh = unaskedFresh.plus(prompt);
        } else if (isInSample(key)) {
            unaskedByKey.merge(key, prompt, Alike::plus);
            while (unaskedByKey.size() > MOST) {
                halvings++;
                unaskedByKey.keySet().removeIf(other -> !isInSample(other));
            }
        }
    }

    private boolean isInSample(long key) {
        return Long.numberOfTrailingZeros(key) >= halvings;
    }

    /**
     * Returns what stands for a prompt.
     *
     * @param before the key of the prompt before it in its conversation; {@link #START}: none
     */
    static long key(long before, Prompt prompt) {
        if (!prompt.cache().read()) {
            return FRESH;
        }
        long hash = 31 * before
                + Objects.hash(
                        prompt.messages(), prompt.parameters(), prompt.route(), prompt.model(), prompt.account());
        long mixed = (hash ^ (hash >>> 32)) * MIX;
        return (mixed ^ (mixed >>> 32)) | Long.MIN_VALUE;
    }

    /** A prompt is being asked, or has its result, or can't be asked: those like it need no call. */
    synchronized Kind asked(long key) {
        if (key == FRESH) {
            unaskedFresh = unaskedFresh.items() == 0 ? unaskedFresh : unaskedFresh.withoutOne();
            return Kind.NEW;
        }
        if (!isInSample(key)) {
            return Kind.NOT_IN_SAMPLE;
        }
        return unaskedByKey.remove(key) == null ? Kind.REPEAT : Kind.NEW;
    }

    /** Returns about how many different ones are left to ask. */
    public synchronized long left() {
        return unaskedFresh.items() + ((long) unaskedByKey.size() << halvings);
    }

    /**
     * How long each of those that are left is, on average.
     *
     * @param characters without the answers before it
     * @param answers how many answers are before it
     */
    record Length(double characters, double answers) {}

    /** Returns how long each of those that are left is, on average; empty if none is left. */
    synchronized Optional<Length> length() {
        double characters = 0;
        double answers = 0;
        for (Alike alike : unaskedByKey.values()) {
            characters += (double) alike.characters() / alike.items();
            answers += (double) alike.answers() / alike.items();
        }
        long left = left();
        return left == 0
                ? Optional.empty()
                : Optional.of(new Length(
                        (unaskedFresh.characters() + Math.scalb(characters, halvings)) / left,
                        (unaskedFresh.answers() + Math.scalb(answers, halvings)) / left));
    }
}
