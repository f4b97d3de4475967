package dev.whippletree.cli;

import dev.whippletree.spi.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What to tell somebody who has no account yet: where tokens are looked for, how to get one, and what works without. */
final class NoAccount {

    private NoAccount() {}

    /** Returns the mistake, naming the variables of the given providers. */
    static UserMistake mistake(List<Provider> providers) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "there is no account to ask. Put a token into one of these variables, or accounts into whippletree.yaml:");
        providers.forEach(provider ->
                new TreeMap<>(provider.environmentVariables()).entrySet().forEach(entry -> lines.add(variable(entry))));
        lines.add("To see it work without any account: whippletree ask --emulated \"Tell me about yourself\"");
        return new UserMistake(String.join(System.lineSeparator(), lines));
    }

    private static String variable(Map.Entry<String, String> entry) {
        return "  " + entry.getKey() + "  " + entry.getValue();
    }
}
