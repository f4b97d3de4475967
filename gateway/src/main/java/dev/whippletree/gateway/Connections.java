package dev.whippletree.gateway;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.AttachmentKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/**
 * Bounds the number of open connections. At the bound, a new connection replaces the one that has been idle longest,
 * unless the last request of that one had a client's key. If none can be replaced, the new connection waits, unread.
 * Thread-safe.
 */
final class Connections implements ChannelListener<StreamConnection> {

    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
    private static final AttachmentKey<Boolean> WITH_KEY = AttachmentKey.create(Boolean.class);

    private final int most;
    private final ChannelListener<? super StreamConnection> next;

    // All four guarded by this.
    private final Set<StreamConnection> open = new HashSet<>();
    private final Deque<StreamConnection> waiting = new ArrayDeque<>();

    /** Without a key and without a request, the one that has been so for longest first. */
    private final Set<StreamConnection> idle = new LinkedHashSet<>();

    /** To be closed, each on its own thread, unless a request comes first. */
    private final Set<StreamConnection> leaving = new HashSet<>();

    /**
     * Creates one.
     *
     * @param most how many may be open
     * @param next takes those that may be
     */
    Connections(int most, ChannelListener<? super StreamConnection> next) {
        this.most = most;
        this.next = next;
    }

    /** A request showed the key of a client. */
    static void showedKey(HttpServerExchange exchange) {
        exchange.putAttachment(WITH_KEY, true);
    }

    /** Returns a handler that notes the requests it hands on. */
    HttpHandler noting(HttpHandler handler) {
        return exchange -> {
            StreamConnection connection = ((HttpServerConnection) exchange.getConnection()).getChannel();
            begins(connection);
            exchange.addExchangeCompleteListener((ended, after) -> {
                ended(connection, ended.getAttachment(WITH_KEY) != null);
                after.proceed();
            });
            handler.handleRequest(exchange);
        };
    }

    /** A new one, on its own thread. */
    @Override
    public void handleEvent(StreamConnection connection) {
        boolean admitted;
        synchronized (this) {
            admitted = open.size() < most;
            if (admitted) {
                admit(connection);
            } else {
                waiting.add(connection);
                makeRoom();
            }
        }
        connection.setCloseListener(this::closed);
        if (admitted) {
            next.handleEvent(connection);
        }
    }

    private void admit(StreamConnection connection) {
        open.add(connection);
        idle.add(connection);
    }

    private synchronized void begins(StreamConnection connection) {
        idle.remove(connection);
        if (leaving.remove(connection)) {
            makeRoom();
        }
    }

    private synchronized void ended(StreamConnection connection, boolean withKey) {
        if (!withKey && open.contains(connection)) {
            idle.add(connection);
            makeRoom();
        }
    }

    private synchronized void closed(StreamConnection connection) {
        idle.remove(connection);
        leaving.remove(connection);
        waiting.remove(connection);
        open.remove(connection);
        if (open.size() < most && !waiting.isEmpty()) {
            StreamConnection admitted = waiting.remove();
            admit(admitted);
            admitted.getIoThread().execute(() -> next.handleEvent(admitted));
        }
    }

    /** As many leave as wait for a place. */
    private void makeRoom() {
        Iterator<StreamConnection> longestFirst = idle.iterator();
        while (leaving.size() < waiting.size() && longestFirst.hasNext()) {
            StreamConnection connection = longestFirst.next();
            longestFirst.remove();
            leaving.add(connection);
            connection.getIoThread().execute(() -> leave(connection));
        }
    }

    private void leave(StreamConnection connection) {
        synchronized (this) {
            if (!leaving.contains(connection)) {
                return;
            }
        }
        LOG.debug("An idle connection without a key was closed for a new one");
        IoUtils.safeClose(connection);
    }
}
