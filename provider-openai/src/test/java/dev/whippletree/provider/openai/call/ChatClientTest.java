package dev.whippletree.provider.openai.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Failure;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.provider.openai.OpenAiProvider;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.provider.RecordingSink;
import dev.whippletree.testkit.shared.Garbage;
import dev.whippletree.time.VirtualTimeline;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** An account's client, from its first call until after it is closed. */
final class ChatClientTest {

    @AutoClose
    private final RawService service = new RawService();

    @Test
    void callOfAClosedClient_failsWithoutAConnection() {
        service.client().close();

        Failure failure = service.send().awaitFailure();

        assertThat(failure.message()).contains("the account is closed");
        assertThat(service.connections()).isEmpty();
    }

    @Test
    void closing_endsIdleConnections() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        RawService.Reply kept = service.keptOpen(StaleConnectionTest.ANSWER);
        service.reply(0, out -> {
            kept.write(out);
            closed.countDown();
        });
        service.send().awaitDone();

        service.client().close();

        assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void callThatHasEnded_isKeptNoLonger() {
        VirtualTimeline timeline = new VirtualTimeline(1);
        AccountSettings account = AccountSettings.builder("local-1", "openai")
                .token(Secret.of("größer"))
                .setting("base-url", "http://127.0.0.1:1")
                .build();
        try (ProviderClient client = new OpenAiProvider().connect(account, FakeServices.on(timeline))) {
            WeakReference<RecordingSink> sink = new WeakReference<>(ended(client, timeline));

            assertThat(Garbage.isGone(sink)).isTrue();
        }
    }

    private static RecordingSink ended(ProviderClient client, VirtualTimeline timeline) {
        RecordingSink sink = new RecordingSink(false);
        client.send(Prompt.of("Hi"), "m", sink);
        timeline.advance(Duration.ZERO);
        sink.awaitFailure();
        return sink;
    }
}
