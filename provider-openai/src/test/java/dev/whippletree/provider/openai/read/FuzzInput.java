package dev.whippletree.provider.openai.read;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import okio.BufferedSource;
import okio.Okio;

/**
 * A message of a service, perhaps damaged, and how it arrives. Immutable.
 *
 * @param kind what it is read as
 * @param bytes one character for each byte (ISO 8859-1), so that it can be written down
 * @param broken whether the connection breaks after it, instead of ending
 * @param cuts the seed of the pieces in which it arrives
 */
public record FuzzInput(Kind kind, String bytes, boolean broken, long cuts) {

    /** What a message is read as. */
    enum Kind {
        STREAM,
        WHOLE,
        REFUSAL,
        HEAD
    }

    private static final List<Mutation> MUTATIONS = Stream.of(ByteMutations.ALL, EventMutations.ALL, ValueMutations.ALL)
            .flatMap(List::stream)
            .toList();

    private static final int MOST_MUTATIONS = 4;
    private static final int LONGEST = 64 << 10;

    /**
     * Draws an input: a recording, damaged at up to four places; now and then one of another kind. The same from the
     * same seed.
     */
    static FuzzInput drawn(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        FuzzInput recorded = Recordings.any(random);
        String bytes = recorded.bytes;
        for (int count = random.nextInt(MOST_MUTATIONS + 1); count > 0; count--) {
            bytes = MUTATIONS.get(random.nextInt(MUTATIONS.size())).of(bytes, random);
        }
        Kind kind = random.nextInt(20) > 0 ? recorded.kind : Kind.values()[random.nextInt(Kind.values().length)];
        return new FuzzInput(
                kind, bytes.substring(0, Math.min(bytes.length(), LONGEST)), random.nextInt(4) == 0, random.nextLong());
    }

    FuzzInput with(String otherBytes) {
        return new FuzzInput(kind, otherBytes, broken, cuts);
    }

    byte[] content() {
        return bytes.getBytes(StandardCharsets.ISO_8859_1);
    }

    BufferedSource source() {
        return Okio.buffer(new TornSource(content(), broken, cuts));
    }

    /** Returns Java that makes this input, for a test of its own. */
    @Override
    public String toString() {
        return "new FuzzInput(Kind." + kind + ", \"" + escaped(bytes) + "\", " + broken + ", " + cuts + "L)";
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (char character : text.toCharArray()) {
            switch (character) {
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '"' -> escaped.append("\\\"");
                case '\\' -> escaped.append("\\\\");
                default ->
                    escaped.append(
                            character >= ' ' && character <= '~'
                                    ? String.valueOf(character)
                                    : String.format("\\u%04x", (int) character));
            }
        }
        return escaped.toString();
    }
}
