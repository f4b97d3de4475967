package dev.whippletree.gateway.http;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.channels.ConnectedChannel;

/**
 * Ends connections with a TCP reset, so that no client takes a truncated answer for a complete one. Stateless.
 *
 * <p>The operating system resets a socket that is closed while it lingers for 0 seconds, no matter which code closes
 * it: this server, Undertow on an error of its own, or the end of the process. What wasn't sent by then is thrown away.
 */
public final class Reset {

    private static final Logger LOG = LoggerFactory.getLogger(Reset.class);

    private Reset() {}

    /** Lets whatever closes the connection from now on reset it. */
    public static void whenClosed(ConnectedChannel connection) {
        set(connection, true);
    }

    /** Lets the connection be closed in order again. */
    public static void never(ConnectedChannel connection) {
        set(connection, false);
    }

    public static void now(ConnectedChannel connection) {
        try {
            whenClosed(connection);
        } finally {
            IoUtils.safeClose(connection);
        }
    }

    private static void set(ConnectedChannel connection, boolean reset) {
        try {
            connection.setOption(Options.CLOSE_ABORT, reset);
        } catch (IOException e) {
            LOG.debug("The connection is closed already", e);
        }
    }
}
