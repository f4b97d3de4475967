package dev.whippletree.testkit.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.model.Limit;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class EmulatedServicesTest {

    @RegisterExtension
    final EmulatedServices services = EmulatedServices.of(ServiceSettings.builder(ServiceKind.GROQ)
            .account("groq-1", "a-token", ServiceLimit.bucket(Limit.parse("1 / 1d")))
            .build());

    @RepeatedTest(2)
    void eachTest_findsTheLimitsUnused() throws IOException, InterruptedException {
        assertThat(ask()).isEqualTo(200);
        assertThat(ask()).isEqualTo(429);
        assertThat(services.stats(ServiceKind.GROQ).calls()).isEqualTo(2);
        assertThat(services.stats(ServiceKind.GROQ).rateLimited()).isEqualTo(1);
    }

    @Test
    void serviceThatIsNotThere_isSaid() {
        assertThatThrownBy(() -> services.stats(ServiceKind.OPENAI))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("isn't among the emulated services");
    }

    @Test
    void outsideOfATest_thereIsNoService() {
        EmulatedServices idle = EmulatedServices.of();
        assertThatThrownBy(() -> idle.baseUrl(ServiceKind.GROQ))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("@RegisterExtension");
    }

    private int ask() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(services.baseUrl(ServiceKind.GROQ) + "/openai/v1/chat/completions"))
                .header("Authorization", "Bearer a-token")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"openai/gpt-oss-20b\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }
}
