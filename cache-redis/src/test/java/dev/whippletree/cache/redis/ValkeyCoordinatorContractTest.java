package dev.whippletree.cache.redis;

import dev.whippletree.testkit.redis.RedisProcess;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;

/** The coordinator on Valkey, where that is installed. */
@Tag("slow")
@EnabledIf(value = "isInstalled", disabledReason = "there is no valkey-server on the PATH")
class ValkeyCoordinatorContractTest extends RedisCoordinatorContractTest {

    static boolean isInstalled() {
        return RedisProcess.valkeyBinary().isPresent();
    }

    @Override
    RedisProcess server(String... settings) throws IOException {
        return RedisProcess.startedValkey(settings);
    }
}
