package dev.whippletree.provider.openai.read;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** What services send, in the shapes that were recorded; the values are made up. */
final class Recordings {

    private static final String USAGE = "{\"queue_time\":0.04,\"prompt_tokens\":9,\"completion_tokens\":4,"
            + "\"total_tokens\":13,\"total_time\":1.1e-2,\"prompt_tokens_details\":{\"cached_tokens\":4},"
            + "\"completion_tokens_details\":{\"reasoning_tokens\":2}}";
    private static final String END = "data: [DONE]\n\n";

    /** Streams that hold a whole answer, all of whose text comes before its finish reason. */
    static final List<String> WHOLE_STREAMS = Stream.of(
                    // Groq
                    text("assistant", "") + text("Hi") + text(" th\u00e4nk \ud83d\udc4b") + text(" \\ud83d\\udc4b\\n")
                            + "data: {\"id\":\"c\",\"model\":\"served/model\",\"choices\":[{\"index\":0,\"delta\":{},"
                            + "\"logprobs\":null,\"finish_reason\":\"stop\"}],\"x_groq\":{\"id\":\"req_1\",\"usage\":"
                            + USAGE + "},\"usage\":" + USAGE + "}\n\n" + END,
                    // Hugging Face, with include_usage
                    text("One") + text(", two") + finish("stop") + "data: {\"id\":\"\",\"choices\":[],\"usage\":"
                            + USAGE + "}\n\n" + END,
                    // A heartbeat that is JSON
                    text("One") + "data: null\n\n" + text(" two") + finish("stop") + "data: null\n\n" + END,
                    // A tool call whose name comes late
                    call("{\"index\":0,\"id\":\"call_1\",\"function\":{\"arguments\":\"{\"}}")
                            + call("{\"index\":1,\"id\":\"call_2\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}")
                            + call("{\"index\":0,\"function\":{\"name\":\"f\"}}")
                            + call("{\"index\":0,\"function\":{\"arguments\":\"}\"}}")
                            + finish("tool_calls")
                            + END,
                    // Without an end mark
                    text("One") + finish("length"),
                    // Text-generation-inference behind a proxy
                    (": ping\nevent: message\nid: 1\nretry: 10\n" + text("One") + text(" two") + finish("eos_token")
                                    + END)
                            .replace("data: ", "data:")
                            .replace("\n", "\r\n"),
                    chunk("{\"reasoning\":\"Hm\"}", "null")
                            + chunk("{\"reasoning_content\":\"m.\"}", "null")
                            + text("One")
                            + finish("stop")
                            + END,
                    call("{\"index\":0,\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                                    + "\"arguments\":\"{\\\"\"}}")
                            + call("{\"index\":0,\"function\":{\"arguments\":\"a\\\":1}\"}}")
                            + call("{\"index\":1,\"id\":\"call_2\",\"function\":{\"name\":\"g\"}}")
                            + call("{\"index\":1,\"function\":{\"arguments\":\"\"}}")
                            + finish("tool_calls")
                            + END,
                    chunk("{\"function_call\":{\"name\":\"f\",\"arguments\":\"{\"}}", "null")
                            + chunk("{\"function_call\":{\"arguments\":\"}\"}}", "null")
                            + finish("function_call")
                            + END,
                    // LMDeploy: all calls numbered 0
                    call("{\"index\":0,\"id\":\"call_1\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}")
                            + call("{\"index\":0,\"id\":\"\",\"function\":{\"arguments\":\"{}\"}}")
                            + call("{\"index\":0,\"id\":\"call_2\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}")
                            + call("{\"index\":0,\"id\":\"\",\"function\":{\"arguments\":\"{}\"}}")
                            + finish("tool_calls")
                            + END,
                    // A refusal
                    chunk("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}", "null")
                            + chunk("{\"refusal\":\"I can't.\"}", "null")
                            + finish("stop")
                            + END,
                    // Several choices, in any order
                    "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"no\"}},{\"index\":0,\"delta\":"
                            + "{\"content\":\"yes\"}}]}\n\n"
                            + finish("stop")
                            + "data: {\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n" + END)
            .map(Recordings::bytes)
            .toList();

    static final List<String> BROKEN_STREAMS = Stream.of(
                    text("One") + "data: {\"error\":{\"message\":\"words\",\"http_status_code\":422}}\n\n" + END,
                    text("One") + "event: error\ndata: {\"message\":\"words\"}\n\n",
                    text("One") + finish("content_filter") + END)
            .map(Recordings::bytes)
            .toList();

    static final List<String> ANSWERS = Stream.of(
                    "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1770000000,\"model\":\"m\",\n \"choices\":"
                            + "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"h\u00ed \ud83d\udc4b\\n\",\"reasoning\":\"Hm\"},"
                            + "\"logprobs\":null,\"finish_reason\":\"stop\"}],\n \"usage\":" + USAGE
                            + ",\"x_groq\":{\"id\":\"req_1\",\"seed\":167346302}}",
                    "{\"choices\":[{\"index\":0,\"message\":{\"content\":null,\"tool_calls\":[{\"id\":\"call_1\",\"type\":"
                            + "\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},{\"id\":\"call_2\","
                            + "\"function\":{\"name\":\"g\",\"arguments\":{\"a\":[1,0.5,\"x\"]}}}]},\"finish_reason\":\"tool_calls\"}]}",
                    "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"H\"},{\"type\":\"text\",\"text\":"
                            + "\"i\"}]},\"finish_reason\":\"end_turn\"}],\"usage\":null}",
                    "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,\"refusal\":\"I can't.\"},"
                            + "\"finish_reason\":\"stop\"}]}",
                    "{\"error\":{\"message\":\"too much\",\"code\":429}}")
            .map(Recordings::bytes)
            .toList();

    static final List<String> REFUSALS = Stream.of(
                    "{\"error\":{\"message\":\"Rate limit reached for model `M` in organization `org_01x` service tier"
                            + " `on_demand` on tokens per minute (TPM): Limit 6000, Used 5034, Requested 1443. Please try"
                            + " again in 4.77s. Need more tokens?\",\"type\":\"tokens\",\"code\":\"rate_limit_exceeded\"}}",
                    "{\"error\":{\"message\":\"Request too large for model `M` on tokens per minute (TPM): Limit 8000,"
                            + " Requested 10013, please reduce your message size.\",\"type\":\"tokens\"}}",
                    "{\"error\":{\"message\":\"The requested model 'X' does not exist.\",\"type\":"
                            + "\"invalid_request_error\",\"param\":\"model\",\"code\":\"model_not_found\"}}",
                    "{\"error\":\"Invalid credentials in Authorization header\"}",
                    "{\"error\":\"Model X is currently loading\",\"estimated_time\":20.0}",
                    "{\"error\":\"Model is overloaded\",\"error_type\":\"overloaded\"}",
                    "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"words\"}]}",
                    "{\"errors\":[{\"message\":\"some\"},{\"message\":\"w\u00f6rds\"}]}",
                    "Please try again in 1m4.77s",
                    "<!DOCTYPE html><html><head><title> 502 Bad Gateway </title></head><body></body></html>",
                    "")
            .map(Recordings::bytes)
            .toList();

    /** Lines of headers. */
    static final List<String> HEADS = List.of(
            "x-ratelimit-limit-requests: 14400\nx-ratelimit-remaining-requests: 14370\n"
                    + "x-ratelimit-reset-requests: 3m\nx-ratelimit-limit-tokens: 18000\n"
                    + "x-ratelimit-remaining-tokens: 17997\nx-ratelimit-reset-tokens: 10ms\n",
            "retry-after: Wed, 25 Nov 2026 10:00:30 GMT\ndate: Wed, 25 Nov 2026 10:00:00 GMT\n"
                    + "retry-after-ms: 1500\n");

    private Recordings() {}

    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static String text(String text) {
        return chunk("{\"content\":\"" + text + "\"}", "null");
    }

    private static String text(String role, String text) {
        return chunk("{\"role\":\"" + role + "\",\"content\":\"" + text + "\"}", "null");
    }

    private static String call(String call) {
        return chunk("{\"content\":null,\"tool_calls\":[" + call + "]}", "null");
    }

    private static String finish(String reason) {
        return chunk("{}", "\"" + reason + "\"");
    }

    private static String chunk(String delta, String finishReason) {
        return "data: {\"id\":\"chatcmpl-1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":" + delta
                + ",\"logprobs\":null,\"finish_reason\":" + finishReason + "}],\"usage\":null}\n\n";
    }
}
