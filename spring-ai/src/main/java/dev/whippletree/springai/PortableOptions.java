package dev.whippletree.springai;

import java.util.Set;

/** Recognises options that mean the same to every model: those of another model's service would be lost. */
final class PortableOptions {

    /** Where Spring AI keeps its portable options and their builders. */
    private static final Set<String> PACKAGES =
            Set.of("org.springframework.ai.chat.prompt", "org.springframework.ai.model.tool");

    private PortableOptions() {}

    /**
     * Checks the type of options, or of their builder.
     *
     * @throws UnsupportedOptionException if they are neither portable nor our own
     */
    static void require(Object options) {
        Class<?> type = options.getClass();
        if (!PACKAGES.contains(type.getPackageName()) && type.getNestHost() != WhippletreeChatOptions.class) {
            throw new UnsupportedOptionException(
                    name(type), "use ChatOptions, ToolCallingChatOptions or WhippletreeChatOptions instead");
        }
    }

    private static String name(Class<?> type) {
        String whole = type.getName();
        return whole.substring(whole.lastIndexOf('.') + 1).replace('$', '.');
    }
}
