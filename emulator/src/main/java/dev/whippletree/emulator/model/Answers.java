package dev.whippletree.emulator.model;

import dev.whippletree.model.Message;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.StringTokenizer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The answers of the emulated services: some sentences, chosen by a hash of the prompt and the model, followed by that
 * hash, the number of tokens if a length was requested, and the model's name.
 *
 * <p>If a service's answers differ each time, it numbers them: the number is also at the end, and the sentences differ.
 *
 * <p>So any answer can be checked against its prompt: an answer that belongs to another prompt, is truncated, or is
 * spliced from two doesn't match. Runs of white space and the Unicode form of a prompt's text don't change its answer,
 * because they don't change its meaning.
 */
public final class Answers {

    private static final int DIGEST_BYTES = 8;
    private static final int SENTENCES = 3;
    private static final Pattern END = Pattern.compile(
            "\\[([0-9a-f]{" + 2 * DIGEST_BYTES + "})(?:~(\\d{1,9}))?(?:\\+(\\d{1,9}))? ([^\\[\\]]{1,200})\\]$");
    private static final String SPACES = " \t\n\u000B\f\r";
    private static final List<String> BANK = List.of(
            "I would start with the people who use it and work back from there.",
            "In my last team we measured first, and changed one thing at a time.",
            "The hard part was agreeing on what done means, so we wrote it down.",
            "I prefer a small change that ships today to a large one that ships in a quarter.",
            "What I learned from it is to ask for help a day earlier.",
            "We kept a list of everything that surprised us and read it once a week.",
            "My part was the design, the review of every change, and the calls at night.",
            "It took three attempts, and the second one taught us the most.",
            "I told them what I knew, what I didn't, and when I would know more.",
            "Looking back, I would have tested the riskiest assumption first.",
            "The result was half the cost and no incident in the year after.",
            "I like work in which I can see who is better off because of it.",
            "Two of us disagreed, so each of us argued for the other's proposal.",
            "I keep a short note of each decision and of why it was made.",
            "When the deadline moved, we cut scope in the open rather than quality in secret.",
            "I would want to hear from you how the team handles that today.");

    private Answers() {}

    /** Returns the answer of a model to messages. */
    public static String text(List<ChatMessage> messages, String model) {
        return text(digest(messages, model), "", model, SENTENCES);
    }

    /**
     * Returns the answer of a model, of the wanted length, to the messages of this digest.
     *
     * @param take the digest's take
     */
    static String text(byte[] digest, long take, String model, Optional<AnswerLength> length, long fingerprint) {
        return length.map(wanted -> text(digest, mark(take), model, wanted.drawTokens(fingerprint)))
                .orElseGet(() -> text(digest, mark(take), model, SENTENCES));
    }

    private static String mark(long take) {
        return take == 0 ? "" : "~" + take;
    }

    private static String text(byte[] digest, String mark, String model, int sentences) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < sentences; i++) {
            text.append(sentence(digest, i)).append(' ');
        }
        return text.append(end(digest, mark, model)).toString();
    }

    /** Has exactly so many tokens, unless the end alone has more; its last sentence may therefore be cut. */
    private static String text(byte[] digest, String mark, String model, long tokens) {
        String end = end(digest, mark + "+" + tokens, model);
        int room = (int) Math.max(0, tokens * Tokens.BYTES_PER_TOKEN - end.length());
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < room; i++) {
            text.append(sentence(digest, i)).append(' ');
        }
        text.setLength(room);
        return text.append(end).toString();
    }

    private static String end(byte[] digest, String marks, String model) {
        return '[' + HexFormat.of().formatHex(digest, 0, DIGEST_BYTES) + marks + ' ' + model + ']';
    }

    /** Returns whether a text is the whole answer to these messages, by whichever model it says. */
    public static boolean matches(List<Message> messages, String text) {
        Matcher end = END.matcher(text);
        if (!end.find()) {
            return false;
        }
        String model = end.group(4);
        long take = end.group(2) == null ? 0 : Long.parseLong(end.group(2));
        byte[] digest = digest(digest(ChatMessage.of(messages), model), take);
        String whole = end.group(3) == null
                ? text(digest, mark(take), model, SENTENCES)
                : text(digest, mark(take), model, Long.parseLong(end.group(3)));
        return whole.equals(text);
    }

    /**
     * Each round through the digest's bytes goes on where the one before went elsewhere, so that long answers don't
     * repeat.
     */
    private static String sentence(byte[] digest, int number) {
        int spare = digest.length - DIGEST_BYTES;
        return BANK.get(Math.floorMod(digest[DIGEST_BYTES + number % spare] + number / spare, BANK.size()));
    }

    /** Returns the hash of messages and model: equal prompts have equal ones. */
    static byte[] digest(List<ChatMessage> messages, String model) {
        MessageDigest sha = sha256();
        sha.update(model.getBytes(StandardCharsets.UTF_8));
        for (ChatMessage message : messages) {
            sha.update((byte) 0);
            sha.update(message.role().getBytes(StandardCharsets.UTF_8));
            sha.update((byte) 0);
            sha.update(normalized(message.text()).getBytes(StandardCharsets.UTF_8));
        }
        return sha.digest();
    }

    /** Returns the hash of one of several answers to what has a hash, which for take 0 is the same. */
    static byte[] digest(byte[] digest, long take) {
        if (take == 0) {
            return digest;
        }
        MessageDigest sha = sha256();
        sha.update(digest);
        sha.update(mark(take).getBytes(StandardCharsets.UTF_8));
        return sha.digest();
    }

    private static String normalized(String text) {
        StringTokenizer words = new StringTokenizer(Normalizer.normalize(text, Normalizer.Form.NFC), SPACES);
        StringJoiner joined = new StringJoiner(" ");
        while (words.hasMoreTokens()) {
            joined.add(words.nextToken());
        }
        return joined.toString().strip();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
