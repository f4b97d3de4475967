package dev.whippletree.gateway.http;

import java.util.HashMap;
import java.util.Map;

/**
 * The heap that all requests together may use, by an estimate for each. Thread-safe; never blocks.
 *
 * <p>A request is counted from its first byte to the end of its answer, so those that wait in line are too. Where there
 * are keys, no client holds more than half. What is kept of answers counts when it is there already, so it can be more
 * than there is: {@link UnreadAnswers} ends that.
 */
public final class MemoryBudget {

    /** The exchange, the flight and its subscription, before a byte of the body. */
    static final int BYTES_PER_REQUEST = 8 * 1024;

    /**
     * What one byte of a body becomes while its request is answered. Measured with messages of 1 MB that wait: 1.0; 1.7
     * if a single character is beyond Latin-1, since the JVM then keeps two bytes for each. While it is read, the body
     * and the reader's copy stand beside it; while it is sent, what goes to the service does.
     */
    static final int BYTES_PER_BYTE = 4;

    /**
     * What a value of a JSON tree takes beside its text. Measured with 100,000 empty objects, the worst there is: 178.
     */
    static final int BYTES_PER_VALUE = 192;

    private final long amount;
    private final Map<String, Long> byTenant = new HashMap<>();
    private long used;
    private long refused;

    /**
     * Creates an unused budget.
     *
     * @param amount in bytes, 1 or more
     */
    public MemoryBudget(long amount) {
        this.amount = amount;
    }

    /**
     * Opens a lease for a request; it holds nothing yet.
     *
     * @param tenant the request's tenant; empty: without keys
     */
    public Lease open(String tenant) {
        return new Lease(tenant);
    }

    public long amount() {
        return amount;
    }

    public synchronized long used() {
        return used;
    }

    /** Returns how often a request found no room. */
    public synchronized long refused() {
        return refused;
    }

    synchronized long used(String tenant) {
        return byTenant.getOrDefault(tenant, 0L);
    }

    long mostOf(String tenant) {
        return tenant.isEmpty() ? amount : Math.max(1, amount / 2);
    }

    /** Returns whether kept answers have pushed the total above the budget. */
    synchronized boolean isExceeded() {
        return used > amount;
    }

    /** The memory of one request. Ends once; later requests for memory are refused. Thread-safe. */
    public final class Lease {

        private final String tenant;
        private long held;
        private long answer;
        private boolean ended;

        private Lease(String tenant) {
            this.tenant = tenant;
        }

        /**
         * Refuses a request at once that is larger than any client's share.
         *
         * @throws RequestException if it can never be read here
         */
        void announced(long bytes) {
            refuseBeyondShare(cost(bytes));
        }

        /**
         * Takes memory for more received bytes of the body.
         *
         * @throws RequestException if the budget has no room for them; then nothing is taken
         */
        void received(int bytes) {
            take(bytes * (long) BYTES_PER_BYTE);
        }

        /**
         * Takes memory for more JSON values read from the body.
         *
         * @throws RequestException if the budget has no room for them; then nothing is taken
         */
        void read(int values) {
            take(values * (long) BYTES_PER_VALUE);
        }

        /**
         * Takes memory.
         *
         * @throws RequestException if the budget has no room for it; then nothing is taken
         */
        void take(long bytes) {
            synchronized (MemoryBudget.this) {
                long more = held == 0 ? bytes + BYTES_PER_REQUEST : bytes;
                refuseBeyondShare(held + more);
                boolean fits = used + more <= amount && used(tenant) + more <= mostOf(tenant);
                if (ended || !fits) {
                    refused += ended ? 0 : 1;
                    throw new RequestException(ApiError.busy());
                }
                add(more);
            }
        }

        /** Gives back what was taken and is used no longer. */
        void give(long bytes) {
            synchronized (MemoryBudget.this) {
                if (!ended) {
                    add(-bytes);
                }
            }
        }

        /**
         * Takes memory for an answer whose size is known before it is there. {@link #keeps} replaces it.
         *
         * @throws RequestException if the budget has no room for it; then nothing is taken
         */
        public void expects(long bytes) {
            synchronized (MemoryBudget.this) {
                take(bytes);
                answer += bytes;
            }
        }

        /** Sets how many bytes of the answer are kept, even beyond the budget. */
        void keeps(long bytes) {
            synchronized (MemoryBudget.this) {
                if (!ended && bytes != answer) {
                    add(bytes - answer);
                    answer = bytes;
                }
            }
        }

        boolean isBeyondShare() {
            return used(tenant) > mostOf(tenant);
        }

        private void refuseBeyondShare(long bytes) {
            long most = mostOf(tenant);
            if (bytes > most) {
                throw new RequestException(ApiError.tooMuchMemory(most));
            }
        }

        private void add(long bytes) {
            held += bytes;
            used += bytes;
            byTenant.merge(tenant, bytes, Long::sum);
            byTenant.remove(tenant, 0L);
        }

        /** Gives all of it back. Calls after the first do nothing. */
        void end() {
            synchronized (MemoryBudget.this) {
                if (!ended) {
                    ended = true;
                    add(-held);
                }
            }
        }
    }

    private static long cost(long bytes) {
        return Math.min(bytes, Long.MAX_VALUE / (2 * BYTES_PER_BYTE)) * BYTES_PER_BYTE + BYTES_PER_REQUEST;
    }
}
