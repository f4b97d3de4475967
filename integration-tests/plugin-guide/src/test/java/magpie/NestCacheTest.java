package magpie;

import dev.whippletree.spi.Cache;
import dev.whippletree.testkit.cache.CacheContract;

final class NestCacheTest extends CacheContract {

    @Override
    protected Cache cache() {
        return new NestCache();
    }
}
