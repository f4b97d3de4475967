package dev.whippletree.provider.huggingface;

/** Bodies of errors as the router has been seen to send them. */
final class HuggingFaceErrors {

    static final String MODEL_NOT_SUPPORTED = """
            {"error":{"message":"The requested model 'X' is not supported by any provider you have enabled.",\
            "type":"invalid_request_error","param":"model","code":"model_not_supported"}}""";
    static final String MODEL_NOT_FOUND = """
            {"error":{"message":"The requested model 'X' does not exist.","type":"invalid_request_error","param":"model",\
            "code":"model_not_found"}}""";
    static final String NOT_SUPPORTED_BY_PROVIDER = "{\"error\":\"Model not supported by provider hf-inference\"}";
    static final String INVALID_CREDENTIALS = "{\"error\":\"Invalid credentials in Authorization header\"}";
    static final String NO_CREDIT = """
            {"error":"You have depleted your monthly included credits. Purchase pre-paid credits to continue using Inference\
             Providers. Alternatively, subscribe to PRO to get 20x more included usage."}""";
    static final String FORBIDDEN = """
            {"error":"This authentication method does not have sufficient permissions to call Inference Providers on behalf\
             of user NAME"}""";
    static final String GONE = """
            {"error":"https://api-inference.huggingface.co is no longer supported. Please use\
             https://router.huggingface.co instead."}""";
    static final String LOADING = "{\"error\":\"Model X is currently loading\",\"estimated_time\":20.5}";
    static final String RELAYED_FROM_GROQ = """
            {"error":{"message":"Rate limit reached for model `openai/gpt-oss-20b` in organization `org_01xhf` service tier\
             `on_demand` on tokens per minute (TPM): Limit 6000, Used 5034, Requested 1443. Please try again in 4.77s.",\
            "type":"tokens","code":"rate_limit_exceeded"}}""";

    private HuggingFaceErrors() {}
}
