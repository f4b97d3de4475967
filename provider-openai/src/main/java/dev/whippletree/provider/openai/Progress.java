package dev.whippletree.provider.openai;

import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Response;

/** Tells a sink how far a call has come, on the thread that makes the call. */
final class Progress extends EventListener {

    /** Finds the sink that was tagged onto the call's request. */
    static final EventListener.Factory FACTORY = call -> {
        OneEndSink sink = call.request().tag(OneEndSink.class);
        return sink == null ? EventListener.NONE : new Progress(sink);
    };

    private final OneEndSink sink;

    private Progress(OneEndSink sink) {
        this.sink = sink;
    }

    /** Comes when OkHttp has flushed the body and starts to wait: {@code requestBodyEnd} comes before the flush. */
    @Override
    public void responseHeadersStart(Call call) {
        sink.sent();
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
        sink.firstByte();
    }
}
