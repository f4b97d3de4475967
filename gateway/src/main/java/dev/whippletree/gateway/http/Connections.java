package dev.whippletree.gateway.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.AttachmentKey;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/**
 * Bounds the number of open connections, and shares them out among the clients. Thread-safe.
 *
 * <p>A connection belongs to the client whose key its last request showed. One in sixteen is kept for those that have
 * shown none: new ones, and probes. At the bound, a new connection replaces the one of them that has been idle longest;
 * if none is idle, it waits, unread. Where the clients hold all the others, a client that needs one more takes it from
 * the client that holds most, if that isn't itself, else from itself. Idle ones go first.
 */
public final class Connections implements ChannelListener<StreamConnection> {

    /** The tenant of all requests to a gateway without keys; no client has that name. */
    public static final String ANYBODY = "";

    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
    private static final AttachmentKey<OpenConnection> PLACE = AttachmentKey.create(OpenConnection.class);
    private static final int PLACES_FOR_ONE_WITHOUT_A_KEY = 16;

    private final int most;
    private final int mostHeld;
    private final ChannelListener<? super StreamConnection> next;

    // All guarded by this.
    private final Map<StreamConnection, OpenConnection> open = new HashMap<>();
    private final Deque<StreamConnection> waiting = new ArrayDeque<>();
    private final Map<String, Holder> holders = new HashMap<>();
    private final Holder nobody = new Holder();

    /** To be closed, each on its own thread, unless a request with a key comes first. */
    private final Set<OpenConnection> leaving = new LinkedHashSet<>();

    private long refused;
    private long replaced;

    /** A client and its connections, the one that has been in its set for longest first. */
    private static final class Holder {

        private final Set<OpenConnection> idle = new LinkedHashSet<>();
        private final Set<OpenConnection> busy = new LinkedHashSet<>();

        int size() {
            return idle.size() + busy.size();
        }

        Optional<OpenConnection> idleLongest() {
            return idle.stream().findFirst();
        }

        Optional<OpenConnection> idleLongestOrLatest() {
            return idleLongest().or(() -> busy.stream().reduce((before, after) -> after));
        }
    }

    /** An open connection. Guarded by the connections. */
    private final class OpenConnection {

        private final StreamConnection connection;
        private Holder holder = nobody;
        private Set<OpenConnection> in = nobody.idle;

        OpenConnection(StreamConnection connection) {
            this.connection = connection;
        }

        void moveTo(Set<OpenConnection> other) {
            in.remove(this);
            in = other;
            in.add(this);
        }

        void giveWay() {
            moveTo(leaving);
            connection.getIoThread().execute(() -> leave(this));
        }

        void begins(String tenant) {
            Connections.this.begins(this, tenant);
        }
    }

    Connections(int most, ChannelListener<? super StreamConnection> next) {
        this.most = most;
        this.mostHeld = most - (most + PLACES_FOR_ONE_WITHOUT_A_KEY - 2) / PLACES_FOR_ONE_WITHOUT_A_KEY;
        this.next = next;
        this.holders.put(ANYBODY, nobody);
    }

    /** A request showed the key of a client, or needs none. */
    public static void belongsTo(HttpServerExchange exchange, String tenant) {
        exchange.getConnection().getAttachment(PLACE).begins(tenant);
    }

    HttpHandler noting(HttpHandler handler) {
        return exchange -> {
            OpenConnection place = place(exchange.getConnection());
            UnderWay.whenExchanged(exchange, () -> ended(place));
            handler.handleRequest(exchange);
        };
    }

    private OpenConnection place(ServerConnection connection) {
        OpenConnection known = connection.getAttachment(PLACE);
        if (known != null) {
            return known;
        }
        StreamConnection channel = ((HttpServerConnection) connection).getChannel();
        OpenConnection place;
        synchronized (this) {
            place = open.getOrDefault(channel, new OpenConnection(channel));
        }
        connection.putAttachment(PLACE, place);
        return place;
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
        OpenConnection place = new OpenConnection(connection);
        open.put(connection, place);
        place.moveTo(nobody.idle);
    }

    private synchronized void begins(OpenConnection place, String tenant) {
        if (!open.containsKey(place.connection)) {
            return;
        }
        Holder holder = holders.computeIfAbsent(tenant, name -> new Holder());
        place.in.remove(place);
        int held = open.size() - 1 - nobody.idle.size() - leaving.size();
        Optional<OpenConnection> other = held < mostHeld ? Optional.empty() : toGiveWayTo(holder);
        boolean room = held < mostHeld || other.isPresent();
        place.holder = room ? holder : nobody;
        place.moveTo(room ? holder.busy : nobody.idle);
        other.ifPresent(OpenConnection::giveWay);
        makeRoom();
        if (!room) {
            refused++;
            throw new RequestException(ApiError.noConnection());
        }
    }

    /**
     * A busy one goes only where the two clients come closer by it, or they would end each other's requests by turns.
     */
    private Optional<OpenConnection> toGiveWayTo(Holder holder) {
        Holder largest = largest();
        if (largest.size() > holder.size() + 1) {
            return largest.idleLongestOrLatest();
        }
        return holder == nobody ? Optional.empty() : holder.idleLongest();
    }

    private Holder largest() {
        return holders.values().stream()
                .filter(holder -> holder != nobody)
                .max(Comparator.comparingInt(Holder::size))
                .orElse(nobody);
    }

    /** What showed no key belongs to nobody from now on. */
    private synchronized void ended(OpenConnection place) {
        if (place.in == leaving || !open.containsKey(place.connection)) {
            return;
        }
        if (place.in != place.holder.busy) {
            place.holder = nobody;
        }
        place.moveTo(place.holder.idle);
        makeRoom();
    }

    private synchronized void closed(StreamConnection connection) {
        waiting.remove(connection);
        OpenConnection place = open.remove(connection);
        if (place != null) {
            place.in.remove(place);
        }
        if (open.size() < most && !waiting.isEmpty()) {
            StreamConnection admitted = waiting.remove();
            admit(admitted);
            admitted.getIoThread().execute(() -> next.handleEvent(admitted));
        }
    }

    /** As many leave as wait for a place. */
    private void makeRoom() {
        while (leaving.size() < waiting.size()) {
            Optional<OpenConnection> idle =
                    nobody.idleLongest().or(() -> largest().idleLongest());
            if (idle.isEmpty()) {
                return;
            }
            idle.get().giveWay();
        }
    }

    private void leave(OpenConnection place) {
        synchronized (this) {
            if (place.in != leaving) {
                return;
            }
            replaced++;
        }
        LOG.debug("A connection was closed for another one");
        IoUtils.safeClose(place.connection);
    }

    public int most() {
        return most;
    }

    public synchronized int open() {
        return open.size();
    }

    /** Returns how many open ones belong to a client, by the key of their last request. */
    public synchronized int ofClients() {
        return open.size() - withoutKey();
    }

    /** Returns how many open ones belong to no client. */
    public synchronized int withoutKey() {
        return nobody.size() + leaving.size();
    }

    /** Returns how many were accepted and wait, unread, until another one closes. */
    public synchronized int waiting() {
        return waiting.size();
    }

    /** Returns how many requests were refused because there was no connection for their client. */
    public synchronized long refused() {
        return refused;
    }

    /** Returns how many connections were closed to make room for another one. */
    public synchronized long replaced() {
        return replaced;
    }
}
