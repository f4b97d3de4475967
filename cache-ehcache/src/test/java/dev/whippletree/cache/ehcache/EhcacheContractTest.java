package dev.whippletree.cache.ehcache;

import dev.whippletree.spi.Cache;
import dev.whippletree.testkit.cache.CacheContract;

class EhcacheContractTest extends CacheContract {

    @Override
    protected Cache cache() {
        return new EhcacheCache();
    }
}
