package com.example.okhttp;

import dev.whippletree.comparison.contender.Account;
import dev.whippletree.comparison.contender.Question;
import dev.whippletree.comparison.contender.Services;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** Portkey's gateway, which takes its configuration from a header of each request. */
public final class Portkey extends Gateway {

    private String config = "";
    private String warmUp = "";

    @Override
    List<String> command(Services services, int port) {
        config = config(services, services.accounts());
        warmUp = config(services, services.warmUp());
        String folder = System.getProperty("comparison.node");
        return List.of(
                "node",
                "--max-old-space-size=" + System.getProperty("comparison.heap"),
                folder + "/node_modules/@portkey-ai/gateway/build/start-server.js",
                "--headless",
                "--port=" + port);
    }

    private static String config(Services services, List<Account> accounts) {
        // configuration
        Map<String, Object> config = Map.of(
                "strategy", Map.of("mode", "loadbalance"),
                "retry",
                        Map.of(
                                "attempts",
                                5,
                                "on_status_codes",
                                List.of(408, 429, 500, 502, 503, 504),
                                "use_retry_after_header",
                                true),
                "request_timeout", services.patience().toMillis(),
                "cache", Map.of("mode", "simple"),
                "targets",
                        IntStream.range(0, accounts.size())
                                .mapToObj(first -> Map.of(
                                        "strategy", Map.of("mode", "fallback"),
                                        "targets", chain(services, accounts, first)))
                                .toList());
        // end
        return new JsonMapper().writeValueAsString(config);
    }

    /** Returns all accounts, one of them first. */
    private static List<Map<String, Object>> chain(Services services, List<Account> accounts, int first) {
        List<Account> rotated = new ArrayList<>(accounts);
        Collections.rotate(rotated, -first);
        // configuration
        return rotated.stream()
                .map(account -> Map.<String, Object>of(
                        "provider", "openai",
                        "custom_host", account.url(),
                        "api_key", account.token(),
                        "override_params", Map.of("model", services.model())))
                .toList();
        // end
    }

    @Override
    Map<String, String> headers(Question question) {
        return Map.of("x-portkey-config", question.model().equals(Services.WARM_UP) ? warmUp : config);
    }
}
