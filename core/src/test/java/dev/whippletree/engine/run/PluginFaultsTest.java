package dev.whippletree.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.ReportedFaultException;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

final class PluginFaultsTest {

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final PluginFaults faults = new PluginFaults(timeline);

    @Test
    void faultThatThePluginReports_isNoWarning() {
        assertThat(faults.next("a", new CompletionException(new ReportedFaultException("away"))))
                .isEqualTo(Level.DEBUG);
    }

    @Test
    void faultOfAKind_isAWarningOnceAnHour_forEachPlugin() {
        assertThat(faults.next("a", new IllegalStateException("one"))).isEqualTo(Level.WARN);
        assertThat(faults.next("a", new CompletionException(new IllegalStateException("two"))))
                .isEqualTo(Level.DEBUG);
        assertThat(faults.next("a", new StackOverflowError())).isEqualTo(Level.WARN);
        assertThat(faults.next("b", new IllegalStateException("of another"))).isEqualTo(Level.WARN);
        timeline.advance(Duration.ofMinutes(59));
        assertThat(faults.next("a", new IllegalStateException("three"))).isEqualTo(Level.DEBUG);
        timeline.advance(Duration.ofMinutes(1));
        assertThat(faults.next("a", new IllegalStateException("four"))).isEqualTo(Level.WARN);
    }

    @Test
    void stackTrace_isLoggedWithTypesAndFrames_withoutMessages() {
        IllegalStateException fault =
                new IllegalStateException("of hf_secret", new IllegalArgumentException("of a prompt"));
        try (LoggedLines log = new LoggedLines(PluginFaultsTest.class)) {
            faults.log(LoggerFactory.getLogger(PluginFaultsTest.class), "a", fault, "account a: it failed");
            assertThat(log.all()).containsExactly("WARN account a: it failed");
            assertThat(log.traces())
                    .singleElement()
                    .asString()
                    .contains("java.lang.IllegalStateException", "java.lang.IllegalArgumentException")
                    .contains("at dev.whippletree.engine.run.PluginFaultsTest.stackTrace_isLogged")
                    .doesNotContain("hf_secret", "prompt");
        }
    }

    /** The JVM leaves out the stack trace of what it throws often. */
    @Test
    void faultWithoutAStackTrace_isLoggedWithItsType() {
        NullPointerException fault = new NullPointerException();
        fault.setStackTrace(new StackTraceElement[0]);
        try (LoggedLines log = new LoggedLines(PluginFaultsTest.class)) {
            faults.log(LoggerFactory.getLogger(PluginFaultsTest.class), "a", fault, "it failed");
            assertThat(log.traces()).singleElement().asString().contains("java.lang.NullPointerException");
        }
    }

    @Test
    void causesInACircle_end() {
        IllegalStateException fault = new IllegalStateException();
        fault.initCause(new IllegalArgumentException(fault));
        try (LoggedLines log = new LoggedLines(PluginFaultsTest.class)) {
            faults.log(LoggerFactory.getLogger(PluginFaultsTest.class), "circle", fault, "it failed");
            assertThat(log.traces()).hasSize(1);
        }
    }
}
