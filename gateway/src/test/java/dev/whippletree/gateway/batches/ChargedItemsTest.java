package dev.whippletree.gateway.batches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.whippletree.batch.BatchItem;
import dev.whippletree.batch.Journal;
import dev.whippletree.batch.file.BatchFile;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.clients.Access;
import dev.whippletree.gateway.prompt.GatewayParts;
import dev.whippletree.model.Prompt;
import dev.whippletree.time.VirtualTimeline;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What the lines of a batch hold of their client's limits. */
final class ChargedItemsTest {

    /** The batch ends on another thread, after the last look and before the charge. */
    @Test
    void lineThatIsChargedAfterTheEnd_holdsNothing() throws Exception {
        VirtualTimeline timeline = new VirtualTimeline(1);
        GatewaySettings settings =
                RunningGateway.with(RunningGateway.client("alice", "key-of-alice-0001", "100 tokens / 1m"));
        try (RunningGateway running = new RunningGateway(settings)) {
            Access access = Access.of(running.whippletree.configuration(), settings, timeline, Optional.empty());
            GatewayParts parts = mock(GatewayParts.class);
            when(parts.whippletree()).thenReturn(running.whippletree);
            when(parts.timeline()).thenReturn(timeline);
            BatchFile file = mock(BatchFile.class);
            when(file.items())
                    .thenReturn(List.of(new BatchItem("one", Prompt.of("Hi"))).iterator());
            when(file.journal()).thenReturn(Journal.none());
            AtomicReference<ChargedItems> items = new AtomicReference<>();
            items.set(new ChargedItems(
                    file,
                    () -> {
                        items.get().end();
                        return access.clients().named("alice");
                    },
                    parts));

            items.get().next();

            assertThat(access.clients().json(timeline.nanoTime()).toString()).contains("left=100");
        }
    }
}
