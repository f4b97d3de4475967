package dev.whippletree.cache.ehcache;

import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.cache.CacheContract;
import java.util.Map;

class EhcacheContractTest extends CacheContract {

    @Override
    protected Cache cache() {
        return new EhcacheCache();
    }

    @Override
    protected Settings settings() {
        return new Settings("cache ehcache", Map.of("off-heap", "32MB"));
    }
}
