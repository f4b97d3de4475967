package com.example.okhttp;

import dev.whippletree.comparison.contender.Services;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** LiteLLM's proxy with as many workers as there are processors, which share cache and cooldowns by Redis. */
public final class LiteLlmWithRedis extends LiteLlm {

    private int redis;

    @Override
    List<String> command(Services services, int port) throws IOException {
        redis = freePort();
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
    String settings(Services services) {
        String shared = "{ type: redis, host: 127.0.0.1, port: %d }".formatted(redis);
        // configuration
        return super.settings(services)
                .replace(
                        "router_settings:\n",
                        "router_settings:\n  redis_host: 127.0.0.1\n  redis_port: " + redis + "\n")
                .replace("{ type: local }", shared);
        // end
    }
}
