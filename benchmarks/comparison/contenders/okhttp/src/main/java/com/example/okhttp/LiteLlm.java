package com.example.okhttp;

import dev.whippletree.comparison.contender.Account;
import dev.whippletree.comparison.contender.Question;
import dev.whippletree.comparison.contender.Services;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** LiteLLM's proxy, from its package for Python. */
public class LiteLlm extends Gateway {

    private static final String MASTER_KEY = "sk-0a4b8c2d6e1f5a9b3c7d";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Override
    List<String> command(Services services, int port) throws IOException {
        Path file = services.folder().resolve("litellm.yaml");
        Files.writeString(file, models(services) + settings(services));
        List<String> command = new ArrayList<>();
        // Without the Internet, it would wait for a newer list of prices.
        command.addAll(List.of("env", "LITELLM_LOCAL_MODEL_COST_MAP=True"));
        if (services.best()) {
            // configuration best
            command.addAll(List.of("LITELLM_MODE=PRODUCTION", "LITELLM_LOG=ERROR"));
            // end
            command.addAll(backoff());
        }
        command.add(System.getProperty("comparison.python") + "/bin/litellm");
        command.addAll(List.of("--config", file.toString(), "--host", "127.0.0.1", "--port", "" + port));
        return command;
    }

    @Override
    String health() {
        return "/health/liveliness";
    }

    @Override
    String key(Question question) {
        return MASTER_KEY;
    }

    private static String models(Services services) {
        return "general_settings: { master_key: " + MASTER_KEY + " }\nmodel_list:\n"
                + Stream.concat(
                                services.accounts().stream().map(account -> model(services, services.name(), account)),
                                services.warmUp().stream().map(account -> model(services, Services.WARM_UP, account)))
                        .collect(Collectors.joining());
    }

    private static String model(Services services, String name, Account account) {
        String limits =
                services.best() ? perMinute(account, "requests", "rpm") + perMinute(account, "tokens", "tpm") : "";
        // configuration
        return """
                  - model_name: %s
                    litellm_params: { model: 'openai/%s', api_base: '%s', api_key: %s%s }
                """.formatted(name, services.model(), account.url(), account.token(), limits);
        // end
    }

    /** Its limits are of a minute: those of longer windows, which let in bursts, can't be stated. */
    private static String perMinute(Account account, String unit, String name) {
        return account.limits().stream()
                .map(limit -> limit.split(" "))
                .filter(words -> words[1].equals(unit))
                .filter(words -> window(words).compareTo(MINUTE) <= 0)
                .map(words -> ", " + name + ": "
                        + Long.parseLong(words[0])
                                * MINUTE.toMillis()
                                / window(words).toMillis())
                .findFirst()
                .orElse("");
    }

    /** A limit is written as {@code 200 requests / 10s}. */
    private static Duration window(String[] words) {
        return Duration.parse("PT" + words[3]);
    }

    /** Returns variables that limit its backoff. */
    List<String> backoff() {
        // configuration best
        // Its backoff grows to 8 s, longer than what an account of most cases needs to let in calls again.
        return List.of("MAX_RETRY_DELAY=2");
        // end
    }

    /** Returns what stands beside the models. */
    String settings(Services services) {
        if (!services.best()) {
            return "";
        }
        // configuration best
        // A retry policy waits until an account has cooled down; num_retries alone gives up when all accounts cool
        // down.
        return """
                router_settings:
                  routing_strategy: simple-shuffle
                  num_retries: 200
                  retry_policy:
                    RateLimitErrorRetries: 200
                    TimeoutErrorRetries: 200
                    InternalServerErrorRetries: 200
                    ServiceUnavailableErrorRetries: 200
                    AuthenticationErrorRetries: 3
                    BadRequestErrorRetries: 0
                    ContentPolicyViolationErrorRetries: 0
                    DefaultRetries: 200
                  timeout: %1$d
                  stream_timeout: %1$d
                litellm_settings:
                  cache: true
                  cache_params: { type: local }
                """.formatted(services.patience().toSeconds());
        // end
    }
}
