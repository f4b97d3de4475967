package dev.whippletree.testkit.cache;

import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.testkit.Transcript;
import org.junit.jupiter.api.extension.RegisterExtension;

class MapCacheContractTest extends CacheContract {

    @RegisterExtension
    static final Transcript TRANSCRIPT =
            new Transcript("cache-contract", line -> line.replaceAll("'a\\d+'", "'an answer'"));

    @Override
    protected Cache cache() {
        return new MapCache(right -> Transcript.watched(CacheStore.class, right));
    }
}
