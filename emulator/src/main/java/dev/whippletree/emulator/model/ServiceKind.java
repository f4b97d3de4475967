package dev.whippletree.emulator.model;

import dev.whippletree.model.Limit;
import java.time.Duration;

/** The kinds of emulated services: what they count, what they refuse, and where they listen. */
public enum ServiceKind {
    /** Hugging Face's router: counts the tokens of prompt and answer; sends no limit headers. */
    HUGGING_FACE("huggingface", "/hf/v1", ""),
    /** Groq: counts the prompt and the most the answer may have; refuses some parameters. */
    GROQ("groq", "/groq", "/openai/v1"),
    /** Any other service with OpenAI's protocol: counts the tokens of prompt and answer. */
    OPENAI("openai", "/openai/v1", "");

    private final String provider;
    private final String base;
    private final String version;

    ServiceKind(String provider, String base, String version) {
        this.provider = provider;
        this.base = base;
        this.version = version;
    }

    /** Returns the name of the provider that speaks with such a service. */
    public String provider() {
        return provider;
    }

    /**
     * Returns whether headers of this protocol may report such a limit: Groq's speak of the day's requests and the
     * minute's tokens.
     */
    public boolean reports(Limit limit) {
        return switch (limit.unit()) {
            case REQUESTS -> this == OPENAI || (this == GROQ && limit.window().equals(Duration.ofDays(1)));
            case TOKENS -> this == OPENAI || (this == GROQ && limit.window().equals(Duration.ofMinutes(1)));
            case INPUT_TOKENS, OUTPUT_TOKENS -> false;
        };
    }

    /** Returns where it stands on the emulator's server, as its provider's setting {@code base-url} wants it. */
    public String base() {
        return base;
    }

    /** Returns the path above {@code /chat/completions}: Groq's provider adds the last part of it by itself. */
    public String path() {
        return base + version;
    }
}
