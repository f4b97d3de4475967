package dev.whippletree.emulator.model;

/** Which service is imitated: what it counts, what it refuses, and where it listens. */
public enum ServiceKind {
    /** Hugging Face's router: counts the tokens of prompt and answer; sends no limit headers. */
    HUGGING_FACE("huggingface", "/hf/v1"),
    /** Groq: counts the prompt and the most the answer may have; refuses some parameters. */
    GROQ("groq", "/groq/openai/v1"),
    /** Any other service with OpenAI's protocol: counts the tokens of prompt and answer. */
    OPENAI("openai", "/openai/v1");

    private final String provider;
    private final String path;

    ServiceKind(String provider, String path) {
        this.provider = provider;
        this.path = path;
    }

    /** Returns the name of the provider that speaks with such a service. */
    public String provider() {
        return provider;
    }

    /** Returns where it listens on the emulator's server unless told otherwise. */
    public String path() {
        return path;
    }
}
