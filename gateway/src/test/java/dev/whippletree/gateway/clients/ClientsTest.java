package dev.whippletree.gateway.clients;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.ManualTimeline;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.model.Secret;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.Headers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

final class ClientsTest {

    private static HttpServerExchange showing(String key) {
        HttpServerExchange exchange = new HttpServerExchange(Mockito.mock(ServerConnection.class));
        exchange.getRequestHeaders().put(Headers.AUTHORIZATION, "Bearer " + key);
        return exchange;
    }

    /** A request is compared with the keys as they were read for it. */
    @Test
    void keyThatIsReadAnewForAnotherRequest_isNotComparedAgain() {
        AtomicReference<String> key = new AtomicReference<>("an-older-watch-key");
        GatewaySettings settings = GatewaySettings.DEFAULT.withClients(List.of(), Optional.of(Secret.from(key::get)));
        Clients clients = new Clients(settings, new ManualTimeline(), Optional.empty());
        HttpServerExchange earlier = showing("an-older-watch-key");
        clients.readKeyOf(earlier).join();

        key.set("a-newer-watch-key");
        HttpServerExchange later = showing("a-newer-watch-key");
        clients.readKeyOf(later).join();

        assertThatCode(() -> clients.admitWatcher(earlier)).doesNotThrowAnyException();
        assertThatCode(() -> clients.admitWatcher(later)).doesNotThrowAnyException();
        HttpServerExchange latest = showing("an-older-watch-key");
        clients.readKeyOf(latest).join();
        assertThatThrownBy(() -> clients.admitWatcher(latest)).isInstanceOf(RequestException.class);
    }

    @Test
    void keyThatWasReadBeforeAReload_isComparedAgainAfterIt() {
        HttpServerExchange exchange = showing("an-older-watch-key");
        watched("an-older-watch-key").readKeyOf(exchange).join();

        Clients reloaded = watched("a-newer-watch-key");

        assertThatThrownBy(() -> reloaded.admitWatcher(exchange)).isInstanceOf(RequestException.class);
    }

    private static Clients watched(String key) {
        GatewaySettings settings = GatewaySettings.DEFAULT.withClients(List.of(), Optional.of(Secret.of(key)));
        return new Clients(settings, new ManualTimeline(), Optional.empty());
    }
}
