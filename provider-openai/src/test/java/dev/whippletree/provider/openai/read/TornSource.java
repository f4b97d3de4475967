package dev.whippletree.provider.openai.read;

import java.io.IOException;
import java.util.SplittableRandom;
import okio.Buffer;
import okio.Source;
import okio.Timeout;

/**
 * Gives bytes in pieces of any size, then ends or breaks. Fails the test if it is read on and on after its end.
 * Confined to one thread.
 */
final class TornSource implements Source {

    private static final int[] LONGEST_PIECES = {1, 16, 256, 8192};
    private static final int MOST_READS_AFTER_THE_END = 10;

    private final byte[] bytes;
    private final boolean broken;
    private final SplittableRandom random;
    private final int longestPiece;
    private int given;
    private int readsAfterTheEnd;

    TornSource(byte[] bytes, boolean broken, long seed) {
        this.bytes = bytes;
        this.broken = broken;
        this.random = new SplittableRandom(seed);
        this.longestPiece = LONGEST_PIECES[random.nextInt(LONGEST_PIECES.length)];
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
        if (given == bytes.length) {
            return end();
        }
        int most = (int) Math.min(byteCount, Math.min(longestPiece, bytes.length - given));
        int count = 1 + random.nextInt(most);
        sink.write(bytes, given, count);
        given += count;
        return count;
    }

    private long end() throws IOException {
        if (++readsAfterTheEnd > MOST_READS_AFTER_THE_END) {
            throw new AssertionError("the reader doesn't stop at the end");
        }
        if (broken) {
            throw new IOException("connection reset");
        }
        return -1;
    }

    @Override
    public Timeout timeout() {
        return Timeout.NONE;
    }

    @Override
    public void close() {}
}
