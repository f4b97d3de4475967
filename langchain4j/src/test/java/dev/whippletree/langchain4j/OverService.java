package dev.whippletree.langchain4j;

import dev.whippletree.Whippletree;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.testkit.cache.MapCache;
import dev.whippletree.testkit.provider.ScriptedReply;
import dev.whippletree.testkit.provider.ScriptedService;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/** A Whippletree with a cache, over a socket to a service that replies as the test says. */
abstract class OverService {

    final ScriptedService service = new ScriptedService();
    final Whippletree whippletree;

    OverService(String... limits) {
        AccountSettings.Builder account = AccountSettings.builder("local-1", "openai")
                .token("sk-test")
                .setting("base-url", service.address() + "/v1")
                .setting("embedding-inputs", "2");
        Stream.of(limits).forEach(account::limit);
        whippletree = Whippletree.builder()
                .account(account.build())
                .route(RouteSettings.builder("default")
                        .tier(new TargetSettings("local-1", "large"))
                        .build())
                .route(RouteSettings.builder("embeddings")
                        .tier(new TargetSettings("local-1", "small"))
                        .build())
                .cache(new MapCache())
                .cache(MapCache.NAME)
                .build();
    }

    @AfterEach
    void close() {
        whippletree.close();
        service.close();
    }

    /** The next reply is an answer. */
    void reply(String text) {
        service.reply(ScriptedReply.json(
                200,
                "{\"id\": \"1\", \"model\": \"large\", \"choices\": [{\"index\": 0, \"finish_reason\": \"stop\", \"message\":"
                        + " {\"role\": \"assistant\", \"content\": \"" + text.replace("\"", "\\\"") + "\"}}]}"));
    }

    /** The next reply is an error. */
    void refuse(int status, String message) {
        service.reply(ScriptedReply.json(status, "{\"error\": {\"message\": \"" + message + "\"}}"));
    }
}
