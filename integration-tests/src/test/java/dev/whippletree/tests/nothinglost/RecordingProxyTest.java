package dev.whippletree.tests.nothinglost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.testkit.provider.ScriptedReply;
import dev.whippletree.testkit.provider.ScriptedService;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A scripted service gives twenty answers through the gateway, and every field that differs for the client stands in
 * one list, to which docs/reference/protocols.md refers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RecordingProxyTest {

    private static final Map<String, String> ENDS = Map.of("function_call", "tool_calls");

    /** Says whether a difference at a path is the one that a row is about. */
    private interface Matcher {
        boolean matches(String path, Values values);
    }

    /** One difference. A value that is missing isn't the same as one that is null. */
    private record Values(
            boolean isSaid,
            @Nullable Object said,
            boolean isGot,
            @Nullable Object got,
            Map<String, @Nullable Object> all) {}

    /**
     * An answer as a service sends it, in the resource {@code twenty-answers.json}.
     *
     * @param name what is special about it
     * @param account which account gives it
     * @param asks further fields of the request
     * @param whole the service's answer in one piece
     * @param chunks the same as the chunks of a stream; none: the service is asked for it in one piece
     * @param stored whether the gateway may answer the same request again without asking
     */
    record Said(String name, String account, JsonNode asks, JsonNode whole, List<JsonNode> chunks, boolean stored) {}

    /** A field that differs, and why the client gets something else. */
    private record Row(String field, String client, String why, Matcher matcher) {

        @Override
        public String toString() {
            return "| " + field + " | " + client + " |";
        }
    }

    private static final List<Row> DIFFERENCES = List.of(
            new Row(
                    "`id`, `created`",
                    "the gateway's own",
                    "an answer may be shared or stored, and a confirmation names it by its `id`",
                    (path, values) -> Set.of("id", "created").contains(path)),
            new Row(
                    "`whippletree`",
                    "added",
                    "says where the answer came from",
                    (path, values) -> path.startsWith("whippletree.") && !values.isSaid()),
            new Row(
                    "`reasoning`, `reasoning_content`",
                    "both, if the service sends one of them",
                    "each is the only one that some clients know",
                    (path, values) -> path.matches(".*message\\.reasoning(_content)?")
                            && !values.isSaid()
                            && values.got() != null
                            && values.got().equals(values.all().get(otherName(path)))),
            new Row(
                    "`logprobs`, `refusal`",
                    "`null` where they are missing",
                    "some clients require them",
                    (path, values) -> path.matches("choices\\[0\\]\\.(logprobs|message\\.refusal)")
                            && !values.isSaid()
                            && values.isGot()
                            && values.got() == null),
            new Row(
                    "any other field of the answer, its choice or its message that is `null`",
                    "left out",
                    "in this protocol it means the same",
                    (path, values) -> values.isSaid() && values.said() == null && !values.isGot()),
            new Row(
                    "`content`, `\"\"` or missing beside tool calls or a refusal",
                    "`null`",
                    "services don't agree on it; this is OpenAI's form",
                    (path, values) -> path.endsWith("message.content")
                            && saysOtherwise(values.all())
                            && Objects.requireNonNullElse(values.said(), "").equals("")
                            && values.got() == null),
            new Row(
                    "`content` as a list of parts",
                    "their text as one string; parts of type `thinking` become the reasoning",
                    "clients expect a string",
                    (path, values) -> path.matches("choices\\[0\\]\\.message\\.(content.*|reasoning(_content)?)")
                            && isPart(path, values)),
            new Row(
                    "`usage.prompt_tokens_details.cached_tokens`, `usage.completion_tokens_details.reasoning_tokens`",
                    "0 where they are missing",
                    "some clients require them",
                    (path, values) -> path.matches("usage\\.\\w+_details\\.(cached|reasoning)_tokens")
                            && !values.isSaid()
                            && Double.valueOf(0).equals(values.got())),
            new Row(
                    "`finish_reason` in a service's own words, such as `eos_token`, or `function_call` without `functions`",
                    "`stop`, `length` or `tool_calls`",
                    "clients know no others",
                    (path, values) ->
                            path.endsWith("finish_reason") && Objects.equals(values.got(), ENDS.get(values.said()))),
            new Row(
                    "`tool_calls[].id` and `.type`, where they are missing",
                    "one made of the answer's `id`, and `function`",
                    "some clients require them",
                    (path, values) -> path.matches("choices\\[0\\]\\.message\\.tool_calls\\[\\d+\\]\\.(id|type)")
                            && !values.isSaid()
                            && String.valueOf(values.got()).matches("function|call_\\w+")),
            new Row(
                    "`tool_calls[].index` in a whole answer",
                    "left out",
                    "it belongs to streams",
                    (path, values) ->
                            path.matches("choices\\[0\\]\\.message\\.tool_calls\\[\\d+\\]\\.index") && !values.isGot()),
            new Row(
                    "`tool_calls[].function.arguments` as an object",
                    "the same JSON as a string",
                    "the protocol's form",
                    (path, values) -> path.matches(".*\\.function\\.arguments(\\..*)?")
                            && (!values.isGot() || values.got() instanceof String)),
            new Row(
                    "`obfuscation` in a stream's chunks",
                    "left out",
                    "it hides the lengths of the service's chunks, and the gateway's are others",
                    (path, values) -> path.equals("obfuscation") && !values.isGot()));

    private static boolean saysOtherwise(Map<String, @Nullable Object> said) {
        return said.entrySet().stream()
                .anyMatch(entry -> entry.getValue() != null
                        && entry.getKey().matches("choices\\[0\\]\\.message\\.(tool_calls|function_call|refusal).*"));
    }

    private static String otherName(String path) {
        return path.endsWith("_content") ? path.replace("_content", "") : path + "_content";
    }

    /** The reasoning and the text must be all of the parts'. */
    private static boolean isPart(String path, Values values) {
        if (values.isSaid()) {
            return path.startsWith("choices[0].message.content[") && !values.isGot();
        }
        String name = path.endsWith("content") && !path.endsWith("reasoning_content")
                ? "\\.text"
                : "\\.thinking\\[\\d+\\]\\.text";
        String joined = values.all().entrySet().stream()
                .filter(entry -> entry.getKey().matches("choices\\[0\\]\\.message\\.content\\[\\d+\\]" + name))
                .map(entry -> String.valueOf(entry.getValue()))
                .collect(Collectors.joining());
        return !joined.isEmpty() && joined.equals(values.got());
    }

    private final ScriptedService service = new ScriptedService();
    private final SystemTimeline timeline = new SystemTimeline();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Set<Row> used = new LinkedHashSet<>();
    private @Nullable Whippletree whippletree;
    private @Nullable Gateway gateway;

    @BeforeAll
    void start() {
        whippletree = Whippletree.builder()
                .timeline(timeline)
                .environment(Map.of())
                .cache("ehcache")
                .account(account("openai", "/v1"))
                .account(account("groq", ""))
                .route(route("openai"))
                .route(route("groq"))
                .build();
        gateway = Gateway.start(whippletree, GatewaySettings.DEFAULT.withPort(0), timeline);
    }

    private AccountSettings account(String provider, String path) {
        return AccountSettings.builder(provider, provider)
                .token("token")
                .setting("base-url", service.address() + path)
                .build();
    }

    private static RouteSettings route(String account) {
        return RouteSettings.of(
                account, List.of(new RouteSettings.Tier(List.of(new RouteSettings.TargetSettings(account, "asked")))));
    }

    @AfterAll
    void stop() {
        Objects.requireNonNull(gateway).close();
        Objects.requireNonNull(whippletree).close();
        service.close();
        timeline.close();
    }

    @Test
    void twentyAnswers_differInWhatIsListed_alsoFromTheCache() throws Exception {
        Map<String, Map<String, String>> unlisted = new LinkedHashMap<>();
        Said[] twenty = JsonMapper.shared()
                .readValue(getClass().getResourceAsStream("/nothinglost/twenty-answers.json"), Said[].class);
        assertThat(twenty).hasSize(20);
        for (Said said : twenty) {
            unlisted.put(said.name(), whole(said));
            unlisted.put(said.name() + ", streamed", streamed(said));
        }
        unlisted.values().removeIf(Map::isEmpty);

        assertThat(unlisted).isEmpty();
        assertThat(used).containsExactlyInAnyOrderElementsOf(DIFFERENCES);
    }

    private Map<String, String> whole(Said said) throws Exception {
        service.reply(ScriptedReply.json(200, said.whole().toString()));
        Map<String, @Nullable Object> answer = Flat.json(said.whole().toString());
        String question = "whole: " + said.name();
        Map<String, String> unlisted = unlisted(answer, Flat.json(ask(said, question, false)));
        if (said.stored()) {
            unlisted.putAll(unlisted(answer, Flat.json(ask(said, question, false))));
            unlisted.putAll(unlisted(answer, Flat.joined(events(ask(said, question, true)))));
        }
        return unlisted;
    }

    private Map<String, String> streamed(Said said) throws Exception {
        boolean asWhole = said.chunks().isEmpty();
        Map<String, @Nullable Object> answer = asWhole
                ? Flat.json(said.whole().toString())
                : Flat.joined(said.chunks().stream()
                        .map(chunk -> Flat.json(chunk.toString()))
                        .toList());
        service.reply(
                asWhole
                        ? ScriptedReply.json(200, said.whole().toString())
                        : ScriptedReply.events(said.chunks().stream()
                                .map(chunk -> "data: " + chunk + "\n\n")
                                .collect(Collectors.joining("", "", "data: [DONE]\n\n"))));
        String question = "streamed: " + said.name();
        Map<String, String> unlisted = unlisted(answer, Flat.joined(events(ask(said, question, true))));
        if (said.stored()) {
            unlisted.putAll(unlisted(answer, Flat.json(ask(said, question, false))));
        }
        return unlisted;
    }

    private String ask(Said said, String question, boolean streaming) throws IOException, InterruptedException {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.setAll((ObjectNode) said.asks()).put("model", said.account());
        body.putArray("messages").addObject().put("role", "user").put("content", question);
        if (streaming) {
            body.put("stream", true).putObject("stream_options").put("include_usage", true);
        }
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                                + Objects.requireNonNull(gateway).port() + "/v1/chat/completions"))
                        .header("x-whippletree-deadline", "10s")
                        .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    private static List<Map<String, @Nullable Object>> events(String body) {
        assertThat(body).endsWith("data: [DONE]\n\n");
        List<Map<String, @Nullable Object>> chunks = new ArrayList<>();
        body.lines()
                .filter(line -> line.startsWith("data: {"))
                .forEach(line -> chunks.add(Flat.json(line.substring("data: ".length()))));
        return chunks;
    }

    /** Returns the differences that no row explains, and notes the rows that explain the others. */
    private Map<String, String> unlisted(Map<String, @Nullable Object> said, Map<String, @Nullable Object> got) {
        Map<String, @Nullable Object> before = Flat.of(said);
        Map<String, @Nullable Object> after = Flat.of(got);
        Set<String> paths = new TreeSet<>(before.keySet());
        paths.addAll(after.keySet());
        Map<String, String> unlisted = new LinkedHashMap<>();
        for (String path : paths) {
            Values values = new Values(
                    before.containsKey(path), before.get(path), after.containsKey(path), after.get(path), before);
            if (values.isSaid() == values.isGot() && Objects.equals(values.said(), values.got())) {
                continue;
            }
            Optional<Row> row = DIFFERENCES.stream()
                    .filter(listed -> listed.matcher().matches(path, values))
                    .findFirst();
            row.ifPresentOrElse(used::add, () -> unlisted.put(path, values.said() + " → " + values.got()));
        }
        return unlisted;
    }
}
