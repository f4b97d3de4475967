package dev.whippletree.cache.redis;

import dev.whippletree.testkit.redis.RedisProcess;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;

/** The coordinator on the Valkey of this system, or on its Redis if there is none. */
@Tag("thorough")
@EnabledIf(
        value = "dev.whippletree.cache.redis.InstalledServerContractTest#isInstalled",
        disabledReason = "skipped: there is neither valkey-server nor redis-server on the PATH")
class InstalledServerCoordinatorContractTest extends RedisCoordinatorContractTest {

    @Override
    RedisProcess server(String... settings) throws IOException {
        return RedisProcess.startedInstalled(settings);
    }
}
