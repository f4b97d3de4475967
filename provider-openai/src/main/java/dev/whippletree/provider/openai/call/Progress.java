package dev.whippletree.provider.openai.call;

import dev.whippletree.spi.AttemptSink;
import java.net.InetSocketAddress;
import java.net.Proxy;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Response;

/** Tracks a call's progress and reports it to the sink. Confined to the thread that makes the call. */
final class Progress extends EventListener {

    /** Finds the progress that was tagged onto the call's request. */
    static final EventListener.Factory FACTORY = call -> {
        Progress progress = call.request().tag(Progress.class);
        return progress == null ? EventListener.NONE : progress;
    };

    private final AttemptSink sink;
    private boolean connected;

    /** Connecting may be left to another thread. */
    private volatile boolean connecting;

    private boolean begun;
    private boolean headCame;
    private boolean bodyCame;

    Progress(AttemptSink sink) {
        this.sink = sink;
    }

    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
        connecting = true;
    }

    @Override
    public void connectionAcquired(Call call, Connection connection) {
        connected = true;
    }

    @Override
    public void requestHeadersStart(Call call) {
        begun = true;
    }

    /** The body flushes itself. {@code responseHeadersStart} comes only with the response. */
    @Override
    public void requestBodyEnd(Call call, long byteCount) {
        sink.sent();
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
        headCame = true;
        sink.firstByte();
    }

    @Override
    public void responseBodyStart(Call call) {
        bodyCame = true;
    }

    boolean isConnected() {
        return connected;
    }

    /** Returns whether the call has had a connection that was kept from an earlier call. */
    boolean reusesConnection() {
        return connected && !connecting;
    }

    /** Returns whether any of the request may have been sent. */
    boolean hasBegun() {
        return begun;
    }

    /** Returns whether any of an answer came. Of an error's body, what is missing is no matter. */
    boolean bodyCame() {
        return bodyCame;
    }

    boolean headCame() {
        return headCame;
    }
}
