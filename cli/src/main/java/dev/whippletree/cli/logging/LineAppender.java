package dev.whippletree.cli.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes each event as one line to whatever {@link LogOutput} is set to, with a stack trace only when debugging. */
final class LineAppender extends AppenderBase<ILoggingEvent> {

    @Override
    protected void append(ILoggingEvent event) {
        String level = event.getLevel().toString().toLowerCase(Locale.ROOT);
        LogOutput.write(level + ": " + event.getFormattedMessage() + cause(event.getThrowableProxy()));
    }

    private static String cause(@Nullable IThrowableProxy thrown) {
        if (thrown == null) {
            return "";
        }
        if (LogOutput.debugging()) {
            return System.lineSeparator() + ThrowableProxyUtil.asString(thrown).stripTrailing();
        }
        return " (" + thrown.getClassName() + (thrown.getMessage() == null ? "" : ": " + thrown.getMessage()) + ")";
    }
}
