package dev.whippletree.emulator.model;

import dev.whippletree.model.TokenCount;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rules by which a service refuses requests and counts their tokens. Immutable. */
record RequestRules(ServiceSettings settings) {

    /** What ChatRequest calls a message's name, which isn't a field of the request itself. */
    private static final String MESSAGE_NAME = "messages[].name";

    /** Groq answers these with 400 (console.groq.com/docs/openai). */
    private static final List<String> REFUSED_BY_GROQ = List.of("logprobs", "top_logprobs", "logit_bias", MESSAGE_NAME);

    /** Returns why the request is refused, whatever is left of any limit. */
    Optional<Refusal> refusal(ChatRequest request, Draft draft) {
        if (request.messages().isEmpty()) {
            return Optional.of(of(RefusalKind.BAD_REQUEST).withDetail("'messages' must have at least one message"));
        }
        String model = modelName(request);
        if (settings.unservedModels().contains(model)) {
            return Optional.of(of(RefusalKind.MODEL_UNSERVED));
        }
        if (!settings.models().isEmpty() && !settings.models().contains(model)) {
            return Optional.of(of(RefusalKind.MODEL_UNKNOWN));
        }
        Optional<String> problem = request.embedding() ? Vectors.problem(request) : Optional.empty();
        if (problem.isPresent()) {
            return Optional.of(of(RefusalKind.BAD_REQUEST).withDetail(problem.get()));
        }
        return refusedParameter(request)
                .map(name -> of(RefusalKind.BAD_PARAMETER).withDetail(name))
                .or(() -> contextRefusal(request, draft));
    }

    /** Returns the tokens that count against limits. */
    TokenCount countedTokens(ChatRequest request, Draft draft) {
        if (request.embedding()) {
            return new TokenCount(draft.promptTokens(), 0);
        }
        long completion = switch (settings.kind()) {
            case GROQ -> request.maxTokens().orElse(settings.assumedMaxTokens());
            case HUGGING_FACE, OPENAI -> draft.completionTokens();
        };
        return new TokenCount(draft.promptTokens(), completion);
    }

    /** Returns the model that serves a request: Hugging Face's ids may end with how to choose a provider. */
    String modelName(ChatRequest request) {
        int colon = request.model().lastIndexOf(':');
        return settings.kind() == ServiceKind.HUGGING_FACE && colon > 0
                ? request.model().substring(0, colon)
                : request.model();
    }

    private Optional<String> refusedParameter(ChatRequest request) {
        if (settings.kind() != ServiceKind.GROQ) {
            return Optional.empty();
        }
        Map<String, Object> others = request.others();
        if (others.get("n") instanceof Number n && n.intValue() != 1) {
            return Optional.of("n");
        }
        return REFUSED_BY_GROQ.stream()
                .filter(name -> others.containsKey(name) && !Boolean.FALSE.equals(others.get(name)))
                .findFirst();
    }

    private Optional<Refusal> contextRefusal(ChatRequest request, Draft draft) {
        long tokens = request.embedding()
                ? request.messages().stream()
                        .mapToLong(input -> Tokens.of(List.of(input)))
                        .max()
                        .orElse(0)
                : draft.promptTokens() + request.maxTokens().orElse(0);
        return tokens <= settings.contextTokens()
                ? Optional.empty()
                : Optional.of(of(RefusalKind.CONTEXT_TOO_LONG).withDetail(contextDetail(tokens)));
    }

    /** Returns the detail for a request that doesn't fit the model's context. */
    String contextDetail(long tokens) {
        return "This model's maximum context length is " + settings.contextTokens() + " tokens. However, you requested "
                + tokens + " tokens.";
    }

    private Refusal of(RefusalKind kind) {
        return Refusal.of(kind, settings.kind());
    }
}
