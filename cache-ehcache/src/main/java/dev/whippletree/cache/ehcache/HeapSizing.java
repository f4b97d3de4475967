package dev.whippletree.cache.ehcache;

import org.ehcache.config.ResourceUnit;
import org.ehcache.core.spi.store.Store.ValueHolder;
import org.ehcache.core.spi.store.heap.LimitExceededException;
import org.ehcache.core.spi.store.heap.SizeOfEngine;
import org.ehcache.core.spi.store.heap.SizeOfEngineProvider;
import org.ehcache.spi.service.Service;
import org.ehcache.spi.service.ServiceConfiguration;
import org.ehcache.spi.service.ServiceProvider;

/**
 * Tells Ehcache how large an entry is: a string and a byte array, whose lengths say it.
 *
 * <p>Ehcache's own way walks the objects by reflection and {@code Unsafe}, which costs a quarter of a second when a
 * cache is opened and ten microseconds an entry on newer JVMs. (What is deprecated is that anybody but Ehcache should
 * have such a way.)
 *
 * <p>Large entries stay off the heap. When one comes in, Ehcache lets at most two others go, so only if entries are
 * alike enough does it keep to its bound. Thread-safe.
 */
@SuppressWarnings("deprecation")
final class HeapSizing implements SizeOfEngineProvider, SizeOfEngine {

    static final int LARGEST_BYTES = 16 << 10;

    /** The objects around key and value, generously: two holders, a map's node, a string, an array. */
    private static final long AROUND_BYTES = 200;

    @Override
    public SizeOfEngine createSizeOfEngine(ResourceUnit unit, ServiceConfiguration<?, ?>... configurations) {
        return this;
    }

    @Override
    public <K, V> long sizeof(K key, ValueHolder<V> holder) throws LimitExceededException {
        int bytes = ((byte[]) holder.get()).length;
        if (bytes > LARGEST_BYTES) {
            throw new TooLargeForHeapException();
        }
        return AROUND_BYTES + ((String) key).length() + bytes;
    }

    @Override
    public void start(ServiceProvider<Service> services) {}

    @Override
    public void stop() {}

    /** Says that an entry stays off the heap. Thrown at each look-up of one, so it has no stack trace. */
    private static final class TooLargeForHeapException extends LimitExceededException {

        private static final long serialVersionUID = 1L;

        TooLargeForHeapException() {
            super("larger than " + LARGEST_BYTES + " bytes");
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
