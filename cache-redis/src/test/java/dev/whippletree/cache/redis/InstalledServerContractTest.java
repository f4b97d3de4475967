package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The cache on the Valkey of this system, or on its Redis if there is none. */
@Tag("slow")
@EnabledIf(
        value = "isInstalled",
        disabledReason = "skipped: there is neither valkey-server nor redis-server on the PATH")
class InstalledServerContractTest extends RedisContractTest {

    static boolean isInstalled() {
        return RedisProcess.installedBinary().isPresent();
    }

    static boolean isValkey() {
        return RedisProcess.installedBinary()
                .filter(path -> path.endsWith("valkey-server"))
                .isPresent();
    }

    @Override
    RedisProcess server() throws IOException {
        return RedisProcess.startedInstalled();
    }

    @Test
    @EnabledIf(value = "isValkey", disabledReason = "there is no valkey-server on the PATH; Redis stood in")
    void server_isNoRedis() throws IOException {
        try (RedisProcess valkey = server()) {
            RedisClient client = RedisClient.create(valkey.uri());
            assertThat(client.connect().sync().info("server")).contains("server_name:valkey");
            client.shutdown();
        }
    }
}
