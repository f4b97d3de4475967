package dev.whippletree.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.Whippletree;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.testkit.cache.MapCache;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.ai.chat.client.AdvisorParams;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.converter.BeanOutputConverter;
import org.springframework.ai.converter.ListOutputConverter;
import org.springframework.ai.converter.MapOutputConverter;
import org.springframework.ai.tool.annotation.Tool;

/** An answer that Spring AI can't convert isn't kept, and one that it can convert is. */
final class UnusableAnswersTest {

    private static final String QUESTION = "Germany's capital?";
    private static final String RIGHT = "{\"city\": \"Berlin\", \"people\": 3900000}";
    private static final Capital BERLIN = new Capital("Berlin", 3_900_000);

    private final ScriptedService service = new ScriptedService();

    @AutoClose
    private final Whippletree whippletree = Whippletree.builder()
            .provider(service)
            .account(AccountSettings.builder("a", service.name())
                    .token("sk-secret")
                    .build())
            .route(RouteSettings.builder("default")
                    .tier(new TargetSettings("a", ScriptedService.MODEL))
                    .build())
            .cache(new MapCache())
            .cache(MapCache.NAME)
            .build();

    private final WhippletreeChatModel model =
            WhippletreeChatModel.builder().whippletree(whippletree).build();
    private final ChatClient client = ChatClient.builder(model)
            .defaultAdvisors(new UnusableAnswerAdvisor())
            .build();

    record Capital(String city, int people) {}

    @ParameterizedTest
    @ValueSource(strings = {"The capital is Berlin.", "{\"city\": \"Berlin\", \"people\": ", "```json\n{'city'}\n```"})
    void textThatIsNoJson_isForgotten_andTheNextAnswerKept(String broken) {
        service.thenAnswers(broken).thenAnswers(RIGHT);
        assertThatThrownBy(() -> client.prompt(QUESTION).call().entity(Capital.class));
        assertThat(client.prompt(QUESTION).call().entity(Capital.class)).isEqualTo(BERLIN);
        assertThat(client.prompt(QUESTION).call().entity(Capital.class)).isEqualTo(BERLIN);
        assertThat(service.asked).hasSize(2);
    }

    @Test
    void textThatIsNoJson_isNeverKept_whereTheServiceIsAskedForASchema() {
        service.thenAnswers("Berlin").thenAnswers(RIGHT);
        ChatClient plain = ChatClient.builder(model)
                .defaultAdvisors(AdvisorParams.ENABLE_NATIVE_STRUCTURED_OUTPUT)
                .build();
        assertThatThrownBy(() -> plain.prompt(QUESTION).call().entity(Capital.class));
        assertThat(plain.prompt(QUESTION).call().entity(Capital.class)).isEqualTo(BERLIN);
        assertThat(plain.prompt(QUESTION).call().entity(Capital.class)).isEqualTo(BERLIN);
        assertThat(service.asked).hasSize(2);
    }

    @Test
    void jsonOfAnotherType_isForgotten_withItsConverter() {
        service.thenAnswers("{\"city\": \"Berlin\", \"people\": \"many\"}").thenAnswers(RIGHT);
        UnusableAnswerAdvisor advisor = new UnusableAnswerAdvisor(new BeanOutputConverter<>(Capital.class));
        assertThatThrownBy(
                () -> client.prompt(QUESTION).advisors(advisor).call().responseEntity(Capital.class));
        for (int i = 0; i < 2; i++) {
            assertThat(client.prompt(QUESTION).advisors(advisor).call().entity(Capital.class))
                    .isEqualTo(BERLIN);
        }
        assertThat(service.asked).hasSize(2);
        service.thenAnswers("Berlin").thenAnswers(RIGHT);
        for (int i = 0; i < 3; i++) {
            client.prompt("In words?").advisors(advisor).call().content();
        }
        assertThat(service.asked).as("also where no format was asked for").hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {RIGHT, "```json\n" + RIGHT + "\n```", "<think>Hm {</think>\n" + RIGHT})
    void textThatSpringAiUnderstands_isKept(String text) {
        service.thenAnswers(text);
        for (int i = 0; i < 2; i++) {
            assertThat(client.prompt(QUESTION).call().entity(Capital.class)).isEqualTo(BERLIN);
        }
        assertThat(service.asked).hasSize(1);
    }

    @Test
    void otherFormats_areKept() {
        service.thenAnswers("{\"a\": 1}").thenAnswers("red, green").thenAnswers("Hello");
        for (int i = 0; i < 2; i++) {
            assertThat(client.prompt("A map").call().entity(new MapOutputConverter()))
                    .isEqualTo(Map.of("a", 1));
            assertThat(client.prompt("A list").call().entity(new ListOutputConverter()))
                    .isEqualTo(List.of("red", "green"));
            assertThat(client.prompt("Hi").call().content()).isEqualTo("Hello");
        }
        assertThat(service.asked).hasSize(3);
    }

    /** A lexicon, as a tool. */
    static final class Towns {

        @Tool(description = "The size of a town")
        int people(String town) {
            return 3_900_000;
        }
    }

    @Test
    void callsOfTools_areKept_andTheAnswerAfterThemIsForgotten() {
        service.thenCalls("people", "{\"town\": \"Berlin\"}")
                .thenAnswers("Sorry.")
                .thenAnswers(RIGHT);
        assertThatThrownBy(
                () -> client.prompt(QUESTION).tools(new Towns()).call().entity(Capital.class));
        for (int i = 0; i < 2; i++) {
            assertThat(client.prompt(QUESTION).tools(new Towns()).call().entity(Capital.class))
                    .isEqualTo(BERLIN);
        }
        assertThat(service.asked).hasSize(3);
    }

    @Test
    void repairs_areAskedFor_andTheirAnswersKept() {
        service.thenAnswers("Sorry.").thenAnswers(RIGHT).thenAnswers(RIGHT);
        for (int i = 0; i < 3; i++) {
            assertThat(client.prompt(QUESTION).call().entity(Capital.class, entity -> entity.validateSchema()))
                    .isEqualTo(BERLIN);
        }
        assertThat(service.asked).hasSize(3);
    }

    @Test
    void byHand_anAnswerIsForgotten_andOnlyOfThisModel() {
        service.thenAnswers("one").thenAnswers("two");
        ChatResponse first = model.call(new Prompt("Hi"));
        WhippletreeChatModel.forget(first).join();
        ChatResponse second = model.call(new Prompt("Hi"));
        assertThat(Objects.requireNonNull(second.getResult()).getOutput().getText())
                .isEqualTo("two");
        assertThat(second.getMetadata().<Object>get("asked")).asString().doesNotContain("Hi");

        WhippletreeChatModel.forget(new ChatResponse(List.of(new Generation(new AssistantMessage("other")))))
                .join();
        model.call(new Prompt("Hi"));
        assertThat(service.asked).hasSize(2);
    }
}
