package dev.whippletree.provider.groq;

/** Bodies of errors as Groq has been seen to send them. */
final class GroqErrors {

    static final String INVALID_KEY = """
            {"error":{"message":"Invalid API Key","type":"invalid_request_error","code":"invalid_api_key"}}""";
    static final String MODEL_NOT_FOUND = """
            {"error":{"message":"The model `X` does not exist or you do not have access to it.",\
            "type":"invalid_request_error","code":"model_not_found"}}""";
    static final String MODEL_DECOMMISSIONED = """
            {"error":{"message":"The model `X` has been decommissioned and is no longer supported.",\
            "type":"invalid_request_error","code":"model_decommissioned"}}""";
    static final String RESTRICTED = """
            {"error":{"message":"Organization has been restricted. Please reach out to support.",\
            "type":"invalid_request_error","code":"organization_restricted"}}""";
    static final String JSON_FAILED = """
            {"error":{"message":"Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more details.",\
            "type":"invalid_request_error","code":"json_validate_failed","failed_generation":"{"}}""";
    static final String TOOL_FAILED = """
            {"error":{"message":"Failed to call a function. Please adjust your prompt. See 'failed_generation' for more details.",\
            "type":"invalid_request_error","code":"tool_use_failed","failed_generation":"<function"}}""";
    static final String OVER_CAPACITY = """
            {"error":{"message":"M is currently over capacity. Please try again and back off exponentially. Visit\
             https://groqstatus.com to see if there is an active incident.","type":"internal_server_error"}}""";
    static final String FLEX_FULL = """
            {"error":{"message":"flex tier capacity exceeded","type":"invalid_request_error","code":"capacity_exceeded"}}""";
    static final String TOO_LARGE = """
            {"error":{"message":"Request too large for model `M` in organization `org_01x` service tier `on_demand` on tokens\
             per minute (TPM): Limit 8000, Requested 10013, please reduce your message size and try again.","type":"tokens",\
            "code":"rate_limit_exceeded"}}""";

    static final String CONTEXT_EXCEEDED = """
            {"error":{"message":"Please reduce the length of the messages or completion.","type":"invalid_request_error",\
            "code":"context_length_exceeded"}}""";

    private GroqErrors() {}

    /** A refusal for a limit, in Groq's words. */
    static String limited(String what, String numbers, String wait, String type) {
        return """
                {"error":{"message":"Rate limit reached for model `M` in organization `org_01x` service tier `on_demand` on %s:\
                 %s. Please try again in %s. Need more tokens? Upgrade to Dev Tier today at\
                 https://console.groq.com/settings/billing","type":"%s","code":"rate_limit_exceeded"}}""".formatted(what, numbers, wait, type);
    }

    static String tokensPerMinute() {
        return limited("tokens per minute (TPM)", "Limit 6000, Used 5034, Requested 1443", "4.77s", "tokens");
    }

    static String requestsPerDay() {
        return limited("requests per day (RPD)", "Limit 1000, Used 1000, Requested 1", "1m26.4s", "requests");
    }
}
