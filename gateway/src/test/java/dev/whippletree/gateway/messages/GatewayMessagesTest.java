package dev.whippletree.gateway.messages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.gateway.OverGateway;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.model.Message;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** Messages over real sockets. */
final class GatewayMessagesTest extends OverGateway {

    private static final String PATH = "/v1/messages?beta=true";
    private static final String HI_FIELDS = "\"model\":\"fast\",\"max_tokens\":50,"
            + "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]}]";
    private static final String HI = "{" + HI_FIELDS + "}";
    private static final String HI_STREAMED = "{\"stream\":true," + HI_FIELDS + "}";

    @Test
    void wholeAnswer_isAMessage_whateverVersionAndBetasTheClientNames() throws Exception {
        HttpResponse<String> response = running.postTo(
                PATH, HI, "anthropic-version", "2031-01-01", "anthropic-beta", "never-heard-of,and-more");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("x-whippletree-account")).contains("one");
        assertThat(RunningGateway.json(response))
                .containsEntry("type", "message")
                .containsEntry("model", "model-as-served")
                .containsEntry("stop_reason", "end_turn");
        assertThat(response.body()).contains("\"text\":\"Hello there\"", "\"input_tokens\":5", "\"output_tokens\":2");
        assertThat(running.provider.call().prompt().messages()).containsExactly(Message.user("Hi"));
    }

    @Test
    void streamedAnswer_isNamedEvents_toTheLast() throws Exception {
        HttpResponse<String> response = running.postTo(PATH, HI_STREAMED);

        assertThat(response.headers().firstValue("content-type")).contains("text/event-stream; charset=utf-8");
        assertThat(response.body())
                .startsWith("event: message_start\ndata: {\"type\":\"message_start\",")
                .contains("{\"type\":\"text_delta\",\"text\":\"Hello", "\"output_tokens\":2", "\"attempts\":1")
                .endsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    }

    @Test
    void tokensAreCountedAsTheyAreReserved_withoutACall() throws Exception {
        running.provider.estimate(321);
        HttpResponse<String> response = running.postTo(
                "/v1/messages/count_tokens",
                "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"input_tokens\":321}");
        assertThat(running.provider.unseenCalls()).isZero();
    }
}
