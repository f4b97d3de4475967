package dev.whippletree.tests.nothinglost;

import java.util.ArrayList;
import java.util.List;

/** Answers as services send them, whole and streamed. */
final class TwentyAnswers {

    private static final String USAGE = "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12}";

    private static final String ZEROES = "\"prompt_tokens_details\":{\"cached_tokens\":0},"
            + "\"completion_tokens_details\":{\"reasoning_tokens\":0}";

    private TwentyAnswers() {}

    /**
     * An answer.
     *
     * @param name what is special about it
     * @param account which account gives it
     * @param asks further fields of the request, each followed by a comma
     * @param whole the service's answer in one piece
     * @param chunks the same as the chunks of a stream; none: the service is asked for it in one piece
     * @param stored whether the gateway may answer the same request again without asking
     */
    record Said(String name, String account, String asks, String whole, List<String> chunks, boolean stored) {

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Said> all() {
        List<Said> all = new ArrayList<>();
        all.add(said(
                "plain",
                "\"content\":\"Hi there.\",\"refusal\":null,\"annotations\":[]",
                "stop",
                delta("\"role\":\"assistant\",\"content\":\"\",\"refusal\":null"),
                delta("\"content\":\"Hi\""),
                delta("\"content\":\" there.\""),
                delta("\"annotations\":[]")));
        all.add(said(
                "reasoning_content",
                "\"content\":\"Hi\",\"reasoning_content\":\"Hm, well.\"",
                "stop",
                delta("\"reasoning_content\":\"Hm,\""),
                delta("\"reasoning_content\":\" well.\""),
                delta("\"content\":\"Hi\"")));
        all.add(said(
                "reasoning",
                "\"content\":\"Hi\",\"reasoning\":\"Hm.\",\"reasoning_details\":[{\"type\":\"t\",\"text\":\"Hm.\"}]",
                "stop",
                delta(
                        "\"content\":\"\",\"reasoning\":\"Hm.\",\"reasoning_details\":[{\"type\":\"t\",\"text\":\"Hm.\"}]"),
                delta("\"content\":\"Hi\"")));
        all.add(said(
                "refusal",
                "\"content\":null,\"refusal\":\"I can't do that.\"",
                "stop",
                delta("\"role\":\"assistant\",\"content\":null,\"refusal\":\"\""),
                delta("\"refusal\":\"I can't\""),
                delta("\"refusal\":\" do that.\"")));
        all.add(said(
                "custom tool",
                "\"content\":null,\"tool_calls\":[{\"id\":\"call_1\",\"type\":\"custom\",\"custom\":{\"name\":\"exec\",\"input\":\"print(1)\\n\"}}]",
                "tool_calls",
                delta(
                        "\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"custom\",\"custom\":{\"name\":\"exec\",\"input\":\"\"}}]"),
                delta("\"tool_calls\":[{\"index\":0,\"custom\":{\"input\":\"print\"}}]"),
                delta("\"tool_calls\":[{\"index\":0,\"custom\":{\"input\":\"(1)\\n\"}}]")));
        all.add(
                said(
                        "two tools and a text",
                        "\"content\":\"Let me look.\",\"tool_calls\":["
                                + "{\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}},"
                                + "{\"id\":\"call_2\",\"type\":\"function\",\"extra_content\":{\"google\":{\"thought_signature\":\"c2ln\"}},\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]",
                        "tool_calls",
                        delta("\"content\":\"Let me look.\""),
                        delta(
                                "\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]"),
                        delta("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\":1}\"}}]"),
                        delta(
                                "\"tool_calls\":[{\"index\":1,\"id\":\"call_2\",\"type\":\"function\",\"extra_content\":{\"google\":{\"thought_signature\":\"c2ln\"}},\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]")));
        all.add(new Said(
                "legacy function",
                "openai",
                "\"functions\":[{\"name\":\"f\"}],",
                whole(
                        choice(
                                "\"content\":null,\"function_call\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}",
                                "function_call"),
                        USAGE),
                stream(
                        "function_call",
                        USAGE,
                        delta("\"content\":null,\"function_call\":{\"name\":\"f\",\"arguments\":\"\"}"),
                        delta("\"function_call\":{\"arguments\":\"{\\\"a\\\"\"}"),
                        delta("\"function_call\":{\"arguments\":\":1}\"}")),
                false));
        all.add(
                said(
                        "annotations",
                        "\"content\":\"See there.\",\"annotations\":[{\"type\":\"url_citation\",\"url_citation\":{\"start_index\":0,\"end_index\":3,\"url\":\"https://example.com\",\"title\":\"There\"}}]",
                        "stop",
                        delta("\"content\":\"See there.\""),
                        delta(
                                "\"annotations\":[{\"type\":\"url_citation\",\"url_citation\":{\"start_index\":0,\"end_index\":3,\"url\":\"https://example.com\",\"title\":\"There\"}}]")));
        all.add(new Said(
                "logprobs",
                "openai",
                "\"logprobs\":true,\"top_logprobs\":1,",
                whole(
                        choice("\"content\":\"haha\"", "stop") + ",\"logprobs\":{\"content\":[" + token(-0.25) + ","
                                + token(-0.125) + "],\"refusal\":null}",
                        USAGE),
                stream(
                        "stop",
                        USAGE,
                        delta("\"content\":\"ha\"") + ",\"logprobs\":{\"content\":[" + token(-0.25)
                                + "],\"refusal\":null}",
                        delta("\"content\":\"ha\"") + ",\"logprobs\":{\"content\":[" + token(-0.125)
                                + "],\"refusal\":null}"),
                true));
        all.add(new Said(
                "two choices",
                "openai",
                "\"n\":2,",
                whole(
                        choice("\"content\":\"Heads\"", "stop")
                                + "},{\"index\":1,\"message\":{\"role\":\"assistant\",\"content\":null,\"refusal\":null,\"tool_calls\":["
                                + "{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},"
                                + "\"logprobs\":null,\"finish_reason\":\"tool_calls\"",
                        USAGE),
                List.of(),
                true));
        all.add(new Said(
                "service tier and fingerprint",
                "openai",
                "\"service_tier\":\"flex\",",
                whole(
                        choice("\"content\":\"Hi\"", "stop"),
                        "\"service_tier\":\"flex\",\"system_fingerprint\":\"fp_1\"," + USAGE),
                stream(
                        "stop",
                        "\"service_tier\":\"flex\",\"system_fingerprint\":\"fp_1\",\"obfuscation\":\"x7\"," + USAGE,
                        delta("\"content\":\"Hi\"")),
                true));
        all.add(counted(
                "audio and prediction tokens",
                "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":4,\"audio_tokens\":2},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":1,\"audio_tokens\":0,"
                        + "\"accepted_prediction_tokens\":1,\"rejected_prediction_tokens\":2}}"));
        all.add(counted(
                "thoughts beside the completion's tokens",
                "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":50,\"cost\":0.25," + ZEROES
                        + "}"));
        all.add(new Said(
                "unknown fields at each level",
                "openai",
                "",
                whole(
                        choice("\"content\":\"Hi\",\"mood\":{\"joy\":0.5,\"words\":[\"gay\",null]}", "stop")
                                + ",\"native_finish_reason\":\"STOP\",\"content_filter_results\":{\"hate\":{\"filtered\":false,\"severity\":\"safe\"}}",
                        "\"provider\":\"somebody\",\"nothing\":null,\"citations\":[\"https://example.com\"]," + USAGE),
                stream(
                        "stop",
                        "\"provider\":\"somebody\",\"nothing\":null,\"citations\":[\"https://example.com\"]," + USAGE,
                        delta("\"content\":\"Hi\",\"mood\":{\"joy\":0.5,\"words\":[\"gay\",null]}")
                                + ",\"native_finish_reason\":\"STOP\",\"content_filter_results\":{\"hate\":{\"filtered\":false,\"severity\":\"safe\"}}"),
                true));
        String timed = "\"usage\":{\"queue_time\":0.041,\"prompt_tokens\":18,\"prompt_time\":0.0007,"
                + "\"completion_tokens\":5,\"completion_time\":0.0123,\"total_tokens\":23,\"total_time\":0.013}";
        all.add(new Said(
                "Groq's own fields",
                "groq",
                "",
                whole(
                        choice("\"content\":\"Hi\",\"reasoning\":\"Hm\"", "stop"),
                        timed + ",\"usage_breakdown\":null,\"system_fingerprint\":\"fp_2\","
                                + "\"x_groq\":{\"id\":\"req_1\",\"seed\":167346302},\"service_tier\":\"on_demand\""),
                List.of(
                        chunk(
                                delta("\"role\":\"assistant\",\"content\":\"\""),
                                "null",
                                "\"system_fingerprint\":\"fp_2\",\"x_groq\":{\"id\":\"req_1\",\"seed\":167346302}"),
                        chunk(delta("\"reasoning\":\"Hm\""), "null", "\"system_fingerprint\":\"fp_2\""),
                        chunk(delta("\"content\":\"Hi\""), "null", "\"system_fingerprint\":\"fp_2\""),
                        chunk(
                                delta(""),
                                "\"stop\"",
                                "\"system_fingerprint\":\"fp_2\",\"service_tier\":\"on_demand\",\"x_groq\":{\"id\":\"req_1\","
                                        + timed + "}," + timed)),
                true));
        all.add(
                said(
                        "no content but a tool",
                        "\"content\":null,\"tool_calls\":[{\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]",
                        "tool_calls",
                        delta(
                                "\"content\":null,\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]")));
        all.add(
                said(
                        "empty content and a tool",
                        "\"content\":\"\",\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]",
                        "tool_calls",
                        delta(
                                "\"content\":\"\",\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]")));
        all.add(new Said(
                "cut at its maximum",
                "openai",
                "\"max_tokens\":1,",
                whole(choice("\"content\":\"\"", "length"), "\"system_fingerprint\":\"fp_3\"," + USAGE),
                stream(
                        "length",
                        "\"system_fingerprint\":\"fp_3\"," + USAGE,
                        delta("\"role\":\"assistant\",\"content\":\"\"")),
                false));
        all.add(said(
                "content in parts, with thoughts",
                "\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"Hm.\"}]},"
                        + "{\"type\":\"text\",\"text\":\"Hi\"},{\"type\":\"text\",\"text\":\" there.\"}]",
                "stop",
                delta("\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"Hm.\"}]}]"),
                delta("\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]"),
                delta("\"content\":[{\"type\":\"text\",\"text\":\" there.\"}]")));
        all.add(said(
                "another word for the end, and a tool as translating servers call it",
                "\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{\"a\":1}}}]",
                "function_call",
                delta("\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":{\"a\":1}}}]")));
        return all;
    }

    private static Said said(String name, String message, String end, String... deltas) {
        boolean withIds = !message.contains("tool_calls") || message.contains("\"id\"");
        return new Said(name, "openai", "", whole(choice(message, end), USAGE), stream(end, USAGE, deltas), withIds);
    }

    private static Said counted(String name, String usage) {
        return new Said(
                name,
                "openai",
                "",
                whole(choice("\"content\":\"Hi\"", "stop"), usage),
                stream("stop", usage, delta("\"content\":\"Hi\"")),
                true);
    }

    private static String token(double logprob) {
        return "{\"token\":\"ha\",\"logprob\":" + logprob
                + ",\"bytes\":null,\"top_logprobs\":[{\"token\":\"ha\",\"logprob\":" + logprob
                + ",\"bytes\":[104,97]}]}";
    }

    private static String choice(String message, String end) {
        return "\"index\":0,\"message\":{\"role\":\"assistant\"," + message + "},\"finish_reason\":\"" + end + "\"";
    }

    private static String whole(String choice, String more) {
        return "{\"id\":\"chatcmpl-up\",\"object\":\"chat.completion\",\"created\":1770000000,\"model\":\"served\",\"choices\":[{"
                + choice + "}]," + more + "}";
    }

    private static String delta(String fields) {
        return "\"index\":0,\"delta\":{" + fields + "}";
    }

    /** Fields of the answer stand in each chunk, as services repeat them; its usage in the last one alone. */
    private static List<String> stream(String end, String more, String... deltas) {
        String others = more.replaceAll(",?\"usage\":.*", "");
        List<String> chunks = new ArrayList<>();
        for (String delta : deltas) {
            boolean hasRole = !chunks.isEmpty() || delta.contains("\"role\"");
            String withRole = hasRole ? delta : delta.replace("\"delta\":{", "\"delta\":{\"role\":\"assistant\",");
            chunks.add(chunk(withRole, "null", others));
        }
        chunks.add(chunk(delta(""), "\"" + end + "\"", others));
        chunks.add(
                "{\"id\":\"chatcmpl-up\",\"object\":\"chat.completion.chunk\",\"created\":1770000000,\"model\":\"served\","
                        + "\"choices\":[]," + more + "}");
        return chunks;
    }

    private static String chunk(String choice, String end, String more) {
        return "{\"id\":\"chatcmpl-up\",\"object\":\"chat.completion.chunk\",\"created\":1770000000,\"model\":\"served\",\"choices\":[{"
                + choice + ",\"finish_reason\":" + end + "}]" + (more.isEmpty() ? "" : "," + more) + "}";
    }
}
