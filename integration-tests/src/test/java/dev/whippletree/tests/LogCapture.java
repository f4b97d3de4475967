package dev.whippletree.tests;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/**
 * Keeps everything that is logged while it is open, of Whippletree from TRACE up and of everybody else from DEBUG up.
 */
final class LogCapture implements AutoCloseable {

    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger ours = context.getLogger("dev.whippletree");
    private final Level rootBefore = root.getLevel();
    private final ListAppender<ILoggingEvent> events = new ListAppender<>();

    LogCapture() {
        events.setContext(context);
        events.start();
        root.iteratorForAppenders().forEachRemaining(other -> other.stop());
        root.addAppender(events);
        root.setLevel(Level.DEBUG);
        ours.setLevel(Level.TRACE);
    }

    /** Returns all of it as text, with stack traces. */
    String text() {
        return List.copyOf(events.list).stream()
                .map(event -> event.getLevel() + " " + event.getLoggerName() + " " + event.getThreadName() + " "
                        + event.getFormattedMessage() + "\n"
                        + (event.getThrowableProxy() == null
                                ? ""
                                : ThrowableProxyUtil.asString(event.getThrowableProxy())))
                .collect(Collectors.joining());
    }

    @Override
    public void close() {
        root.setLevel(rootBefore);
        ours.setLevel(null);
        root.detachAppender(events);
        root.iteratorForAppenders().forEachRemaining(other -> other.start());
    }
}
