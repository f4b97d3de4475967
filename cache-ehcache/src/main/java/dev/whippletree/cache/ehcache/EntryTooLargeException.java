package dev.whippletree.cache.ehcache;

/** An answer that was too large to be kept. The caller has it; only the cache hasn't. */
final class EntryTooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EntryTooLargeException(OffHeapSize size, int bytes) {
        super(size.where() + ": an answer of " + bytes + " bytes is too large to keep (at most " + size.largestBytes()
                + " bytes, a quarter of off-heap); raise off-heap to keep such answers");
    }
}
