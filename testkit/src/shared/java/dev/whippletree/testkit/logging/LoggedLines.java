package dev.whippletree.testkit.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * What a logger logs, from INFO on if not said otherwise, until this is closed. The console shows none of it.
 *
 * <p>As an extension, in a static field of a test class, it lets the class fail if the logger logs an error that isn't
 * {@linkplain #expecting expected}.
 */
public final class LoggedLines implements BeforeAllCallback, AfterAllCallback, AutoCloseable {

    private final Logger logger;
    private final Level level;
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            super.append(event);
        }
    };
    private String expected = "";

    public LoggedLines(Class<?> of) {
        this(of.getName());
    }

    public LoggedLines(String name) {
        this(name, Level.INFO);
    }

    private LoggedLines(String name, Level level) {
        this.level = level;
        logger = (Logger) LoggerFactory.getLogger(name);
        appender.start();
        open();
    }

    /** Returns what a logger logs from DEBUG on; for a logger that no other test reads meanwhile. */
    public static LoggedLines fromDebugOn(Class<?> of) {
        return new LoggedLines(of.getName(), Level.DEBUG);
    }

    private void open() {
        synchronized (LoggedLines.class) {
            logger.setLevel(level);
            logger.setAdditive(false);
            logger.addAppender(appender);
        }
    }

    /** Sets words that are in each error that tests provoke. */
    public LoggedLines expecting(String words) {
        expected = words;
        return this;
    }

    /** Returns them with their level in front. */
    public List<String> all() {
        return events().map(LoggedLines::line).toList();
    }

    /** Returns those that this thread has logged; tests that run beside this one may use the same logger. */
    public List<String> ofThisThread() {
        String name = Thread.currentThread().getName();
        return events()
                .filter(event -> event.getThreadName().equals(name))
                .map(LoggedLines::line)
                .toList();
    }

    private static String line(ILoggingEvent event) {
        return event.getLevel() + " " + event.getFormattedMessage();
    }

    /** Returns the messages of what was thrown. */
    public List<String> thrown() {
        return events()
                .filter(event -> event.getThrowableProxy() != null)
                .map(event -> event.getThrowableProxy().getMessage())
                .toList();
    }

    /** Returns the stack traces of what was thrown. */
    public List<String> traces() {
        return events()
                .filter(event -> event.getThrowableProxy() != null)
                .map(event -> ThrowableProxyUtil.asString(event.getThrowableProxy()))
                .toList();
    }

    private Stream<ILoggingEvent> events() {
        return List.copyOf(appender.list).stream();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        open();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
        assertThat(all())
                .filteredOn(line -> line.startsWith("ERROR "))
                .allSatisfy(error -> assertThat(error).contains(expected));
    }

    /** Tests that run beside each other may read the same logger. */
    @Override
    public void close() {
        synchronized (LoggedLines.class) {
            logger.detachAppender(appender);
            if (!logger.iteratorForAppenders().hasNext()) {
                logger.setAdditive(true);
                logger.setLevel(null);
            }
        }
    }
}
