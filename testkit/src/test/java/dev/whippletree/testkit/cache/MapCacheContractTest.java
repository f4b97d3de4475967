package dev.whippletree.testkit.cache;

import dev.whippletree.spi.Cache;

class MapCacheContractTest extends CacheContract {

    @Override
    protected Cache cache() {
        return new MapCache();
    }
}
