package com.example.okhttp;

import dev.whippletree.comparison.contender.Ports;
import dev.whippletree.comparison.contender.Services;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** LiteLLM's proxy with as many workers as there are processors, which share cache and cooldowns by Redis. */
public final class LiteLlmWithRedis extends LiteLlm {

    private int redis;

    @Override
    List<String> command(Services services, int port) throws IOException {
        redis = Ports.free();
        List<String> proxy = new ArrayList<>(super.command(services, port));
        // configuration
        proxy.addAll(List.of("--num_workers", "" + Runtime.getRuntime().availableProcessors()));
        String server = "redis-server --bind 127.0.0.1 --port %d --save '' --appendonly no".formatted(redis);
        // end
        List<String> command = new ArrayList<>(List.of("sh", "-c", server + " & exec \"$@\"", "redis"));
        command.addAll(proxy);
        return command;
    }

    @Override
    List<String> backoff() {
        // configuration
        // MAX_RETRY_DELAY isn't set: with so many workers, shorter waits took more processor time than they saved.
        return List.of();
        // end
    }

    @Override
    String settings(Services services) {
        // configuration
        String shared = "{ type: redis, host: 127.0.0.1, port: %d, max_connections: 1000 }".formatted(redis);
        return super.settings(services)
                .replace("router_settings:\n", """
                        router_settings:
                          redis_host: 127.0.0.1
                          redis_port: %d
                          cache_kwargs: { max_connections: 1000 }
                        """.formatted(redis))
                .replace("{ type: local }", shared);
        // end
    }
}
