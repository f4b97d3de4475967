package dev.whippletree.cli.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.whippletree.model.ShownText;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes each event as one line to the current {@link LogOutput}, with a stack trace only when debugging. Logged text
 * can't send commands to the terminal.
 */
final class LineAppender extends AppenderBase<ILoggingEvent> {

    @Override
    protected void append(ILoggingEvent event) {
        String level = event.getLevel().toString().toLowerCase(Locale.ROOT);
        LogOutput.write(level + ": " + ShownText.line(event.getFormattedMessage()) + cause(event.getThrowableProxy()));
    }

    private static String cause(@Nullable IThrowableProxy thrown) {
        if (thrown == null) {
            return "";
        }
        if (LogOutput.debugging()) {
            return System.lineSeparator()
                    + ShownText.lines(ThrowableProxyUtil.asString(thrown).stripTrailing());
        }
        // What its toString says, if that is anything else.
        String said = Optional.ofNullable(thrown.getOverridingMessage())
                .orElseGet(() -> thrown.getClassName() + ": " + thrown.getMessage());
        return " (" + ShownText.line(said) + ")";
    }
}
