package dev.whippletree.cli.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LineAppenderTest {

    private static final String SLOW_ALLOCATION =
            "org.ehcache.shadow.org.terracotta.offheapstore.buffersource.TimingBufferSource";

    private static final String HOSTILE = "gone\u001b[2J\u009b2J\u202e\nerror: forged";

    private final List<String> lines = new ArrayList<>();

    @AfterEach
    void reset() {
        LogOutput.to(System.err::println);
        LogOutput.level(false, false);
    }

    @Test
    void messageAndCause_commandNoTerminalAndStayOneLine() {
        append(new IllegalStateException(HOSTILE));

        assertThat(lines)
                .containsExactly("warn: Redis: gone [2J 2J error: forged (java.lang.IllegalStateException: gone [2J 2J"
                        + " error: forged)");
    }

    @Test
    void stackTrace_commandsNoTerminal() {
        LogOutput.level(false, true);

        append(new IllegalStateException(HOSTILE));

        assertThat(lines.get(0)).contains("\tat ").doesNotContain("\u001b", "\u009b", "\u202e");
    }

    @Test
    void librariesThatRepeatThemselves_logNothing_norDoesEhcacheThatItWasSlow() {
        LoggerContext context = new LoggerContext();
        new QuietLogging().configure(context);

        assertThat(context.getLogger("io.lettuce.core.cluster.topology.Any").isErrorEnabled())
                .isFalse();
        assertThat(context.getLogger(SLOW_ALLOCATION).isErrorEnabled()).isFalse();
        assertThat(context.getLogger("org.ehcache.Any").isWarnEnabled()).isTrue();
        assertThat(context.getLogger("org.example.Any").isWarnEnabled()).isTrue();
    }

    @Test
    void causeThatSpeaksForAnother_isNamedAsItSays() {
        append(new IllegalStateException());
        append(new RuntimeException("of another") {
            @Override
            public String toString() {
                return "acme.NestException";
            }
        });

        assertThat(lines)
                .allMatch(line -> line.startsWith("warn: Redis: "))
                .satisfiesExactly(
                        line -> assertThat(line).endsWith(" (java.lang.IllegalStateException)"),
                        line -> assertThat(line).endsWith(" (acme.NestException)"));
    }

    private void append(Throwable thrown) {
        LogOutput.to(lines::add);
        LoggerContext context = new LoggerContext();
        LoggingEvent event = new LoggingEvent(
                "", context.getLogger("test"), Level.WARN, "Redis: {}", thrown, new Object[] {HOSTILE});
        new LineAppender().append(event);
    }
}
