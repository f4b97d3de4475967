package dev.whippletree.testkit.provider;

import dev.whippletree.model.Failure;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.testkit.FakeServices;
import java.util.List;
import java.util.function.Function;

/**
 * One account of a provider, connected to a {@link ScriptedService}, to test how the provider interprets a reply.
 * Thread-safe. Methods that send block until the call has ended.
 */
public final class ProviderBench implements AutoCloseable {

    private final FakeServices services = FakeServices.real();
    private final ScriptedService service = new ScriptedService();
    private final ProviderClient client;

    /**
     * Connects an account.
     *
     * @param provider the provider under test
     * @param account makes the account from the service's address, {@code http://host:port}
     */
    public ProviderBench(Provider provider, Function<String, AccountSettings> account) {
        this.client = provider.connect(account.apply(service.address()), services);
    }

    /** Returns the account, open for calls. */
    public ProviderClient client() {
        return client;
    }

    /** Returns the service, to see what has arrived there. */
    public ScriptedService service() {
        return service;
    }

    /** Returns what the provider was given, such as the clock. */
    public FakeServices services() {
        return services;
    }

    /** Sends a prompt that the service answers by the reply. */
    public RecordingSink send(Prompt prompt, String model, boolean streaming, ScriptedReply reply) {
        service.reply(reply);
        RecordingSink sink = new RecordingSink(streaming);
        client.send(prompt, model, sink);
        sink.awaitEnd();
        return sink;
    }

    /** Sends a plain prompt that the service answers by the reply; it is streamed if the reply is. */
    public RecordingSink send(ScriptedReply reply) {
        boolean streaming = reply.headers().containsValue("text/event-stream");
        return send(Prompt.of("How are you?"), "test/model", streaming, reply);
    }

    /** Sends a plain prompt that the service answers by the reply, which is a failure. */
    public Failure failure(ScriptedReply reply) {
        return send(reply).awaitFailure();
    }

    /** Returns the last request that has arrived. */
    public ScriptedRequest lastRequest() {
        List<ScriptedRequest> requests = service.requests();
        return requests.get(requests.size() - 1);
    }

    /** Closes the account, the service and the threads. */
    @Override
    public void close() {
        client.close();
        service.close();
        services.close();
    }
}
