package dev.whippletree.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.ReportedFaultException;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

final class FaultLevelsTest {

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final FaultLevels levels = new FaultLevels(timeline);

    @Test
    void faultThatThePluginReports_isNoWarning() {
        assertThat(levels.next(new CompletionException(new ReportedFaultException("away"))))
                .isEqualTo(Level.DEBUG);
    }

    @Test
    void faultOfAKind_isAWarningOnceAnHour() {
        assertThat(levels.next(new IllegalStateException("one"))).isEqualTo(Level.WARN);
        assertThat(levels.next(new CompletionException(new IllegalStateException("two"))))
                .isEqualTo(Level.DEBUG);
        assertThat(levels.next(new StackOverflowError())).isEqualTo(Level.WARN);
        timeline.advance(Duration.ofMinutes(59));
        assertThat(levels.next(new IllegalStateException("three"))).isEqualTo(Level.DEBUG);
        timeline.advance(Duration.ofMinutes(1));
        assertThat(levels.next(new IllegalStateException("four"))).isEqualTo(Level.WARN);
    }
}
