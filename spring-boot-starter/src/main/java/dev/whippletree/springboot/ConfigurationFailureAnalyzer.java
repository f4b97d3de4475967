package dev.whippletree.springboot;

import dev.whippletree.model.ConfigurationException;
import java.util.stream.Collectors;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what is wrong with a configuration: each problem with its place, its key, and what to do. */
final class ConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<ConfigurationException> {

    private static final String NO_ACCOUNT = "there is no account";

    ConfigurationFailureAnalyzer() {}

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ConfigurationException cause) {
        String problems = cause.problems().stream()
                .map(problem -> "    " + problem)
                .collect(Collectors.joining(
                        System.lineSeparator(),
                        "Whippletree can't be opened with this configuration:" + System.lineSeparator()
                                + System.lineSeparator(),
                        ""));
        return new FailureAnalysis(problems, action(cause), cause);
    }

    private static String action(ConfigurationException cause) {
        if (cause.problems().stream().anyMatch(problem -> problem.contains(NO_ACCOUNT))) {
            return "Add an account, for example in application.yaml:" + System.lineSeparator()
                    + System.lineSeparator()
                    + """
                          whippletree:
                            accounts:
                              - id: hf-1
                                provider: huggingface
                                token: ${HF_TOKEN}
                      """.indent(2)
                    + System.lineSeparator() + "or set HF_TOKEN or GROQ_API_KEY in the environment.";
        }
        return "Change the properties that are named above.";
    }
}
