package dev.whippletree.emulator.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Reads along all that Whippletree logs, at the finest level, and keeps the lines with something in them that mustn't
 * be.
 */
final class LogWatch extends AppenderBase<ILoggingEvent> {

    private final String forbidden;
    private final List<String> leaks = new ArrayList<>();
    private long lines;

    LogWatch(String forbidden) {
        this.forbidden = forbidden;
    }

    @Override
    public void start() {
        super.start();
        Logger logger = logger();
        logger.setLevel(Level.TRACE);
        logger.setAdditive(false);
        logger.addAppender(this);
    }

    @Override
    public void stop() {
        Logger logger = logger();
        logger.detachAppender(this);
        logger.setAdditive(true);
        logger.setLevel(null);
        super.stop();
    }

    @Override
    protected void append(ILoggingEvent event) {
        lines++;
        if (event.getFormattedMessage().contains(forbidden)) {
            leaks.add(event.getFormattedMessage());
        }
    }

    List<String> leaks() {
        return List.copyOf(leaks);
    }

    long lines() {
        return lines;
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("dev.whippletree");
    }
}
