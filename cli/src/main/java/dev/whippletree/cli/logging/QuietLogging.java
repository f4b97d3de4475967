package dev.whippletree.cli.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;

/**
 * Logback's configuration: warnings and errors, to standard error. {@link java.util.ServiceLoader} finds it when the
 * first logger is requested.
 */
public final class QuietLogging extends ContextAwareBase implements Configurator {

    /**
     * The client of Redis warns of each node at each attempt. What users should know of it, our own log says once.
     * Ehcache asks on a machine that is slow for a moment whether it is swapping.
     */
    private static final List<String> NOISY = List.of(
            "io.lettuce", "io.netty", "org.ehcache.shadow.org.terracotta.offheapstore.buffersource.TimingBufferSource");

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        LineAppender appender = new LineAppender();
        appender.setContext(context);
        appender.setName("lines");
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        NOISY.forEach(library -> context.getLogger(library).setLevel(Level.OFF));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
